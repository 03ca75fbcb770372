"""Exports that fail are repaired in one round, and the program keeps the promise."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import torch
from forward import Forward, Pair, dim, refused, told
from torch.export import AdditionalInputs, Dim, ShapesCollection

from dimsat.torch import explain, hooks
from dimsat.torch.exporting import ExportError, export
from dimsat.torch.paste import paste
from dimsat.torch.spec import describe

ONES = torch.ones
A, B = Dim("a"), Dim("b")


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The specs of all exports of PyTorch, in order."""
    made: list[Any] = []
    original = torch.export.export

    def counting(*args: Any, **kwargs: Any) -> Any:
        made.append(kwargs["dynamic_shapes"])
        return original(*args, **kwargs)

    monkeypatch.setattr(torch.export, "export", counting)
    return made


def halves(x: Any) -> Any:
    return x[: x.shape[0] // 2]


def other_path(limit: int) -> Callable[[Any], Any]:
    return lambda x: x * 2 if x.shape[0] != limit and x.shape[0] <= limit else x


def pins(*sizes: int) -> list[str]:
    return [str(size) for size in sizes]


CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Any, Any]] = {
    "a multiple": (lambda x: x.view(-1, 4), (8,), ({0: A},), ["4*_a [2, None]"]),
    "two multiples": (
        lambda x: (x.view(-1, 4), x.view(-1, 6)),
        (24,),
        ({0: Dim("a", min=5, max=100)},),
        ["12*_a [1, 8]"],
    ),
    "a multiple of a derived dim": (
        lambda x: (x.view(-1, 3), x[: 18 if x.shape[0] > 3 else 0]),
        (6,),
        ({0: 2 * A},),
        None,
    ),
    "not equal at the end": (other_path(512), (8,), ({0: A},), ["a [0, 511]"]),
    "a rational bound": (
        lambda x: x * 2 if 3 * x.shape[0] < 100 else x,
        (8,),
        ({0: A},),
        ["a [0, 33]"],
    ),
    "equal dims": (lambda x, y: x + y, (8, 8), ({0: A}, {0: B}), ["a [0, None]"] * 2),
    "a sum": (
        lambda x, y: torch.cat([x, y]).view(32),
        (8, 24),
        ({0: A}, {0: B}),
        pins(8, 24),
    ),
    "every second": (
        lambda x, y: x + y[::2],
        (8, 15),
        ({0: A}, {0: B}),
        ["a [2, None]", "2*a - 1 [2, None]"],
    ),
    "not provable": (halves, (9,), ({0: A},), ["DYNAMIC [4, None]"]),
    "not provable, shared": (
        lambda x, y: (halves(x), y * 2),
        (9, 20),
        ({0: A}, {0: 2 * A + 2}),
        ["DYNAMIC [4, None]", "DYNAMIC [10, None]"],
    ),
    "a remainder": (
        lambda x: x * 2 if (2 * x.shape[0] - 1) % x.shape[0] != 0 else x,
        (9,),
        ({0: A},),
        None,
    ),
    "example below its dim": (
        lambda x: x * 2,
        (6,),
        ({0: Dim("a", min=10)},),
        ["a [6, None]"],
    ),
    "example below its dim, and a multiple": (
        lambda x: x.view(-1, 4),
        (8,),
        ({0: Dim("a", min=10, max=64)},),
        ["4*_a [2, 16]"],
    ),
    "another constant": (lambda x: x * 2, (6,), ({0: 7},), pins(6)),
    "one dim, two sizes": (
        lambda x, y: (x * 2, y.view(-1, 3)),
        (6, 9),
        ({0: A}, {0: A}),
        ["a [0, None]", "3*_a_2 [2, None]"],
    ),
    "an odd double": (lambda x: x * 2, (9,), ({0: 2 * A},), ["a_2 [0, None]"]),
    "less one": (
        lambda x, y: x[1:] + y,
        (9, 8),
        ({0: A}, {0: B}),
        ["b + 1 [2, None]", "b [2, None]"],
    ),
    "less one, as promised": (
        lambda x, y: x[1:] + y,
        (9, 8),
        ({0: A}, {0: A - 1}),
        None,
    ),
    "a hint that misses": (
        lambda x: x * 2 if x.shape[0] <= 8 else x,
        (6,),
        ({0: Dim.DYNAMIC(min=10, max=20)},),
        ["DYNAMIC [6, 20]"],
    ),
    "a hint that narrows": (
        lambda x, y: y.view(-1, 2).sum() + (x if x.shape[0] == y.shape[0] else 0),
        (6, 6),
        ({0: Dim.DYNAMIC(min=4, max=9)}, {0: B}),
        ["DYNAMIC [4, 9]", "2*_b [2, 4]"],
    ),
    "undecidable": (
        lambda x: x.view(int(x.shape[0] ** 0.5), -1)[:4] + x.view(4, 4),
        (16,),
        ({0: A},),
        pins(16),
    ),
    "undecidable at the example": (
        lambda x, y: (
            x * 2 if 2 * x.shape[0] + 1 / 3 > 10.5 else x,
            y * 2 if y.shape[0] > 13 else y,
        ),
        (16, 20),
        ({0: A}, {0: B}),
        ["16", "b [14, None]"],
    ),
    "compared in floats": (
        lambda x, y: (
            torch.cat([torch.nn.functional.avg_pool1d(x[None], 4, 3)[0]] * 2) * y
        ),
        (20, 12),
        ({0: A}, {0: B}),
        ["DYNAMIC [8, None]", "DYNAMIC [4, None]"],
    ),
    "a name of sympy": (
        lambda x, y: x.view(-1, 4)[:, 0] + y,
        (8, 2),
        ({0: Dim("N")}, {0: Dim("S")}),
        None,
    ),
    "a size of one": (lambda x: x * 2, (1,), ({0: A},), pins(1)),
}


