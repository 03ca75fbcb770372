"""What of lib/ and solver/ has run: counts of a build with --coverage.

Prints lines and branches of each folder and fails when too few have run.
BUILD/uncovered.txt lists what has not, line by line; BUILD/coverage.json is
all that gcovr knows.  Nothing is left out but what a comment in the source
excludes, with its reason.

usage: coverage.py BUILD
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
# At least so many of a hundred.
LINES = 95
BRANCHES = 85


def measure(build):
    """What gcovr says of each file."""
    result = build / "coverage.json"
    subprocess.run(
        ["gcovr", "--root", ROOT, "--object-directory", build,
         "--filter", "lib/", "--filter", "solver/", "--json", result],
        cwd=ROOT,
        check=True,
    )
    return json.loads(result.read_text())["files"]


class Tally:
    """Lines and branches: how many there are, how many have run."""

    def __init__(self):
        self.lines = self.lines_run = self.branches = self.branches_run = 0

    def add(self, line):
        self.lines += 1
        self.lines_run += line["count"] > 0
        self.branches += len(line["branches"])
        self.branches_run += sum(b["count"] > 0 for b in line["branches"])

    def share(self):
        """Lines and branches that have run, of a hundred."""
        return (100 * self.lines_run / self.lines,
                100 * self.branches_run / max(1, self.branches))

    def row(self, name):
        lines, branches = self.share()
        return (f"{name:12} {self.lines_run:6} of {self.lines:6} lines "
                f"{lines:6.1f} %  {self.branches_run:6} of {self.branches:6} "
                f"branches {branches:6.1f} %")


def counted(file):
    """The lines of a file that count."""
    return [line for line in file["lines"] if not line["gcovr/noncode"]]


def uncovered(file):
    """One text a line that has not run, or of which a branch was not taken."""
    source = (ROOT / file["file"]).read_text().splitlines()
    for line in counted(file):
        number, branches = line["line_number"], line["branches"]
        missing = sum(b["count"] == 0 for b in branches)
        if line["count"] == 0:
            what = "never run"
        elif missing:
            what = f"{missing} of {len(branches)} branches not taken"
        else:
            continue
        yield f"{file['file']}:{number}: {what}: {source[number - 1].strip()}"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    folders, total, missing = {}, Tally(), []
    for file in measure(build):
        folder = folders.setdefault(str(pathlib.Path(file["file"]).parent), Tally())
        for line in counted(file):
            folder.add(line)
            total.add(line)
        missing += uncovered(file)
    for name, tally in folders.items():
        print(tally.row(name))
    print(total.row("all"))
    (build / "uncovered.txt").write_text("".join(f"{m}\n" for m in missing))
    print(f"what has not run: {build.relative_to(ROOT)}/uncovered.txt")
    lines, branches = total.share()
    if lines < LINES or branches < BRANCHES:
        sys.exit(f"too little: {LINES} % of lines and {BRANCHES} % of branches must run")


if __name__ == "__main__":
    main()
