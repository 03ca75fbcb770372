"""Runs the examples of docs/torch.md and compares what they print.

A block of ``python`` runs in the namespace of those before it; one that starts with
``# name.py`` is also written to that file.  A block of ``console`` holds commands after
``$ ``.  The block of ``text`` that follows tells what is printed; ``...`` stands for
anything.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed")

GUIDE = Path(__file__).parents[3] / "docs" / "torch.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND_SECONDS = 600


class Block(NamedTuple):
    """A block of code in the guide, and the text that shows what it prints."""

    line: int
    kind: str
    code: str
    prints: str | None


def blocks() -> Iterator[Block]:
    """The blocks of code, in order."""
    text = GUIDE.read_text()
    found = list(BLOCK.finditer(text))
    for number, match in enumerate(found):
        kind, code = match.groups()
        if kind == "text":
            continue
        after = found[number + 1] if number + 1 < len(found) else None
        shown = after.group(2) if after and after.group(1) == "text" else None
        line = text.count("\n", 0, match.start()) + 2
        yield Block(line, kind, code, shown)


def run_python(block: Block, names: dict[str, Any]) -> str:
    """What a block of Python prints."""
    named = re.match(r"# (\w+\.py)\n", block.code)
    path = Path(named.group(1) if named else f"torch.md:{block.line}")
    if named:
        path.write_text(block.code)
    printed = io.StringIO()
    changes = logging.StreamHandler(printed)
    logging.getLogger("dimsat.torch").addHandler(changes)
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(block.code, str(path.absolute()), "exec"), names)
    finally:
        logging.getLogger("dimsat.torch").removeHandler(changes)
    return printed.getvalue()


def run_console(block: Block, command: str) -> str:
    """What the commands of a block print, on both streams."""
    here = [os.path.dirname(sys.executable), os.path.dirname(command)]
    path = os.pathsep.join([*here, os.environ["PATH"]])
    lines = [line.removeprefix("$ ") for line in block.code.splitlines()]
    return subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    ).stdout


def run(block: Block, names: dict[str, Any], command: str) -> str:
    """What a block prints."""
    if block.kind == "console":
        return run_console(block, command)
    return run_python(block, names)


def test_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Every example runs and prints what the guide shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    names: dict[str, Any] = {"__name__": "guide"}
    checker = doctest.OutputChecker()
    count = 0
    for block in blocks():
        printed = run(block, names, command).rstrip("\n") + "\n"
        count += 1
        if block.prints is not None:
            same = checker.check_output(block.prints, printed, doctest.ELLIPSIS)
            assert same, f"docs/torch.md:{block.line} prints\n{printed}"
    assert count > 5, "the guide has no examples"
