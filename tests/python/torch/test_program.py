"""What a program refuses although its spec promised it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from forward import Forward, told
from torch.export import Dim

from dimsat.torch.program import ProgramReport, check_program
from dimsat.torch.spec import describe

ONES = torch.ones
A, B = Dim("a"), Dim("b")
DEFERRED = {"prefer_deferred_runtime_asserts_over_guards": True}


def checked(
    function: Callable[..., Any], sizes: tuple[int, ...], shapes: Any, **options: Any
) -> ProgramReport:
    args = tuple(ONES(size) for size in sizes)
    program = torch.export.export(
        Forward(function), args, dynamic_shapes=shapes, **options
    )
    return check_program(program, shapes)


def table(x: Any, y: Any) -> Any:
    return (x[:, None] * y[None]).view(64)


@pytest.mark.parametrize("options", [{}, DEFERRED, {"strict": True}])
def test_a_hidden_relation(options: Any) -> None:
    report = checked(table, (8, 8), ({0: A}, {0: B}), **options)
    assert not report.ok
    assert report.verdict == "violated"
    assert report.result is not None
    assert report.result.relations == ("a*b == 64",)
    (violation,) = report.result.violations
    assert violation.witness is not None
    assert violation.witness["a"] * violation.witness["b"] != 64
    assert len(report.refusing) == 1
    assert report.dynamic_shapes == ({0: 8}, {0: 8})


@pytest.mark.parametrize("options", [{}, DEFERRED])
def test_the_witness_is_refused(options: Any) -> None:
    shapes, args = ({0: A}, {0: B}), (ONES(8), ONES(8))
    program = torch.export.export(
        Forward(table), args, dynamic_shapes=shapes, **options
    )
    (violation,) = check_program(program, shapes).result.violations  # type: ignore[union-attr]
    sizes = violation.witness
    assert sizes is not None
    with pytest.raises((AssertionError, RuntimeError)):
        program.module()(ONES(sizes["a"]), ONES(sizes["b"]))


def test_a_root_of_one() -> None:
    fives = {"x": {0: 5 * Dim("_d", min=1, max=8)}}
    report = checked(lambda x: x.view(5, -1), (25,), fives)
    assert report.refusing == ("(L['x'].size()[0] // 5) != 1",)
    assert told(report.dynamic_shapes["x"][0]) == "5*_d [2, 8]"


def test_a_derived_dim_in_an_assert() -> None:
    report = checked(lambda x: x.reshape(-1, 3), (6,), ({0: 2 * A},), **DEFERRED)
    assert report.verdict == "violated"
    assert told(report.dynamic_shapes[0][0]) == "6*_a - 6 [2, None]"


@pytest.mark.parametrize(
    ("function", "sizes", "shapes"),
    [
        (lambda x: x.view(5, -1), (25,), ({0: 5 * Dim("_d", min=2, max=8)},)),
        (lambda x: x * 2, (25,), ({0: Dim("n", max=100)},)),
        (lambda x: x[: x.shape[0] // 2], (25,), ({0: Dim.DYNAMIC(min=7)},)),
        (lambda x, y: x + y, (8, 8), ({0: A}, {0: A})),
        (lambda x, y: x + y, (8, 8), ({0: Dim.AUTO}, {0: Dim.AUTO})),
    ],
)
def test_implied_checks_are_dropped(function: Any, sizes: Any, shapes: Any) -> None:
    report = checked(function, sizes, shapes)
    assert report.ok
    assert report.refusing == ()
    assert report.dynamic_shapes is None


def test_implied_checks_are_counted() -> None:
    report = checked(lambda x: x[: x.shape[0] // 2], (25,), ({0: Dim.AUTO(min=7)},))
    assert "(L['x'].size()[0] // 2) <= L['x'].size()[0]" in report.checks
    assert "all follow from the spec" in str(report)


def test_a_range_of_a_hint_binds_what_is_equal_to_it() -> None:
    shapes = ({0: Dim.DYNAMIC(min=5)}, {0: Dim("b", max=9)})
    report = checked(lambda x, y: x + y, (8, 8), shapes)
    assert told(report.dynamic_shapes[1][0]) == "b [5, 9]"


def test_what_the_tracer_made_of_its_own_assumptions() -> None:
    """With two sizes of 2 or more it takes for granted that their sum is 4."""

    def sums(x: Any, y: Any, z: Any) -> Any:
        return torch.cat([x, y]) + z

    shapes = ({0: A}, {0: B}, {0: Dim.DYNAMIC})
    report = checked(sums, (5, 7, 12), shapes)
    assert report.verdict == "violated"
    witness = report.result.violations[0].witness  # type: ignore[union-attr]
    assert witness is not None
    assert witness["a"] + witness["b"] < 4


def test_another_spec() -> None:
    model, args = Forward(lambda x: x.view(-1, 4)), (ONES(8),)
    program = torch.export.export(model, args, dynamic_shapes=({0: 4 * A},))
    assert not check_program(program, ({0: A},)).ok
    assert check_program(program, ({0: 8 * Dim("e", min=1)},)).ok
    assert check_program(
        program, describe(model, args, None, ({0: 4 * Dim("f", min=2)},))
    ).ok


class Forward4(torch.nn.Module):
    def forward(self, x: Any, y: Any, z: Any, t: Any) -> Any:
        return torch.cat([x, y]) + torch.cat([z, t])


class Variable(torch.nn.Module):
    def forward(self, x: Any, *rest: Any, n: int) -> Any:
        return x + rest[0][:, 0].view(-1, n).sum(), rest[1]["k"] + rest[0][0]


def test_variable_arguments() -> None:
    args = (ONES(8), ONES(8, 3), {"k": ONES(3)})
    shapes = {"x": {0: A}, "rest": ({0: B}, {"k": {0: 3}}), "n": None}
    program = torch.export.export(Variable(), args, {"n": 2}, strict=False)
    report = check_program(program, shapes, model=Variable())
    assert report.name == "Variable"
    assert all("L['rest'][0]" in g or "L['x']" in g for g in report.refusing)
    assert report.refusing


def test_the_better_spec_can_be_exported() -> None:
    """PyTorch breaks on ``b - 2`` where ``b`` has no maximum."""
    dims = [Dim(name) for name in "abcd"]
    shapes = tuple({0: one} for one in dims)
    model = Forward4()
    args = tuple(ONES(size) for size in (5, 9, 7, 7))
    program = torch.export.export(model, args, dynamic_shapes=shapes)
    better = check_program(program, shapes).dynamic_shapes
    assert torch.export.export(model, args, dynamic_shapes=better)


def test_floats() -> None:
    r = Dim("r", min=2)
    shapes = ({0: 3 * r + 2}, {0: 2 * r})

    def pooled(x: Any, y: Any) -> Any:
        return torch.cat([torch.nn.functional.avg_pool1d(x[None], 4, 3)[0]] * 2) * y

    args = (ONES(20), ONES(12))
    program = torch.export.export(Forward(pooled), args, dynamic_shapes=shapes)
    report = check_program(program, shapes)
    assert not report.ok
    size = report.inexact["r"]
    with pytest.raises(AssertionError, match="Guard failed"):
        program.module()(ONES(3 * size + 2), ONES(2 * size))
    assert "in floats" in str(report)


@pytest.mark.parametrize("scales", [(2, 4), (4, 2), (4, 6), (3, 6)])
def test_exact_floats(scales: tuple[int, int]) -> None:
    r = Dim("r", min=2)
    shapes = ({0: scales[0] * r}, {0: scales[1] * r + 5 * scales[1]})
    args = (ONES(3 * scales[0]), ONES(8 * scales[1]))
    program = torch.export.export(
        Forward(lambda x, y: x.sum() + y), args, dynamic_shapes=shapes
    )
    assert check_program(program, shapes).inexact == {}
    module = program.module()
    for size in range(2, 200):
        module(ONES(scales[0] * size), ONES(scales[1] * (size + 5)))


def test_a_program_without_its_example() -> None:
    program = torch.export.export(Forward(lambda x: x), (ONES(8),))
    program.example_inputs = None
    with pytest.raises(ValueError, match="no example inputs"):
        check_program(program, None)
