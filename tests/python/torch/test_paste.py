"""The text of a spec makes an equal spec when it runs."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple
from typing import Any

import pytest
import torch
from forward import Forward, Pair, told
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.export import AdditionalInputs, Dim, ShapesCollection

from dimsat.torch.paste import paste
from dimsat.torch.spec import describe

ONES = torch.ones
MODEL = Forward(lambda *inputs: inputs)
N, M = Dim("n", min=2, max=64), Dim("m")
Two = namedtuple("Two", "p q")


def run(text: str, args: Any = (), kwargs: Any = None) -> Any:
    scope: dict[str, Any] = {"args": args, "kwargs": kwargs or {}}
    exec(text, scope)
    return scope["dynamic_shapes"]


CASES = [
    ((ONES(8, 3),), {"x": {0: N, 1: 3 * N - 4}}),
    ((ONES(8, 3),), ((N, None),)),
    ((ONES(8, 3),), [{-1: M + 2}]),
    ((ONES(8, 3),), ({0: Dim.AUTO(min=2), 1: Dim.DYNAMIC(min=2, max=5)},)),
    ((ONES(8, 3), ONES(2)), {"x": {0: Dim.STATIC, 1: 3}, "y": None}),
    (({"k": [ONES(8)], "a b": ONES(8)},), {"x": {"k": [{0: N}], "a b": (M,)}}),
    ((Pair(ONES(8), ONES(8)),), {"x": Pair({0: N}, None)}),  # type: ignore[arg-type]
    ((Two(ONES(8), ONES(8)),), {"x": Two({0: N}, None)}),
    ((OrderedDict(o=ONES(8)),), {"x": OrderedDict(o={0: N})}),
    ((defaultdict(list, o=ONES(8)),), {"x": defaultdict(None, o={0: N})}),
    ((ONES(8, 3),), None),
    ((ONES(8, 3),), {}),
]


@pytest.mark.parametrize(("args", "shapes"), CASES)
def test_round_trip(args: Any, shapes: Any) -> None:
    made = run(paste(describe(MODEL, args, None, shapes), shapes))
    assert told(made) == told(shapes)
    assert type(made) is type(shapes)


@pytest.mark.parametrize(
    "name",
    ["for", "Dim", "list", "args", "torch", "_x", "N", "dynamic_shapes", "größe"],
)
def test_names(name: str) -> None:
    shapes = ({0: Dim(name), 1: Dim("other")},)
    text = paste(describe(MODEL, (ONES(8, 3),), None, shapes), shapes)
    assert told(run(text)) == told(shapes)


def test_shapes_collection() -> None:
    args, kwargs = ({"k": (ONES(3), ONES(8, 3))},), {"y": ONES(9)}
    shapes: Any = ShapesCollection()
    shapes[args[0]["k"][1]] = {0: N}
    shapes[kwargs["y"]] = (N + 1,)
    spec = describe(MODEL, args, kwargs, shapes)
    made = run(paste(spec, shapes), args, kwargs)
    assert told(made[args[0]["k"][1]]) == told({0: N})
    assert told(made[kwargs["y"]]) == told((N + 1,))
    assert len(made) == 2


def test_additional_inputs_become_what_they_mean() -> None:
    shapes: Any = AdditionalInputs()
    shapes.add((ONES(5, 3),))
    spec = describe(MODEL, (ONES(8, 3),), None, shapes)
    assert told(run(paste(spec, shapes))) == told(spec.plain)


def test_layout() -> None:
    args = tuple(ONES(8, 3, 5) for _ in range(3))
    name = {"input_identifiers": N, "attention_mask_of_it": 2 * N}
    long = Dim("sequence_length", max=2048)
    shapes = {v: {0: long, 1: N, 2: Dim.DYNAMIC(min=2)} for v in ("x", "y", "z")}
    assert name
    assert paste(describe(MODEL, args, None, shapes), shapes) == (
        "from torch.export import Dim\n"
        "\n"
        'sequence_length = Dim("sequence_length", max=2048)\n'
        'n = Dim("n", min=2, max=64)\n'
        "dynamic_shapes = {\n"
        '    "x": {0: sequence_length, 1: n, 2: Dim.DYNAMIC(min=2)},\n'
        '    "y": {0: sequence_length, 1: n, 2: Dim.DYNAMIC(min=2)},\n'
        '    "z": {0: sequence_length, 1: n, 2: Dim.DYNAMIC(min=2)},\n'
        "}"
    )


ROOTS = [Dim("a"), Dim("b", min=3), Dim("c", max=70), Dim("d", min=4, max=5)]
ENTRIES = st.one_of(
    st.none(),
    st.integers(1, 3),
    st.sampled_from([Dim.AUTO, Dim.STATIC, Dim.DYNAMIC, Dim.AUTO(min=1, max=4)]),
    st.builds(
        lambda root, scale, offset: scale * root + offset,
        st.sampled_from(ROOTS),
        st.integers(1, 5),
        st.integers(0, 5),
    ),
)
SHAPES = st.one_of(
    st.none(),
    st.tuples(ENTRIES, ENTRIES),
    st.dictionaries(st.integers(0, 1), ENTRIES),
)
SPECS = st.recursive(
    SHAPES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(st.text(min_size=1, max_size=5), inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


def arguments_for(shapes: Any) -> Any:
    """Arguments that the spec describes: a tensor wherever it has a shape."""
    if isinstance(shapes, list):
        return [arguments_for(entry) for entry in shapes]
    if isinstance(shapes, dict) and any(isinstance(key, str) for key in shapes):
        return {key: arguments_for(entry) for key, entry in shapes.items()}
    return ONES(2, 2)


@settings(deadline=None, max_examples=200)
@given(SPECS)
def test_any_spec(shapes: Any) -> None:
    spec = describe(MODEL, (arguments_for(shapes),), None, {"x": shapes})
    assert told(run(paste(spec, spec.given))) == told({"x": shapes})
