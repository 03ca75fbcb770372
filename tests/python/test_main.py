"""``python -m dimsat``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dimsat
from dimsat import __main__


def test_the_command_answers(command: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "dimsat", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PATH": str(Path(command).parent)},
    )
    assert run.stdout.split() == ["dimsat", dimsat.__version__]


def test_without_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(__main__, "find_command", lambda: None)
    assert __main__.main(["check", "x.dims"]) == 2
    assert "pip install ." in capsys.readouterr().err
