"""The command and the core of the unit tests under valgrind's memcheck: nothing
is read that was not set or is not there, nothing is lost.

Skipped (exit code 77) where valgrind is missing.

usage: valgrind.py COMMAND TESTS
"""

import os
import pathlib
import shutil
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parents[1] / "cases"
SUITES = ["integer", "parse", "dims", "limits", "problem_read", "space", "poly"]
FOUND = 99  # valgrind's exit code where it found something
SECONDS = 300
SKIPPED = 77


def calls(command):
    """Command lines over several cases; none of them loads Z3, whose own
    memory is not ours to judge."""
    both = ["agree", "contradictory", "torch-124502-multiple-of-8"]
    for name in both:
        file = CASES / name / "input.dims"
        yield [command, "suggest", "--no-z3", str(file)]
        yield [command, "suggest", "--no-z3", "--format", "json", str(file)]
        yield [command, "compile", "--no-z3", "--emit", "c", str(file)]
        yield [command, "smt2", str(file)]
    yield [command, "ask", "--no-z3", "--assume", "2 <= a <= 9", "3**a % 7 < a"]
    yield [command, "ask", "2**300 // 3 + (1 +"]
    yield [command, "check", str(CASES / "absent.dims")]


def run(arguments, **environment):
    """What valgrind says of one run, or None."""
    done = subprocess.run(
        ["valgrind", "--quiet", f"--error-exitcode={FOUND}", "--leak-check=full"]
        + ["--show-leak-kinds=all", "--errors-for-leak-kinds=all", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="backslashreplace",
        timeout=SECONDS,
        env={**os.environ, **environment},
    )
    return done.stderr if done.returncode not in (0, 1, 2, 3) else None


def main():
    command, tests = sys.argv[1:]
    if shutil.which("valgrind") is None:
        print("skipped: valgrind is missing (Debian's package valgrind)")
        return SKIPPED
    runs = [(line, {}) for line in calls(command)]
    runs += [
        ([tests, "unit"], {"CK_RUN_SUITE": suite, "CK_FORK": "no"})
        for suite in SUITES
    ]
    faults = 0
    for arguments, environment in runs:
        said = run(arguments, **environment)
        if said is not None:
            faults += 1
            print(*environment.values(), *arguments, said[-3000:], sep="\n")
    print(f"{len(runs)} runs, {faults} with faults")
    return faults > 0


if __name__ == "__main__":
    sys.exit(main())
