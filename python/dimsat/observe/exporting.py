"""From recorded calls to an exported program, each hypothesis held against guards."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import itertools
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from torch.export import Dim, ExportedProgram
from torch.utils import _pytree as pytree

from dimsat.observe.building import Builder, Built
from dimsat.observe.caches import register_imported_caches
from dimsat.observe.calls import Calls
from dimsat.observe.checking import Check, check
from dimsat.observe.demands import (
    Demands,
    as_recorded,
    columns_of,
    demands_of,
    paths_of,
)
from dimsat.observe.encoding import encode_signature
from dimsat.observe.entries import dynamic_places, entries
from dimsat.observe.examples import Example, alike, examples, recorded_example
from dimsat.observe.exported import Exported
from dimsat.observe.findings import Findings, Refusal, counted, find, sizes_in
from dimsat.observe.grouping import Plan, mined, only, with_batch, with_constants
from dimsat.observe.judging import PROBES, Judge
from dimsat.observe.nearest import worded
from dimsat.observe.objects import Kinds
from dimsat.observe.places import Place, unrolled
from dimsat.observe.relaxing import relax
from dimsat.observe.signatures import explicit
from dimsat.observe.small_sizes import small_sizes_refused
from dimsat.observe.traces import Traced
from dimsat.problem import Problem
from dimsat.torch import exporting as repairing
from dimsat.torch.dims import is_dim, line_of, root_of
from dimsat.torch.recording import record

log = logging.getLogger("dimsat.observe")

_DIFFERS = (
    "the program takes it and gives something else than the model, which goes another"
    " way where a size is 0 or 1"
)

TRACES = 3
"""So many sizes are traced with where the programs refuse most calls."""

_NO_CALLS = Plan(0, (), {}, {}, {})


class ObservedExportError(RuntimeError):
    """No example made from the calls can be exported; the cause says what happened."""


def export(
    model: torch.nn.Module,
    calls: Calls,
    *,
    plan: int = 0,
    constants: Mapping[str, Iterable[int]] | None = None,
    set_batch_dimension_for: set[int | str] | bool | None = None,
    strict: bool = False,
    **export_options: Any,
) -> Exported:
    """Exports a model for what it was called with; needs no spec.

    Sizes to trace with are picked by solving: none is 0 or 1, none equals another by
    chance, all relations that were observed hold.  A first trace leaves every axis
    that varied to the tracer, and its guards decide each relation.  Where they allow
    sizes that break one, the model is run with them: only if it takes them, the axes
    get dims of their own.  The program is then exported with a dim for each class of
    axes that are equal; a size that follows from others is left to the tracer.

    Args:
        model: the module whose ``forward``, or other method, was observed.
        calls: the recording.
        plan: which group of calls the program is for, where they need several
            (`InputObserver.plans`); sizes and relations come from all calls.
        constants: as for `InputObserver.plans`.
        set_batch_dimension_for: as for `InputObserver.findings`.
        strict: as for torch.export.
        export_options: further arguments of torch.export.export.

    Raises ObservedExportError where there are no calls or no example works, ValueError
    where there is no such plan, and TypeError for what is no module.

    >>> from dimsat.observe import InputObserver
    >>> class Padded(torch.nn.Module):
    ...     def forward(self, x, y):
    ...         return torch.cat([x, x[:1]]) + y
    >>> model, observer = Padded(), InputObserver()
    >>> with observer(model):
    ...     for rows in (3, 4, 7):
    ...         _ = model(torch.ones(rows, 8), torch.ones(rows + 1, 8))
    >>> exported = export(model, observer.calls)
    >>> exported.dynamic_shapes
    {'x': {0: Dim('x_dim_0', min=0)}, 'y': {0: x_dim_0 + 1}}
    >>> exported.hypotheses, exported.refused
    ((<Hypothesis y[0] == x[0] + 1: necessary>,), ())
    """
    if not isinstance(model, torch.nn.Module):
        raise TypeError(
            f"only methods of a torch.nn.Module are exported; {type(model).__name__}"
            " is none: call it from the forward of one"
        )
    if not len(calls):
        raise ObservedExportError(
            "no call was observed: call the model inside `with observer(model):`"
        )
    register_imported_caches()
    told = with_constants(unrolled(calls.to_dict()), constants)
    told = with_batch(told, set_batch_dimension_for)
    with explicit(model, calls.method, told["signature"]):
        run = _Run(model, told, plan, strict, export_options, calls.kinds)
        return dataclasses.replace(run.exported(), constants=constants or {})


class _Run:
    """One call of `export`."""

    def __init__(
        self,
        model: torch.nn.Module,
        told: dict[str, Any],
        plan: int,
        strict: bool,
        options: dict[str, Any],
        kinds: Kinds,
    ) -> None:
        parameter = next(model.parameters(), None)
        device = None if parameter is None else parameter.device
        self._model = model
        self._count = len(told["observations"])
        self._plans = find(told).plans
        if not 0 <= plan < max(len(self._plans), 1):
            many = counted(len(self._plans), "plan")
            verb = "is" if len(self._plans) == 1 else "are"
            raise ValueError(f"plan is {plan}; there {verb} {many}, counted from 0")
        self._plan = (*self._plans, _NO_CALLS)[plan]
        self._told = mined(told, self._plan, self._plans)
        self._group = only(told, self._plan.calls)
        self._every, self._own = find(self._told), find(self._group)
        self._options = {"strict": strict, **options}
        self._builder = Builder(
            told["signature"], self._group["observations"], device, kinds
        )
        self._notes: list[str] = []

    def exported(self) -> Exported:
        """The program that takes most calls; the first that takes half of them."""
        best: Exported | None = None
        least = len(self._plan.calls)
        for traced in itertools.islice(self._traces(), TRACES):
            found = self._exported(traced)
            outside = sum(r.call in self._plan.calls for r in found.refused)
            if best is None or outside < least:
                best, least = found, outside
            if 2 * least <= len(self._plan.calls):
                break
        assert best is not None  # else there were no traces, which is an error
        return best

    def _exported(self, traced: Traced) -> Exported:
        self._notes = list(filter(None, [traced.example.note]))
        assert traced.recording.program is not None
        assert traced.recording.problem is not None
        problem = as_recorded(traced.problem(), traced.paths())
        findings = find(traced.told, Problem.from_dict(problem))
        hypotheses = tuple(self._judge(problem, traced).judged(findings))
        said = dict.fromkeys(dynamic_places(self._every), Dim.AUTO)
        said |= entries(findings, hypotheses, traced.example.joined, traced.symbols())
        program, used = self._named(traced.built, said) or (
            traced.recording.program,
            traced.shapes,
        )
        checked = check(program, self._group, model=self._model)
        if not checked.ok:
            checked = self._relaxed(program, checked)
        if not checked.ok and program is not traced.recording.program:
            program, used, checked = self._freed(program, used, checked, traced)
        checked = self._compared(program, checked, traced.example.sizes)
        self._tell_small_sizes(program)
        return Exported(
            program=program,
            dynamic_shapes=used,
            args=traced.built.args,
            kwargs=traced.built.kwargs,
            findings=findings,
            hypotheses=hypotheses,
            check=self._of_all(checked),
            plan=self._plan,
            plans=self._plans,
            notes=(*self._plan.how, *self._notes),
        )

    def _compared(
        self, program: ExportedProgram, checked: Check, traced: Mapping[Place, int]
    ) -> Check:
        """The check, with calls that are taken but answered unlike the model.

        Where a size is 0 or 1, the model may go another way than the trace, which had
        2 or more, and no guard says so.  Where they differ with the sizes of the trace,
        too, it is for another reason: the program was traced while training.
        """
        findings = self._own
        dynamic = dynamic_places(findings)
        refused = {refusal.call: refusal for refusal in checked.refused}
        left = PROBES
        for call in range(findings.calls):
            sizes = sizes_in(findings, call)
            is_small = any(sizes.get(place, 2) < 2 for place in dynamic)
            if call in refused or not is_small or not left:
                continue
            if left == PROBES and self._differs(program, traced):
                break
            left -= 1
            if self._differs(program, sizes):
                refused[call] = Refusal(call, (_DIFFERS,))
        found = tuple(refused[call] for call in sorted(refused))
        return dataclasses.replace(checked, refused=found)

    def _differs(self, program: ExportedProgram, sizes: Mapping[Place, int]) -> bool:
        """Whether the program takes these sizes and gives something else."""
        if self._refusal(sizes) is not None:
            return False
        try:
            return not self._agree(program, sizes)
        except Exception:  # the program fails inside
            return True

    def _freed(
        self, program: ExportedProgram, shapes: Any, before: Check, traced: Traced
    ) -> tuple[ExportedProgram, Any, Check]:
        """The program of the trace where that takes more of the recorded calls."""
        first = traced.recording.program
        assert first is not None
        checked = check(first, self._group, model=self._model)
        if not checked.ok:
            checked = self._relaxed(first, checked)
        if len(checked.refused) >= len(before.refused):
            return program, shapes, before
        self._notes.append(
            f"the sizes are left to the tracer: with dims, the program refuses"
            f" {counted(len(before.refused), 'recorded call')}"
        )
        return first, traced.shapes, checked

    def _relaxed(self, program: ExportedProgram, before: Check) -> Check:
        """The check without the bounds that are none of the model's."""
        findings = self._own
        refused = {r.call: sizes_in(findings, r.call) for r in before.refused}

        def still_works(program: ExportedProgram) -> bool:
            taken = check(program, self._group, model=self._model)
            wrong = {refusal.call for refusal in taken.refused}
            return len(wrong) < len(before.refused) and all(
                self._agree(program, sizes)
                for call, sizes in refused.items()
                if call not in wrong
            )

        bounds = relax(program, self._model, findings, still_works)
        if not bounds:
            return before
        columns = _columns(demands_of(program, self._model))
        told = [worded(bound, columns) for bound in bounds]
        self._notes.append(
            f"lowered to what was recorded: {', '.join(told)}; more was demanded"
            " only because every trace has sizes of 2 or more"
        )
        return check(program, self._group, model=self._model)

    def _tell_small_sizes(self, program: ExportedProgram) -> None:
        """Notes what the program demands of sizes that may be the tracer's alone."""
        demands = demands_of(program, self._model)
        if small := small_sizes_refused(program, demands, _columns(demands)):
            self._notes.append(
                f"sizes of 0 and 1 are refused where they break {', '.join(small)}:"
                " every trace has sizes of 2 or more. Observe a call with smaller ones,"
                " and what the model does not need is lowered"
            )

    def _of_all(self, checked: Check) -> Check:
        """The check of the plan's calls with those of the other plans."""
        number = dict(enumerate(self._plan.calls))
        refused = [Refusal(number[r.call], r.messages) for r in checked.refused]
        refused += [
            Refusal(call, self._plan.unlike(other))
            for other in self._plans
            if other is not self._plan
            for call in other.calls
        ]
        return Check(
            calls=self._count,
            refused=tuple(sorted(refused, key=lambda refusal: refusal.call)),
            nearest={number[call]: near for call, near in checked.nearest.items()},
            notes=checked.notes,
            numbers=checked.numbers,
        )

    def _agree(self, program: ExportedProgram, sizes: Mapping[Place, int]) -> bool:
        """Whether program and model give tensors of the same shapes and values."""
        one, other = self._builder.build(sizes), self._builder.build(sizes)
        _scatter(one)
        _scatter(other)
        with torch.no_grad(), _evaluating(self._model):
            found = program.module()(*one.args, **one.kwargs)
            wanted = self._model(*other.args, **other.kwargs)
        pairs = zip(pytree.tree_leaves(found), pytree.tree_leaves(wanted), strict=True)
        return all(
            not isinstance(a, torch.Tensor)
            or (a.shape == b.shape and torch.allclose(a, b, 1e-3, 1e-4, equal_nan=True))
            for a, b in pairs
        )

    def _traces(self) -> Iterator[Traced]:
        """Traces with sizes that the model takes, every axis left to the tracer.

        Raises ObservedExportError where there are none.
        """
        cause: BaseException | None = None
        is_any = False
        for told, findings, example in self._examples():
            try:
                self._run(example.sizes)
            except Exception as error:  # whatever a model says to what it cannot take
                log.debug("%s: the model says %s", example, error)
                cause = cause or error
                continue
            built = self._builder.build(example.sizes)
            places = {*dynamic_places(self._every), *dynamic_places(findings)}
            auto = dict.fromkeys([*places, *example.joined], Dim.AUTO)
            shapes = built.spec(auto)
            recording = record(
                self._model,
                built.args,
                built.kwargs,
                dynamic_shapes=shapes,
                **self._options,
            )
            if recording.program is not None:
                is_any = True
                yield Traced(told, example, built, shapes, recording)
            cause = recording.error or cause
        if is_any:
            return
        raise ObservedExportError(
            f"no sizes that fit {self._plan} could be exported: "
            f"{type(cause).__name__}: {cause}{self._hint()}"
        ) from cause

    def _hint(self) -> str:
        """What may be wrong where no sizes work."""
        own = inspect.signature(self._model.forward)
        if encode_signature(own) == self._told["signature"]:
            return ""
        return (
            f"; {type(self._model).__name__} is not what was observed: the signatures"
            " differ"
        )

    def _examples(self) -> Iterator[tuple[dict[str, Any], Findings, Example]]:
        """Sizes to try, and the calls that they follow from.

        Where calls of other plans lead astray, those of this one alone say more; where
        these go two ways, those that go one.
        """
        told, every = self._told, self._every
        own, findings = self._group, self._own
        yield from ((told, every, one) for one in examples(every, told))
        if own["observations"] != told["observations"]:
            yield from ((own, findings, one) for one in examples(findings, own))
        for calls in alike(findings):
            part = only(own, calls)
            of_part = find(part)
            yield from ((part, of_part, one) for one in examples(of_part, part))
        yield own, findings, recorded_example(findings, own)

    def _run(self, sizes: Mapping[Place, int]) -> None:
        """Calls the model, which may change its arguments."""
        built = self._builder.build(sizes)
        with torch.no_grad(), _evaluating(self._model):
            self._model(*built.args, **built.kwargs)

    def _named(
        self, built: Built, said: Mapping[Place, Any]
    ) -> tuple[ExportedProgram, Any] | None:
        """The program for a spec with dims; None where PyTorch takes none such.

        Where a size follows from others in a way that no Dim can say, a repair would
        promise less than the model takes: such axes are left to the tracer.
        """
        shapes = built.spec(said)
        found = self._repaired(built, shapes)
        if found is None or not (lost := _lost(shapes, found[1])):
            return found
        free = {
            place: Dim.AUTO if root_name(entry) in lost else entry
            for place, entry in said.items()
        }
        return self._repaired(built, built.spec(free)) or found

    def _repaired(
        self, built: Built, shapes: dict[str, Any]
    ) -> tuple[ExportedProgram, Any] | None:
        try:
            program = repairing.export(
                self._model,
                built.args,
                built.kwargs,
                dynamic_shapes=shapes,
                **self._options,
            )
        except Exception as error:  # PyTorch breaks in many ways over a spec
            reason = str(error).partition("\n")[0]
            self._notes.append(
                f"the sizes are left to the tracer: with dims, it says: {reason}"
            )
            return None
        report = program.dimsat_report  # type: ignore[attr-defined]
        return program, report.dynamic_shapes or shapes

    # ---- Hypotheses ------------------------------------------------------------

    def _judge(self, problem: Mapping[str, Any], traced: Traced) -> Judge:
        return Judge(
            problem=problem,
            model=lambda sizes: self._refusal(traced.sizes_of(sizes)),
            program=lambda sizes: self._failure(traced, traced.sizes_of(sizes)),
        )

    def _failure(self, traced: Traced, sizes: Mapping[Place, int]) -> str | None:
        """How the traced program fails inside with these sizes, if it does.

        One that changes buffers of the model is not run.
        """
        program = traced.recording.program
        assert program is not None
        if program.graph_signature.buffers_to_mutate:
            return None
        built = self._builder.build(sizes)
        try:
            with torch.no_grad():
                program.module()(*built.args, **built.kwargs)
        except AssertionError:  # of a guard, so that nothing is promised
            return None
        except Exception as error:  # whatever an operator says
            return f"{type(error).__name__}: {error}".partition("\n")[0]
        return None

    def _refusal(self, sizes: Mapping[Place, int]) -> str | None:
        """What the model says to sizes that it does not take."""
        try:
            self._run(sizes)
        except Exception as error:  # whatever a model says to what it cannot take
            return f"{type(error).__name__}: {error}".partition("\n")[0]
        return None


