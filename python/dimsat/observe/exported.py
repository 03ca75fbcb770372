"""What `observe.export` gives: the program, and how sure each hypothesis is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dimsat import html
from dimsat.observe.findings import Findings, Refusal, Relation, worded_sizes
from dimsat.observe.grouping import Plan, joined

if TYPE_CHECKING:
    from torch.export import ExportedProgram

    from dimsat.observe.checking import Check


@dataclass(frozen=True, repr=False)
class Hypothesis:
    """A relation that was observed, and what became of it.

    Attributes:
        relation: with ``status`` as the guards decide it, and the witness.
        tried: whether the model was run with the sizes of the witness.
        refusal: what it said to them; None where it took them, in both directions.
        by: who said that: ``"model"``, or the ``"program"``, which the model's guards
            let take them and which failed inside.
    """

    relation: Relation
    tried: bool = False
    refusal: str | None = None
    by: str = "model"

    @property
    def status(self) -> str:
        """What guards and model make of it.

        ``"necessary"``, ``"incidental"``, ``"refuted"``, ``"undecided"``; and
        ``"unguarded"`` where the guards allow sizes that the model refuses.
        """
        if self.refusal is not None and self.relation.freedom > 0:
            return "unguarded"
        return self.relation.status

    @property
    def is_free(self) -> bool:
        """Whether the axes can do without: guards and model take what breaks it."""
        taken = self.status == "incidental" and self.tried and self.refusal is None
        return taken or self.status == "refuted"

    @property
    def is_settled(self) -> bool:
        """Whether no further call could tell more of it."""
        return self.is_free or self.is_needed

    @property
    def left(self) -> str:
        """The axis that it says something of."""
        return self.relation.relation.partition(" == ")[0]

    @property
    def witness(self) -> str:
        """Sizes that the guards allow and that break it, of the inputs it is about."""
        shapes = (self.relation.witness or {}).items()
        about = " ".join([self.relation.relation, *self.relation.together])
        plain = {_letters(name) for name in _NAME.findall(about)}
        of_it = [(name, shape) for name, shape in shapes if _letters(name) in plain]
        return worded_sizes(dict(of_it or shapes))

    @property
    def is_needed(self) -> bool:
        """Whether the guards demand it, or model or program do."""
        return self.status in ("necessary", "unguarded")

    @property
    def right(self) -> str:
        """What that follows from."""
        return self.relation.relation.partition(" == ")[2]

    @property
    def sentence(self) -> str:
        """What to make of it, in words."""
        return f"{self.relation}: {self.verdict}"

    @property
    def verdict(self) -> str:
        """The sentence without the relation."""
        says = {
            "necessary": "the guards demand it",
            "incidental": self._chance(),
            "unguarded": f"needed, but no guard says so: the {self.by} refuses"
            f" {self.witness}: {self.refusal}",
            "refuted": "the guards forbid it",
            "undecided": f"undecided: {self.relation.reason}",
        }
        return says.get(self.status, self.status)

    def _chance(self) -> str:
        """What the witness says, and what the model says to it."""
        allowed = f"the guards allow {self.witness}"
        if together := self.relation.together:
            allowed += f", which breaks {' and '.join(together)} too"
        if self.is_free:
            return f"by chance: {allowed}"
        if self.tried:
            return (
                f"fits by construction: {allowed}; the {self.by} says: {self.refusal}"
            )
        return f"not tried on the model: {allowed}"

    def __repr__(self) -> str:
        return f"<Hypothesis {self.relation}: {self.status}>"


def _together(group: Sequence[Hypothesis]) -> str:
    """A sentence about equalities with one axis, the first in full."""
    first, more = group[0], len(group) - NAMED
    if len(group) == 1:
        return first.sentence
    names = ", ".join(hypothesis.left for hypothesis in group[:NAMED])
    names += f" and {more} more" if more > 0 else ""
    return f"{names} == {first.right}: {first.verdict}"


NAMED = 3
"""So many axes that equal the same one are named in a sentence."""

_NAME = re.compile(r"[A-Za-z_][\w.]*(?:\['[^']*'\]|\[\d+\](?=[\[.]))*[\w.]*")
"""An argument in a relation, without its axis."""


def _letters(name: str) -> str:
    """What the names of an input in calls and in programs have in common."""
    return re.sub(r"\W", "", name)


@dataclass(frozen=True, repr=False)
class Exported:
    """An exported program, and what the calls and its guards say of each other.

    Attributes:
        program: as torch.export gives it.
        dynamic_shapes: the spec it was exported with.
        args: the positional example inputs.
        kwargs: the named ones.
        findings: what the calls have in common, decided by guards.
        hypotheses: each relation, with what became of it.
        check: each recorded call held against the program.
        plan: the calls that the program is for.
        plans: all of them; each needs a program of its own.
        constants: whole numbers that were given programs of their own, by argument.
        notes: what else to know.
    """

    program: ExportedProgram
    dynamic_shapes: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    findings: Findings
    hypotheses: tuple[Hypothesis, ...]
    check: Check
    plan: Plan
    plans: tuple[Plan, ...]
    constants: Mapping[str, Iterable[int]] = field(default_factory=dict)
    notes: tuple[str, ...] = field(default=())

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """The recorded calls that the program refuses, and why."""
        return self.check.refused

    @property
    def open(self) -> tuple[str, ...]:
        """Further calls that would settle what is open."""
        return tuple(self._open())

    def _open(self) -> Iterator[str]:
        settled = {str(h.relation) for h in self.hypotheses if h.is_settled}
        for need in self.findings.needs_calls:
            if need.fits not in settled:
                yield need.message
        for hypothesis in self.hypotheses:
            if hypothesis.status != "incidental" or hypothesis.is_settled:
                continue
            shapes, relation = hypothesis.witness, hypothesis.relation
            if hypothesis.tried:
                yield (
                    f"{relation} fits by construction, and the {hypothesis.by} refuses"
                    f" {shapes}:"
                    " record one more call with other sizes"
                )
            else:
                yield f"call the model with {shapes}: that settles {relation}"

    def text(self) -> str:
        """The whole as text."""
        lines = [self._heading()]
        for title, texts in [("Hypotheses", self._said()), *self._lists()]:
            if texts:
                lines += ["", f"{title}:", *(f"  {text}" for text in texts)]
        return "\n".join(lines) + "\n"

    def _heading(self) -> str:
        count = self.check.calls
        taken = count - len(self.refused)
        return f"exported; the program takes {taken} of {count} recorded calls"

    def _said(self) -> list[str]:
        """What became of each hypothesis; what must equal the same axis together."""
        groups: dict[tuple[str, ...], list[Hypothesis]] = {}
        for hypothesis in self.hypotheses:
            relation, status = hypothesis.relation, hypothesis.status
            alike = relation.kind == "equal" and hypothesis.is_needed
            key = (status, hypothesis.right) if alike else (relation.relation,)
            groups.setdefault(key, []).append(hypothesis)
        return [_together(group) for group in groups.values()]

    def _lists(self) -> list[tuple[str, list[str]]]:
        refused = [
            f"call {r.call}: {'; '.join(r.messages)}"
            for r in self.refused
            if r.call in self.plan.calls
        ]
        return [
            ("Recorded calls that need other programs", list(self._others())),
            ("The guards also demand", list(self._also())),
            ("Recorded calls that the program refuses", refused),
            ("Open", list(self.open)),
            ("Notes", list(self.notes)),
        ]

    def _also(self) -> Iterator[str]:
        """What the guards demand beside what is needed anyway."""
        head = {h.left: h.right for h in self.hypotheses if h.is_needed}
        for guard in self.findings.discovered:
            left, _, right = guard.partition(" == ")
            if head.get(left, left) != head.get(right, right):
                yield guard

    def _others(self) -> Iterator[str]:
        """What to type for the calls that this program is not for."""
        known = f", constants={_listed(self.constants)}" if self.constants else ""
        for plan in self.plans:
            if plan is not self.plan:
                yield f"{plan}: export(model, plan={plan.number}{known})"
        if self.check.numbers:
            more = joined(self.constants, self.check.numbers)
            yield (
                "those with whole numbers that this one refuses: export_all(model), or"
                f" plans and export with constants={_listed(more)}"
            )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Exported {self._heading().removeprefix('exported; ')}>"

    def _repr_html_(self) -> str:
        rows = [
            (str(h.relation), h.status, h.sentence.partition(": ")[2])
            for h in self.hypotheses
        ]
        return html.page(
            self._heading(),
            html.table(("hypothesis", "status", "because"), rows),
            *(html.bullets(title, texts) for title, texts in self._lists()),
        )


def _listed(numbers: Mapping[str, Iterable[int]]) -> dict[str, list[int]]:
    return {name: sorted(values) for name, values in numbers.items()}
