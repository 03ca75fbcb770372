"""Expressions against Python's own evaluation."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dimsat
from dimsat import Expression

NAMES = ("a", "b", "s77")

leaves = st.sampled_from(NAMES) | st.integers(-9, 2**70).map(str)


def both(signs: str) -> st.SearchStrategy[str]:
    return st.sampled_from(signs.split())


numbers = st.recursive(
    leaves,
    lambda part: (
        st.tuples(part, both("+ - * // %"), part).map("({0[0]} {0[1]} {0[2]})".format)
        | st.tuples(both("min max"), part, part).map("{0[0]}({0[1]}, {0[2]})".format)
        | part.map("-({})".format)
    ),
    max_leaves=8,
)
comparisons = st.tuples(numbers, both("== != < <= > >="), numbers).map(
    "({0[0]} {0[1]} {0[2]})".format
)
# & and | look at both sides, as dimsat does; `and` and `or` do not.
conditions = st.recursive(
    comparisons,
    lambda part: (
        st.tuples(part, both("& |"), part).map("({0[0]} {0[1]} {0[2]})".format)
        | part.map("(not {})".format)
    ),
    max_leaves=4,
)
assignments = st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(-20, 2**66)))


@given(numbers | conditions, assignments)
def test_values_are_those_of_python(text: str, sizes: dict[str, int]) -> None:
    try:
        expected = eval(text, dict(sizes))
    except ZeroDivisionError:
        expected = None
    try:
        value = Expression(text).evaluate(sizes)
    except dimsat.Error:
        value = None
    if expected is None and value is not None:
        # What no sizes can change may be left out, such as 0 * (a // b).
        assert "//" in text or "%" in text
    else:
        assert (value, type(value)) == (expected, type(expected))


@given(numbers | conditions)
def test_the_text_is_canonical(text: str) -> None:
    try:
        expression = Expression(text)
    except dimsat.Error:
        return
    again = Expression(str(expression))
    assert again == expression
    assert (str(again), hash(again)) == (str(expression), hash(expression))
    assert again.is_condition == expression.is_condition
    assert set(expression.symbols) <= set(NAMES)


@given(numbers, numbers, assignments)
def test_operators_are_those_of_integers(
    left: str, right: str, sizes: dict[str, int]
) -> None:
    try:
        x, y = Expression(left), Expression(right)
        m, n = x.evaluate(sizes), y.evaluate(sizes)
    except dimsat.Error:
        return
    assert isinstance(m, int)
    assert isinstance(n, int)
    made = {
        x + y: m + n,
        x - y: m - n,
        x * y: m * n,
        -x: -m,
        3 + x: 3 + m,
        3 - x: 3 - m,
        3 * x: 3 * m,
        x < y: m < n,
        x <= y: m <= n,
        x > y: m > n,
        x >= y: m >= n,
        x.eq(y): m == n,
        x.ne(y): m != n,
        (x < y) & (x < 9): m < n and m < 9,
        (x < y) | (x < 9): m < n or m < 9,
        ~(x < y): not m < n,
    }
    if n != 0:
        made[x // y] = m // n
        made[x % y] = m % n
        made[7 // y] = 7 // n
        made[7 % y] = 7 % n
    for expression, value in made.items():
        assert expression.evaluate(sizes) == value


def test_long_integers() -> None:
    huge = 10**5000 + 7
    assert Expression(huge).evaluate({}) == huge
    assert Expression(-huge).evaluate({}) == -huge
    assert (Expression("a") * 2).evaluate({"a": huge}) == 2 * huge
    with pytest.raises(dimsat.Error):
        Expression("a * a").evaluate({"a": 2**65000})


def test_quotients() -> None:
    assert Expression("IntTrueDiv(a, 2)").evaluate({"a": 3}) == Fraction(3, 2)


def test_no_value() -> None:
    with pytest.raises(dimsat.Error, match="0"):
        Expression("7 // a").evaluate({"a": 0})
    with pytest.raises(dimsat.Error):
        Expression("a + b").evaluate({"a": 0})


def test_what_is_no_condition_yet() -> None:
    with pytest.raises(TypeError, match=r"dimsat\.ask"):
        bool(Expression("a") < 3)
    with pytest.raises(TypeError):
        _ = 1 < Expression("a") < 3
    assert Expression("a") != "a"


def test_operands_and_texts_of_other_kinds() -> None:
    a = Expression("a")
    assert a + "2*b" == Expression("a + 2*b")
    assert a.eq("b") == Expression("a == b")
    with pytest.raises(dimsat.Error):
        _ = a + object()  # type: ignore[operator]


def test_pickle() -> None:
    expression = Expression("a % 4 == 0")
    assert pickle.loads(pickle.dumps(expression)) == expression


def test_ask_takes_expressions() -> None:
    a = Expression("a")
    assert dimsat.ask(4 * a > a + 3, assume=[a >= 2]).kind == "always"
    assert dimsat.ask(a % 3, assume=[a >= 2]).bounds == (0, 2)
    assert dimsat.ask("a >= 0").kind == "sometimes"
    assert dimsat.ask("a > a").kind == "never"
    assert dimsat.ask("a > 1", assume=["a > 2", "a < 2"]).kind == "contradictory"
    wide = dimsat.ask(a + 10**5000, assume=[a >= 0])
    assert wide.bounds == (10**5000, None)
    with pytest.raises(TypeError, match="list"):
        dimsat.ask("a > 1", assume="a > 2")