STRICT = ["a multiple", "every second", "not provable, shared", "one dim, two sizes"]


@pytest.mark.parametrize(
    ("name", "strict"), [(n, False) for n in CASES] + [(n, True) for n in STRICT]
)
def test_repairs(name: str, strict: bool, exports: list[Any]) -> None:
    function, sizes, shapes, expected = CASES[name]
    model = Forward(function)
    args = tuple(ONES(size) for size in sizes)
    program = export(model, args, dynamic_shapes=shapes, strict=strict)
    report = program.dimsat_report
    found = shapes if report.dynamic_shapes is None else report.dynamic_shapes
    if expected is not None and not strict:
        assert [told(entry[0]) for entry in found] == expected
    assert refused(program, model, args, found) == []
    widened = describe(model, args, None, shapes).plain is not found and len(exports)
    assert len(exports) <= 2 or (len(exports) == 3 and widened)
    assert torch.export.export(model, args, dynamic_shapes=found, strict=strict)


def test_one_round(exports: list[Any]) -> None:
    export(Forward(lambda x: x.view(-1, 4)), (ONES(8),), dynamic_shapes={"x": {0: A}})
    assert len(exports) == 2


def test_nothing_to_repair(exports: list[Any]) -> None:
    shapes = {"x": {0: A}}
    program = export(Forward(lambda x: x * 2), (ONES(8),), dynamic_shapes=shapes)
    assert exports == [shapes]
    assert program.dimsat_report.ok
    assert program.dimsat_report.dynamic_shapes is None


def test_what_was_changed_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    shapes = {"x": {0: A, 1: Dim("c", min=2, max=9)}, "y": {0: B, 1: 5}}
    model = Forward(lambda x, y: (x[:, 0].view(-1, 4), x[:, 0] + y[:, 0], y * 2))
    with caplog.at_level(logging.WARNING, "dimsat.torch"):
        export(model, (ONES(8, 3), ONES(8, 5)), dynamic_shapes=shapes)
    assert [r.message for r in caplog.records if r.name == "dimsat.torch"] == [
        "a = 4*_a, _a = 1.. (was 0..)",
        "b = 4*_a, _a = 1.. (was 0..)",
    ]


def test_the_report_has_the_spec_as_text() -> None:
    program = export(
        Forward(lambda x: x.view(-1, 4)), (ONES(8),), dynamic_shapes={"x": {0: A}}
    )
    report = program.dimsat_report
    scope: dict[str, Any] = {}
    exec(report.code, scope)
    assert told(scope["dynamic_shapes"]) == told(report.dynamic_shapes)


def test_a_dynamic_dim_is_explained() -> None:
    shapes = ({0: A}, {0: 2 * A + 2})
    model = Forward(lambda x, y: (halves(x), y * 2))
    program = export(model, (ONES(9), ONES(20)), dynamic_shapes=shapes)
    notes = " ".join(program.dimsat_report.notes)
    assert "became Dim.DYNAMIC" in notes
    assert "no longer says" in notes


