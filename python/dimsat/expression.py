"""Expressions over sizes, in one canonical form."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from dimsat import _native
from dimsat.integers import of_text, to_text

#: What stands in operators and questions: an expression, its text, an integer.
Operand: TypeAlias = "Expression | str | int"


class Expression:
    """A number or a condition over named sizes.

    Reads Python's and sympy's spelling, mixed freely. ``str`` is the canonical
    form: two expressions are equal when it is the same. Operators build new
    expressions, also with integers and texts; ``==`` compares, so the condition is
    ``a.eq(b)``. An expression of sympy is taken by its text.

    Raises Error where the text is no expression.

    >>> e = Expression("Eq(Mod(s0, 4), 0)")
    >>> e
    Expression('s0 % 4 == 0')
    >>> e == Expression("0 == s0 % 4")
    True
    >>> e.symbols, e.is_condition, e.evaluate({"s0": 8})
    (('s0',), True, True)
    >>> a = Expression("a")
    >>> str(2 * a + 1 < a // 3), str((a % 4).eq(0) & ~(a > 9))
    ('2*a + 2 <= a // 3', 'a % 4 == 0 and a <= 9')
    """

    __slots__ = ("_is_condition", "_symbols", "_text")
    _text: str
    _is_condition: bool
    _symbols: tuple[str, ...]

    def __init__(self, text: Operand) -> None:
        source = to_text(text) if isinstance(text, int) else str(text)
        self._text, is_condition, symbols = _native.expression(source)
        self._is_condition = bool(is_condition)
        self._symbols = tuple(sorted(symbols))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names it speaks of, sorted."""
        return self._symbols

    @property
    def is_condition(self) -> bool:
        """Whether it is true or false, and not a number."""
        return self._is_condition

    def evaluate(self, sizes: Mapping[str, int]) -> int | bool | Fraction:
        """Its exact value where each symbol has a size.

        Raises Error where it has none: a divisor is 0, a symbol has no size.

        >>> Expression("-7 // a").evaluate({"a": 2})
        -4
        """
        names = tuple(sizes)
        values = tuple(to_text(sizes[name]) for name in names)
        text = _native.value(self._text, names, values)
        if text in ("True", "False"):
            return text == "True"
        numerator, slash, denominator = text.partition("/")
        if slash:
            return Fraction(of_text(numerator), of_text(denominator))
        return of_text(numerator)

    def eq(self, other: Operand) -> Expression:
        """The condition that both are the same number."""
        return self._join("==", other)

    def ne(self, other: Operand) -> Expression:
        """The condition that they are different numbers."""
        return self._join("!=", other)

    def _join(self, sign: str, other: Operand) -> Expression:
        """Both with `sign` between them."""
        return Expression(f"({self}) {sign} ({Expression(other)})")

    def __add__(self, other: Operand) -> Expression:
        return self._join("+", other)

    def __radd__(self, other: int) -> Expression:
        return Expression(other)._join("+", self)

    def __sub__(self, other: Operand) -> Expression:
        return self._join("-", other)

    def __rsub__(self, other: int) -> Expression:
        return Expression(other)._join("-", self)

    def __mul__(self, other: Operand) -> Expression:
        return self._join("*", other)

    def __rmul__(self, other: int) -> Expression:
        return Expression(other)._join("*", self)

    def __floordiv__(self, other: Operand) -> Expression:
        return self._join("//", other)

    def __rfloordiv__(self, other: int) -> Expression:
        return Expression(other)._join("//", self)

    def __mod__(self, other: Operand) -> Expression:
        return self._join("%", other)

    def __rmod__(self, other: int) -> Expression:
        return Expression(other)._join("%", self)

    def __neg__(self) -> Expression:
        return Expression(f"-({self})")

    def __lt__(self, other: Operand) -> Expression:
        return self._join("<", other)

    def __le__(self, other: Operand) -> Expression:
        return self._join("<=", other)

    def __gt__(self, other: Operand) -> Expression:
        return self._join(">", other)

    def __ge__(self, other: Operand) -> Expression:
        return self._join(">=", other)

    def __and__(self, other: Operand) -> Expression:
        return self._join("and", other)

    def __or__(self, other: Operand) -> Expression:
        return self._join("or", other)

    def __invert__(self) -> Expression:
        return Expression(f"not ({self})")

    def __bool__(self) -> bool:
        raise TypeError(
            "an expression is neither true nor false before its sizes are known: "
            "combine conditions with & | ~, and ask dimsat.ask whether one holds"
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Expression({self._text!r})"
