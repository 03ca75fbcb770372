"""Exports that PyTorch refuses are repaired in one round; their programs keep the spec.

A choice of the cases in `modules`, and a few random models; all of them with
DIMSAT_ALL_MODULES=1.  `measure.py` and `compose.py` print the figures as tables.
"""

from __future__ import annotations

import os

import pytest
from compose import run
from corners import Reading, ends, points, read
from measure import measure
from modules import CASES
from modules.notation import Spec

ALL = bool(os.environ.get("DIMSAT_ALL_MODULES"))

CHOICE = [
    "fours",
    "four_and_six",
    "shifted_eights",
    "five_rows/related",
    "like_the_first",
    "square",
    "positions/wide",
    "first_eight/short_low",
    "to_the_other",
    "every_second/odd",
    "drop_one/told",
    "four_pieces_of_three/strict",
    "whole_table/dynamic",
    "residual_block",
    "unet/two",
    "pool_ceil",
    "conv_line/stride",
    "windows_padded",
    "pad_if_needed",
    "vision_tokens/odd",
    "spectrum",
    "aligned_branch",
    "cache_with_mask/ranged",
    "rotary",
    "add/ranged",
    "cat_into_linear/ranged",
    "cat_into_linear/auto",
    "doubled_twice/ranged",
    "product/ranged",
    "quarter_is_two",
    "rational_above",
    "shrink_to_a_third",
    "square_is_small",
    "outside_of_roots/ranged",
    "below_and_not/strict",
    "one_of_three",
    "checked_rest/ranged",
    "above_the_minimum",
    "nested/kwargs",
    "dataclass/batch",
    "collection",
    "integer/auto",
    "layers_of_cache",
    "misses_and_divides",
    "constant_misses",
    "hint_misses/named",
    "sympy_names/more",
    "derived_pair/phantom",
    "example_of_one",
    "names/values",
    "deep_tree/misses",
    "take_and_halve",
]

SEEDS = range(1, 201 if ALL else 9)


def chosen() -> list[str]:
    """The names of the cases to run."""
    return list(CASES) if ALL else CHOICE


@pytest.mark.parametrize("name", chosen())
def test_repair(name: str) -> None:
    case = CASES[name]
    row = measure(case, None)
    assert not row.note.startswith("CRASH") or case.fate in ("none", "open"), row.note
    if case.fate in ("fine", "repair"):
        assert row.ours in (0, 1), row.note
        assert row.works, row.note
    elif row.ours is not None:
        assert row.works, row.note


@pytest.mark.parametrize("seed", SEEDS)
def test_random_model(seed: int) -> None:
    row, text = run(seed, with_torch=False)
    if row.ours is not None:
        assert row.works, f"{row.note}\n{text}"
    else:
        assert row.note.startswith("no repair"), f"{row.note}\n{text}"


def reading(name: str, spec: str) -> Reading:
    built = CASES[name].build()
    return read(built, Spec(spec).shapes())


def test_corners_are_the_ends_of_each_range() -> None:
    found = list(points(reading("add/ranged", "a=4..9; 2*b=1..6")))
    corners = [{"a": 4, "b": 1}, {"a": 4, "b": 6}, {"a": 9, "b": 1}, {"a": 9, "b": 6}]
    assert found[:4] == corners


def test_a_root_starts_where_no_axis_is_below_two() -> None:
    assert ends(reading("add/ranged", "a; 3*b-1"), "b")[0] == 1
    assert ends(reading("add/ranged", "a; 3*b-1"), "a")[0] == 2


def test_sizes_outside_of_a_spec_are_known() -> None:
    spec = reading("add/ranged", "2*a=2..5; 2*a")
    assert spec.solve({(0, 0): 8, (1, 0): 8}) == {"a": 4}
    assert spec.solve({(0, 0): 8, (1, 0): 6}) is None
    assert spec.solve({(0, 0): 9, (1, 0): 9}) is None
    assert spec.solve({(0, 0): 12, (1, 0): 12}) is None
