"""Conditions of the tracer as text that says exactly what they are."""

from __future__ import annotations

from typing import Any

from sympy.printing.str import StrPrinter  # type: ignore[import-untyped]


class _Exact(StrPrinter):  # type: ignore[misc]
    """Writes a float with all the digits that tell it from its neighbours."""

    def _print_Float(self, number: Any) -> str:
        return repr(float(number))


def worded(condition: Any) -> str:
    """The text of a sympy condition, as sympy writes it but for floats.

    sympy cuts a float to 15 digits, so that a third of 6 would be less than 2.

    >>> import sympy
    >>> worded(sympy.Eq(sympy.Float(1 / 3) * sympy.Symbol("s0"), 2))
    'Eq(0.3333333333333333*s0, 2)'
    """
    text: str = _Exact().doprint(condition)
    return text
