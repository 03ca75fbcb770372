"""Sizes of any number of digits, as text and in JSON.

Python refuses to convert integers of more than 4,300 digits from and to decimal
text (or fewer, where the user says so); sizes may have more.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

_STEP = 500  # digits that Python always converts
_LARGEST = 2**63 - 1  # beyond it, JSON holds a string


def to_text(value: int) -> str:
    """The decimal digits of an integer, or of what has ``__index__``.

    Raises TypeError for anything else.

    >>> to_text(-12), len(to_text(10**9000))
    ('-12', 9001)
    """
    number = operator.index(value)
    if number < 0:
        return "-" + to_text(-number)
    parts = []
    while number >= 10**_STEP:
        number, rest = divmod(number, 10**_STEP)
        parts.append(f"{rest:0{_STEP}}")
    parts.append(str(number))
    return "".join(reversed(parts))


def of_text(text: str) -> int:
    """The integer that decimal digits say.

    >>> of_text("-12"), of_text("1" + "0" * 9000) == 10**9000
    (-12, True)
    """
    if text.startswith("-"):
        return -of_text(text[1:])
    head = len(text) % _STEP
    number = int(text[:head] or "0")
    for start in range(head, len(text), _STEP):
        number = number * 10**_STEP + int(text[start : start + _STEP])
    return number


def of_json(value: int | str | None) -> int | None:
    """A size of the JSON formats, where large ones are strings."""
    return of_text(value) if isinstance(value, str) else value


def to_json(value: Any) -> Any:
    """`value` with its integers as the JSON formats have them.

    What has ``__index__`` (sizes of PyTorch and numpy) becomes an integer, tuples
    become lists; anything else is left for JSON to refuse.

    >>> to_json({"min": 2, "max": 2**70})
    {'min': 2, 'max': '1180591620717411303424'}
    """
    if value is None or isinstance(value, (str, bool, float)):
        return value
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if not hasattr(value, "__index__"):
        return value
    number = operator.index(value)
    return number if -_LARGEST <= number <= _LARGEST else to_text(number)
