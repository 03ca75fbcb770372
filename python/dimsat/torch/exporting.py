"""Exports a model; repairs the spec where it and the model disagree."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import sympy  # type: ignore[import-untyped]
import torch
from torch.export import Dim, ExportedProgram, ShapesCollection

from dimsat.torch.changes import changes
from dimsat.torch.dims import is_dim
from dimsat.torch.examples import larger_examples
from dimsat.torch.program import check_program, range_checks
from dimsat.torch.rebuild import replaced
from dimsat.torch.recording import Recording, record
from dimsat.torch.repairing import Repair, keeps_promise, problem_of, repair_of
from dimsat.torch.report import Report
from dimsat.torch.reporting import bare_report, report_of, with_repair
from dimsat.torch.spec import Spec, describe
from dimsat.torch.widening import Widening, widened

log = logging.getLogger("dimsat.torch")

_Made = TypeVar("_Made")

ROUNDS = 4
"""Exports after the failed one; one is enough unless the model takes another path."""


class ExportError(RuntimeError):
    """No spec close to the user's can be exported; ``report`` says why.

    The message is the report's text, the cause is PyTorch's own exception.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(report.text())
        self.report = report


def export(
    model: torch.nn.Module,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any] | None = None,
    *,
    dynamic_shapes: Any = None,
    repair: bool = True,
    strict: bool = False,
    retrace: bool = False,
    **export_options: Any,
) -> ExportedProgram:
    """Exports; where spec and model disagree, repairs the spec and exports again.

    What was changed is logged (logger ``dimsat.torch``, one warning a dim), and the
    program has the report as its attribute ``dimsat_report``: ``dynamic_shapes`` there
    is the repaired spec, ``code`` the same as text, both None where yours is right.  A
    spec that PyTorch takes is never changed; where its program will refuse sizes that
    the spec promises, that is logged, and the report says which spec would not.

    Args:
        model: the module to export.
        args: its positional example inputs.
        kwargs: its named ones.
        dynamic_shapes: in any form that torch.export takes.
        repair: False only explains: a violation raises ExportError at once.
        strict: traced by TorchDynamo rather than by running the module.
        retrace: where the example has sizes 0 or 1, which PyTorch burns in, trace
            with a larger example instead.
        export_options: further arguments of torch.export.export.

    Raises ExportError where there is no repair, and whatever else goes wrong in the
    export, unchanged.

    >>> class Quarters(torch.nn.Module):
    ...     def forward(self, x):
    ...         return x.view(-1, 4)
    >>> n = torch.export.Dim("n")
    >>> program = export(
    ...     Quarters(), (torch.ones(8),), dynamic_shapes={"x": {0: n}}
    ... )
    >>> program.dimsat_report.dynamic_shapes
    {'x': {0: 4*_n}}
    """
    call = Call(model, args, dict(kwargs or {}), strict, export_options)
    if retrace:
        program = try_larger(call, dynamic_shapes, lambda tried: tried.run(repair))
        if program is not None:
            return program
    return Exporter(call, dynamic_shapes).run(repair)


def try_larger(
    call: Call, dynamic_shapes: Any, use: Callable[[Exporter], _Made]
) -> _Made | None:
    """What ``use`` makes of an example without sizes 0 and 1 that the model takes.

    None where the example has no such size on a dynamic axis, or no other one works.
    """
    spec = call.describe(dynamic_shapes)
    shapes = spec.plain if isinstance(spec.given, ShapesCollection) else spec.given
    for example in larger_examples(call.args, call.kwargs, spec):
        larger = replace(call, args=example.args, kwargs=example.kwargs)
        try:
            made = use(Exporter(larger, shapes, (f"traced with {example}",)))
        except Exception as error:  # whatever a model says to sizes it cannot take
            log.debug("an example with %s does not work: %s", example, error)
            continue
        log.warning("traced with a larger example, %s", example)
        return made
    return None


@dataclass(frozen=True)
class Call:
    """An export but for its spec."""

    model: torch.nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    strict: bool
    options: dict[str, Any]

    def __post_init__(self) -> None:
        if not isinstance(self.args, tuple):
            kind = type(self.args).__name__
            raise TypeError(f"args is a tuple of example inputs, not a {kind}: (x,)")

    def describe(self, dynamic_shapes: Any) -> Spec:
        return describe(self.model, self.args, self.kwargs, dynamic_shapes)

    def widened(self, spec: Spec) -> Widening | None:
        return widened(self.model, self.args, self.kwargs, spec)

    def record(self, spec: Spec) -> Recording:
        return record(
            self.model,
            self.args,
            self.kwargs,
            dynamic_shapes=spec.exportable,
            strict=self.strict,
            **self.options,
        )


