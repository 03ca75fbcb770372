"""``python -m dimsat``: runs a script and explains its failing exports, or the command.

``python -m dimsat run script.py ARGS`` runs a script as it is; any other word goes
to the command ``dimsat``.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from importlib import import_module

_NO_COMMAND = """\
dimsat: the command is not installed here; install the package with
  pip install .
in a clone of dimsat, or build it there with ./dev build"""


def find_command() -> str | None:
    """The path of the command that came with the package, else of that on the PATH."""
    return shutil.which("dimsat", path=sysconfig.get_path("scripts")) or shutil.which(
        "dimsat"
    )


def main(arguments: list[str]) -> int:
    """Does what the arguments say; the exit code."""
    if arguments[:1] == ["run"]:
        return int(import_module("dimsat.torch.run").main(arguments[1:]))
    command = find_command()
    if command is None:
        print(_NO_COMMAND, file=sys.stderr)
        return 2
    sys.stdout.flush()
    os.execv(command, ["dimsat", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
