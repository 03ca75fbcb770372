"""Results as HTML for notebooks: everything escaped, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from dimsat.definition import definition_text, size_text

if TYPE_CHECKING:
    from dimsat.result import Piece, Result, Violation

# Colours come from the page, so that light and dark both work; grey lines show
# on either.
_TABLE = "border-collapse:collapse;margin:0.4em 0 0.8em"
_CELL = "text-align:left;vertical-align:top;padding:0.2em 0.8em;border:1px solid #8888"


def result_html(result: Result) -> str:
    """The violations, the repair before and after, the allowed sets, the rest."""
    heading, _, _ = result.text().partition("\n")
    return page(
        heading,
        table(("demand", "place", "broken by"), map(_violation_row, result.violations)),
        table(("dim", "promised", "repaired"), _fix_rows(result)),
        table(("dim", "sizes it may take"), _allowed_rows(result)),
        bullets("Relations between dims", result.relations),
        bullets("Other ways", result.alternatives),
        bullets("Notes", result.notes),
    )


def page(heading: str, *parts: str) -> str:
    """A heading over parts."""
    return f"<div><p><b>{escape(heading)}</b></p>{''.join(parts)}</div>"


def _violation_row(violation: Violation) -> tuple[str, ...]:
    witness = violation.witness or {}
    broken = ", ".join(
        f"{name} = {size_text(size)}"
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
        return size_text(piece.min)
    text = f"{size_text(piece.min)}..{size_text(piece.max)}"
    if piece.modulo == 1:
        return text
    if piece.residue == 0:
        return f"{text} (multiples of {size_text(piece.modulo)})"
    return f"{text} ({size_text(piece.residue)} modulo {size_text(piece.modulo)})"


def table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
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


def bullets(title: str, texts: Iterable[str]) -> str:
    """A list under its title, or nothing where there is nothing to list."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<p>{title}</p><ul>{items}</ul>" if items else ""
