"""Reports: what explain, capture, from_exception and from_text say about exports."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import models
import pytest
import torch
from forward import Forward
from torch.export import Dim

import dimsat
from dimsat.torch import Report, capture, explain, from_exception, from_text, places
from dimsat.torch.report import with_source_lines

MODES = pytest.mark.parametrize("strict", [False, True], ids=["non_strict", "strict"])


def explain_branch(strict: bool = False) -> Report:
    return explain(
        models.Branch(),
        (torch.randn(8, 16), torch.randn(16, 32)),
        dynamic_shapes={
            "x": {0: Dim("a"), 1: Dim("b")},
            "y": {0: Dim("c"), 1: Dim("d")},
        },
        strict=strict,
    )


def exported(model: Any, args: tuple[Any, ...], report: Report) -> Any:
    """The program that the repaired spec gives."""
    return torch.export.export(model, args, dynamic_shapes=report.dynamic_shapes)


@MODES
def test_report_of_a_violation(strict: bool) -> None:
    report = explain_branch(strict)
    assert report.verdict == "violated"
    assert not report.ok
    assert isinstance(report.problem, dimsat.Problem)
    assert isinstance(report.result, dimsat.Result)
    assert report.problem.name == report.name == "Branch"
    assert str(report.fixes[0]) == "a = 0..16"
    assert "Constraints violated" in str(report.error)
    spec = report.dynamic_shapes
    assert list(spec) == ["x", "y"]
    assert spec["x"][0].max == 16
    assert spec["x"][1] is spec["y"][0]
    namespace: dict[str, Any] = {}
    exec(report.code or "", namespace)
    assert namespace["dynamic_shapes"]["x"][0].max == 16


@MODES
def test_text_shows_the_users_lines(strict: bool) -> None:
    text = explain_branch(strict).text()
    assert re.search(
        r"^1\. a must be at most 16 +models\.py:(\d+) in forward\n"
        r"     \1 \|         if x\.shape\[0\] <= 16:  # branch\n"
        r"     guard 0: a <= 16 ",
        text,
        re.MULTILINE,
    )
    assert text.count("return x @ y[:, :16]  # product") == 2
    assert 'dynamic_shapes = {"x": {0: a, 1: b}, "y": {0: b, 1: d}}' in text


def test_text_is_that_of_the_result_otherwise() -> None:
    report = explain_branch()
    assert report.result is not None
    found = report.text().split("dynamic_shapes, repaired:")[0]
    lines = [line for line in found.splitlines() if not re.match(r" +\d+ \| ", line)]
    text = report.result.text().replace("\n" + report.result.torch_text(), "")
    assert lines == [*text.splitlines(), ""]


def test_coloured_text_says_the_same() -> None:
    report = explain_branch()
    coloured = report.text(color=True)
    assert "\033[" in coloured
    assert re.sub("\033\\[[0-9;]*m", "", coloured) == report.text()


def test_source_lines_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    report = explain_branch()
    assert report.result is not None
    text = report.result.text()
    monkeypatch.setattr(places, "find", lambda at: places.Place("none.py", 1, "f"))
    assert with_source_lines(text, report.result) == text
    monkeypatch.setattr(places, "find", lambda at: None)
    assert with_source_lines(text, report.result) == text


def test_repr_and_html() -> None:
    report = explain_branch()
    assert repr(report).startswith("<Report Branch: violated: 3 violations; fixes: a =")
    assert str(report) == report.text()
    shown = report._repr_html_()
    assert "a must be at most 16" in shown
    assert html.escape(report.code or "?") in shown


def test_report_is_true_even_when_it_brings_bad_news() -> None:
    assert explain_branch()


def test_success() -> None:
    n = Dim("n", min=2)
    report = explain(
        models.Sum(),
        (torch.ones(4), torch.ones(4)),
        dynamic_shapes={"x": {0: n}, "y": {0: n}},
    )
    assert report.ok
    assert report.verdict == "ok"
    assert report.error is None
    assert report.dynamic_shapes is None
    assert report.code is None
    assert report.notes == ()
    assert report.recording is not None
    assert report.recording.program is not None
    assert repr(report) == "<Report Sum: ok>"


def test_success_that_hides_a_demand() -> None:
    report = explain(
        models.Product(),
        (torch.ones(8), torch.ones(3)),
        dynamic_shapes={"x": {0: Dim("a", min=2)}, "y": {0: Dim("b", min=2)}},
    )
    assert report.error is None
    assert report.verdict == "violated"
    assert not report.ok
    assert "PyTorch exported the model all the same" in report.text()


def test_what_pytorch_cannot_prove() -> None:
    args = (torch.ones(8, 3),)
    report = explain(
        models.Half(), args, dynamic_shapes={"x": {0: Dim("n", min=4, max=64)}}
    )
    assert report.verdict == "ok"
    assert not report.ok
    assert "PyTorch cannot prove it: Not all values of n" in " ".join(report.notes)
    assert (
        exported(models.Half(), args, report).module()(torch.ones(9, 3)).shape[0] == 4
    )


@pytest.mark.parametrize("size", [0, 1])
def test_example_of_size_0_or_1(size: int) -> None:
    report = explain(
        models.Sum(),
        (torch.ones(size, 3), torch.ones(size, 3)),
        dynamic_shapes={"x": {0: (n := Dim("n"))}, "y": {0: n}},
    )
    assert report.verdict == "violated"
    assert any(
        f"x has size {size} on axis 0 in the example, and PyTorch always specialises"
        in note
        and "retrace=True" in note
        for note in report.notes
    )


def test_larger_example_in_place_of_size_1() -> None:
    args = (torch.ones(1, 4),)
    report = explain(
        models.Quarters(), args, dynamic_shapes={"x": {0: Dim("n")}}, retrace=True
    )
    assert "traced with x[0]: 1 -> " in report.text()
    assert not any("specialises" in note for note in report.notes)
    assert report.recording is not None
    assert report.recording.call.args[0].shape[0] > 1


def test_example_outside_its_dim() -> None:
    args = (torch.ones(8),)
    report = explain(
        models.Quarters(), args, dynamic_shapes={"x": {0: Dim("n", min=9, max=64)}}
    )
    assert report.verdict == "violated"
    assert "stopped before it traced: 8 not in range [9, 64]" in report.text()
    assert "x.view(-1, 4)  # quarters" in report.text()  # traced in spite of it
    assert exported(models.Quarters(), args, report)


def test_unequal_static_size() -> None:
    args = (torch.ones(8, 3),)
    report = explain(models.Half(), args, dynamic_shapes={"x": {0: 6}})
    assert report.verdict == "violated"
    assert "Static shape constraint of 6" in report.text()
    assert "L['x'].size()[0] must be 6, but the example has 8" in report.text()
    assert exported(models.Half(), args, report)


def test_other_errors_pass_through_unchanged() -> None:
    with pytest.raises(Exception, match="of the model") as caught:
        explain(models.Failing(), (torch.ones(8),), dynamic_shapes=None)
    assert caught.type is ZeroDivisionError
    with pytest.raises(torch._dynamo.exc.UserError, match="top-level keys"):
        explain(models.Quarters(), (torch.ones(8),), dynamic_shapes={"z": None})


def test_export_options_are_passed_on() -> None:
    report = explain(
        models.Third(),
        (torch.ones(8),),
        dynamic_shapes={"x": {0: Dim("n", max=64)}},
        prefer_deferred_runtime_asserts_over_guards=True,
    )
    assert report.verdict == "violated"
    assert str(report.fixes[0]) == "n = 0..33"


# ------------------------------------------------------------------- of others


def fail() -> Exception:
    n = Dim("n")
    try:
        torch.export.export(
            models.Quarters(), (torch.ones(8),), dynamic_shapes={"x": {0: n}}
        )
    except Exception as error:
        return error
    raise AssertionError("the export should fail")


def test_captured_exports() -> None:
    with capture() as captured:
        fail()
        torch.export.export(models.Sum(), (torch.ones(2), torch.ones(2)))
    assert repr(captured) == "<Capture: 2 exports, 1 failed>"
    assert len(captured) == 2
    assert [report.verdict for report in captured.reports] == ["violated", "ok"]
    assert captured.reports[0] is captured.reports[0]
    assert [problem.name for problem in captured.problems] == ["Quarters", "Sum"]
    assert captured.recordings[0].error is captured.reports[0].error


def test_exception_with_its_recording() -> None:
    with capture():
        error = fail()
    report = from_exception(error)
    assert report.error is error
    assert "x.view(-1, 4)  # quarters" in report.text()
    assert str(report.dynamic_shapes) == "{'x': {0: 4*_n}}"


def test_exception_that_others_wrapped() -> None:
    with capture():
        inner = fail()
    outer = RuntimeError("the export failed")
    outer.__cause__ = inner
    assert from_exception(outer).error is inner


def test_exception_without_a_recording() -> None:
    error = fail()
    report = from_exception(error)
    assert report.error is error
    assert report.verdict == "violated"
    assert [str(fix) for fix in report.fixes] == ["n = 4*_n", "_n = 2.."]
    assert report.dynamic_shapes is None  # the message does not hold the spec
    namespace: dict[str, Any] = {}
    exec(report.code or "", namespace)
    assert str(namespace["n"]) == "4*_n"
    assert "this export was not recorded" in report.text()


def test_text_of_an_error() -> None:
    report = from_text(str(fail()))
    assert report.verdict == "violated"
    assert report.error is None
    assert report.notes == ()
    assert "n must be a multiple of 4" in report.text()


def test_text_with_several_exports() -> None:
    log = "".join(
        f"I1121 03:40:29.321000 6323 torch/fx/experimental/symbolic_shapes.py:{line}\n"
        for line in (
            "4058] create_env",
            "5743] create_symbol s77 = 8 for L['x'].size()[0] [2, int_oo] (a.py:1)",
            "8081] eval Eq(Mod(s77, 4), 0) [guard added] (a.py:2 in f)",
            "5889] produce_guards",
            "4058] create_env",
            "5743] create_symbol s77 = 8 for L['x'].size()[0] [2, int_oo] (b.py:1)",
            "5889] produce_guards",
        )
    )
    report = from_text(log)
    assert report.notes == ("the text holds 2 exports; this is number 1",)
    assert "a.py:2 in f" in report.text()


def test_lines_of_a_text_are_looked_up_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.py").write_text("first\nx.view(-1, 4)\n")
    monkeypatch.chdir(tmp_path)
    problem = "dim n\ninput x: [n] = [8]\nguard x[0] % 4 == 0  # at model.py:2 in f\n"
    assert "2 | x.view(-1, 4)" in from_text(problem).text()


def test_text_of_something_else() -> None:
    for text in ("", "division by zero"):
        with pytest.raises(dimsat.Error):
            from_text(text)


def test_exception_of_something_else() -> None:
    with pytest.raises(dimsat.Error):
        from_exception(ZeroDivisionError("division by zero"))


# ------------------------------------------------------------------- torch.onnx


def test_strategies_of_onnx(tmp_path: Any) -> None:
    pytest.importorskip("onnx", reason="onnx is not installed")
    pytest.importorskip("onnxscript", reason="onnxscript is not installed")
    with (
        capture() as captured,
        pytest.raises(Exception, match=r"torch\.export") as caught,
    ):
        torch.onnx.export(
            models.Third(),
            (torch.ones(8),),
            str(tmp_path / "third.onnx"),
            dynamo=True,
            dynamic_shapes={"x": {0: Dim("n")}},
            verbose=False,
        )
    assert [r.call.strict for r in captured.recordings] == [False, True]
    assert [r.verdict for r in captured.reports] == ["violated", "violated"]
    assert str(from_exception(caught.value).fixes[0]) == "n = 0..33"


def test_a_repair_without_fixes_keeps_its_lines() -> None:
    dim = Dim("batch")
    report = explain(
        Forward(lambda x, y: x * y),
        (torch.ones(4, 3), torch.ones(1, 3)),
        dynamic_shapes={"x": {0: dim}, "y": {0: dim}},
    )
    assert report.result is not None
    assert report.text().splitlines()[0] == report.result.text().splitlines()[0]
    assert "dynamic_shapes, repaired:\n" in report.text()


def test_what_is_no_text_and_no_failed_export() -> None:
    with pytest.raises(TypeError, match="not a str, but a int"):
        from_text(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="see from_text"):
        from_exception("Constraints violated")  # type: ignore[arg-type]
    with pytest.raises(dimsat.Error, match="this ValueError was not recorded"):
        from_exception(ValueError("x"))
