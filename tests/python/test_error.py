"""Errors: the place, the words, the caret; the same as the command prints."""

from __future__ import annotations

import pickle
import subprocess
from pathlib import Path

import pytest

import dimsat

BAD = [
    "dim a = 2..\nguard b > 3\n",
    "dim a = 2..\nguard a >\n",
    '{"dims": [{"name": "a", "min": "x"}]}',
    '{"dims": [',
    "nonsense\n",
    "dim a = 2..\ninput x: [a] = [8]\nguard x[3] == 1\n",
    "guard \x01\t" + "a" * 200 + " +\n",
    "guard 'ä€😀' + 1 +\n",
    "dim a = 9" + "0" * 30000 + "..\n",
]


@pytest.mark.parametrize("text", BAD)
def test_str_is_what_the_command_prints(
    text: str, tmp_path: Path, command: str
) -> None:
    path = tmp_path / "bad.dims"
    path.write_text(text)
    run = subprocess.run(
        [command, "check", str(path)], capture_output=True, text=True, check=False
    )
    with pytest.raises(dimsat.Error) as raised:
        dimsat.Problem.read(path)
    assert run.returncode == 2
    assert str(raised.value) + "\n" == run.stderr


def test_the_place_of_a_line_of_several() -> None:
    text = '{"name": "a"}\n\n{"guards": ["a >"]}\n'
    with pytest.raises(dimsat.Error) as raised:
        dimsat.Problem.parse_all(text, source="many.jsonl")
    error = raised.value
    assert (error.source, error.line, error.column) == ("many.jsonl", 3, 17)


def test_what_is_underlined() -> None:
    with pytest.raises(dimsat.Error) as raised:
        dimsat.Problem.parse("dim a = 2..\nguard größe > 3\n", source="m.dims")
    error = raised.value
    assert (error.line, error.column, error.offending) == (2, 7, "größe")
    assert str(error).splitlines()[1:] == ["  guard größe > 3", "        ^^^^^"]


def test_an_error_is_a_value_error_and_survives_pickling() -> None:
    with pytest.raises(ValueError, match="guard 0") as raised:
        dimsat.check("dim a\nguard b")
    again = pickle.loads(pickle.dumps(raised.value))
    assert type(again) is dimsat.Error
    assert str(again) == str(raised.value)
    assert again.offending == "b"


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(dimsat.Error, match="UTF-8"):
        dimsat.Problem.parse(b"dim a\nname \xff\n")
    with pytest.raises(dimsat.Error, match="NUL"):
        dimsat.Problem.parse("dim a\0")


def test_a_question_with_an_error_says_which_text() -> None:
    with pytest.raises(dimsat.Error, match=r"^query:1:4") as raised:
        dimsat.ask("a >")
    assert raised.value.source == "query"
    with pytest.raises(dimsat.Error, match=r"^assume:1:"):
        dimsat.ask("a > 1", assume=["a >= 2", "a >="])


@pytest.mark.parametrize(
    "options",
    [{"budget": 0}, {"budget": -1}, {"timeout": 0}, {"timeout": float("nan")}],
)
def test_limits_are_above_zero(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        dimsat.check(
            "dim a", budget=options.get("budget"), timeout=options.get("timeout")
        )
