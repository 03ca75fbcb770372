"""What is recorded of an export: the problem in the user's terms, in both modes."""

from __future__ import annotations

import pickle
import re
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import models
import pytest
import torch
from torch.export import Dim
from torch.fx.experimental.symbolic_shapes import ShapeEnv

from dimsat.torch import hooks, places
from dimsat.torch.recording import (
    Recording,
    record,
    recording,
    recording_of,
)

MODES = pytest.mark.parametrize("strict", [False, True], ids=["non_strict", "strict"])
FILE = Path(models.__file__)


def place(comment: str, function: str = "forward") -> str:
    """The place of the line of models.py that ends in ``# comment``."""
    lines = FILE.read_text().splitlines()
    (number,) = [n for n, line in enumerate(lines, 1) if line.endswith(f"# {comment}")]
    return f"models.py:{number} in {function}"


def guards(recorded: Recording) -> list[dict[str, Any]]:
    assert recorded.problem is not None
    found: list[dict[str, Any]] = recorded.problem["guards"]
    return found


def expressions(recorded: Recording, kind: str = "guard") -> list[str]:
    return [guard["expr"] for guard in guards(recorded) if guard["kind"] == kind]


def branch(strict: bool = False) -> Recording:
    return record(
        models.Branch(),
        (torch.randn(8, 16), torch.randn(16, 32)),
        dynamic_shapes={
            "x": {0: Dim("a"), 1: Dim("b")},
            "y": {0: Dim("c"), 1: Dim("d")},
        },
        strict=strict,
    )


@MODES
def test_problem_of_a_violation(strict: bool) -> None:
    recorded = branch(strict)
    assert recorded.is_violation
    assert recorded.traced
    assert recorded.program is None
    problem = recorded.problem
    assert problem is not None
    assert problem["dims"] == [{"name": name} for name in "abcd"]
    assert [i["shape"] for i in problem["inputs"]] == [["a", "b"], ["c", "d"]]
    assert [i["hint"] for i in problem["inputs"]] == [[8, 16], [16, 32]]
    symbols = {s["source"]: s for s in problem["symbols"]}
    assert list(symbols) == [f"L['{x}'].size()[{i}]" for x in "xy" for i in (0, 1)]
    assert problem["inputs"][1]["traced"] == [
        symbols["L['y'].size()[0]"]["name"],
        symbols["L['y'].size()[1]"]["name"],
    ]
    first = symbols["L['x'].size()[0]"]
    assert (first["hint"], first["min"], first["max"]) == (8, 2, None)
    assert f"{first['name']} <= 16" in expressions(recorded)


@MODES
def test_places_are_the_users_own(strict: bool) -> None:
    found = guards(branch(strict))
    assert found[0]["at"] == place("branch")
    assert {guard["at"] for guard in found[1:]} == {place("product")}
    for guard in found:
        assert guard["stack"][0] == guard["at"]
        assert guard["stack"][-1].startswith("torch/")


def test_places_lead_to_source_lines() -> None:
    recorded = branch()
    found = places.find(guards(recorded)[0]["at"])
    assert found is not None
    assert found.file == str(FILE)
    assert found.source_line().strip() == "if x.shape[0] <= 16:  # branch"


def test_called_at_names_the_line_of_the_call() -> None:
    assert branch().called_at.startswith("test_recording.py:")
    assert branch().called_at.endswith(" in branch")


@MODES
def test_success_is_recorded_too(strict: bool) -> None:
    n = Dim("n", min=4, max=64)
    recorded = record(
        models.Sum(),
        (torch.ones(8, 3), torch.ones(8, 3)),
        dynamic_shapes={"x": {0: n}, "y": {0: n}},
        strict=strict,
    )
    assert recorded.program is not None
    assert recorded.error is None
    assert not recorded.is_violation
    assert recorded.problem is not None
    assert recorded.problem["inputs"][0]["traced"][1] == 3
    assert recorded.problem["symbols"][0]["max"] == 64


@MODES
def test_sources_in_containers_and_kwargs(strict: bool) -> None:
    n = Dim("n")
    recorded = record(
        models.Nested(),
        ((torch.ones(8), torch.ones(8)),),
        {"more": {"k": torch.ones(8)}},
        dynamic_shapes={"pair": ({0: n}, {0: n}), "more": {"k": {0: n}}},
        strict=strict,
    )
    assert recorded.error is None
    assert recorded.problem is not None
    assert [s["source"] for s in recorded.problem["symbols"]] == [
        "L['pair'][0].size()[0]",
        "L['pair'][1].size()[0]",
        "L['more']['k'].size()[0]",
    ]
    names = [s["name"] for s in recorded.problem["symbols"]]
    assert [i["traced"] for i in recorded.problem["inputs"]] == [[n] for n in names]


