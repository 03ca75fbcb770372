"""The sizes nearest to those of a call that a program takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dimsat.answer import ask
from dimsat.error import Error
from dimsat.observe.places import Place

FARTHEST = 2**16
"""So many steps, over all axes together, are looked at."""

BUDGET = 20_000_000


def nearest(
    problem: Mapping[str, Any], paths: Mapping[str, str], sizes: Mapping[Place, int]
) -> dict[str, tuple[int, ...] | int] | None:
    """Sizes of all inputs that the guards allow, with the fewest steps of size 1.

    Args:
        problem: of the program; its guards speak of sources.
        paths: where each source stands in a recorded call.
        sizes: of that call.

    None where there are none near, an input is absent, or it cannot be decided.
    """
    axes: dict[str, int] = {}
    for given in problem["inputs"]:
        for axis in range(len(given["shape"])):
            size = sizes.get((paths.get(given["source"], ""), axis))
            if size is None:
                return None
            axes[f"{given['source']}.size()[{axis}]"] = size
    numbers = {}
    for symbol in problem["symbols"]:
        source = symbol["name"]
        numbers[source] = sizes.get((paths.get(source, ""), None))
    axes.update({name: value for name, value in numbers.items() if value is not None})
    guards = [guard["expr"] for guard in problem["guards"]]
    asked = [name for name in axes if any(name in guard for guard in guards)]
    found = closest(guards, {name: axes[name] for name in asked})
    if found is None:
        return None
    axes.update(found)
    shapes: dict[str, tuple[int, ...] | int] = {
        given["name"]: tuple(
            axes[f"{given['source']}.size()[{axis}]"]
            for axis in range(len(given["shape"]))
        )
        for given in problem["inputs"]
    }
    return shapes | {paths[name]: axes[name] for name in numbers if name in axes}


def closest(guards: list[str], sizes: Mapping[str, int]) -> dict[str, int] | None:
    """The assignment with the least sum of differences, by doubling and halving.

    Guards may speak of no other sizes than these. None where none is near, or it cannot
    be decided.
    """
    short = {name: f"a{n}" for n, name in enumerate(sizes)}
    guards = [worded(guard, short) for guard in guards]
    if any("L[" in guard for guard in guards):
        return None
    limits = [f"a{n} >= 0" for n, name in enumerate(sizes) if "size()" in name]
    steps = " + ".join(
        f"Max(a{n} - {s}, {s} - a{n})" for n, s in enumerate(sizes.values())
    )
    least, most, best = 0, 1, None
    while (best is None or least < most) and most <= FARTHEST:
        bound = most if best is None else (least + most) // 2
        try:
            answer = ask(
                f"{steps} <= {bound}", assume=[*guards, *limits], budget=BUDGET
            )
        except Error:
            return None
        if answer.holds is not None:
            best, most = answer.holds, bound
        elif answer.kind == "never":
            least = bound + 1
            most = most if best is not None else 2 * most
        else:
            return None
    if best is None:
        return None
    words = {word: name for name, word in short.items()}
    return {words[word]: size for word, size in best.items() if word in words}


def worded(guard: str, words: Mapping[str, str]) -> str:
    """A guard with a word for each source.

    >>> worded("L['x'].size()[0] <= 8", {"L['x'].size()[0]": "a0"})
    'a0 <= 8'
    """
    for source in sorted(words, key=len, reverse=True):
        guard = guard.replace(source, words[source])
    return guard
