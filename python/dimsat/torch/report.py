"""What dimsat has to say about one export."""

from __future__ import annotations

import html
import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dimsat.problem import Problem
from dimsat.result import Fix, Result
from dimsat.torch import places

if TYPE_CHECKING:
    from dimsat.torch.recording import Recording

_COLOUR = re.compile("\033\\[[0-9;]*m")
_INDENT = "     "
_SHOWN_MOST = 160
_WIDTH = 100


@dataclass(frozen=True, repr=False, eq=False)
class Report:
    """One export explained; ``print(report)`` shows it.

    A report is true like any other object; whether spec and model agree is `ok`.

    Attributes:
        name: of the model, or None.
        problem: what was promised, traced and relied on; None where the export
            failed before its spec could be read.
        result: what dimsat found, None without a problem.
        dynamic_shapes: the user's spec, repaired, in the same nested structure;
            None where nothing needs repair, nothing can be, or the spec is unknown.
        code: the same as Python text to paste; without the spec, the repaired dims.
        error: PyTorch's own exception, None where the export succeeded.
        notes: what else is worth knowing, beside the notes of `result`.
        recording: all that was recorded, None for a report about a text.
    """

    name: str | None
    problem: Problem | None
    result: Result | None
    dynamic_shapes: Any = None
    code: str | None = None
    error: BaseException | None = None
    notes: tuple[str, ...] = ()
    recording: Recording | None = field(default=None)

    @property
    def verdict(self) -> str:
        """``"ok"``, ``"violated"``, ``"contradictory"`` or ``"undecided"``."""
        return self.result.verdict if self.result else "undecided"

    @property
    def ok(self) -> bool:
        """Whether the export succeeded and refuses nothing that the spec promises."""
        return self.error is None and self.verdict == "ok"

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """The dims that change and new roots; empty where nothing does."""
        return self.result.fixes if self.result else ()

    def text(self, *, color: bool = False) -> str:
        """The report as the command prints it, with the user's own source lines."""
        return "\n".join(self._sections(color)).rstrip("\n") + "\n"

    def _sections(self, color: bool) -> Iterator[str]:
        if self.error and self.verdict == "ok":
            yield f"{self.name or 'the export'} failed: {first_paragraph(self.error)}\n"
        if self.result:
            yield self._findings(self.result, color)
        elif self.error:
            yield f"{self.name or 'the export'}: {first_paragraph(self.error)}\n"
        if self.code and self.dynamic_shapes is not None:
            yield "dynamic_shapes, repaired:\n" + _indented(self.code, "  ") + "\n"
        if self.notes:
            yield "About this export:\n" + "\n".join(_bullets(self.notes)) + "\n"

    def _findings(self, result: Result, color: bool) -> str:
        if self.recording is None:
            return result.text(color=color, source_root=os.getcwd())
        text = result.text(color=color)
        if self.dynamic_shapes is not None and result.fixes:
            text = text.replace(f"\n{result.torch_text()}", "")  # paste `code` instead
        return with_source_lines(text, result)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        found = repr(self.result)[len("<Result ") : -1] if self.result else self.verdict
        return f"<Report {self.name + ': ' if self.name else ''}{found}>"

    def _repr_html_(self) -> str:
        parts = [self.result._repr_html_() if self.result else ""]
        if self.error and not self.result:
            parts.append(f"<p>{html.escape(first_paragraph(self.error))}</p>")
        if self.code:
            parts.append(f"<pre>{html.escape(self.code)}</pre>")
        items = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        parts.append(f"<ul>{items}</ul>" if items else "")
        return f"<div>{''.join(parts)}</div>"


def with_source_lines(text: str, result: Result) -> str:
    """The text of a result with each violation's own line of code under it."""
    waiting = list(enumerate(result.violations, start=1))
    lines = []
    for line in text.split("\n"):
        lines.append(line)
        if not waiting:
            continue
        number, violation = waiting[0]
        if _COLOUR.sub("", line).startswith(f"{number}. {violation.message}"):
            waiting.pop(0)
            place = places.find(violation.at or "")
            source = place.source_line() if place else ""
            if place and source.strip():
                shown = source.expandtabs()[:_SHOWN_MOST]
                lines.append(f"{_INDENT}{place.line} | {shown}")
    return "\n".join(lines)


def first_paragraph(error: BaseException) -> str:
    """The message of `error` without what PyTorch adds about other tools."""
    text = str(error).split("\n\nThe error above occurred when calling")[0]
    return text.strip() or type(error).__name__


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else "" for line in text.splitlines())


def _bullets(notes: tuple[str, ...]) -> Iterator[str]:
    for note in notes:
        yield textwrap.fill(
            note,
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
