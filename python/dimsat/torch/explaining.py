"""Explains exports: one's own, those of others, and the texts they left behind."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch

from dimsat.error import Error
from dimsat.problem import Problem
from dimsat.result import Result
from dimsat.torch.exporting import Call, Exporter, try_larger
from dimsat.torch.recording import (
    Recording,
    exception_chain,
    recording,
    recording_of,
)
from dimsat.torch.report import Report, first_paragraph
from dimsat.torch.reporting import report_of


def explain(
    model: torch.nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any] | None = None,
    *,
    dynamic_shapes: Any = None,
    strict: bool = False,
    retrace: bool = False,
    **export_options: Any,
) -> Report:
    """Exports as `torch.export.export` would and explains what came of it.

    Args:
        model: the module to export.
        args: its positional example inputs.
        kwargs: its named ones.
        dynamic_shapes: in any form that torch.export takes.
        strict: traced by TorchDynamo rather than by running the module.
        retrace: where the example has sizes 0 or 1, which PyTorch burns in, explain
            the export of a larger example instead.
        export_options: further arguments of torch.export.export.

    Raises whatever else goes wrong in the export, unchanged; never because the spec
    and the model disagree.
    """
    call = Call(model, args, dict(kwargs or {}), strict, export_options)
    if retrace:
        report = try_larger(call, dynamic_shapes, lambda tried: tried.explained())
        if report is not None:
            return report
    return Exporter(call, dynamic_shapes).explained()


class Capture:
    """The exports of one block, in the order in which they started."""

    def __init__(self, recordings: list[Recording]) -> None:
        self.recordings = recordings
        self._reports: dict[int, Report] = {}

    @property
    def problems(self) -> list[Problem]:
        """What each export promised, traced and relied on, as far as it got."""
        return [report.problem for report in self.reports if report.problem]

    @property
    def reports(self) -> list[Report]:
        """One report for each export; made when first asked for."""
        return [self._report(recorded) for recorded in self.recordings]

    def _report(self, recorded: Recording) -> Report:
        if id(recorded) not in self._reports:
            self._reports[id(recorded)] = report_of(recorded)
        return self._reports[id(recorded)]

    def __len__(self) -> int:
        return len(self.recordings)

    def __repr__(self) -> str:
        failed = sum(recorded.error is not None for recorded in self.recordings)
        return f"<Capture: {len(self)} exports, {failed} failed>"


@contextlib.contextmanager
def capture() -> Iterator[Capture]:
    """Records every export inside the block, whoever starts it.

    That is torch.export itself, torch.onnx, optimum, a script, each strategy that
    they try; also exports in threads, unless these have a `capture` of their own.

    >>> with capture() as captured:
    ...     program = torch.export.export(torch.nn.ReLU(), (torch.ones(2),))
    >>> captured.reports
    [<Report ReLU: ok>]
    """
    with recording() as recordings:
        yield Capture(recordings)


_NOT_RECORDED = (
    "this export was not recorded: run it inside `with dimsat.torch.capture():`, or"
    " with `python -m dimsat run`, for all guards and their places"
)


def from_exception(error: BaseException) -> Report:
    """Explains a caught exception of an export.

    Exact where the export ran inside `capture`, `explain` or ``dimsat run``; else as
    far as the message tells: it holds neither the spec nor the guards that passed.

    Raises Error where there was no recording and no message of the chain is one that
    PyTorch gives when spec and model disagree.
    """
    if not isinstance(error, BaseException):
        raise TypeError(
            f"not an exception, but a {type(error).__name__}: see from_text"
        )
    recorded = recording_of(error)
    if recorded is not None:
        return report_of(recorded)
    for found in exception_chain(error):
        with contextlib.suppress(Error):
            report = from_text(first_paragraph(found))
            return replace(report, error=error, notes=(*report.notes, _NOT_RECORDED))
    raise Error(
        f"this {type(error).__name__} was not recorded, and does not say that a spec"
        f" and a model disagree"
    )


def from_text(text: str) -> Report:
    """Explains a text that an export left: an error, a log, a structured trace.

    Of several exports it is the last that fails, or else the last that is not known
    to be in order; `dimsat.Problem.parse_all` reads them all.

    Raises Error where the text holds no problem.
    """
    if not isinstance(text, str):
        raise TypeError(f"not a str, but a {type(text).__name__}")
    problems = Problem.parse_all(text)
    results = [problem.suggest() for problem in problems]
    chosen = max(range(len(results)), key=lambda n: (_concern(results[n]), n))
    notes: tuple[str, ...] = ()
    if len(problems) > 1:
        notes = (
            f"the text holds {len(problems)} exports; this is number {chosen + 1}",
        )
    problem, result = problems[chosen], results[chosen]
    return Report(problem.name, problem, result, code=_code(result), notes=notes)


def _code(result: Result) -> str | None:
    """The repaired dims as Python text, for a spec that is not known."""
    header, _, definitions = result.torch_text().partition("\n")
    if not header:
        return None
    return "from torch.export import Dim\n\n" + textwrap.dedent(definitions).rstrip()


def _concern(result: Result) -> int:
    return {"ok": 0, "undecided": 1}.get(result.verdict, 2)
