"""Finds the spec with which an export will succeed.

dimsat says which sizes the model takes; PyTorch is asked, without a second trace,
whether it sees that too.  Where it does not, the dims that it refuses become
``Dim.DYNAMIC``: the same sizes, checked when the program runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dimsat.problem import Problem
from dimsat.result import Fix, Result
from dimsat.torch.dims import Line, is_dim, line_of
from dimsat.torch.rebuild import rebuild
from dimsat.torch.accepting import Accepted, accepted
from dimsat.torch.recording import Recording
from dimsat.torch.spec import Spec, describe


ASSUMED = 2
"""The least size that PyTorch traces with: it burns in 0 and 1."""


@dataclass(frozen=True)
class Repair:
    """A repaired spec and how it came about.

    ``named`` is the repaired spec with a Dim for every dim, ``accepted`` the same as
    PyTorch takes it; both are None where dimsat found no repair.
    """

    problem: Problem
    result: Result
    named: Spec | None = None
    accepted: Accepted | None = None

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
        for root in self.accepted.dynamic:
            yield _dynamic_note(self.named, root)


def repair_of(recorded: Recording, promised: Spec) -> Repair:
    """The repair of an export that was traced.

    ``promised`` is what the user wants; ``recorded`` is of an export of the same
    example, whose spec may be wider.
    """
    problem = problem_of(recorded, promised)
    result = problem.suggest()
    if not result.fixes and result.verdict != "ok":
        return Repair(problem, result)
    call = recorded.call
    shapes = rebuild(promised, result.fixes)
    named = describe(call.model, call.args, call.kwargs, shapes)
    if raised := _raised(recorded, named):
        shapes = rebuild(promised, (*result.fixes, *raised))
        named = describe(call.model, call.args, call.kwargs, shapes)
    return Repair(problem, result, named, accepted(recorded, promised, named))


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


def _dynamic_note(named: Spec, root: str) -> str:
    lines = {
        leaf.source: line_of(leaf.entry)
        for leaf in named.leaves
        if is_dim(leaf.entry) and line_of(leaf.entry).root == root
    }
    note = (
        f"PyTorch cannot prove for all of {root} what the model relies on, though it"
        f" holds: {', '.join(lines)} became Dim.DYNAMIC, with the same range"
    )
    if len(lines) == 1 and Line(root) in lines.values():
        return note
    relations = ", ".join(f"{source} = {line}" for source, line in lines.items())
    return (
        f"{note}; the spec no longer says {relations}, the program checks what it needs"
    )


def problem_of(recorded: Recording, promised: Spec) -> Problem:
    """What the trace demands of what a spec promises."""
    told = recorded.problem
    assert told is not None
    inputs = [
        {**entry, "traced": traced["traced"]}
        for entry, traced in zip(promised.inputs, told["inputs"], strict=True)
    ]
    name = type(recorded.call.model).__name__
    return Problem.from_dict(
        {**told, "name": name, "dims": promised.dims, "inputs": inputs}
    )


def _raised(recorded: Recording, named: Spec) -> list[Fix]:
    """Roots that must start higher than the repair says.

    PyTorch traces with the assumption that no size is below 2, and dimsat does not
    count smaller ones as promised; yet the program may check a guard that they break.
    """
    floors = _floors(named)
    raised: dict[str, Fix] = {}
    while floors.keys() - raised.keys():
        result = _problem_without_floor(recorded, named, raised).check()
        blamed = {dim for violation in result.violations for dim in violation.dims}
        more = [dim for dim in floors if dim in blamed and dim not in raised]
        if not more:
            break
        raised.update((dim, floors[dim]) for dim in more)
    return list(raised.values())


def _floors(spec: Spec) -> dict[str, Fix]:
    """The range of each root without sizes below 2, where that is narrower."""
    least: dict[str, int] = {}
    for leaf in spec.leaves:
        if is_dim(leaf.entry):
            line = line_of(leaf.entry)
            low = max(ASSUMED, -((line.offset - ASSUMED) // line.scale))
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


def _problem_without_floor(
    recorded: Recording, named: Spec, raised: Mapping[str, Fix]
) -> Problem:
    """The problem with all sizes from 0 on, but for the roots that were raised."""
    told = problem_of(recorded, named).to_dict()
    for symbol in told["symbols"]:
        if "source" in symbol and (symbol["min"] or 0) <= ASSUMED:
            symbol["min"] = 0
    for dim in told["dims"]:
        if fix := raised.get(dim["name"]):
            dim["min"] = fix.min if fix.value is None else fix.value
    return Problem.from_dict(told)
