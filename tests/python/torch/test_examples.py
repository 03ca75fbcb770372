"""Larger examples in place of sizes 0 and 1."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import torch
from forward import Forward, Pair, told
from torch.export import Dim, ShapesCollection

from dimsat.torch import explain, export
from dimsat.torch.examples import Example, grown, larger_examples
from dimsat.torch.exporting import ExportError
from dimsat.torch.spec import describe

ONES = torch.ones
MODEL = Forward(lambda *inputs: inputs)
A, B, C = Dim("a"), Dim("b"), Dim("c")


def examples(args: Any, shapes: Any, **kwargs: Any) -> list[Example]:
    return list(larger_examples(args, kwargs, describe(MODEL, args, kwargs, shapes)))


def sizes(example: Example) -> list[tuple[int, ...]]:
    return [tuple(x.shape) for x in example.args if isinstance(x, torch.Tensor)]


def test_only_sizes_of_zero_and_one_move() -> None:
    first = examples((ONES(1, 5), ONES(0, 3)), ({0: A, 1: B}, {0: C}))[0]
    assert sizes(first) == [(2, 5), (4, 3)]
    assert str(first) == "x[0]: 1 -> 2, y[0]: 0 -> 4"


def test_sizes_are_distinct_where_possible() -> None:
    first = examples((ONES(1, 2), ONES(1, 1)), ({0: A}, {0: B, 1: C}))[0]
    assert sizes(first) == [(3, 2), (4, 5)]


def test_one_dim_moves_as_one() -> None:
    first = examples((ONES(1), ONES(1), ONES(3)), ({0: A}, {0: A}, {0: 2 * A + 1}))[0]
    assert sizes(first) == [(2,), (2,), (5,)]


def test_ranges_are_kept() -> None:
    args = (ONES(1, 1, 1),)
    shapes = ({0: Dim("a", min=1, max=2), 1: Dim("b", max=1), 2: Dim.AUTO(max=3)},)
    found = examples(args, shapes)
    assert found
    for example in found:
        a, b, c = sizes(example)[0]
        assert (a, b) == (2, 1) or (a, b, c) == (1, 1, c)
        assert c <= 3


def test_nothing_to_move() -> None:
    assert examples((ONES(8, 1),), ({0: A},)) == []
    assert examples((ONES(1),), ({0: Dim("b", max=1)},)) == []
    assert examples((ONES(1),), ({0: Dim.STATIC},)) == []


def test_a_phantom_root_of_one_moves() -> None:
    assert sizes(examples((ONES(4),), ({0: 4 * A},))[0]) == [(8,)]


def test_the_rest_of_the_arguments_stays() -> None:
    x, pair = ONES(5), Pair(ONES(1), ONES(3))
    example = examples((x, pair, 7), ({0: A}, [{0: B}, None], None))[0]
    assert example.args[0] is x
    assert example.args[1].b is pair.b
    assert example.args[1].a.shape == (2,)
    assert example.args[2] == 7


def test_keywords() -> None:
    example = examples((ONES(1),), {"x": {0: A}, "z": {0: B}}, z=ONES(1))[0]
    assert example.args[0].shape == (2,)
    assert example.kwargs["z"].shape == (3,)


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.float16])
def test_values_are_repeated(dtype: torch.dtype) -> None:
    old = torch.tensor([[3, 0, 1]]).to(dtype)
    new = grown(old, [2, 3])
    assert new.dtype == dtype
    assert torch.equal(new, torch.cat([old, old]))


def test_gradients_are_kept() -> None:
    new = grown(ONES(1, requires_grad=True), [4])
    assert new.requires_grad
    assert new.is_leaf


def test_without_values_there_are_zeros() -> None:
    assert grown(torch.ones(0, 2), [3, 2]).tolist() == [[0, 0]] * 3


def test_export_retraces(caplog: pytest.LogCaptureFixture) -> None:
    model, args, shapes = Forward(lambda x: x * 2), (ONES(1, 3),), ({0: A},)
    assert export(model, args, dynamic_shapes=shapes).dimsat_report.dynamic_shapes == (
        {0: 1},
    )
    with caplog.at_level(logging.WARNING, "dimsat.torch"):
        program = export(model, args, dynamic_shapes=shapes, retrace=True)
    assert program.dimsat_report.dynamic_shapes is None
    assert "x[0]: 1 -> 2" in caplog.text
    assert program.module()(ONES(9, 3)).shape == (9, 3)


def test_indices_stay_valid() -> None:
    ids, weights = torch.zeros(1, 7, dtype=torch.long), ONES(10, 4)
    model = Forward(torch.nn.functional.embedding)
    shapes = ({0: A, 1: B}, None)
    program = export(model, (ids, weights), dynamic_shapes=shapes, retrace=True)
    assert program.dimsat_report.ok


def test_sizes_that_the_model_takes() -> None:
    """A broadcast partner has to grow to its size, two dims to the same one."""
    shapes = ({0: A}, {0: B})
    model = Forward(lambda x, y: x.view(-1, 4) + y.view(-1, 4))
    program = export(model, (ONES(8), ONES(1)), dynamic_shapes=shapes, retrace=True)
    x, y = program.dimsat_report.dynamic_shapes
    assert told(x[0]) == told(y[0]) == "4*_a [2, None]"


def test_a_size_that_has_to_be_one() -> None:
    model = Forward(lambda x: x.view(3, -1) if x.shape[1] == 1 else x.view(7, 7, 7))
    shapes = ({0: A, 1: B},)
    program = export(model, (ONES(6, 1),), dynamic_shapes=shapes, retrace=True)
    assert program.dimsat_report.dynamic_shapes[0][1] == 1


def test_a_hint() -> None:
    model, shapes = Forward(lambda x: x * 2), ({0: Dim.DYNAMIC(max=8)},)
    with pytest.raises(ExportError):
        export(model, (ONES(1),), dynamic_shapes=shapes)
    program = export(model, (ONES(1),), dynamic_shapes=shapes, retrace=True)
    assert program.module()(ONES(7)).shape == (7,)


def test_shapes_collection() -> None:
    x = ONES(1, 4)
    shapes: Any = ShapesCollection()
    shapes[x] = {0: A, 1: B}
    model = Forward(lambda x: x.view(-1, 4, 2) if x.shape[1] == 8 else x + 1)
    program = export(model, (x,), dynamic_shapes=shapes, retrace=True)
    assert program.module()(ONES(5, 4)).shape == (5, 4)


def test_explain_retraces() -> None:
    model, shapes = Forward(lambda x: x * 2), ({0: A},)
    assert not explain(model, (ONES(1),), dynamic_shapes=shapes).ok
    assert explain(model, (ONES(1),), dynamic_shapes=shapes, retrace=True).ok
