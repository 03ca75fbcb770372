"""What becomes of each relation: guards decide, then the model, then the program."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dimsat.observe.exported import Hypothesis
from dimsat.observe.findings import Findings, Relation, Sizes
from dimsat.observe.opposite import opposite

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

    def judged(self, findings: Findings) -> Iterator[Hypothesis]:
        """What becomes of each relation.

        Sizes that break several at once go first: what takes them needs none of these.
        """
        probe = findings.probe
        taken: tuple[str, ...] = ()
        if probe and self._refusal(probe.sizes) is None:
            taken = probe.breaks
        for relation in findings.relations:
            witness = relation.witness
            if relation.relation in taken:
                yield self._other_side(relation, findings)
            elif relation.status != "incidental" or not witness or not self.left:
                yield Hypothesis(relation)
            elif said := self._tried(witness):
                yield Hypothesis(relation, tried=True, refusal=said[1], by=said[0])
            else:
                yield self._other_side(relation, findings)

    def _other_side(self, relation: Relation, findings: Findings) -> Hypothesis:
        """A relation that can be broken; maybe in one direction only."""
        free = Hypothesis(relation, tried=True)
        if relation.witness is None or relation.kind == "remainder" or not self.left:
            return free
        kept = [
            other.relation
            for other in findings.relations
            if other is not relation
            and other.relation not in relation.together
            and other.status != "refuted"
            and other.freedom > 0
        ]
        sizes = opposite(self.problem, relation.relation, relation.witness, kept)
        said = None if sizes is None else self._tried(sizes)
        if said is None:
            return free
        broken = dataclasses.replace(relation, witness=sizes, together=())
        return Hypothesis(broken, tried=True, refusal=said[1], by=said[0])

    def _tried(self, sizes: Sizes) -> tuple[str, str] | None:
        """Who refuses sizes, and what it says."""
        self.left -= 1
        return self._refusal(sizes)

    def _refusal(self, sizes: Sizes) -> tuple[str, str] | None:
        if said := self.model(sizes):
            return "model", said
        if said := self.program(sizes):
            return "program", said
        return None
