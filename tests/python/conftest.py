"""What several tests of the package share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dimsat.__main__ import find_command

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def command() -> str:
    """The command of the same build."""
    found = os.environ.get("DIMSAT_COMMAND") or find_command()
    assert found is not None, "the command is not installed"
    return found


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of recorded problems."""
    return ROOT / "tests" / "data"
