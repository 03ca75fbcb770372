"""What one entry of a spec says: a Dim, a derived Dim, a hint, a number, nothing.

PyTorch keeps a derived Dim as a function of its root.  Here it is the line
``scale*root + offset``, which is all that function can be.
"""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import Any

from torch.export import Dim

from dimsat.torch.internals import DerivedDim, DimHint, int_oo

RESERVED = {*keyword.kwlist, "auto", "dynamic", "static", "null", "oo", "int_oo"}
"""Words that a Dim may be called, but no dim in a problem."""


@dataclass(frozen=True)
class Line:
    """The axis has the size ``scale*root + offset``; ``root`` is a Dim's name."""

    root: str
    scale: int = 1
    offset: int = 0

    def __str__(self) -> str:
        text = self.root if self.scale == 1 else f"{self.scale}*{self.root}"
        if self.offset == 0:
            return text
        return f"{text} {'+' if self.offset > 0 else '-'} {abs(self.offset)}"

    def at(self, size: int) -> int:
        """The axis when the root has this size.

        >>> Line("h", 2, 1).at(4)
        9
        """
        return self.scale * size + self.offset

    def of(self, inner: Line) -> Line:
        """This line where its root is itself a line.

        >>> str(Line("h", 2).of(Line("_h", 2, 1)))
        '4*_h + 2'
        """
        return Line(inner.root, self.scale * inner.scale, self.at(inner.offset))


def is_dim(entry: object) -> bool:
    """True for ``Dim("n")`` and ``2*Dim("n")``, false for hints and numbers."""
    return isinstance(entry, Dim)


def is_hint(entry: object) -> bool:
    """True for ``Dim.AUTO``, ``Dim.DYNAMIC`` and ``Dim.STATIC``, also with a range."""
    return isinstance(entry, DimHint)


def root_of(dim: Dim) -> Dim:
    """The Dim that a derived Dim follows; a Dim that follows none is its own root."""
    return dim.root if isinstance(dim, DerivedDim) else dim


def line_of(dim: Dim) -> Line:
    """The line that a Dim stands for.

    >>> str(line_of(2 * Dim("h") + 1))
    '2*h + 1'
    """
    if not isinstance(dim, DerivedDim):
        return Line(dim.__name__)
    offset = int(dim.fn(0))
    scale = int(dim.fn(1)) - offset
    return Line(dim.root.__name__, scale, offset)


def derive(root: Dim, line: Line) -> Dim:
    """A Dim object for a line over this root; the root itself where nothing changes.

    >>> derive(Dim("h"), Line("h", 2, 1))
    2*h + 1
    """
    dim = root if line.scale == 1 else root * line.scale
    if line.offset > 0:
        return dim + line.offset
    return dim if line.offset == 0 else dim - abs(line.offset)


def hint_like(hint: Any, least: int, most: int | None) -> Any:
    """A hint of the same kind with this range.

    >>> hint_like(Dim.DYNAMIC, 0, 8)
    DimHint(DYNAMIC, max=8)
    """
    plain = getattr(Dim, hint.type.name)
    if least <= 0 and most is None:
        return plain
    return plain(min=least if least > 0 else None, max=most)


def upper(value: Any) -> int | None:
    """An upper bound as a number, None where there is none."""
    return None if value is None or value == int_oo else int(value)


def known_as(name: str) -> str:
    """The name of a Dim in a problem: its own, or one that means nothing else there.

    >>> known_as("seq"), known_as("if")
    ('seq', 'if_')
    """
    return f"{name}_" if name.rstrip("_") in RESERVED else name


def shape_entry(entry: Any) -> Any:
    """One entry of the user's spec as the problem format writes it.

    >>> shape_entry(Dim.AUTO(min=2, max=8))
    {'hint': 'AUTO', 'min': 2, 'max': 8}
    """
    if isinstance(entry, DimHint):
        hint: dict[str, Any] = {"hint": entry.type.name}
        if entry.min is not None:
            hint["min"] = int(entry.min)
        if entry.max is not None:
            hint["max"] = upper(entry.max)
        return hint
    if isinstance(entry, Dim):
        line = line_of(entry)
        return str(Line(known_as(line.root), line.scale, line.offset))
    return None if entry is None else int(entry)
