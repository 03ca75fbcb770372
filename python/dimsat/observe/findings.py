"""What recorded calls have in common, as Python objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from dimsat import html
from dimsat.integers import of_json
from dimsat.observe.asking import observed
from dimsat.observe.grouping import Plan, plans_of
from dimsat.observe.places import plain
from dimsat.problem import Problem

Sizes: TypeAlias = Mapping[str, tuple[int, ...] | int]
"""A shape for each tensor, and a number for each whole number, by name."""


@dataclass(frozen=True)
class Axis:
    """One axis of one argument; or a whole number, where ``axis`` is None.

    Attributes:
        argument: ``"x"``, ``"past_key_values.key_0"``, ``"d['a'][1]"``.
        axis: counted from 0.
        static: the one size that was seen; None where it varies or is declared so.
        values: the size in each call, None where it was absent; empty when static.
        name: of its class: axes that were equal in every call share it.
        assumed: calls whose length 0 was not seen: a cache was absent or empty.
        declared: dynamic because the user says so.
        shapes: of an argument whose ranks differ, the shape in each call.
    """

    argument: str
    axis: int | None = None
    static: int | None = None
    values: tuple[int | None, ...] = ()
    name: str | None = None
    assumed: tuple[int, ...] = ()
    declared: bool = False
    shapes: tuple[tuple[int, ...] | None, ...] = ()


@dataclass(frozen=True)
class Relation:
    """What held between sizes in every call.

    Attributes:
        relation: ``"mask[1] == ids[1] + past.key_0[2]"``.
        kind: ``"equal"``, ``"affine"``, ``"product"``, ``"quotient"``, ``"remainder"``.
        support: in how many calls all of it was there.
        freedom: how many different ones beyond those that fit by construction.
        status: ``"observed"``; or what guards say: ``"necessary"``, ``"incidental"``,
            ``"refuted"``, ``"undecided"``.
        witness: sizes of all inputs that the guards allow and that break it; of all
            relations that are incidental it breaks this one only, if any sizes do.
        together: else those that no sizes keep when this one breaks.
        reason: why it is undecided.
    """

    relation: str
    kind: str
    support: int
    freedom: int
    status: str
    witness: Sizes | None = None
    together: tuple[str, ...] = ()
    reason: str | None = None

    def __str__(self) -> str:
        return self.relation


@dataclass(frozen=True)
class Need:
    """At least so many more ``calls`` are needed to tell something of ``axes``."""

    calls: int
    axes: tuple[str, ...]
    message: str
    fits: str | None = None


@dataclass(frozen=True)
class Trouble:
    """What calls disagree in; ``calls`` are those that show it."""

    kind: str
    argument: str
    calls: tuple[int, ...]
    message: str
    axis: int | None = None


@dataclass(frozen=True)
class Refusal:
    """A recorded call that the guards refuse, and the sentences that say why."""

    call: int
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Probe:
    """Sizes that the guards allow and that break several relations at once.

    A model that takes them needs none of these.
    """

    sizes: Sizes
    breaks: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Findings:
    """What recorded calls have in common; docs/observe.md says what all of it means.

    >>> def call(rows):
    ...     tensor = {"tensor": {"dtype": "float32", "shape": [rows, 4]}}
    ...     return {"args": [tensor, tensor]}
    >>> findings = find({
    ...     "signature": [{"name": "x"}, {"name": "y"}],
    ...     "observations": [call(rows) for rows in (3, 5, 9)],
    ... })
    >>> findings
    <Findings of 3 calls: 2 of 4 sizes vary; y[0] == x[0]>
    >>> findings.relations[0].freedom, findings.example
    (2, {'x_dim_0': 2})
    """

    calls: int
    axes: tuple[Axis, ...]
    relations: tuple[Relation, ...]
    needs_calls: tuple[Need, ...]
    errors: tuple[Trouble, ...]
    notes: tuple[str, ...]
    problem: Problem
    example: Mapping[str, int] | None = None
    probe: Probe | None = None
    discovered: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    plans: tuple[Plan, ...] = ()
    _text: str = field(default="", compare=False)
    _told: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def text(self) -> str:
        """The report of the command."""
        return self._text

    def to_dict(self) -> dict[str, Any]:
        """The answer of the command as JSON."""
        return dict(self._told)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        dynamic = sum(axis.name is not None for axis in self.axes)
        held = "; ".join(str(r) for r in self.relations[:3])
        more = len(self.relations) - 3
        parts = [f"{dynamic} of {len(self.axes)} sizes vary", held]
        if more > 0:
            parts.append(f"{more} more relations")
        if self.errors:
            parts.append(f"{len(self.errors)} errors")
        said = "; ".join(filter(None, parts))
        return f"<Findings of {counted(self.calls, 'call')}: {said}>"

    def _repr_html_(self) -> str:
        heading, _, _ = self._text.partition("\n")
        needs = [need.message for need in self.needs_calls]
        return html.page(
            heading,
            html.table(("argument", "axis", "sizes", "name"), map(_row, self.axes)),
            html.table(("held in every call", "calls", "guards say"), self._held()),
            html.bullets("The guards also demand", self.discovered),
            html.bullets("Calls that the program refuses", self._refusals()),
            html.bullets("More calls are needed", needs),
            html.bullets("Several programs are needed", self._plans()),
            html.bullets("Errors", [error.message for error in self.errors]),
            html.bullets("Notes", self.notes),
        )

    def _held(self) -> list[tuple[str, str, str]]:
        return [(r.relation, str(r.support), r.status) for r in self.relations]

    def _plans(self) -> list[str]:
        return [str(plan) for plan in self.plans] if len(self.plans) > 1 else []

    def _refusals(self) -> list[str]:
        return [f"call {r.call}: {'; '.join(r.messages)}" for r in self.refused]


def sizes_in(findings: Findings, call: int) -> dict[tuple[str, int | None], int]:
    """The sizes of one call, by argument and axis, with what was assumed of it."""
    sizes = {}
    for axis in findings.axes:
        size = axis.static if axis.name is None else axis.values[call]
        if size is not None:
            sizes[axis.argument, axis.axis] = size
    return sizes


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number of things.

    >>> counted(1, "call"), counted(2, "axis", "axes")
    ('1 call', '2 axes')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def worded_sizes(sizes: Sizes) -> str:
    """Shapes and whole numbers, as text.

    >>> worded_sizes({"x": (2, 3), "k": 4})
    'x [2, 3], k 4'
    """
    return ", ".join(
        f"{name} {shape if isinstance(shape, int) else list(shape)}"
        for name, shape in sizes.items()
    )


def _row(axis: Axis) -> tuple[str, str, str, str]:
    where = "" if axis.axis is None else str(axis.axis)
    if axis.shapes:
        return axis.argument, where, ", ".join(map(str, axis.shapes)), ""
    if axis.name is None:
        return axis.argument, where, f"always {axis.static}", ""
    values = ("absent" if value is None else str(value) for value in axis.values)
    return axis.argument, where, ", ".join(values), axis.name


def find(
    calls: Mapping[str, Any],
    program: Problem | None = None,
    *,
    budget: int | None = None,
    timeout: float | None = None,
) -> Findings:
    """What recorded calls have in common, and what the guards of a program say of it.

    Args:
        calls: a recording as its JSON says it.
        program: the problem of an export of the same function, or None.
        budget: steps for all questions about guards, as for `dimsat.check`.
        timeout: seconds.

    Raises dimsat.Error where the text is no recording.
    """
    text, told = observed(plain(calls), program, budget=budget, timeout=timeout)
    example = told.get("example")
    return Findings(
        calls=told["calls"],
        axes=tuple(map(_axis, told["axes"])),
        relations=tuple(map(_relation, told["relations"])),
        needs_calls=tuple(map(_need, told["needs_calls"])),
        errors=tuple(map(_trouble, told["errors"])),
        notes=tuple(told["notes"]),
        problem=Problem.from_dict(told["problem"]),
        example=None if example is None else _sizes_by_name(example),
        probe=_probe(told.get("probe")),
        discovered=tuple(told.get("discovered", ())),
        refused=tuple(
            Refusal(refused["call"], tuple(refused["messages"]))
            for refused in told.get("refused", ())
        ),
        plans=plans_of(told["plans"]),
        _text=text,
        _told=told,
    )


def _axis(told: dict[str, Any]) -> Axis:
    shapes = told.get("shapes", ())
    return Axis(
        argument=told["argument"],
        axis=told.get("axis"),
        static=of_json(told.get("static")),
        values=tuple(map(of_json, told.get("values", ()))),
        name=told.get("name"),
        assumed=tuple(told.get("assumed", ())),
        declared=told.get("declared", False),
        shapes=tuple(None if shape is None else _sizes(shape) for shape in shapes),
    )


def _relation(told: dict[str, Any]) -> Relation:
    witness = told.get("witness")
    return Relation(
        relation=told["relation"],
        kind=told["kind"],
        support=told["support"],
        freedom=told["freedom"],
        status=told["status"],
        witness=witness and _shapes(witness),
        together=tuple(told.get("together", ())),
        reason=told.get("reason"),
    )


def _probe(told: dict[str, Any] | None) -> Probe | None:
    if told is None:
        return None
    return Probe(_shapes(told["sizes"]), tuple(told["breaks"]))


def _need(told: dict[str, Any]) -> Need:
    return Need(
        calls=told["calls"],
        axes=tuple(told.get("axes", ())),
        message=told["message"],
        fits=told.get("fits"),
    )


def _trouble(told: dict[str, Any]) -> Trouble:
    return Trouble(
        kind=told["kind"],
        argument=told["argument"],
        calls=tuple(told["calls"]),
        message=told["message"],
        axis=told.get("axis"),
    )


def _shapes(told: dict[str, Any]) -> dict[str, tuple[int, ...] | int]:
    return {
        name: _sizes(shape) if isinstance(shape, list) else of_json(shape) or 0
        for name, shape in told.items()
    }


def _sizes(shape: list[Any]) -> tuple[int, ...]:
    return tuple(of_json(size) or 0 for size in shape)


def _sizes_by_name(sizes: dict[str, Any]) -> dict[str, int]:
    return {name: of_json(size) or 0 for name, size in sizes.items()}
