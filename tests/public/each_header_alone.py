"""Each header compiles alone; each public header also as C++.

usage: each_header_alone.py CC [CXX]
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["include", "lib", "solver", "cli"]
C_FLAGS = ["-std=c11", "-xc", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic"]
CXX_FLAGS = ["-std=c++11", "-xc++", "-Wall", "-Wextra", "-Wpedantic"]


def compiles(compiler, flags, header):
    """The compiler's complaint about a file that includes only `header`."""
    command = [compiler, *flags, "-Werror", "-fsyntax-only"]
    command += [f"-I{ROOT}", f"-I{ROOT}/include", "-"]
    text = f'#include "{header}"\nint only_so_that_the_file_is_not_empty;\n'
    run = subprocess.run(command, input=text, capture_output=True, text=True)
    return f"{compiler}: {header}\n{run.stderr}" if run.returncode else None


def complaints(cc, cxx):
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.h")):
            header = path.relative_to(ROOT).as_posix()
            yield compiles(cc, C_FLAGS, header)
            if cxx and folder == "include":
                yield compiles(cxx, CXX_FLAGS, header)


if __name__ == "__main__":
    cxx = sys.argv[2] if len(sys.argv) > 2 else None
    sys.exit("\n".join(filter(None, complaints(sys.argv[1], cxx))) or 0)
