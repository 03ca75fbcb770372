"""A repair comes back in the user's own structure, made of real Dims."""

from __future__ import annotations

import copy
from collections import OrderedDict
from typing import Any

import pytest
import torch
from forward import Forward, Pair, told
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.export import AdditionalInputs, Dim, ShapesCollection

from dimsat.result import Fix
from dimsat.torch.dims import line_of, root_of
from dimsat.torch.rebuild import rebuild
from dimsat.torch.spec import Spec, describe

ONES = torch.ones
MODEL = Forward(lambda *inputs: inputs)
N, M = Dim("n", min=2, max=64), Dim("m")

FOURS = [Fix("n", root="_n", scale=4, offset=0), Fix("_n", min=1, max=16)]


def read(spec: Any, *args: Any) -> Spec:
    return describe(MODEL, args or (ONES(8, 3),), None, spec)


def rebuilt(spec: Any, fixes: Any, *args: Any, dynamic: Any = ()) -> Any:
    return rebuild(read(spec, *args), fixes, dynamic=dynamic)


def text(entry: Any) -> str:
    return told(entry)  # type: ignore[no-any-return]


FOUR = "4*_n [1, 16]"
STRUCTURES = [
    ((ONES(8, 3),), {"x": {0: N}}, {"x": {0: FOUR}}),
    ((ONES(8, 3),), {"x": {-2: N, 1: None}}, {"x": {-2: FOUR, 1: "None"}}),
    ((ONES(8, 3),), {"x": (N, None)}, {"x": (FOUR, "None")}),
    ((ONES(8, 3),), ([N, None],), ([FOUR, "None"],)),
    ((ONES(8, 3),), [{0: N, 1: Dim.AUTO}], [{0: FOUR, 1: "AUTO [None, None]"}]),
    (
        ({"k": [ONES(8), ONES(8)]}, (ONES(9),)),
        {"y": ({0: N + 1},), "x": {"k": [None, (N,)]}},
        {"y": ({0: "4*_n + 1 [1, 16]"},), "x": {"k": ["None", (FOUR,)]}},
    ),
    (
        (OrderedDict(o=ONES(8)), 5),
        {"x": OrderedDict(o={0: N}), "y": Dim.DYNAMIC},
        {"x": OrderedDict(o={0: FOUR}), "y": "DYNAMIC [None, None]"},
    ),
    ((Pair(ONES(8), ONES(8)),), {"x": [{0: N}, None]}, {"x": [{0: FOUR}, "None"]}),
]


def same_shape(shapes: Any, expected: Any) -> bool:
    """Whether a spec has this structure and these texts."""
    if isinstance(expected, str):
        return bool(text(shapes) == expected)
    if type(shapes) is not type(expected) or len(shapes) != len(expected):
        return False
    if isinstance(expected, dict):
        return list(shapes) == list(expected) and all(
            same_shape(shapes[key], expected[key]) for key in expected
        )
    return all(map(same_shape, shapes, expected))


@pytest.mark.parametrize(("args", "spec", "expected"), STRUCTURES)
def test_structures(args: Any, spec: Any, expected: Any) -> None:
    before = copy.copy(spec)
    assert same_shape(rebuilt(spec, FOURS, *args), expected)
    assert told(spec) == told(before)


@pytest.mark.parametrize(("args", "spec", "expected"), STRUCTURES)
def test_without_fixes_it_is_the_same_object(args: Any, spec: Any, expected: Any):
    assert rebuilt(spec, [], *args) is spec


def test_a_dataclass_stays_one() -> None:
    spec = {"x": Pair({0: N}, None)}  # type: ignore[arg-type]
    found = rebuilt(spec, FOURS, Pair(ONES(8), ONES(8)))["x"]
    assert isinstance(found, Pair)
    assert (text(found.a[0]), found.b) == (FOUR, None)
    assert spec["x"].a[0] is N


def test_what_is_not_touched_stays_the_same_object() -> None:
    shape = {0: M, 1: 2 * M}
    spec = {"x": shape, "y": {0: N}}
    found = rebuilt(spec, FOURS, ONES(3, 6), ONES(8))
    assert found["x"] is shape
    assert found is not spec


def test_one_object_for_each_dim() -> None:
    spec = ({0: N}, {0: N}, {0: 2 * N})
    x, y, z = rebuilt(spec, FOURS, ONES(8), ONES(8), ONES(16))
    assert x[0] is y[0]
    assert root_of(z[0]) is root_of(x[0])
    assert text(z[0]) == "8*_n [1, 16]"


def test_a_range() -> None:
    x, y = rebuilt(({0: N}, {0: N + 1}), [Fix("n", min=4, max=9)], ONES(8), ONES(9))
    assert text(x[0]) == "n [4, 9]"
    assert text(y[0]) == "n + 1 [4, 9]"