class Exporter:
    """One call of `export`."""

    def __init__(
        self, call: Call, dynamic_shapes: Any, notes: tuple[str, ...] = ()
    ) -> None:
        self._call = call
        self._user = call.describe(dynamic_shapes)
        self._promised = self._user
        self._first = call.record(self._user)
        self._notes = list(notes)

    def run(self, repair: bool) -> ExportedProgram:
        first = self._first
        if first.program is not None:
            return self._as_it_was(first.program)
        wide = self._call.widened(self._user)
        if not first.is_violation and wide is None:
            assert first.error is not None
            raise first.error
        if not repair:
            raise self._failure(None) from first.error
        return self._rounds(self._traced(wide))

    def explained(self) -> Report:
        """The report about the first export, with the repair that `run` tries first.

        Raises what is no violation.
        """
        first = self._first
        wide = None if first.program else self._call.widened(self._user)
        if first.error is not None and not first.is_violation and wide is None:
            raise first.error
        if first.program is not None:
            return self._report(None)
        try:
            traced = self._traced(wide)
        except ExportError as error:
            return error.report
        known = self._with_second_phase(traced)
        report = self._report(repair_of(known, self._promised))
        if self._promised is self._user:
            return report
        problem = problem_of(known, self._user)  # more had to change than ranges
        return replace(report, problem=problem, result=problem.suggest())

    def _as_it_was(self, program: ExportedProgram) -> ExportedProgram:
        """The program with its report; the spec was not changed, whatever that says."""
        report = report_of(self._first)
        found = [v.message for v in report.result.violations] if report.result else []
        asserted = self._asserted(program)
        for demand in [*found, *asserted]:
            log.warning("the exported program may refuse sizes: %s", demand)
        notes = [*report.notes, *self._notes]
        notes += [f"the program may refuse sizes: {demand}" for demand in asserted]
        if found or asserted:
            notes.append(
                "it was exported with the spec as it is; a repaired spec here or from"
                " check_program is one that the program takes in full"
            )
        return _attach(program, replace(report, notes=tuple(notes)))

    def _asserted(self, program: ExportedProgram) -> list[str]:
        """What the program asserts of sizes and the spec does not give."""
        told = self._first.problem or {"guards": ()}
        if all(guard.get("kind") != "runtime_assert" for guard in told["guards"]):
            return []
        try:
            checked = check_program(program, self._user, model=self._call.model)
        except Exception as error:  # the program is there, whatever can be said of it
            log.debug("the program cannot be checked: %r", error)
            return []
        return list(checked.refusing)

    def _traced(self, wide: Widening | None) -> Recording:
        """A recording that got as far as the guards."""
        traced = self._first
        if wide is not None:
            self._promised = wide.promised
            self._notes.extend(wide.notes)
        if wide is not None and not traced.traced:
            traced = self._call.record(self._call.describe(wide.dynamic_shapes))
        if traced.error is not None and not traced.is_violation:
            raise traced.error
        if not traced.traced:
            raise self._failure(None) from self._first.error
        return traced

    def _with_second_phase(self, known: Recording) -> Recording:
        """What a failed strict export never came to: the guards of its second phase.

        It traces once more, without Dims.  `run` needs this not: it sees the program.
        """
        if not self._call.strict:
            return known
        shapes = replaced(
            self._promised, lambda leaf: Dim.AUTO if is_dim(leaf.entry) else leaf.entry
        )
        again = self._call.record(self._call.describe(shapes))
        return _joined(known, again) if again.program is not None else known

    def _rounds(self, known: Recording) -> ExportedProgram:
        found: Repair | None = None
        best: tuple[ExportedProgram, Repair] | None = None
        for _ in range(ROUNDS):
            before, found = found, repair_of(known, self._promised)
            if found.dynamic_shapes is None or (before and self._same(before, found)):
                break
            again = self._call.record(self._call.describe(found.dynamic_shapes))
            if again.error is not None and not again.is_violation:
                raise again.error
            known = _joined(known, again)
            if again.program is not None:
                best = again.program, found
                known = _checked(known, again.program, self._user)
                if keeps_promise(known, found):
                    break
        if best is None:
            raise self._failure(found) from self._first.error
        return self._repaired(*best)

    def _repaired(self, program: ExportedProgram, found: Repair) -> ExportedProgram:
        for change in changes(self._user, self._call.describe(found.dynamic_shapes)):
            log.warning("%s", change)
        return _attach(program, self._report(found))

    def _same(self, one: Repair, other: Repair) -> bool:
        specs = [self._call.describe(found.dynamic_shapes) for found in (one, other)]
        return not changes(*specs)

    def _failure(self, found: Repair | None) -> ExportError:
        return ExportError(self._report(found))

    def _report(self, found: Repair | None) -> Report:
        if found is None:
            report = report_of(self._first)
        else:
            report = with_repair(bare_report(self._first), found)
        return replace(report, notes=(*report.notes, *self._notes))


def _joined(known: Recording, again: Recording) -> Recording:
    """What both traces of one example rely on."""
    if again.problem is None or known.problem is None:
        return known
    asked = {guard["expr"] for guard in known.problem["guards"]}
    new = [n for n, g in enumerate(again.problem["guards"]) if g["expr"] not in asked]
    names = {symbol["name"] for symbol in known.problem["symbols"]}
    symbols = [s for s in again.problem["symbols"] if s["name"] not in names]
    problem = {
        **known.problem,
        "symbols": known.problem["symbols"] + symbols,
        "guards": known.problem["guards"] + [again.problem["guards"][n] for n in new],
    }
    return replace(
        known,
        problem=problem,
        conditions=known.conditions + [again.conditions[n] for n in new],
        sources=known.sources | again.sources,
    )


def _checked(known: Recording, program: ExportedProgram, spec: Spec) -> Recording:
    """What the traces rely on, and the ranges that the program checks on entry."""
    assert known.problem is not None
    checks = list(range_checks(program, spec))
    guards = [{"expr": check, "at": "on entry", "kind": "guard"} for check in checks]
    return replace(
        known,
        problem={**known.problem, "guards": known.problem["guards"] + guards},
        conditions=known.conditions + [("range", sympy.true)] * len(guards),
    )


def _attach(program: ExportedProgram, report: Report) -> ExportedProgram:
    program.dimsat_report = report  # type: ignore[attr-defined]
    return program
