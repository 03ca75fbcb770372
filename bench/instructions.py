"""Instructions that the command executes on ten fixed workloads, against the
counts kept in instructions.json: a change of speed shows even where the clock of
a busy machine does not tell.

usage: instructions.py BUILD [--size SIZE] [--accept]

Counted by valgrind; kept counts hold for the machine and compiler that made them
(other versions of the C library or of Z3 differ by a few per cent).  `--accept`
keeps the counts of now.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import families
import harness
import start

KEPT = pathlib.Path(__file__).with_name("instructions.json")
AT_MOST = 1.02
VALGRIND = (
    "valgrind",
    "--tool=cachegrind",
    "--cache-sim=no",
    "--cachegrind-out-file=/dev/null",
)


def every_eighth(file):
    """Every eighth line of a file of the tests' data, about a hundred."""
    return b"".join((harness.DATA / file).read_bytes().splitlines(True)[::8])


def family(name, guards, form):
    problem = families.problem(name, guards)
    return families.FORMATS[form](problem).encode()


def example_sizes(name, guards):
    """The example of a family as a line that `eval` reads."""
    symbols = families.problem(name, guards)["symbols"]
    return ",".join(f"{s['name']}={s['hint']}" for s in symbols)


# name: arguments, and the text of the file `input` that they name
WORKLOADS = {
    "check small": (["check", "input"], lambda: start.PROBLEM.encode()),
    "suggest small": (["suggest", "input"], lambda: start.PROBLEM.encode()),
    "read and eval mixed 1000": (
        ["eval", "input", "--at", example_sizes("mixed", 1000)],
        lambda: family("mixed", 1000, "json"),
    ),
    "batch 101 problems": (["batch", "--jobs", "1", "input"], lambda: every_eighth("problems.jsonl")),
    "ask 102 facts": (["ask", "-"], lambda: every_eighth("facts.jsonl")),
    "check mixed 300, dims": (
        ["check", "input"],
        lambda: family("mixed", 300, "dims"),
    ),
    **{
        f"suggest {name} {guards}": (
            ["suggest", "--format", "torch", "input"],
            lambda name=name, guards=guards: family(name, guards, "json"),
        )
        for name, guards in {
            "eqchain": 300,
            "mods": 300,
            "convstack": 300,
            "products": 100,
        }.items()
    },
}


def count(build, arguments, text):
    """Instructions of one run.  The directory and the environment are the same
    for everybody, because the loader's work depends on them."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "input")
        file.write_bytes(text)
        with file.open("rb") as stdin:
            done = subprocess.run(
                [shutil.which(VALGRIND[0]), *VALGRIND[1:], str(build / "dimsat")]
                + arguments,
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={},
            )
    found = re.search(rb"I\s+refs:\s+([\d,]+)", done.stderr)
    if not found or done.returncode not in (0, 1, 3):
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return int(found[1].replace(b",", b""))


def counts(build, size):
    names = list(WORKLOADS)[: 2 if size == "quick" else None]
    made = {}
    for name in names:
        arguments, text = WORKLOADS[name]
        made[name] = count(build, arguments, text())
    return made


def measure(build, size):
    if not shutil.which(VALGRIND[0]):
        return [], ["valgrind is not installed: instructions left out"]
    kept = json.loads(KEPT.read_text())
    rows = [
        harness.row(
            f"instructions, {name} / kept",
            "million",
            now / 1e6,
            kept[name] / 1e6,
            at_most=AT_MOST,
        )
        for name, now in counts(build, size).items()
    ]
    return rows, []


if __name__ == "__main__":
    if "--accept" in sys.argv:
        build = pathlib.Path(sys.argv[1]).resolve()
        KEPT.write_text(json.dumps(counts(build, "usual"), indent=1) + "\n")
    else:
        harness.main(measure)
