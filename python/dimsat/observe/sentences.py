"""What a program says to a call, in the names of calls; needs no PyTorch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dimsat.observe.nearest import worded

_NUMBER = re.compile(r"^guard \d+: ")

_PLACE = " (on entry)"


def plainly(messages: Iterable[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences about the guards of a program, each demand once.

    Args:
        messages: as the library words them, with numbers and sources of guards.
        columns: what calls call each source.

    >>> x, y = "L['x'].size()[0]", "L['y'].size()[0]"
    >>> value = "does not hold: x[0] is 2 and y[0] is 3 (on entry)"
    >>> messages = [f"guard 1: {x} == {y} {value}", f"guard 4: {y} == {x} {value}"]
    >>> plainly(messages, {x: "x[0]", y: "y[0]"})
    ('x[0] == y[0] does not hold: x[0] is 2 and y[0] is 3',)
    """
    said: dict[frozenset[str], str] = {}
    for message in messages:
        text = worded(_NUMBER.sub("", message).removesuffix(_PLACE), columns)
        sides = text.partition(" does not hold: ")[0].split(" == ")
        said.setdefault(frozenset(sides), text)
    return tuple(said.values())
