"""Recorded calls held against a program, before it runs."""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import torch
from torch.export import ExportedProgram

from dimsat import html
from dimsat.observe.calls import Calls
from dimsat.observe.demands import as_recorded, columns_of, demands_of, paths_of
from dimsat.observe.encoding import Json, encode
from dimsat.observe.findings import (
    Findings,
    Refusal,
    Sizes,
    find,
    sizes_in,
    worded_sizes,
)
from dimsat.observe.grouping import unlike_values
from dimsat.observe.nearest import nearest
from dimsat.observe.places import bound, children, leaves, unrolled
from dimsat.observe.sentences import plainly
from dimsat.observe.structures import unlike_structures
from dimsat.observe.whole_numbers import number_guards
from dimsat.problem import Problem

if TYPE_CHECKING:
    from dimsat.observe.exported import Exported


@dataclass(frozen=True, repr=False)
class Check:
    """Which recorded calls a program refuses.

    Attributes:
        calls: how many were checked.
        refused: those that it refuses, with all reasons.
        nearest: for such a call, sizes and whole numbers that the program takes, as
            few steps away as possible, by input; only where these alone are wrong.
        notes: what was taken for granted.
        numbers: whole numbers that the program refuses, by argument.
    """

    calls: int
    refused: tuple[Refusal, ...]
    nearest: Mapping[int, Sizes]
    notes: tuple[str, ...] = ()
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the program takes every call."""
        return not self.refused

    def text(self) -> str:
        """The whole as text."""
        lines = [f"{self.calls - len(self.refused)} of {self.calls} calls are taken"]
        for refused in self.refused:
            lines += [f"call {refused.call}: {text}" for text in refused.messages]
            if refused.call in self.nearest:
                near = worded_sizes(self.nearest[refused.call])
                lines.append(f"  taken instead, the nearest sizes: {near}")
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)]) + "\n"

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Check: {self.text().partition(chr(10))[0]}>"

    def _repr_html_(self) -> str:
        heading, _, rest = self.text().partition("\n")
        return html.page(heading, html.bullets("", rest.splitlines()))


def check(
    program: ExportedProgram | Exported,
    calls: Any,
    *,
    model: torch.nn.Module | None = None,
) -> Check:
    """Holds each recorded call against the guards and ranges of a program.

    Args:
        program: as torch.export gave it, with its example inputs; or what `export` of
            an observer gives.
        calls: an observer, its calls, a recording as its JSON says it, or the path of
            a file of one.
        model: the module that was exported; needed where its ``forward`` has ``*args``
            or ``**kwargs``.

    Raises ValueError where the program was saved without its example inputs.

    >>> from dimsat.observe import InputObserver
    >>> model, observer = torch.nn.Linear(4, 2), InputObserver()
    >>> with observer(model):
    ...     for rows in (3, 5, 9):
    ...         _ = model(torch.ones(rows, 4))
    >>> shapes = ({0: torch.export.Dim("rows", max=8)},)
    >>> program = torch.export.export(
    ...     model, (torch.ones(3, 4),), dynamic_shapes=shapes
    ... )
    >>> print(check(program, observer), end="")
    2 of 3 calls are taken
    call 2: input[0] <= 8 does not hold: input[0] is 9
      taken instead, the nearest sizes: input [8, 4]
    """
    program = getattr(program, "program", program)
    if not isinstance(program, ExportedProgram):
        raise TypeError(
            f"the program comes first, and this is {type(program).__name__}"
        )
    told = _recording(calls)
    demands = demands_of(program, model)
    spec = demands.spec
    paths = paths_of(spec)
    whole = as_recorded(demands.problem, paths)
    numbers = number_guards(demands, paths)
    problem = _without(whole, numbers.guards)
    exported = {name: encode(value) for name, value in spec.arguments.items()}
    strange = dict(_strange(told, exported))
    findings = _held(told, Problem.from_dict(problem), strange)
    every = find(told) if strange else findings
    misfits = dict(_misfits(told, exported, every, strange))
    unlike = set(misfits)  # no sizes help
    broken: dict[int, list[dict[str, int]]] = {}
    for index, call in enumerate(told["observations"]):
        for sentence, values in numbers.broken(told["signature"], call):
            misfits[index] = [*misfits.get(index, ()), sentence]
            broken.setdefault(index, []).append(values)
    refused = _merged(findings, misfits, columns_of(whole))
    near = {}
    for refusal in refused:
        sizes = sizes_in(findings, refusal.call)
        if refusal.call not in unlike and (found := nearest(whole, paths, sizes)):
            near[refusal.call] = found
    return Check(
        calls=every.calls,
        refused=refused,
        nearest=near,
        notes=(*_notes(every), *_ignored(told, spec.arguments)),
        numbers=_values_by_name(itertools.chain(*broken.values())),
    )


def _values_by_name(found: Iterable[dict[str, int]]) -> dict[str, tuple[int, ...]]:
    values: dict[str, set[int]] = {}
    for numbers in found:
        for name, value in numbers.items():
            values.setdefault(name, set()).add(value)
    return {name: tuple(sorted(seen)) for name, seen in values.items()}


def _without(problem: dict[str, Any], guards: Collection[str]) -> dict[str, Any]:
    """The problem without its whole numbers, of which these guards speak."""
    left = [guard for guard in problem["guards"] if guard["expr"] not in guards]
    return {**problem, "symbols": [], "guards": left}


def _recording(calls: Any) -> dict[str, Any]:
    calls = getattr(calls, "calls", calls)
    if isinstance(calls, (str, os.PathLike)):
        calls = Calls.load(calls)
    elif not isinstance(calls, Calls):
        calls = Calls.from_dict(calls)
    return unrolled(calls.to_dict())


def _misfits(
    told: dict[str, Any],
    exported: dict[str, Json],
    findings: Findings,
    strange: Mapping[int, list[str]],
) -> Iterator[tuple[int, list[str]]]:
    """Calls that lack an argument of the program, or have one that it has not.

    Those of another structure are `strange`, and why.
    """
    hollow = {(a.argument, call) for a in findings.axes for call in a.assumed}
    filled = {
        (name, call)
        for plan in findings.plans
        for name, calls in plan.filled.items()
        for call in calls
    }
    taken = dict(part for name, v in exported.items() for part in _parts(name, v))
    needed = [name for name, value in taken.items() if _holds_tensor(value, name)]
    for index, call in enumerate(told["observations"]):
        parts = [p for n, v in bound(told["signature"], call) for p in _parts(n, v)]
        given = {n for n, v in parts if _holds_tensor(v, n) or _is_reserved(v, n)}
        empty = {path for path, at in hollow if at == index}
        messages = list(unlike_values(told["signature"], call, exported))
        for name, value in parts:
            room, own = _room(value), _room(taken.get(name))
            if own is not None and room is not None and room != own:
                messages.append(f"{name} has room for {room}; the program's for {own}")
        for name in needed:
            is_there = name in given or (name.partition(".")[0], index) in filled
            if not is_there and not any(path.startswith(name) for path in empty):
                messages.append(f"{name} is absent; the program takes it")
        arguments_given = {name.partition(".")[0] for name in given}
        for name in sorted(arguments_given - exported.keys()):
            messages.append(f"{name} is given; the program was exported without it")
        messages += strange.get(index, ())
        if messages:
            yield index, messages


def _strange(
    told: dict[str, Any], exported: Mapping[str, Json]
) -> Iterator[tuple[int, list[str]]]:
    """Calls whose containers and ranks are others than those of the program."""
    for index, call in enumerate(told["observations"]):
        found = [
            message
            for name, value in bound(told["signature"], call)
            for message in unlike_structures(value, exported.get(name), name)
        ]
        if found:
            yield index, found


def _held(told: dict[str, Any], problem: Problem, strange: Collection[int]) -> Findings:
    """The calls held against the guards, but those that have another structure.

    These stay among them without their arguments, of which guards then say nothing:
    beside an argument of another rank no size of it would be looked at in any call.
    """
    if not strange:
        return find(told, problem)
    calls = [
        {"args": [], "kwargs": {}} if index in strange else call
        for index, call in enumerate(told["observations"])
    ]
    optional = [
        p if p.get("kind", "").startswith("VAR_") else {**p, "default": None}
        for p in told["signature"]
    ]
    found = find({**told, "signature": optional, "observations": calls}, problem)
    refused = tuple(r for r in found.refused if r.call not in strange)
    return replace(found, refused=refused)


def _ignored(told: dict[str, Any], arguments: dict[str, Any]) -> Iterator[str]:
    """What calls give and the program takes without a look at it."""
    for name in (name for name, value in arguments.items() if value is None):
        calls = [
            str(index)
            for index, call in enumerate(told["observations"])
            if dict(bound(told["signature"], call)).get(name) is not None
        ]
        if calls:
            yield (
                f"{name} is given in call {', '.join(calls)}; the program takes it and"
                " ignores it: it was exported with None"
            )


def _parts(name: str, value: Json) -> list[tuple[str, Json]]:
    """An argument; of a cache of caches each one."""
    if not isinstance(value, dict) or not value.get("class", "").endswith("Cache"):
        return [(name, value)]
    items = children(value)
    caches = [(end, v) for end, v in items if isinstance(v, dict) and "class" in v]
    return [(name + end, v) for end, v in caches] or [(name, value)]


def _room(value: Json) -> int | None:
    """How long a cache of fixed length will be that holds nothing yet."""
    if isinstance(value, dict) and not any(value.get("items", ())):
        room = value.get("max_cache_len")
        return room if type(room) is int else None
    return None


def _holds_tensor(value: Json, name: str) -> bool:
    """Whether there is a tensor in it, besides what counts how full a cache is."""
    return any(
        isinstance(leaf, dict) and ".cumulative_length" not in path
        for path, leaf in leaves(value, name)
    )


def _is_reserved(value: Json, name: str) -> bool:
    """Whether this is a cache of fixed length that nothing was put into yet.

    A program takes it as the tensors of zeros that it is going to be; except for what
    a decoder keeps of its encoder: models branch on whether that is there.
    """
    is_static = isinstance(value, dict) and value.get("class", "").startswith("Static")
    return is_static and not name.endswith(".cross_attention_cache")


def _merged(
    findings: Findings, misfits: dict[int, list[str]], columns: Mapping[str, str]
) -> tuple[Refusal, ...]:
    said = {r.call: plainly(r.messages, columns) for r in findings.refused}
    return tuple(
        Refusal(call, (*misfits.get(call, ()), *said.get(call, ())))
        for call in sorted({*misfits, *said})
    )


def _notes(findings: Findings) -> Iterator[str]:
    return (note for note in findings.notes if "counted as length 0" in note)