def test_without_a_repair() -> None:
    shapes = {"x": {0: Dim.DYNAMIC}}
    with pytest.raises(ExportError, match="DYNAMIC but can only be 8") as caught:
        export(Forward(lambda x: x.view(8)), (ONES(8),), dynamic_shapes=shapes)
    assert hooks.is_violation(caught.value.__cause__)  # type: ignore[arg-type]
    assert str(caught.value) == caught.value.report.text()
    assert caught.value.report.dynamic_shapes is None


def test_repair_is_not_wanted(exports: list[Any]) -> None:
    model = Forward(lambda x: x.view(-1, 4))
    with pytest.raises(ExportError) as caught:
        export(model, (ONES(8),), dynamic_shapes={"x": {0: A}}, repair=False)
    assert len(exports) == 1
    assert told(caught.value.report.dynamic_shapes["x"][0]) == "4*_a [2, None]"


def test_other_errors_are_left_alone() -> None:
    def breaks(x: Any) -> Any:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        export(Forward(breaks), (ONES(8),), dynamic_shapes={"x": {0: A}})


def test_hidden_relations_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    shapes = {"x": {0: A}, "y": {0: B}}
    model = Forward(lambda x, y: (x[:, None] * y[None]).view(64))
    with caplog.at_level(logging.WARNING, "dimsat.torch"):
        program = export(model, (ONES(8), ONES(8)), dynamic_shapes=shapes)
    assert "a*b == 64" in caplog.text
    assert not program.dimsat_report.ok


def test_dataclasses() -> None:
    model = Forward(lambda pair: pair.a.view(-1, 4).sum() + pair.b)
    shapes = {"x": Pair({0: A}, {0: B})}  # type: ignore[arg-type]
    program = export(model, (Pair(ONES(8), ONES(3)),), dynamic_shapes=shapes)
    found = program.dimsat_report.dynamic_shapes["x"]
    assert isinstance(found, Pair)
    assert told(found.a[0]) == "4*_a [2, None]"


def test_shapes_collection() -> None:
    x = ONES(8)
    shapes: Any = ShapesCollection()
    shapes[x] = {0: A}
    model = Forward(lambda x: x.view(-1, 4))
    found = export(model, (x,), dynamic_shapes=shapes).dimsat_report.dynamic_shapes
    assert isinstance(found, ShapesCollection)
    assert told(found[x][0]) == "4*_a [2, None]"  # type: ignore[no-untyped-call]


def test_additional_inputs() -> None:
    shapes: Any = AdditionalInputs()
    shapes.add((ONES(12),))
    program = export(
        Forward(lambda x: x.view(-1, 4)), (ONES(8),), dynamic_shapes=shapes
    )
    assert program.dimsat_report.dynamic_shapes is None


