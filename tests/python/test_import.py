"""Texts of other tools are read as the command reads them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

import dimsat
from dimsat import Problem

CASES = Path(__file__).resolve().parents[1] / "cases"
NOTHING = CASES / "import-nothing/input.txt"
TEXTS = sorted({*CASES.glob("import-*/input.txt")} - {NOTHING})


def repair(command: str, path: Path) -> subprocess.CompletedProcess[str]:
    """What the command says to the text."""
    return subprocess.run(
        [command, "suggest", "--format", "json", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.parent.name)
def test_the_command_reads_the_same(path: Path, command: str) -> None:
    lines = repair(command, path).stdout.splitlines()
    problems = Problem.parse_all(path.read_bytes(), source=str(path))
    results = [problem.suggest().to_dict() for problem in problems]
    assert results == [json.loads(line) for line in lines]
    if len(problems) == 1:
        assert dimsat.suggest(path).to_dict() == results[0]
    else:
        with pytest.raises(dimsat.Error, match=f"holds {len(problems)} problems"):
            Problem.read(path)


def test_there_are_texts() -> None:
    assert len(TEXTS) >= 2


def test_a_text_without_a_problem(command: str) -> None:
    with pytest.raises(dimsat.Error) as raised:
        Problem.read(NOTHING)
    assert raised.value.message in repair(command, NOTHING).stderr
