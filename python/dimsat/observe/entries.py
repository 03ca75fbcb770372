"""What a spec says of each axis, once guards have decided the hypotheses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from torch.export import Dim

from dimsat.observe.exported import Hypothesis
from dimsat.observe.findings import Axis, Findings
from dimsat.observe.places import Place, column


def dynamic_places(findings: Findings) -> list[Place]:
    """Where sizes varied or are declared to."""
    return [(axis.argument, axis.axis) for axis in findings.axes if axis.name]


def entries(
    findings: Findings,
    hypotheses: Sequence[Hypothesis],
    joined: Sequence[Place] = (),
    symbols: Mapping[Place, Any] | None = None,
) -> dict[Place, Any]:
    """An entry for each place that is dynamic.

    Axes of one class share a Dim, unless the program and the model take them apart.
    What follows from several sizes is left to the tracer, which finds the same; and so
    are whole numbers, what follows from another size if neither guards nor model
    decided that, and axes whose sizes only the example has `joined`.  Axes that the
    tracer gave one of its `symbols` belong together whatever else.
    """
    free = {h.left for h in hypotheses if h.is_free}
    unsure = {h.left for h in hypotheses if not h.is_settled and not h.tried}
    found: dict[Place, Any] = dict.fromkeys(joined, Dim.AUTO)
    dims = _Dims(findings)
    owner: dict[Any, str] = {}
    for axis in findings.axes:
        place = (axis.argument, axis.axis)
        if axis.name is None:
            continue
        if axis.axis is None:
            found[place] = Dim.AUTO
        elif column(place) in free and not _stands_for(axis, findings):
            symbol = (symbols or {}).get(place, place)
            found[place] = dims.alone(owner.setdefault(symbol, column(place)))
        elif _head(axis, findings) in free:
            found[place] = dims.alone(axis.name)
        elif _head(axis, findings) in unsure:
            found[place] = Dim.AUTO
        else:
            found[place] = dims.of(axis.name)
    return found


def _stands_for(axis: Axis, findings: Findings) -> bool:
    """Whether this is the first of its class, which the others are compared with."""
    return column((axis.argument, axis.axis)) == _head(axis, findings)


def _head(axis: Axis, findings: Findings) -> str:
    """The first axis of the same class."""
    found = next(other for other in findings.axes if other.name == axis.name)
    return column((found.argument, found.axis))


class _Dims:
    """What the spec that the calls suggest says of each class, as objects."""

    def __init__(self, findings: Findings) -> None:
        problem = findings.problem.to_dict()
        self._dims = {dim["name"]: dim for dim in problem.get("dims", ())}
        self._made: dict[str, Any] = {}

    def of(self, name: str) -> Any:
        """A Dim, or one that follows from another; AUTO where no Dim can say it."""
        if name not in self._dims:
            return Dim.AUTO
        line = self._dims[name].get("derived")
        if line is None:
            return self.alone(name)
        scale, offset = int(line["scale"]), int(line["offset"])
        root = self.alone(line["root"])
        scaled = root if scale == 1 else scale * root
        return scaled + offset if offset else scaled

    def alone(self, name: str) -> Any:
        """A Dim of its own, from size 0 on; the same one for the same name."""
        if name not in self._made:
            word = re.sub(r"\W+", "_", name).strip("_")
            self._made[name] = Dim(word, min=0)
        return self._made[name]
