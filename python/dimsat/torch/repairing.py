"""Finds the spec with which an export will succeed.

dimsat says which sizes the model takes; PyTorch is asked, without a second trace,
whether it sees that too.  Where it does not, the dims that it refuses become
``Dim.DYNAMIC``: the same sizes, checked when the program runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dimsat.expression import Expression
from dimsat.problem import Problem
from dimsat.result import Fix, Result
from dimsat.torch.accepting import Accepted, accepted
from dimsat.torch.dims import Line, is_dim, is_hint, known_as, line_of, upper
from dimsat.torch.rebuild import rebuild
from dimsat.torch.recording import Recording
from dimsat.torch.spec import Spec, describe
from dimsat.torch.widening import root_sizes

ASSUMED = 2
"""The least size that PyTorch traces with: it burns in 0 and 1."""


@dataclass(frozen=True)
class Repair:
    """A repaired spec and how it came about.

    ``named`` is the repaired spec with a Dim for every dim, ``accepted`` the same as
    PyTorch takes it; both are None where dimsat found no repair.  ``pinned`` are dims
    that stay at the example because nothing else could be decided; ``raised`` are
    roots that start higher than dimsat asks, whose smaller sizes the program refuses.
    """

    problem: Problem
    result: Result
    named: Spec | None = None
    accepted: Accepted | None = None
    pinned: tuple[str, ...] = ()
    raised: tuple[Fix, ...] = ()

    @property
    def dynamic_shapes(self) -> Any:
        """The repaired spec, None without one."""
        return self.accepted.dynamic_shapes if self.accepted else None

    def notes(self) -> Iterator[str]:
        """What the user should know beside the result."""
        if self.accepted is None or self.named is None:
            return
        if self.accepted.refusal is not None:
            error = self.accepted.refusal.error
            yield f"PyTorch would refuse the repaired spec as well: {_reason(error)}"
        if self.pinned:
            yield (
                f"{', '.join(self.pinned)} stay at the example: whether the model takes"
                f" other sizes cannot be decided"
            )
        for fix in self.raised:
            yield (
                f"{fix.dim} starts at {fix.min if fix.value is None else fix.value}:"
                f" the program checks what a smaller size would break"
            )
        for root in self.accepted.dynamic:
            yield _dynamic_note(self.named, root, root in self.accepted.inexact)


def repair_of(recorded: Recording, promised: Spec) -> Repair:
    """The repair of an export that was traced.

    ``promised`` is what the user wants; ``recorded`` is of an export of the same
    example, whose spec may be wider.
    """
    problem = problem_of(recorded, promised)
    result = problem.suggest()
    if result.fixes or result.verdict == "ok":
        named, taken, raised = _worded(recorded, promised, result.fixes)
        return Repair(problem, result, named, taken, raised=raised)
    open_guards = _undecided(problem)
    pins = _pins(problem, promised, open_guards)
    if pins:
        pinned = _respecified(recorded, promised, pins)
        rest = problem_of(recorded, pinned, without=open_guards).suggest()
        if rest.fixes or rest.verdict == "ok":
            named, taken, raised = _worded(recorded, pinned, rest.fixes, open_guards)
            dims = tuple(pin.dim for pin in pins)
            return Repair(problem, result, named, taken, dims, raised)
    return Repair(problem, result)


def _worded(
    recorded: Recording,
    promised: Spec,
    fixes: tuple[Fix, ...],
    without: Collection[int] = (),
) -> tuple[Spec, Accepted, tuple[Fix, ...]]:
    """The spec that the fixes amount to, and the same as PyTorch takes it.

    It promises no size that the program would refuse; the third are the roots that
    start higher for that.
    """
    named = _respecified(recorded, promised, fixes)
    raised = _raised(recorded, named, without)
    if raised:
        named = _respecified(recorded, promised, (*fixes, *raised))
    taken = accepted(recorded, promised, named)
    ranges = list(_range_guards(taken.ranges))
    higher = _raised(recorded, named, without, ranges) if ranges else []
    if higher:
        named = _respecified(recorded, promised, (*fixes, *raised, *higher))
        taken = accepted(recorded, promised, named)
    return named, taken, tuple({fix.dim: fix for fix in (*raised, *higher)}.values())


def _range_guards(
    ranges: Mapping[str, tuple[int, int | None]],
) -> Iterator[dict[str, Any]]:
    for axis, (least, most) in ranges.items():
        if least:
            yield {"expr": f"{axis} >= {least}", "at": "on entry"}
        if most is not None:
            yield {"expr": f"{axis} <= {most}", "at": "on entry"}


def _respecified(recorded: Recording, spec: Spec, fixes: Iterable[Fix]) -> Spec:
    call = recorded.call
    return describe(call.model, call.args, call.kwargs, rebuild(spec, fixes))


def _undecided(problem: Problem) -> set[int]:
    """The guards for which dimsat finds no repair, not even alone."""
    told = problem.to_dict()
    alone = ({**told, "guards": [guard]} for guard in told["guards"])
    results = (Problem.from_dict(single).suggest() for single in alone)
    return {
        number
        for number, result in enumerate(results)
        if result.verdict != "ok" and not result.fixes
    }


def _pins(problem: Problem, promised: Spec, guards: Collection[int]) -> list[Fix]:
    """The dims of these guards at the example: there the tracer saw them hold."""
    told = problem.to_dict()
    sources = {s["name"]: s.get("source") for s in told["symbols"]}
    axes = {
        sources.get(name, name)
        for number in guards
        for name in Expression(told["guards"][number]["expr"]).symbols
    }
    roots = {
        line_of(leaf.entry).root: None
        for leaf in promised.leaves
        if leaf.source in axes and is_dim(leaf.entry)
    }
    sizes = root_sizes(promised)
    return [Fix(known_as(root), value=sizes[root]) for root in roots]


def keeps_promise(recorded: Recording, found: Repair) -> bool:
    """Whether a program that was traced anew takes all that the repair promises.

    ``recorded`` holds the guards of that trace too.
    """
    if found.named is None:
        return True
    verdict = problem_of(recorded, found.named).check().verdict
    return verdict != "violated" and not _raised(recorded, found.named)


def _reason(error: Exception) -> str:
    lines = [line.strip(" -") for line in str(error).splitlines() if line.strip()]
    telling = lines[1:] if lines and lines[0].startswith("Constraints") else lines
    return telling[0] if telling else type(error).__name__


def _dynamic_note(named: Spec, root: str, inexact: bool) -> str:
    lines = {
        leaf.source: line_of(leaf.entry)
        for leaf in named.leaves
        if is_dim(leaf.entry) and line_of(leaf.entry).root == root
    }
    why = f"PyTorch cannot prove for all of {root} what the model relies on"
    if inexact:
        why = f"the program would compare the axes that follow {root} in floats"
    note = f"{why}: {', '.join(lines)} became Dim.DYNAMIC, with the same range"
    if len(lines) == 1 and Line(root) in lines.values():
        return note
    relations = ", ".join(f"{source} = {line}" for source, line in lines.items())
    return (
        f"{note}; the spec no longer says {relations}, the program checks what it needs"
    )


def problem_of(
    recorded: Recording, promised: Spec, without: Collection[int] = ()
) -> Problem:
    """What the trace demands of what a spec promises, but for some guards.

    A hint's range and an assert over sizes count as demands: the program checks them.
    """
    told = recorded.problem
    assert told is not None
    inputs = [
        {**entry, "traced": traced["traced"], "shape": list(entry["shape"])}
        for entry, traced in zip(promised.inputs, told["inputs"], strict=True)
    ]
    return Problem.from_dict(
        {
            **told,
            "name": type(recorded.call.model).__name__,
            "dims": promised.dims,
            "inputs": inputs,
            "symbols": [_kept_symbol(s, promised) for s in told["symbols"]],
            "guards": [
                *(g for n, g in enumerate(_counted(recorded)) if n not in without),
                *_hint_guards(promised),
            ],
        }
    )


def _counted(recorded: Recording) -> Iterator[dict[str, Any]]:
    """The guards of a trace; an assert over sizes alone is one: it refuses as well."""
    assert recorded.problem is not None
    guards = recorded.problem["guards"]
    for guard, (kind, condition) in zip(guards, recorded.conditions, strict=True):
        names = {symbol.name for symbol in condition.free_symbols}
        about_sizes = names <= recorded.sources.keys()
        if kind == "runtime_assert" and about_sizes:
            yield {**guard, "kind": "guard"}
        else:
            yield guard


def _kept_symbol(symbol: dict[str, Any], promised: Spec) -> dict[str, Any]:
    """The symbol; nothing stands for it any more where it was a dim that is gone."""
    source = symbol.get("source")
    axes = {leaf.source for leaf in promised.leaves}
    dims = {dim["name"] for dim in promised.dims}
    if source is None or source in axes or source in dims:
        return symbol
    rest = {key: value for key, value in symbol.items() if key != "source"}
    return {**rest, "unbacked": True}


def _hint_guards(promised: Spec) -> Iterator[dict[str, Any]]:
    for leaf in promised.leaves:
        if not is_hint(leaf.entry) or leaf.axis is None:
            continue
        at = f"the hint of {leaf.source}"
        if leaf.entry.min:
            yield {"expr": f"{leaf.source} >= {leaf.entry.min}", "at": at}
        if (most := upper(leaf.entry.max)) is not None:
            yield {"expr": f"{leaf.source} <= {most}", "at": at}


def _raised(
    recorded: Recording,
    named: Spec,
    without: Collection[int] = (),
    ranges: Iterable[dict[str, Any]] = (),
) -> list[Fix]:
    """Roots that must start higher than the repair says.

    PyTorch traces with the assumption that no size is below 2, and dimsat does not
    count smaller ones as promised; yet the program may check a guard that they break.
    """
    floors = _floors(named)
    told = problem_of(recorded, named, without).to_dict()
    told["guards"] = [*told["guards"], *ranges]
    raised: dict[str, Fix] = {}
    while floors.keys() - raised.keys():
        result = _without_floor(told, raised).check()
        if result.verdict != "violated":
            break
        blamed = {dim for violation in result.violations for dim in violation.dims}
        more = [dim for dim in floors if dim in blamed and dim not in raised]
        if not more:
            raised = _fewest(told, floors)
            break
        raised.update((dim, floors[dim]) for dim in more)
    return list(_lowered(told, raised, _floors(named, 1)).values())


def _lowered(
    told: dict[str, Any], raised: dict[str, Fix], lower: Mapping[str, Fix]
) -> dict[str, Fix]:
    """The same roots, each from a lower size on where that is enough."""
    for dim in [name for name in raised if name in lower]:
        tried = {**raised, dim: lower[dim]}
        if _without_floor(told, tried).check().verdict == "ok":
            raised = tried
    return raised


def _fewest(told: dict[str, Any], floors: dict[str, Fix]) -> dict[str, Fix]:
    """The roots that have to be raised where a violation names none of them."""
    if _without_floor(told, floors).check().verdict == "violated":
        return {}
    kept = dict(floors)
    for dim in reversed(floors):
        fewer = {other: fix for other, fix in kept.items() if other != dim}
        if _without_floor(told, fewer).check().verdict != "violated":
            kept = fewer
    return kept


def _floors(spec: Spec, size: int = ASSUMED) -> dict[str, Fix]:
    """The range of each root without sizes below ``size``, where that is narrower."""
    least: dict[str, int] = {}
    for leaf in spec.leaves:
        if is_dim(leaf.entry):
            line = line_of(leaf.entry)
            low = max(size, -((line.offset - size) // line.scale))
            least[line.root] = max(low, least.get(line.root, 0))
    floors = {}
    for dim in spec.dims:
        name, most = dim["name"], dim.get("max")
        low = least[spec.names[name]]
        if dim.get("min", 0) < low:
            single = most is not None and low >= most
            floors[name] = (
                Fix(name, value=most) if single else Fix(name, min=low, max=most)
            )
    return floors


def _without_floor(told: dict[str, Any], raised: Mapping[str, Fix]) -> Problem:
    """A problem with all sizes from 0 on, but for the roots that were raised."""
    symbols = [
        {**symbol, "min": 0}
        if "source" in symbol and (symbol["min"] or 0) <= ASSUMED
        else symbol
        for symbol in told["symbols"]
    ]
    dims = []
    for dim in told["dims"]:
        fix = raised.get(dim["name"])
        least = None if fix is None else fix.min if fix.value is None else fix.value
        dims.append(dim if least is None else {**dim, "min": least})
    return Problem.from_dict({**told, "symbols": symbols, "dims": dims})