def test_the_rehearsal_knows_pinned_axes(exports: list[Any]) -> None:
    weight = ONES(7)

    def halved(x: Any, y: Any) -> Any:
        both = torch.cat([x, y])
        return both[: both.shape[0] // 2], x + weight

    shapes = ({0: A}, {0: Dim("s", max=100)})
    export(Forward(halved), (ONES(7), ONES(5)), dynamic_shapes=shapes)
    assert len(exports) == 2


def test_asserts_over_sizes_count() -> None:
    def ranged(x: Any) -> Any:
        torch._check(x.shape[0] > 3)
        torch._check(x.shape[0] < 50)
        return x * 2

    model, args = Forward(ranged), (ONES(8),)
    late = {"prefer_deferred_runtime_asserts_over_guards": True}
    program = export(model, args, dynamic_shapes=({0: A},), **late)
    found = program.dimsat_report.dynamic_shapes
    assert told(found[0][0]) == "a [4, 49]"
    assert refused(program, model, args, found) == []


def test_ranges_that_the_tracer_made_of_its_assumptions(exports: list[Any]) -> None:
    """The sum of two sizes of 2 or more is at least 4, which the program checks."""
    model = Forward(lambda x, y, z: (torch.cat([x, y]) + z, y.view(-1, 3)))
    args = (ONES(5), ONES(6), ONES(11))
    shapes = ({0: dim("a", 1, 64)}, {0: B}, {0: Dim.AUTO})
    found = export(model, args, dynamic_shapes=shapes).dimsat_report.dynamic_shapes
    assert told(found[0][0]) == "a [2, 64]"
    assert len(exports) == 2


def test_a_root_of_one_beside_a_hint(exports: list[Any]) -> None:
    model = Forward(lambda x, y: x.narrow(0, 0, min(x.shape[0], 6)) * y)
    shapes = ({0: dim("a", None, 14), 1: 3 * B}, {0: Dim.DYNAMIC})
    program = export(model, (ONES(3, 9), ONES(9)), dynamic_shapes=shapes)
    found = program.dimsat_report.dynamic_shapes
    assert told(found[0][1]) == "3*b [2, None]"
    assert len(exports) == 2


def test_one_tensor_for_two_inputs() -> None:
    """PyTorch knows inputs by their tensor, so it holds the two to be equal."""
    x = ONES(8)
    model, args = Forward(lambda x, y: x.view(-1, 4).sum() + y), (x, x)
    program = export(model, args, dynamic_shapes=({0: A}, {0: B}))
    found = program.dimsat_report.dynamic_shapes
    assert [told(entry[0]) for entry in found] == ["4*_a [2, None]"] * 2
    assert refused(program, model, args, found) == []


def test_tensors_keep_no_marks() -> None:
    x = ONES(9)
    export(Forward(halves), (x,), dynamic_shapes={"x": {0: A}})
    assert not [name for name in vars(x) if "dynamic" in name]


def test_two_rounds_where_the_program_differs() -> None:
    """Strict exports find guards in their second phase that the failed one lacks."""
    model = Forward(lambda x: x.split(3))
    args, shapes = (ONES(10),), ({0: A},)
    program = export(model, args, dynamic_shapes=shapes, strict=True)
    found = program.dimsat_report.dynamic_shapes
    assert refused(program, model, args, found) == []


def test_explain_knows_the_second_phase() -> None:
    model = Forward(lambda x: x.split(3))
    args, shapes = (ONES(10),), ({0: A},)
    found = explain(model, args, dynamic_shapes=shapes, strict=True).dynamic_shapes
    program = torch.export.export(model, args, dynamic_shapes=found, strict=True)
    assert refused(program, model, args, found) == []


def test_paste_of_the_repaired_spec_is_the_report_s() -> None:
    shapes = {"x": {0: A}}
    model, args = Forward(lambda x: x.view(-1, 4)), (ONES(8),)
    report = export(model, args, dynamic_shapes=shapes).dimsat_report
    spec = describe(model, args, None, shapes)
    assert paste(spec, report.dynamic_shapes) == report.code


def quarters(x: Any) -> Any:
    return x.view(x.shape[0], x.shape[1] // 4, 4).mean(2)


def test_a_root_starts_no_higher_than_it_must() -> None:
    shapes = {"x": {0: A, 1: Dim("n")}}
    program = export(Forward(quarters), (ONES(4, 16),), dynamic_shapes=shapes)
    report = program.dimsat_report
    assert told(report.dynamic_shapes["x"][0]) == "a [1, None]"
    assert "a starts at 1: the program checks what a smaller size" in str(report)
    assert (
        refused(program, Forward(quarters), (ONES(4, 16),), report.dynamic_shapes) == []
    )


def test_asserts_that_refuse_promised_sizes_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "dimsat.torch"):
        program = export(
            Forward(lambda x: x.view(-1, 4)),
            (ONES(8),),
            dynamic_shapes={"x": {0: A}},
            prefer_deferred_runtime_asserts_over_guards=True,
        )
    assert "may refuse sizes: Eq(Mod(L['x'].size()[0]" in caplog.text
    assert "may refuse sizes" in str(program.dimsat_report)


def test_equal_dims_keep_the_users_name() -> None:
    shapes = {"x": {0: Dim("N")}, "y": {0: Dim("Q")}}
    report = explain(
        Forward(lambda x, y: x + y), (ONES(8), ONES(8)), dynamic_shapes=shapes
    )
    assert told(report.dynamic_shapes["y"][0]).startswith("N ")


def test_arguments_are_a_tuple() -> None:
    with pytest.raises(TypeError, match=r"not a Tensor: \(x,\)"):
        export(Forward(lambda x: x + 1), ONES(1, 4), dynamic_shapes=None)  # type: ignore[arg-type]
