"""The command where memory ends: each request for memory of a run fails in
turn, alone and with all that follow.  The command says so and exits with 2, or
its answer is what it is with memory.

usage: test_memory.py COMMAND PRELOAD
"""

import os
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
AGREE = str(TESTS / "cases" / "agree" / "input.dims")
STRIDE = str(TESTS / "cases" / "torch-124502-multiple-of-8" / "input.dims")
LINES = (TESTS / "data" / "problems.jsonl").read_bytes().splitlines()
RUNS = [
    (["suggest", "--no-z3", STRIDE], b""),
    (["check", "--no-z3", "--format", "json", AGREE, STRIDE], b""),
    (["batch", "--no-z3", "--jobs", "2"], b"\n".join(LINES[:3]) + b"\n{bad\n"),
    (["batch", "--no-z3", "--jobs", "1"], LINES[3] + b"\n" + LINES[4] + b"\n"),
    (
        ["ask", "--no-z3", "-"],
        b'{"assume":["a >= 2"],"query":"4*a > a + 3"}\n{"query":"a*"}\n',
    ),
    (["ask", "--no-z3", "--assume", "2 <= a <= 9", "3*a - 1"], b""),
    (["eval", AGREE], b'{"x": [8, 3]}\n{"x": [8, 4]}\n'),
    (["eval", AGREE, "--at", "x=[8, 3]"], b""),
    (["compile", "--no-z3", "--emit", "c", AGREE], b""),
    (["smt2", AGREE], b""),
]


def run(command, preload, arguments, text, **environment):
    return subprocess.run(
        [command, *arguments],
        input=text,
        capture_output=True,
        timeout=60,
        env={**os.environ, "LD_PRELOAD": preload, **environment},
    )


def is_clean(done, good):
    """Whether a run says that memory ended, or answers as with memory."""
    if (done.returncode, done.stdout) == (good.returncode, good.stdout):
        return True
    said = done.stderr + done.stdout
    return done.returncode == 2 and b"memory" in said


def main():
    command, preload = sys.argv[1:]
    runs = faults = 0
    for arguments, text in RUNS:
        good = run(command, preload, arguments, text, FAIL_COUNT="1")
        for request in range(1, int(good.stderr.split()[-1]) + 1):
            for more in ({}, {"FAIL_ALL": "1"}):
                at = {"FAIL_AT": str(request), **more}
                done = run(command, preload, arguments, text, **at)
                runs += 1
                if not is_clean(done, good):
                    faults += 1
                    print(arguments, at, done.returncode, done.stderr, done.stdout)
    print(f"{runs} runs, {faults} with faults")
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())
