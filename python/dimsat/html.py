"""Results as HTML for notebooks: everything escaped, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from dimsat.integers import to_text

if TYPE_CHECKING:
    from dimsat.result import Piece, Result, Violation

# Colours come from the page, so that light and dark both work; grey lines show
# on either.
_TABLE = "border-collapse:collapse;margin:0.4em 0 0.8em"
_CELL = "text-align:left;vertical-align:top;padding:0.2em 0.8em;border:1px solid #8888"

_HEADINGS = {
    "ok": "the spec and the guards agree",
    "violated": "the spec promises sizes that the model refuses",
    "contradictory": "no sizes at all satisfy the guards",
    "undecided": "undecided",
}


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
        return _size(dim["value"])
    if derived.get("root") is not None:
        return _linear(derived)
    return f"{_size(dim.get('min') or 0)}..{_size(dim.get('max'))}"


def _linear(derived: Mapping[str, Any]) -> str:
    """``4*_seq - 1``"""
    scale, offset = _size(derived.get("scale", 1)), _size(derived.get("offset", 0))
    text = derived["root"] if scale == "1" else f"{scale}*{derived['root']}"
    if offset == "0":
        return str(text)
    sign = "-" if offset.startswith("-") else "+"
    return f"{text} {sign} {offset.lstrip('-')}"


def _size(size: int | str | None) -> str:
    """A size as text; none is no text."""
    if size is None:
        return ""
    return size if isinstance(size, str) else to_text(size)


def result_html(result: Result) -> str:
    """The violations, the repair before and after, the allowed sets, the rest."""
    heading = _HEADINGS[result.verdict]
    name = "" if result.name is None else f"<b>{escape(result.name)}</b>: "
    parts = [
        f"<p>{name}{heading}</p>",
        _table(
            ("demand", "place", "broken by"), map(_violation_row, result.violations)
        ),
        _table(("dim", "promised", "repaired"), _fix_rows(result)),
        _table(("dim", "sizes it may take"), _allowed_rows(result)),
        _list("No Dim can say", result.relations),
        _list("Other ways", result.alternatives),
        _list("Notes", result.notes),
    ]
    return f"<div>{''.join(parts)}</div>"


def _violation_row(violation: Violation) -> tuple[str, ...]:
    witness = violation.witness or {}
    broken = ", ".join(
        f"{name} = {_size(size)}"
        for name, size in witness.items()
        if name in violation.dims or len(witness) == 1
    )
    return violation.message, violation.at or "", broken


def _fix_rows(result: Result) -> Iterable[tuple[str, ...]]:
    if not result.fixes:
        return
    dims = {dim["name"]: dim for dim in result.problem.to_dict().get("dims", ())}
    for fix in result.fixes:
        before = definition_text(dims[fix.dim]) if fix.dim in dims else ""
        yield fix.dim, before, definition_text(fix.to_dict())


def _allowed_rows(result: Result) -> Iterable[tuple[str, ...]]:
    for dim, pieces in result.allowed.items():
        yield dim, "; ".join(map(_piece_text, pieces)) or "none"


def _piece_text(piece: Piece) -> str:
    """``4.. (multiples of 4)``"""
    if piece.min == piece.max is not None:
        return _size(piece.min)
    text = f"{_size(piece.min)}..{_size(piece.max)}"
    if piece.modulo == 1:
        return text
    if piece.residue == 0:
        return f"{text} (multiples of {_size(piece.modulo)})"
    return f"{text} ({_size(piece.residue)} modulo {_size(piece.modulo)})"


def _table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A table, or nothing where there are no rows."""
    body = "".join(
        f"<tr>{''.join(_cell('td', text) for text in row)}</tr>" for row in rows
    )
    if not body:
        return ""
    head = "".join(_cell("th", text) for text in heads)
    return f'<table style="{_TABLE}"><tr>{head}</tr>{body}</table>'


def _cell(tag: str, text: str) -> str:
    return f'<{tag} style="{_CELL}">{escape(text)}</{tag}>'


def _list(title: str, texts: Iterable[str]) -> str:
    """A list under its title, or nothing where there is nothing to list."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<p>{title}</p><ul>{items}</ul>" if items else ""