def _columns(demands: Demands) -> dict[str, str]:
    """What calls call each size and whole number of a program, by its source."""
    paths = paths_of(demands.spec)
    numbers = [v.source for v in demands.spec.leaves if v.axis is None]
    columns = columns_of(as_recorded(demands.problem, paths))
    return columns | {source: paths.get(source, source) for source in numbers}


@contextlib.contextmanager
def _evaluating(model: torch.nn.Module) -> Iterator[None]:
    """The model without training, which would change its statistics."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def _scatter(built: Built) -> None:
    """Gives tensors of floats values that no two branches of a model agree on."""
    generator = torch.Generator().manual_seed(1)
    for leaf in pytree.tree_leaves((built.args, built.kwargs)):
        if isinstance(leaf, torch.Tensor) and leaf.is_floating_point():
            values = torch.rand(leaf.shape, generator=generator) + 0.5
            leaf.copy_(values)


def root_name(entry: Any) -> str | None:
    """The name of the Dim that an entry of a spec follows, or is."""
    return root_of(entry).__name__ if is_dim(entry) else None


def _lost(asked: Any, given: Any) -> set[str]:
    """The names of Dims that are no longer such, or follow others than before."""
    if isinstance(asked, dict):
        parts = [_lost(part, given[key]) for key, part in asked.items()]
    elif isinstance(asked, (list, tuple)):
        parts = [_lost(*pair) for pair in zip(asked, given, strict=True)]
    else:
        same = _line(asked) == _line(given)
        parts = [] if same else [{n for n in map(root_name, (asked, given)) if n}]
    return set().union(*parts)


def _line(entry: Any) -> Any:
    """An entry without the range of its Dim."""
    if not is_dim(entry):
        return str(entry)
    line = line_of(entry)
    return root_name(entry), line.scale, line.offset
