"""What a result must mention, whatever its wording: relations that no Dim can
express, places, sets of sizes.

Each case folder with a `says.txt` holds one demand a line: a text, or several
separated by " | ", one of which the result of `suggest` must mention in a
message, a relation, an alternative or a note.

usage: test_says.py COMMAND
"""

import json
import pathlib
import subprocess
import sys

CASES = pathlib.Path(__file__).resolve().parents[1] / "cases"


def spoken(result):
    """All that a result says in words."""
    for violation in result["violations"]:
        yield violation["message"]
        yield violation["at"] or ""
    for key in ("relations", "alternatives", "notes"):
        yield from result[key]


def missing(command, case):
    """The demands of a case that its result does not meet."""
    done = subprocess.run(
        [command, "suggest", "--format", "json", "input.dims"],
        cwd=case,
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = "\n".join(spoken(json.loads(done.stdout)))
    for demand in (case / "says.txt").read_text().splitlines():
        if not any(choice in said for choice in demand.split(" | ")):
            yield f"{case.name}: nothing says {demand!r}:\n{said}"


def main():
    command = pathlib.Path(sys.argv[1]).resolve()
    cases = sorted(p.parent for p in CASES.glob("*/says.txt"))
    faults = [text for case in cases for text in missing(command, case)]
    print("\n".join(faults), end="\n" if faults else "")
    print(f"{len(cases)} cases, {len(faults)} demands not met")
    sys.exit(1 if faults or not cases else 0)


if __name__ == "__main__":
    main()
