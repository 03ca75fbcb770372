"""Includes point to the left only; foreign headers have owners; files and
functions are short; files are listed in CMakeLists.txt.

lib/base < lib/number < lib/expr < lib/problem < lib/observe < lib/program <
solver < cli < python
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RANK = {
    "lib/base": 0,
    "lib/number": 1,
    "lib/expr": 2,
    "lib/problem": 3,
    "lib/observe": 4,
    "lib/program": 5,
    "solver": 6,
    "cli": 7,
    "python": 8,
}
OWNER = {
    "gmp.h": r"lib/number/",
    "z3.h": r"solver/z3_",
}
LONGEST = 600
LONGEST_FUNCTION = 40  # lines; functions around a switch are exempt
SHORT_FOLDERS = ["include", "lib", "solver", "cli", "python", "tests"]


def layer(path):
    return next((d for d in RANK if path.startswith(d + "/")), None)


def wrong(file, kind, name):
    """Why `file` may not include `name`, or None."""
    if kind == "<":
        if name in OWNER and not re.match(OWNER[name], file):
            return f"only {OWNER[name]} may include it"
        return None
    if name.startswith("dimsat/"):
        return None
    here, there = layer(file), layer(name)
    if file.startswith("include/"):
        return "a public header may include only public headers"
    if there is None:
        return "include paths start with include/ or the folder of a layer"
    if there != here and RANK[there] >= RANK[here]:
        return f"{here} may not know {there}"
    return None


def wrong_includes():
    for folder in ["include", *RANK]:
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            file = path.relative_to(ROOT).as_posix()
            for number, line in enumerate(path.read_text().splitlines(), 1):
                include = re.match(r'#include ([<"])([^">]+)', line)
                reason = include and wrong(file, include[1], include[2])
                if reason:
                    yield f"{file}:{number}: {line}: {reason}"


def long_files():
    for folder in SHORT_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".c", ".h", ".py"):
                continue
            lines = len(path.read_text().splitlines())
            if lines > LONGEST:
                file = path.relative_to(ROOT).as_posix()
                yield f"{file}: {lines} lines; the most is {LONGEST}"


def functions(lines):
    """First line and body of each function of a formatted C file."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "}" and start:
            yield start, lines[start : number - 1]
            start = None
        elif line.endswith(") {") and not line.startswith("#") and not start:
            start = number


def long_functions():
    for folder in ["lib", "solver", "cli", "python", "tests"]:
        for path in sorted((ROOT / folder).rglob("*.c")):
            for start, body in functions(path.read_text().splitlines()):
                dispatch = any("switch (" in line for line in body)
                if len(body) > LONGEST_FUNCTION and not dispatch:
                    file = path.relative_to(ROOT).as_posix()
                    yield f"{file}:{start}: a function of {len(body)} lines"


def unlisted_files():
    listed = (ROOT / "CMakeLists.txt").read_text().split()
    listed = {word.rstrip(")") for word in listed}
    for folder in ["lib", "solver", "cli", "tests/unit", "tests/property"]:
        for path in sorted((ROOT / folder).rglob("*.c")):
            file = path.relative_to(ROOT).as_posix()
            if file not in listed:
                yield f"{file}: not listed in CMakeLists.txt"


if __name__ == "__main__":
    wrongs = [*wrong_includes(), *long_files()]
    wrongs += [*long_functions(), *unlisted_files()]
    sys.exit("\n".join(wrongs) or 0)