def test_equality_of_the_spec_is_marked() -> None:
    n = Dim("n")
    recorded = record(
        models.Branch(),
        (torch.randn(8, 16), torch.randn(8, 32)),
        dynamic_shapes={"x": {0: n}, "y": {0: n}},
    )
    # The product fails as eager PyTorch's would; nothing was put together.
    assert isinstance(recorded.error, RuntimeError)
    assert not recorded.traced
    unused = record(
        models.Branch(),
        (torch.randn(20, 16), torch.randn(20, 32)),
        dynamic_shapes={"x": {0: n}, "y": {0: n}},
    )
    names = [s["name"] for s in unused.problem["symbols"]]  # type: ignore[index]
    assert len(expressions(unused, "spec")) == 1
    assert all(name in expressions(unused, "spec")[0] for name in names)


def test_root_that_no_axis_carries() -> None:
    k = Dim("k")
    recorded = record(
        models.Quarters(), (torch.ones(8),), dynamic_shapes={"x": {0: 4 * k}}
    )
    assert recorded.problem is not None
    assert "k" in [s.get("source") for s in recorded.problem["symbols"]]
    assert recorded.problem["inputs"][0]["shape"] == ["4*k"]


def test_runtime_asserts_and_symbols_without_example() -> None:
    recorded = record(
        models.Item(),
        (torch.ones(8), torch.tensor(3)),
        dynamic_shapes={"x": {0: Dim("n")}, "k": None},
    )
    assert recorded.problem is not None
    (unbacked,) = [s for s in recorded.problem["symbols"] if s.get("unbacked")]
    assert "source" not in unbacked
    asserted = expressions(recorded, "runtime_assert")
    assert f"{unbacked['name']} >= 2" in asserted
    assert len(asserted) == len(set(asserted))


