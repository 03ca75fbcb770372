"""What a dim is, as short text: ``4..511``, ``4*_seq - 1``, ``8``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dimsat.integers import to_text


def definition_text(dim: Mapping[str, Any]) -> str:
    """What a dim is, by a fix or by the ``dims`` of a problem.

    >>> definition_text({"min": 4, "max": 511})
    '4..511'
    >>> definition_text({"root": "_seq", "scale": 4, "offset": -1})
    '4*_seq - 1'
    """
    derived = dim.get("derived", dim)
    if isinstance(derived, str):
        return derived
    if dim.get("value") is not None:
        return size_text(dim["value"])
    if derived.get("root") is not None:
        return _linear(derived)
    return f"{size_text(dim.get('min') or 0)}..{size_text(dim.get('max'))}"


def _linear(derived: Mapping[str, Any]) -> str:
    """``4*_seq - 1``"""
    scale, offset = (
        size_text(derived.get("scale", 1)),
        size_text(derived.get("offset", 0)),
    )
    text = derived["root"] if scale == "1" else f"{scale}*{derived['root']}"
    if offset == "0":
        return str(text)
    sign = "-" if offset.startswith("-") else "+"
    return f"{text} {sign} {offset.lstrip('-')}"


def size_text(size: int | str | None) -> str:
    """A size as text; none is no text."""
    if size is None:
        return ""
    return size if isinstance(size, str) else to_text(size)
