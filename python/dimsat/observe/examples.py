"""Sizes to export with, in the order in which they are tried."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dimsat.observe.findings import Findings
from dimsat.observe.places import Place, column, sizes_of


@dataclass(frozen=True)
class Example:
    """Sizes; ``joined`` are axes that took the size of another one."""

    sizes: dict[Place, int]
    joined: tuple[Place, ...] = ()
    note: str | None = None


def examples(findings: Findings, recording: Mapping[str, Any]) -> Iterator[Example]:
    """The sizes that the solver picked.

    The same where axes that the calls tell little of follow those that they were equal
    to.
    """
    if findings.example is not None:
        picked = _picked(findings, findings.example)
        yield Example(picked)
        joined = _joined(findings, recording, picked)
        if joined:
            text = ", ".join(map(column, joined))
            note = f"{text}: as long as axes that had the same size in each call"
            yield Example({**picked, **joined}, tuple(joined), note)


def recorded_example(findings: Findings, recording: Mapping[str, Any]) -> Example:
    """The sizes of one call."""
    recorded: dict[Place, int] = {
        (given["name"], axis): int(size)
        for given in findings.problem.to_dict().get("inputs", ())
        for axis, size in enumerate(given.get("hint", ()))
    }
    recorded |= _numbers(recording, recorded)
    return Example(recorded, (), "traced with the sizes of a recorded call")


def _numbers(
    recording: Mapping[str, Any], recorded: Mapping[Place, int]
) -> dict[Place, int]:
    """The whole numbers of the call that had these sizes."""
    signature = recording["signature"]
    for call in recording["observations"]:
        sizes = sizes_of(signature, call)
        if all(sizes.get(place) == size for place, size in recorded.items()):
            return {place: size for place, size in sizes.items() if place[1] is None}
    return {}


def _picked(findings: Findings, example: Mapping[str, int]) -> dict[Place, int]:
    sizes: dict[Place, int] = {}
    for axis in findings.axes:
        size = axis.static if axis.name is None else example.get(axis.name)
        if size is not None:
            sizes[axis.argument, axis.axis] = size
    return sizes


def _joined(
    findings: Findings, recording: Mapping[str, Any], picked: dict[Place, int]
) -> dict[Place, int]:
    """Axes that had one size where they were there, and another axis the same one.

    A mask that only one batch needed is as long as that batch, not always 2.
    """
    signature = recording["signature"]
    calls = [sizes_of(signature, call) for call in recording["observations"]]
    seen = {place: [call.get(place) for call in calls] for place in picked}
    varied = [a for a in findings.axes if a.name and len({*a.values} - {None}) > 1]
    found = {}
    for place, values in seen.items():
        there = [n for n, value in enumerate(values) if value is not None]
        if len({values[n] for n in there}) != 1 or len(there) == len(calls):
            continue
        for axis in sorted(varied, key=lambda a: a.axis != place[1]):
            other = seen.get((axis.argument, axis.axis), [])
            if all(other[n] == values[n] for n in there):
                found[place] = picked[axis.argument, axis.axis]
                break
    return found


SUBSETS = 4
"""So many parts of the calls are looked at."""


def alike(findings: Findings) -> list[tuple[int, ...]]:
    """Calls in which two sizes of one argument agree that differ in others.

    A model goes another way from some size on: a cache with a window is as long as what
    it has seen, until the window is full.  Sizes that follow from such calls alone are
    on one way.  The largest parts are first.
    """
    found: dict[tuple[int, ...], None] = {}
    classes = {a.name: a for a in findings.axes if a.name and a.values}
    for one, other in itertools.combinations(classes.values(), 2):
        if re.split(r"\W", one.argument)[0] != re.split(r"\W", other.argument)[0]:
            continue
        pairs = list(zip(one.values, other.values, strict=True))
        same = tuple(n for n, (a, b) in enumerate(pairs) if a == b)
        sizes = {a for a, b in pairs if a == b and a is not None}
        if len(sizes) > 2 and len(same) < len(pairs):
            found[same] = None
    return sorted(found, key=len, reverse=True)[:SUBSETS]
