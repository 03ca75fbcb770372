"""What becomes of each relation: guards decide, then the model, then the program."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dimsat.observe.exported import Hypothesis
from dimsat.observe.findings import Findings, Relation, Sizes
from dimsat.observe.opposite import breaks, opposite

PROBES = 24
"""So many sizes are tried on the model that its guards allow and calls did not show."""


@dataclasses.dataclass
class Judge:
    """Holds relations against guards, and tries sizes where these allow more.

    Attributes:
        problem: of the trace, as `opposite` takes it.
        model: what the model says to sizes that it does not take, else None.
        program: what the traced program says to them, which takes them by its guards.
        left: how many sizes may still be tried.
    """

    problem: Mapping[str, Any]
    model: Callable[[Sizes], str | None]
    program: Callable[[Sizes], str | None]
    left: int = PROBES
    _known: dict[tuple[Any, ...], tuple[str, str] | None] = dataclasses.field(
        default_factory=dict, init=False
    )
    _others: dict[tuple[Any, ...], Sizes | None] = dataclasses.field(
        default_factory=dict, init=False
    )

    def judged(self, findings: Findings) -> Iterator[Hypothesis]:
        """What becomes of each relation.

        Sizes that break several at once go first: what takes them needs none of these.
        """
        probe = findings.probe
        taken: tuple[str, ...] = ()
        if probe and self._refusal(probe.sizes) is None:
            taken = probe.breaks
        for relation in findings.relations:
            witness = relation.witness or {}
            if relation.relation in taken:
                yield self._other_side(relation, findings)
            elif relation.status != "incidental" or not self._can_try(witness):
                yield Hypothesis(relation)
            elif said := self._refusal(witness):
                yield Hypothesis(relation, tried=True, refusal=said[1], by=said[0])
            else:
                yield self._other_side(relation, findings)

    def _other_side(self, relation: Relation, findings: Findings) -> Hypothesis:
        """A relation that can be broken; maybe in one direction only."""
        free = Hypothesis(relation, tried=True)
        if relation.witness is None or relation.kind == "remainder":
            return free
        if not self.left and _key(relation.witness) not in self._others:
            return Hypothesis(relation)
        sizes = self._opposite(relation, relation.witness, findings)
        if sizes is None:
            return free
        if not self._can_try(sizes):
            return Hypothesis(relation)
        said = self._refusal(sizes)
        if said is None:
            return free
        broken = dataclasses.replace(relation, witness=sizes, together=())
        return Hypothesis(broken, tried=True, refusal=said[1], by=said[0])

    def _opposite(
        self, relation: Relation, witness: Sizes, findings: Findings
    ) -> Sizes | None:
        """Sizes that break it the other way round.

        Relations that one witness breaks together are mostly broken together so too.
        """
        key = _key(witness)
        known = self._others.get(key)
        if known is not None and breaks(self.problem, relation.relation, known):
            return known
        kept = [
            other.relation
            for other in findings.relations
            if other is not relation
            and other.relation not in relation.together
            and other.status != "refuted"
            and other.freedom > 0
        ]
        self._others[key] = opposite(self.problem, relation.relation, witness, kept)
        return self._others[key]

    def _can_try(self, sizes: Sizes) -> bool:
        """Whether it is known what becomes of sizes, or they may still be tried."""
        return bool(sizes) and (self.left > 0 or _key(sizes) in self._known)

    def _refusal(self, sizes: Sizes) -> tuple[str, str] | None:
        """Who refuses sizes, and what it says; the same ones are tried once."""
        key = _key(sizes)
        if key not in self._known:
            self.left -= 1
            self._known[key] = self._tried(sizes)
        return self._known[key]

    def _tried(self, sizes: Sizes) -> tuple[str, str] | None:
        if said := self.model(sizes):
            return "model", said
        if said := self.program(sizes):
            return "program", said
        return None


def _key(sizes: Sizes) -> tuple[Any, ...]:
    return tuple(sorted(sizes.items()))
