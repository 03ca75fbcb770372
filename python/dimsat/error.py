"""What is wrong with a text: the message, the place, the line with a caret."""

from __future__ import annotations


class Error(ValueError):
    r"""A text that is no problem, no expression or no size; or a limit.

    ``str`` shows it as the command does, with the line and a caret.

    Attributes:
        message: one sentence.
        source: what the text is called: a file, ``"<text>"``, ``"query"``; None
            where the error has no place.
        line: counted from 1; 0 without a place.
        column: in bytes, counted from 1; 0 without a place.
        offending: the part of the text that is underlined; may be empty.

    >>> import dimsat
    >>> try:
    ...     dimsat.Problem.parse("dim size = 2..\nguard b > 3\n")
    ... except dimsat.Error as error:
    ...     print(error)
    ...     print(error.line, error.column, error.offending)
    <text>:2:7: guard 0 speaks of 'b', which is neither a symbol, an axis nor a dim
      guard b > 3
            ^
    2 7 b
    """

    def __init__(
        self,
        message: str,
        source: str | None = None,
        line: int = 0,
        column: int = 0,
        offending: str = "",
        shown: tuple[str, int, int] | None = None,
    ) -> None:
        super().__init__(message, source, line, column, offending, shown)
        self.message = message
        self.source = source
        self.line = line
        self.column = column
        self.offending = offending
        self._shown = shown

    def __str__(self) -> str:
        if self._shown is None:
            return self.message
        text, indent, width = self._shown
        return (
            f"{self.source}:{self.line}:{self.column}: {self.message}\n"
            f"  {text}\n  {' ' * indent}{'^' * width}"
        )