def test_deferred_guards_are_asserts_only() -> None:
    class Even(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x + 1 if x.shape[0] % 2 == 0 else x

    def even(deferred: bool) -> Recording:
        return record(
            Even(),
            (torch.ones(8),),
            dynamic_shapes={"x": {0: Dim("n")}},
            prefer_deferred_runtime_asserts_over_guards=deferred,
        )

    assert len(expressions(even(False))) == 1
    assert expressions(even(True)) == []
    assert len(expressions(even(True), "runtime_assert")) == 1


def test_deferred_guards_count_where_the_export_fails_over_them() -> None:
    recorded = record(
        models.Third(),
        (torch.ones(8),),
        dynamic_shapes={"x": {0: Dim("n")}},
        prefer_deferred_runtime_asserts_over_guards=True,
    )
    assert recorded.is_violation
    assert len(expressions(recorded)) == 1
    assert [kind for kind, _ in recorded.conditions] == ["guard"]


ADDED = re.compile(
    r"eval (?P<suppressed>\[guard suppressed\] )?(?P<expr>.*) \[guard add"
)
LOGGER = "torch.fx.experimental.symbolic_shapes"


@MODES
def test_guards_are_those_that_pytorch_logs(
    strict: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger=LOGGER):
        recorded = branch(strict)
    logged = list(ADDED.finditer(caplog.text))
    assert strict or any(found["suppressed"] for found in logged)
    real = [found["expr"] for found in logged if not found["suppressed"]]
    assert expressions(recorded) == real


@MODES
def test_example_that_is_burned_in(strict: bool) -> None:
    recorded = record(
        models.Sum(),
        (torch.ones(1, 3), torch.ones(1, 3)),
        dynamic_shapes={"x": {0: Dim("n")}, "y": None},
        strict=strict,
    )
    assert recorded.is_violation
    assert recorded.traced
    assert recorded.problem is not None
    assert recorded.problem["inputs"][0]["traced"] == [1, 3]


STOPPED = [
    ({"x": {0: Dim("n", min=10)}}, "6 not in range"),
    ({"x": {0: 7}}, "Static shape constraint of 7"),
    ({"x": {0: 4 * Dim("n")}}, "to be of the form"),
    ({"x": {0: Dim("n") - 1}}, "Expected derived min value of n - 1"),
]


@MODES
@pytest.mark.parametrize(("shapes", "message"), STOPPED)
def test_exports_that_stop_before_they_trace(
    shapes: dict[str, Any], message: str, strict: bool
) -> None:
    recorded = record(
        models.Quarters(), (torch.ones(6),), dynamic_shapes=shapes, strict=strict
    )
    assert message in str(recorded.error)
    assert recorded.is_violation
    assert not recorded.traced
    assert recorded.problem is not None
    assert "traced" not in recorded.problem["inputs"][0]
    assert recorded.problem["guards"] == []


@MODES
def test_example_that_breaks_a_derived_dim(strict: bool) -> None:
    n = Dim("n")
    recorded = record(
        models.Sum(),
        (torch.ones(4), torch.ones(4)),
        dynamic_shapes={"x": {0: n}, "y": {0: 2 * n}},
        strict=strict,
    )
    assert recorded.is_violation
    assert recorded.traced
    assert expressions(recorded)


@MODES
@pytest.mark.parametrize("name", ["n", "N", "beta"])
def test_violation_that_breaks_pytorchs_own_report(name: str, strict: bool) -> None:
    recorded = record(
        models.Third(),
        (torch.ones(8),),
        dynamic_shapes={"x": {0: Dim(name)}},
        strict=strict,
    )
    assert recorded.is_violation
    assert recorded.traced
    assert len(expressions(recorded)) == 1


@MODES
def test_other_errors_are_no_violations(strict: bool) -> None:
    recorded = record(
        models.Failing(),
        (torch.ones(8),),
        dynamic_shapes={"x": {0: Dim("n")}},
        strict=strict,
    )
    assert recorded.error is not None
    assert not recorded.is_violation


def test_spec_that_does_not_fit_the_inputs() -> None:
    recorded = record(
        models.Sum(), (torch.ones(8), torch.ones(8)), dynamic_shapes={"z": None}
    )
    assert not recorded.is_violation
    assert recorded.spec is None
    assert recorded.problem is None
    assert "top-level keys" in recorded.notes[0]
    assert "top-level keys" in str(recorded.error)


def test_what_is_no_module_is_refused_as_ever() -> None:
    with pytest.raises(ValueError, match="instance of `torch"):
        record(len, (torch.ones(2),))  # type: ignore[arg-type]


# ------------------------------------------------------------------- replacing


def replaced() -> list[Any]:
    """The functions of PyTorch that recording replaces, as they are now."""
    return [hooks.find(module, path) for module, path, _ in hooks._REPLACED]


ORIGINAL = replaced()


@pytest.mark.parametrize("model", [models.Sum, models.Failing, models.Interrupted])
def test_everything_is_put_back(model: Callable[[], Any]) -> None:
    uninteresting = hooks.find(hooks._SHAPES, "uninteresting_files")()
    before = set(uninteresting)
    try:
        record(model(), (torch.ones(8),), dynamic_shapes=None)
    except KeyboardInterrupt:
        assert model is models.Interrupted
    else:
        assert model is not models.Interrupted
    assert replaced() == ORIGINAL
    assert uninteresting == before


def failing_block() -> list[Recording]:
    try:
        with recording() as recordings:
            torch.export.export(models.Sum(), (torch.ones(3), torch.ones(3)))
            raise RuntimeError("of the block")
    except RuntimeError:
        return recordings


def test_blocks_may_be_nested() -> None:
    with recording() as outer:
        torch.export.export(models.Sum(), (torch.ones(2), torch.ones(2)))
        inner = failing_block()
        assert replaced() != ORIGINAL
        torch.export.export(models.Sum(), (torch.ones(4), torch.ones(4)))
    assert replaced() == ORIGINAL
    assert [r.call.args[0].numel() for r in outer] == [2, 3, 4]
    assert inner == outer[1:2]


def test_blocks_may_end_in_any_order() -> None:
    first, second = recording(), recording()
    earlier = first.__enter__()
    later = second.__enter__()
    first.__exit__(None, None, None)
    torch.export.export(models.Sum(), (torch.ones(2), torch.ones(2)))
    second.__exit__(None, None, None)
    assert (len(earlier), len(later)) == (0, 1)
    assert replaced() == ORIGINAL


def test_what_others_replaced_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = len(expressions(branch()))
    with recording():
        replacement = ShapeEnv._log_guard

        def theirs(*args: Any, **kwargs: Any) -> Any:
            return replacement(*args, **kwargs)

        monkeypatch.setattr(ShapeEnv, "_log_guard", theirs)
    assert ShapeEnv._log_guard is theirs
    recorded = branch()  # passes through both, and is heard once
    assert len(expressions(recorded)) == expected
    monkeypatch.undo()
    setattr(ShapeEnv, "_log_guard", ORIGINAL[4])  # noqa: B010
    assert replaced() == ORIGINAL


def test_another_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(ShapeEnv, "_log_guard")
    with pytest.raises(ImportError) as caught, recording():
        pass
    assert str(caught.value) == (
        "dimsat.torch needs torch.fx.experimental.symbolic_shapes.ShapeEnv._log_guard,"
        f" which PyTorch {torch.__version__} does not have; it was tested with"
        " PyTorch 2.13"
    )
    monkeypatch.undo()
    assert replaced() == ORIGINAL


def test_pytorchs_own_log_names_the_same_places(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("INFO", logger=LOGGER):
        branch()
    assert f"/{place('branch')})" in caplog.text
    assert "dimsat/torch" not in caplog.text


def test_a_fault_of_recording_does_not_stop_the_export(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> Any:
        raise LookupError("a fault")

    monkeypatch.setattr(hooks, "range_of", broken)
    recorded = record(
        models.Sum(),
        (torch.ones(8), torch.ones(8)),
        dynamic_shapes={"x": {0: Dim.AUTO}, "y": {0: Dim.AUTO}},
    )
    assert recorded.program is not None
    assert not recorded.traced
    assert "a fault" in recorded.notes[0]


# ----------------------------------------------------- exports in odd places


def test_export_inside_an_export() -> None:
    # PyTorch loses its way back to the outer one; both are recorded all the same.
    with recording() as recordings, pytest.raises(AssertionError, match="HIERARCHY"):
        torch.export.export(
            models.Outer(8), (torch.ones(8),), dynamic_shapes={"x": {0: Dim("n")}}
        )
    outer, inner = recordings
    assert isinstance(outer.call.model, models.Outer)
    assert not outer.is_violation
    assert isinstance(inner.call.model, models.Quarters)
    assert inner.is_violation is False
    assert len(expressions(inner)) == 0


def test_error_belongs_to_the_export_inside() -> None:
    with recording() as recordings, pytest.raises(Exception) as caught:  # noqa: PT011
        torch.export.export(
            models.Outer(1), (torch.ones(8),), dynamic_shapes={"x": {0: Dim("n")}}
        )
    outer, inner = recordings
    assert outer.error is inner.error
    assert inner.is_violation
    assert not outer.is_violation
    assert recording_of(caught.value) is inner


def test_compiling_while_recording() -> None:
    with recording() as recordings:
        compiled = torch.compile(models.Sum(), backend="eager", dynamic=True)
        assert compiled(torch.ones(5), torch.ones(5)).sum() == 10
    assert recordings == []


def test_failed_export_while_another_is_handled() -> None:
    first = branch()
    try:
        raise first.error  # type: ignore[misc]
    except Exception:
        second = branch()
    assert second.error is not None
    assert recording_of(second.error) is second
    assert second.is_violation


def in_thread(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_threads_record_for_themselves() -> None:
    """Two blocks are open at the same time; PyTorch exports one model at a time."""
    exporting = threading.Lock()
    both_open = threading.Barrier(2, timeout=60)
    found: dict[int, list[Recording]] = {}

    def work(size: int) -> None:
        with recording() as recordings:
            both_open.wait()
            for _ in range(3):
                with exporting:
                    torch.export.export(
                        models.Sum(), (torch.ones(size), torch.ones(size))
                    )
            both_open.wait()
        found[size] = recordings

    threads = [in_thread(partial(work, size)) for size in (3, 5)]
    for thread in threads:
        thread.join()
    for size in (3, 5):
        assert [r.call.args[0].numel() for r in found[size]] == [size] * 3
    assert replaced() == ORIGINAL


def test_thread_without_a_block_is_heard_by_others() -> None:
    with recording() as recordings:
        in_thread(
            lambda: torch.export.export(models.Sum(), (torch.ones(2), torch.ones(2)))
        ).join()
    assert len(recordings) == 1
    assert recordings[0].program is not None


def test_record_hears_its_own_thread_only() -> None:
    class Threaded(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            in_thread(
                lambda: torch.export.export(models.Quarters(), (torch.ones(8),))
            ).join()
            return x + 1

    with recording() as heard, recording(all_threads=False) as own:
        recorded = record(Threaded(), (torch.ones(3),), dynamic_shapes=None)
    assert isinstance(recorded.call.model, Threaded)
    assert [type(r.call.model).__name__ for r in heard] == ["Threaded", "Quarters"]
    assert own == [recorded]


def test_errors_can_still_be_pickled() -> None:
    error = branch().error
    assert error is not None
    copied = pickle.loads(pickle.dumps(error))
    assert str(copied) == str(error)
    assert recording_of(error) is not None
    assert recording_of(copied) is None


@MODES
def test_branches_of_cond_belong_to_the_export(strict: bool) -> None:
    recorded = record(
        models.Cond(),
        (torch.ones(8),),
        dynamic_shapes={"x": {0: Dim("n")}},
        strict=strict,
    )
    assert recorded.traced
    (symbol,) = recorded.problem["symbols"]  # type: ignore[index]
    assert symbol["source"] == "L['x'].size()[0]"
    assert any(f"{symbol['name']}//2" in guard for guard in expressions(recorded))
    assert {g["at"].split(":")[0] for g in guards(recorded)} == {"models.py"}