def test_a_constant() -> None:
    assert rebuilt(
        ({0: N}, {0: 2 * N + 1}), [Fix("n", value=8)], ONES(8), ONES(17)
    ) == (
        {0: 8},
        {0: 17},
    )


def test_another_dim() -> None:
    fixes = [Fix("m", root="n", scale=1, offset=0)]
    x, y = rebuilt(({0: N}, {0: M}), fixes, ONES(8), ONES(8))
    assert x[0] is N
    assert y[0] is N


def test_a_chain_of_fixes() -> None:
    fixes = [Fix("m", root="n", scale=2, offset=1), *FOURS]
    x, y = rebuilt(({0: N}, {0: 3 * M}), fixes, ONES(8), ONES(51))
    assert text(y[0]) == "24*_n + 3 [1, 16]"
    assert root_of(x[0]) is root_of(y[0])


def test_a_derived_root_is_flattened() -> None:
    (x,) = rebuilt(({0: 2 * M},), [Fix("m", root="_m", scale=2, offset=0)], ONES(8))
    assert text(x[0]) == "4*_m [0, None]"


def test_fixes_in_a_circle() -> None:
    fixes = [Fix("n", root="m", scale=1, offset=0), Fix("m", root="n", scale=1)]
    with pytest.raises(ValueError, match="circle"):
        rebuilt(({0: N}, {0: M}), fixes, ONES(8), ONES(8))


def test_dynamic() -> None:
    spec = ({0: N}, {0: 2 * N + 1, 1: M})
    x, y = rebuilt(spec, [Fix("n", min=4, max=9)], ONES(8), ONES(17, 5), dynamic=["n"])
    assert text(x[0]) == "DYNAMIC [4, 9]"
    assert text(y[0]) == "DYNAMIC [9, 19]"
    assert y[1] is M
    assert rebuilt(({0: M},), [], ONES(8), dynamic=["m"])[0][0] is Dim.DYNAMIC


def test_dynamic_for_a_new_root() -> None:
    (x,) = rebuilt(({0: N},), FOURS, ONES(8), dynamic=["_n"])
    assert text(x[0]) == "DYNAMIC [4, 64]"


@pytest.mark.parametrize("name", ["N", "E", "S", "beta", "len", "I"])
def test_names_that_sympy_takes_for_its_own(name: str) -> None:
    fixes = [Fix("m", root=name, scale=2, offset=1)]
    x, y = rebuilt(({0: Dim(name)}, {0: M}), fixes, ONES(8), ONES(17))
    assert line_of(y[0]).root == root_of(x[0]).__name__ == f"{name}_"
    assert root_of(y[0]) is x[0]


def test_a_new_root_does_not_take_the_name_of_a_dim() -> None:
    spec = ({0: Dim("N")}, {0: M}, {0: Dim("N_")})
    fixes = [Fix("m", root="N", scale=2, offset=0)]
    x, y, z = rebuilt(spec, fixes, ONES(8), ONES(16), ONES(8))
    assert line_of(y[0]).root == root_of(x[0]).__name__ == "N__"
    assert z[0].__name__ == "N_"


def test_names_that_the_format_uses() -> None:
    fixes = [Fix("if_", min=3)]
    (x,) = rebuilt(({0: Dim("if")},), fixes, ONES(8))
    assert text(x[0]) == "if [3, None]"


def test_shapes_collection() -> None:
    x, y = ONES(8), ONES(8, 3)
    shapes: Any = ShapesCollection()
    shapes[x] = {0: M}
    shapes[y] = (N, None)
    found = rebuild(describe(MODEL, (x, {"k": y}), None, shapes), FOURS)
    assert isinstance(found, ShapesCollection)
    assert told(found[x]) == told({0: M})  # type: ignore[no-untyped-call]
    assert same_shape(found[y], (FOUR, "None"))  # type: ignore[no-untyped-call]
    assert len(found) == 2  # type: ignore[no-untyped-call]


def test_additional_inputs() -> None:
    shapes: Any = AdditionalInputs()
    shapes.add((ONES(5, 3),))
    spec = describe(MODEL, (ONES(8, 3),), None, shapes)
    assert rebuild(spec, []) is shapes


SCALES, OFFSETS = st.integers(1, 9), st.integers(0, 9)


@settings(deadline=None)
@given(SCALES, OFFSETS, SCALES, st.integers(-9, 9), st.integers(0, 99))
def test_a_size_of_the_root_is_a_size_of_the_spec(
    scale: int, offset: int, inner: int, shift: int, size: int
) -> None:
    """The rebuilt axis has the size that both definitions give, one after the other."""
    axis = scale * M + offset
    (entry,) = rebuilt(
        ({0: axis},), [Fix("m", root="_m", scale=inner, offset=shift)], ONES(8)
    )
    assert line_of(entry[0]).at(size) == scale * (inner * size + shift) + offset
