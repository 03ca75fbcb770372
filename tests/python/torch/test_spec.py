"""Specs are read in every form that torch.export takes."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import pytest
import torch
from forward import Forward, Pair
from torch._dynamo.exc import UserError
from torch.export import AdditionalInputs, Dim, ShapesCollection
from torch.export.dynamic_shapes import _IntWrapper
from torch.utils import _pytree as pytree

from dimsat.problem import Problem
from dimsat.torch.spec import describe

ONES = torch.ones
MODEL = Forward(lambda *inputs: inputs)


class Everything(torch.nn.Module):
    def forward(self, x: Any, *rest: Any, n: int = 3, **named: Any) -> Any:
        return x


class Box:
    """A container that PyTorch knows through its pytree only."""

    def __init__(self, one: Any, two: Any) -> None:
        self.one, self.two = one, two


pytree.register_pytree_node(
    Box,
    lambda box: ([box.one, box.two], None),
    lambda parts, _: Box(*parts),
    flatten_with_keys_fn=lambda box: (
        [(pytree.MappingKey("one"), box.one), (pytree.MappingKey("two"), box.two)],
        None,
    ),
    serialized_type_name="dimsat.tests.Box",
)


def shapes_of(args: tuple[Any, ...], spec: Any, model: Any = MODEL, **kwargs: Any):
    return {i["source"]: i["shape"] for i in describe(model, args, kwargs, spec).inputs}


N = Dim("n")


@pytest.mark.parametrize(
    "spec",
    [
        {"x": {0: N}},
        {"x": (N, None)},
        {"x": [N, None]},
        ({0: N},),
        [{0: N}],
        ((N, None),),
        {"x": {-2: N}},
        {"x": {-2: N, 1: None}},
    ],
)
def test_one_tensor(spec: Any) -> None:
    assert shapes_of((ONES(8, 3),), spec) == {"L['x']": ["n", None]}


@pytest.mark.parametrize("spec", [None, {}, (), [], {"x": None}, (None,), {"x": {}}])
def test_silent_specs_are_static(spec: Any) -> None:
    assert shapes_of((ONES(8, 3),), spec) == {"L['x']": [None, None]}


def test_entries() -> None:
    spec = {"x": (N, 2 * N + 1, 5, Dim.AUTO, Dim.DYNAMIC(min=2, max=9), Dim.STATIC)}
    found = shapes_of((ONES(1, 3, 5, 2, 4, 6),), spec)["L['x']"]
    hint = {"hint": "DYNAMIC", "min": 2, "max": 9}
    assert found == ["n", "2*n + 1", 5, {"hint": "AUTO"}, hint, {"hint": "STATIC"}]


def test_derived_dims_are_flattened() -> None:
    half = 2 * (3 * N - 1) + 5
    spec = describe(MODEL, (ONES(9),), None, ({0: half},))
    assert spec.inputs[0]["shape"] == ["6*n + 3"]
    assert spec.dims == [{"name": "n"}]


def test_roots_and_their_ranges() -> None:
    wide, narrow = Dim("w", min=2, max=50), Dim("w", max=20)
    spec = describe(MODEL, (ONES(4), ONES(9)), None, ({0: wide}, {0: 2 * narrow + 1}))
    assert spec.dims == [{"name": "w", "min": 2, "max": 20}]
    assert spec.roots()["w"] is wide


def test_a_root_is_high_enough_for_what_follows_it() -> None:
    spec = describe(MODEL, (ONES(4), ONES(3)), None, ({0: N}, {0: 2 * N - 5}))
    assert spec.dims == [{"name": "n", "min": 3}]


def test_nested_structures() -> None:
    Two = namedtuple("Two", "p q")
    args = (
        {"k": [ONES(2), (ONES(3), ONES(4))], 7: ONES(5)},
        Two(ONES(6), ONES(7)),
        OrderedDict(o=ONES(8)),
    )
    spec = (
        {7: (5,), "k": [{0: N}, ({0: N + 1}, None)]},
        Two({0: N + 4}, None),
        OrderedDict(o={0: N + 6}),
    )
    assert shapes_of(args, spec) == {
        "L['x']['k'][0]": ["n"],
        "L['x']['k'][1][0]": ["n + 1"],
        "L['x']['k'][1][1]": [None],
        "L['x'][7]": [5],
        "L['y'].p": ["n + 4"],
        "L['y'].q": [None],
        "L['z']['o']": ["n + 6"],
    }


@pytest.mark.parametrize("entry", [[{0: N}, None], Pair({0: N}, None)])
def test_dataclasses(entry: Any) -> None:
    args = (Pair(ONES(2), ONES(3)),)
    spec = describe(MODEL, args, None, {"x": entry})
    assert [i["shape"] for i in spec.inputs] == [["n"], [None]]
    assert [i["source"] for i in spec.inputs] == ["L['x'].a", "L['x'].b"]
    assert spec.exportable == {"x": [{0: N}, None]}
    assert spec.given == {"x": entry}


def test_other_pytree_nodes() -> None:
    args = (Box(ONES(2), [ONES(3)]),)
    found = shapes_of(args, {"x": [{0: N}, [None]]})
    assert found == {"L['x']['one']": ["n"], "L['x']['two'][0]": [None]}


def test_variable_arguments() -> None:
    spec = {"x": None, "rest": ({0: N}, None), "n": None, "named": {"k": {0: N}}}
    args = (ONES(2), ONES(3), ONES(4))
    found = shapes_of(args, spec, Everything(), k=ONES(3), n=5)
    assert found == {
        "L['x']": [None],
        "L['rest'][0]": ["n"],
        "L['rest'][1]": [None],
        "L['named']['k']": ["n"],
    }


def test_keywords_in_the_order_of_the_call() -> None:
    spec = {"x": None, "y": {0: N}, "z": None}
    read = describe(MODEL, (ONES(2),), {"z": ONES(4), "y": ONES(3)}, spec)
    assert [i["source"] for i in read.inputs] == ["L['x']", "L['y']", "L['z']"]
    assert read.strict_sources == {
        "L['flat_args'][0]": "L['x']",
        "L['flat_args'][1]": "L['z']",
        "L['flat_args'][2]": "L['y']",
    }
    assert read.call_paths["L['z']"] == "kwargs['z']"


def test_integers_are_leaves_but_no_inputs() -> None:
    spec = describe(MODEL, (ONES(2), 7, True), None, (None, Dim.DYNAMIC, None))
    assert [leaf.source for leaf in spec.leaves] == ["L['x'].size()[0]", "L['y']"]
    assert spec.leaves[1].entry is Dim.DYNAMIC
    assert (spec.leaves[1].size, spec.leaves[1].axis) == (7, None)
    assert len(spec.inputs) == 1


def test_shapes_collection() -> None:
    x, y, number = ONES(2), ONES(3, 4), _IntWrapper(5)
    shapes: Any = ShapesCollection()
    shapes[x] = (N,)
    shapes[y][1] = 2 * N
    shapes[number] = Dim.DYNAMIC
    spec = describe(MODEL, (x, {"k": y}, number), None, shapes)
    assert [i["shape"] for i in spec.inputs] == [["n"], [None, "2*n"]]
    assert spec.leaves[-1].entry is Dim.DYNAMIC
    assert spec.exportable is shapes


def test_additional_inputs() -> None:
    shapes: Any = AdditionalInputs()
    shapes.add((ONES(5, 3),))
    spec = describe(MODEL, (ONES(8, 3),), None, shapes)
    assert spec.inputs[0]["shape"] == [{"hint": "DYNAMIC"}, None]
    assert spec.exportable is shapes


@pytest.mark.parametrize("name", ["auto", "None", "if", "and", "oo", "int_oo", "True"])
def test_names_that_the_format_uses(name: str) -> None:
    spec = describe(MODEL, (ONES(8),), None, ({0: Dim(name)},))
    assert spec.names == {f"{name}_": name}
    assert Problem.from_dict({"dims": spec.dims, "inputs": spec.inputs})


def test_an_axis_given_twice() -> None:
    with pytest.raises(ValueError, match=r"names axis 0 of L\['x'\] twice, as 0 and"):
        describe(MODEL, (ONES(8, 3),), None, ({0: N, -2: Dim("m")},))


def test_an_axis_beyond_the_rank() -> None:
    with pytest.raises(ValueError, match=r"names axis 5 of L\['x'\], which has 2 axes"):
        describe(MODEL, (ONES(8, 3),), None, ({5: N},))


@pytest.mark.parametrize(
    "spec", [{"q": None}, ({0: N}, None, None, None), {"x": [N]}, {"x": {0: "n"}}]
)
def test_what_pytorch_refuses_is_refused_in_its_words(spec: Any) -> None:
    with pytest.raises(UserError):
        describe(MODEL, (ONES(8, 3),), None, spec)


def test_different_dims_of_one_name() -> None:
    spec = ({0: Dim("n", max=9)}, {0: Dim("n", max=8)})
    with pytest.raises(UserError, match="different definitions"):
        describe(MODEL, (ONES(2), ONES(2)), None, spec)


def test_reading_leaves_no_mark_on_tensors() -> None:
    x = ONES(2)
    describe(MODEL, (x,), None, ({0: Dim.DYNAMIC},))
    assert not hasattr(x, "_dynamo_dynamic_indices")
