"""The shared library exports exactly the functions marked DIMSAT_API.

usage: exports.py libdimsat.so
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def declared():
    """Names of the functions that the public headers mark DIMSAT_API."""
    names = set()
    for header in (ROOT / "include/dimsat").glob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        text = re.sub(r"#define .*(\\\n.*)*", "", text)
        text = re.sub(r"DIMSAT_GIVES\(\w+\)", "", text)
        for match in re.finditer(r"\bDIMSAT_API\b[^;(]*?(\w+)\s*\(", text):
            names.add(match[1])
    return names


def exported(library):
    """Names that the library offers to a linker."""
    listing = subprocess.run(
        ["nm", "-D", "--defined-only", library],
        check=True,
        capture_output=True,
        text=True,
    )
    return {line.split()[-1].split("@")[0] for line in listing.stdout.splitlines()}


if __name__ == "__main__":
    want, have = declared(), exported(sys.argv[1])
    lines = [f"declared but not exported: {n}" for n in sorted(want - have)]
    lines += [f"exported but not declared: {n}" for n in sorted(have - want)]
    if not want:
        lines.append("no function is marked DIMSAT_API")
    sys.exit("\n".join(lines) or 0)
