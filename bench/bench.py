"""The table of all measurements: each row a ratio taken in one run.

usage: bench.py BUILD [--size SIZE] [--json FILE] [--accept] [SUBJECT...]

Without subjects all of them run, and the table is kept in results.json and
README.md.  Each subject is a program of its own; it runs with the Python that
DIMSAT_BENCH_PYTHON names, where the peers are installed.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys

import harness

HERE = pathlib.Path(__file__).resolve().parent
RESULTS, README = HERE / "results.json", HERE / "README.md"
SUBJECTS = {
    "torch": "against_torch.py",
    "z3": "against_z3.py",
    "jax": "against_jax.py",
    "parse": "parsing.py",
    "evaluate": "evaluation.py",
    "start": "start.py",
    "growth": "growth.py",
    "instructions": "instructions.py",
}
HEADS = ("row", "dimsat", "other", "unit", "ratio", "target", "")
WIDTHS = (72, 10, 10, 11, 9, 14, 6)
BEGIN, END = "<!-- table -->\n", "<!-- end of the table -->\n"


def number(value):
    """Three or four digits that matter."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def cells(row):
    """A row's texts, one a column."""
    met = {True: "met", False: "missed", None: ""}[row.get("met")]
    numbers = (number(row.get(key)) for key in ("ours", "theirs"))
    ratio = number(row.get("ratio"))
    return (row["row"], *numbers, row["unit"], ratio, row.get("target", ""), met)


def line(texts):
    """One line of the printed table: texts to the left, numbers to the right."""
    kept = (
        f"{text:>{width}}" if k in (1, 2, 4) else f"{text:<{width}}"
        for k, (text, width) in enumerate(zip(texts, WIDTHS))
    )
    return " ".join(kept).rstrip()


def run(subject, build, size):
    """Rows and notes of a subject; prints them."""
    python = os.environ.get("DIMSAT_BENCH_PYTHON", sys.executable)
    command = [python, "-W", "ignore", str(HERE / SUBJECTS[subject])]
    command += [str(build), "--size", size]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"bench: {subject} failed")
    found = json.loads(done.stdout)
    for row in found["rows"]:
        print(line(cells(row)), flush=True)
    for note in found["notes"]:
        print(f"  {note}", flush=True)
    return found


def compiler(build):
    """The first line of what the build's compiler says of itself."""
    cache = (build / "CMakeCache.txt").read_text()
    path = cache.partition("CMAKE_C_COMPILER:")[2].partition("=")[2].split("\n")[0]
    said = subprocess.run([path, "--version"], capture_output=True, text=True)
    return said.stdout.split("\n")[0]


def machine(build):
    """The machine in general words."""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{system}; {compiler(build)}; Python {platform.python_version()}"


def markdown(results):
    """The table as README.md holds it."""
    yield f"{results['machine']}.\n\n"
    yield f"| {' | '.join(HEADS)} |\n"
    yield f"|{'|'.join('---:' if k in (1, 2, 4) else '---' for k in range(7))}|\n"
    for found in results["subjects"].values():
        yield from (f"| {' | '.join(cells(row))} |\n" for row in found["rows"])
    yield "\n"
    for found in results["subjects"].values():
        yield from (f"- {note}\n" for note in found["notes"])


def keep(results):
    """Keeps the table in the repository."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    before, _, rest = README.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    table = "".join(markdown(results))
    README.write_text(f"{before}{BEGIN}{table}{END}{after}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT")
    parser.add_argument("--size", choices=harness.SIZES, default="usual")
    parser.add_argument("--json", type=pathlib.Path, help="write the rows here")
    parser.add_argument("--accept", action="store_true", help="keep the counts")
    options = parser.parse_intermixed_args()
    build = options.build.resolve()
    unknown = set(options.subjects) - set(SUBJECTS)
    if unknown:
        parser.error(f"no subject {unknown.pop()!r}; there are {', '.join(SUBJECTS)}")
    if options.accept:
        command = [sys.executable, str(HERE / SUBJECTS["instructions"])]
        sys.exit(subprocess.call([*command, str(build), "--accept"]))
    print(line(HEADS))
    results = {
        "machine": machine(build),
        "subjects": {
            subject: run(subject, build, options.size)
            for subject in options.subjects or SUBJECTS
        },
    }
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    if not options.subjects and options.size != "quick":
        keep(results)


if __name__ == "__main__":
    main()
