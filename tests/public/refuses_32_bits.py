"""A target of 32 bits is refused: by CMake, and by the compiler without it.

Neither needs libraries for such a target: CMake is told the size of a pointer,
the compiler reads one header, where it knows -m32.

usage: refuses_32_bits.py CMAKE CC
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WHY = "dimsat needs a 64-bit size_t"
SECONDS = 120


def run(*command, text=None):
    """Whether the command succeeded, and what it printed as one line."""
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=SECONDS
    )
    return done.returncode == 0, " ".join((done.stdout + done.stderr).split())


def configure(cmake, compiler, *options):
    with tempfile.TemporaryDirectory() as folder:
        return run(cmake, "-S", ROOT, "-B", folder, "-DBUILD_TESTING=OFF",
                   f"-DCMAKE_C_COMPILER={compiler}", *options)


def read_header(compiler, *options):
    return run(compiler, *options, "-ffreestanding", "-fsyntax-only", "-xc",
               f"-I{ROOT}", "-", text='#include "lib/base/limits.h"\n')


def faults(cmake, compiler):
    good, said = configure(cmake, compiler, "-DCMAKE_C_ABI_COMPILED=1",
                           "-DCMAKE_C_SIZEOF_DATA_PTR=4")
    if good or WHY not in said:
        yield f"cmake for 32 bits: {said}"
    good, said = read_header(compiler)
    if not good:
        yield f"the header for this machine: {said}"
    if not run(compiler, "-m32", "-fsyntax-only", "-xc", "-", text="")[0]:
        return
    good, said = read_header(compiler, "-m32")
    if good or WHY not in said:
        yield f"the header for 32 bits: {said}"


def main():
    found = list(faults(*sys.argv[1:]))
    print("\n".join(found))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
