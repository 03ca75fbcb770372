"""What a condition or a number amounts to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dimsat import _native
from dimsat.expression import Expression, Operand
from dimsat.integers import of_text
from dimsat.limits import options

_KINDS = ("always", "never", "sometimes", "contradictory", "undecided", "bounds")


@dataclass(frozen=True)
class Answer:
    """The answer to `ask`.

    Attributes:
        kind: of a condition ``"always"``, ``"never"``, ``"sometimes"``; of a number
            ``"bounds"``; of either ``"contradictory"`` (the assumptions admit
            nothing) or ``"undecided"``.
        bounds: of a number, the tightest; None on a side is no bound.
        holds: sizes where the condition holds, or None.
        breaks: sizes where it does not, or None.
        reason: why it is undecided, or None.
    """

    kind: str
    bounds: tuple[int | None, int | None] | None = None
    holds: Mapping[str, int] | None = None
    breaks: Mapping[str, int] | None = None
    reason: str | None = None


def ask(
    query: Operand,
    *,
    assume: Iterable[Operand] = (),
    budget: int | None = None,
    timeout: float | None = None,
) -> Answer:
    """What `query` amounts to where all of `assume` hold.

    Args:
        query: a condition, or a number whose tightest bounds are wanted.
        assume: conditions that are taken for granted.
        budget: steps, the same on every machine; None is 100 million.
        timeout: seconds; None is no limit.

    Raises Error where a text is no expression.

    >>> ask("4*a > a + 3", assume=["a >= 2"])
    Answer(kind='always', bounds=None, holds={'a': 2}, breaks=None, reason=None)
    >>> ask("3*a - 1", assume=["2 <= a", "a <= 9"]).bounds
    (5, 26)
    """
    if isinstance(assume, (str, Expression)):
        raise TypeError("assume is a list of conditions, not one")
    told = _native.ask(
        str(query), tuple(map(str, assume)), options(budget, timeout, True, True)
    )
    kind = _KINDS[told["kind"]]
    bounds = (_size(told["lo"]), _size(told["hi"])) if kind == "bounds" else None
    return Answer(
        kind, bounds, _sizes(told["holds"]), _sizes(told["breaks"]), told["reason"]
    )


def _size(text: str | None) -> int | None:
    return None if text is None else of_text(text)


def _sizes(texts: dict[str, str] | None) -> dict[str, int] | None:
    if texts is None:
        return None
    return {name: of_text(text) for name, text in texts.items()}
