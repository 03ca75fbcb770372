"""What several tests of the package share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from dimsat.__main__ import find_command

ROOT = Path(__file__).resolve().parents[2]

# The same on every run; `--hypothesis-profile explore` looks for more.
settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", max_examples=5000, deadline=None)
settings.load_profile("same")


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
