"""Problems: every way in, every way out, any size."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dimsat
from dimsat import Problem

TEXT = """\
name small
dim seq = 2..
input x: [seq, 64] = [16, 64]
guard x[0] % 4 == 0           # at model.py:13 in forward
"""

HUGE = 7 * 10**5000  # beyond what Python converts to text by itself

sizes = st.one_of(st.integers(0, 50), st.integers(0, 2**80))


@st.composite
def problems(draw: st.DrawFn) -> dict[str, Any]:
    """A problem over a few dims, one input, and guards over its axes."""
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    dims: list[dict[str, Any]] = []
    for name in names:
        low = draw(st.integers(0, 2**70))
        high = draw(st.none() | st.integers(low, 2**71))
        dims.append({"name": name, "min": low, "max": high})
    if draw(st.booleans()):
        scale, offset = draw(st.integers(1, 2**66)), draw(st.integers(0, 9))
        derived = {"root": names[0], "scale": scale, "offset": offset}
        dims.append({"name": "d", "derived": derived})
    hint = draw(st.sampled_from(["AUTO", "DYNAMIC", "STATIC"]))
    shape = [*names, {"hint": hint}, draw(st.integers(0, 2**65))]
    axes = [f"x[{k}]" for k in range(len(shape))]
    guards = [
        {
            "expr": f"{draw(st.sampled_from(axes))} % {draw(st.integers(1, 2**66))} "
            f"{draw(st.sampled_from(['==', '!=', '<=']))} {draw(sizes)}",
            "at": draw(st.none() | st.sampled_from(["m.py:1 in f", 'a "b" <c>'])),
            "kind": draw(st.sampled_from(["guard", "runtime_assert", "spec"])),
        }
        for _ in range(draw(st.integers(0, 3)))
    ]
    inputs = [{"name": "x", "shape": shape}]
    return {"name": "drawn", "dims": dims, "inputs": inputs, "guards": guards}


@given(problems())
def test_all_forms_say_the_same(drawn: dict[str, Any]) -> None:
    problem = Problem.from_dict(drawn)
    assert Problem.parse(problem.to_json()) == problem
    assert Problem.parse(problem.to_dims()) == problem
    assert Problem.from_dict(problem.to_dict()) == problem
    assert hash(Problem.parse(problem.to_dims())) == hash(problem)


@settings(max_examples=30)
@given(problems())
def test_all_forms_have_one_answer(drawn: dict[str, Any]) -> None:
    problem = Problem.from_dict(drawn)
    result = problem.suggest(budget=200_000)
    assert Problem.parse(problem.to_dims()).suggest(budget=200_000) == result
    assert dimsat.suggest(problem.to_json(), budget=200_000) == result


def test_every_kind_of_argument(tmp_path: Path) -> None:
    path = tmp_path / "small.dims"
    path.write_text(TEXT)
    problem = Problem.parse(TEXT)
    for same in (problem, TEXT, path, problem.to_dict(), problem.to_json()):
        assert dimsat.suggest(same) == problem.suggest()
        assert dimsat.check(same).verdict == "violated"
        assert dimsat.evaluate(same, {"seq": 8}) == []


def test_names(tmp_path: Path) -> None:
    path = tmp_path / "of_the_file.dims"
    path.write_text("dim a = 2..\n")
    assert Problem.read(path).name == str(path)
    assert Problem.read(path).check().name == str(path)
    assert Problem.parse("dim a = 2..").name is None
    assert Problem.parse(TEXT, source="m.dims").name == "small"
    lines = '{"name": "n"}\n{"dims": []}\n'
    named = Problem.parse_all(lines, source="many")
    assert [problem.name for problem in named] == ["n", "many:2"]
    assert [problem.check().name for problem in named] == ["n", "many:2"]


def test_unknown_keys_are_notes_or_errors() -> None:
    odd = {"dims": [], "colour": "red"}
    assert any("colour" in note for note in dimsat.check(odd).notes)
    with pytest.raises(dimsat.Error, match="colour"):
        Problem.from_dict(odd, strict=True)


def test_sizes_of_any_length() -> None:
    problem = Problem.from_dict(
        {
            "dims": [{"name": "a", "min": 2, "max": HUGE}],
            "inputs": [{"name": "x", "shape": ["a"], "hint": [HUGE - 1]}],
            "guards": ["x[0] != " + "7" + "0" * 5000],
        }
    )
    result = problem.suggest()
    assert result.fixes == (dimsat.Fix("a", min=2, max=HUGE - 1),)
    assert result.violations[0].witness == {"a": HUGE}
    assert HUGE - 1 in result.allowed["a"][0]
    assert problem.evaluate({"a": HUGE - 2}) == []
    assert len(problem.evaluate({"x": [HUGE]})) == 1
    assert repr(result).startswith("<Result violated")
    assert result._repr_html_()


def test_integers_of_other_kinds() -> None:
    class Size:
        def __index__(self) -> int:
            return 12

    problem = Problem.from_dict({"dims": [{"name": "a", "min": Size()}]})
    assert problem.to_dict()["dims"] == [{"name": "a", "min": 12, "max": None}]
    assert problem.evaluate({"a": Size()}) == []  # type: ignore[dict-item]
    with pytest.raises(TypeError):
        Problem.from_dict({"dims": [{"name": "a", "min": object()}]})
    with pytest.raises(TypeError):
        problem.evaluate({"a": 1.5})  # type: ignore[dict-item]


def test_what_sizes_are_refused() -> None:
    problem = Problem.parse(TEXT)
    assert problem.evaluate({"x": (8, 64)}) == []
    assert problem.evaluate({"x[0]": 8, "x[1]": 64}) == []
    assert problem.evaluate({}) == []
    assert problem.evaluate({"x": [8]}) == ["x must have 2 axes, got 1"]
    refused = problem.evaluate({"x": [6, 63]})
    assert [text.split(" must")[0].split(":")[0] for text in refused] == [
        "x[1]",
        "guard 0",
    ]


@pytest.mark.parametrize(
    "given_sizes", [{"y": 1}, {"y": [1]}, {"x": [8, 64], "x[0]": 8}, {"": 1}, {"\0": 1}]
)
def test_sizes_that_mean_nothing(given_sizes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (Error, or a NUL in a name)
        Problem.parse(TEXT).evaluate(given_sizes)


def test_copies() -> None:
    problem = Problem.parse(TEXT, source="m.dims")
    for same in (
        pickle.loads(pickle.dumps(problem)),
        copy.copy(problem),
        copy.deepcopy(problem),
    ):
        assert same == problem
        assert same.name == problem.name
    assert problem != TEXT
    with pytest.raises(TypeError, match=r"Problem\.parse"):
        Problem()


def test_a_repr_is_one_short_line() -> None:
    assert repr(Problem.parse(TEXT)) == "<Problem small: 1 dim, 1 input, 1 guard>"
    assert (
        repr(Problem.parse("dim a\ndim b")) == "<Problem: 2 dims, 0 inputs, 0 guards>"
    )
