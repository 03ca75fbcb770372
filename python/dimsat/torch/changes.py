"""What a repair changed, one sentence for each dim."""

from __future__ import annotations

from typing import Any

from dimsat.torch.dims import Line, is_dim, is_hint, line_of, root_of, upper
from dimsat.torch.spec import Leaf, Spec


def changes(before: Spec, after: Spec) -> list[str]:
    """One line for each dim of the old spec, and each lone axis, that is different now.

    Both are specs of the same arguments.  A line reads ``seq = 4*_seq, _seq = 1..
    (was 2..)``.
    """
    lines: dict[str, str] = {}
    for old, new in zip(before.leaves, after.leaves, strict=True):
        subject = _subject(old)
        was, now = _meaning(old, subject), _meaning(new, subject)
        if was != now:
            lines.setdefault(subject, f"{subject} = {now} (was {was})")
    return list(lines.values())


def _subject(leaf: Leaf) -> str:
    """What a change of this entry is a change of: the dim, or just the axis."""
    if is_dim(leaf.entry) and line_of(leaf.entry) == Line(root_of(leaf.entry).__name__):
        return line_of(leaf.entry).root
    return leaf.source


def _meaning(leaf: Leaf, subject: str) -> str:
    entry = leaf.entry
    if is_hint(entry):
        return _hint_text(entry)
    if not is_dim(entry):
        return "static" if entry is None else str(entry)
    root, line = root_of(entry), line_of(entry)
    span = _range_text(int(root.min), upper(root.max))
    if line == Line(subject):
        return span
    return f"{line}, {line.root} = {span}"


def _hint_text(hint: Any) -> str:
    bounds = [f"{key}={int(b)}" for key in ("min", "max") if (b := getattr(hint, key))]
    return f"Dim.{hint.type.name}" + (f"({', '.join(bounds)})" if bounds else "")


def _range_text(least: int, most: int | None) -> str:
    return f"{least}..{'' if most is None else most}"
