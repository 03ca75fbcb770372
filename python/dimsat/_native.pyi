"""The C library behind the package: functions of text, no policy.

A problem is the tuple (text, source, line, is_json, strict, name): what is read,
what errors call it, the line that it starts at, whether it is JSON for certain,
whether unknown keys are errors, and the name where the text gives none.

All functions raise dimsat.Error where a text is wrong, and MemoryError.
"""

from typing import TypeAlias, TypedDict

_Problem: TypeAlias = tuple[str | bytes, str, int, bool, bool, str | None]
_Options: TypeAlias = tuple[int, float, bool, bool]  # steps, seconds, native, z3

VERSION: str

class _Answer(TypedDict):
    kind: int  # dimsat_answer_kind
    lo: str | None
    hi: str | None
    reason: str | None
    holds: dict[str, str] | None
    breaks: dict[str, str] | None

class Solution:
    """A result and its context, which ends with it."""

    def report(
        self, form: int, color: bool, stats: bool, source_root: str | None, /
    ) -> str:
        """The result as text (form 0), JSON (1) or for PyTorch (2)."""

def read(problem: _Problem, /) -> str | None:
    """Checks that the text is a problem; its name."""

def write(problem: _Problem, as_dims: bool, /) -> str:
    """The problem as a line of JSON, or as .dims."""

def imported(text: str | bytes, /) -> str | None:
    """The problems of another tool's text as JSON Lines; None where it is none."""

def records(text: str | bytes, /) -> list[tuple[str, int, bool, bool]]:
    """Text, first line, is_json and whether it is one of several lines, of each."""

def evaluate(problem: _Problem, sizes: str, /) -> list[str]:
    """What refuses the sizes "x=[2, 3], s=4"."""

def solve(problem: _Problem, suggest: bool, options: _Options, /) -> Solution:
    """Checks or repairs, in a thread of its own; signals are handled meanwhile."""

def ask(query: str, assume: tuple[str, ...], options: _Options, /) -> _Answer:
    """What a query amounts to, in a thread of its own."""

def expression(text: str, /) -> tuple[str, int, list[str]]:
    """Canonical text, whether it is a condition, and its symbols in any order."""

def value(text: str, names: tuple[str, ...], values: tuple[str, ...], /) -> str:
    """The value of an expression as text."""

def observe(
    calls: str | bytes, program: _Problem | None, options: _Options, /
) -> tuple[str, str]:
    """What recorded calls have in common, as text and as JSON.

    Where a program is given, with what its guards say.  In a thread of its own.
    """
