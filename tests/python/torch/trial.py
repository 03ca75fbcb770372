"""One export, tried as it stands and round by round with PyTorch's own suggestions."""

from __future__ import annotations

import contextlib
import logging
import signal
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from modules import Built, Case
from torch.export.dynamic_shapes import refine_dynamic_shapes_from_suggested_fixes


class OutOfTime(BaseException):
    """An export took longer than it may; no ``except Exception`` swallows it."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Ends what runs inside with OutOfTime after so many seconds."""

    def ring(*_: Any) -> None:
        raise OutOfTime(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """PyTorch's warnings and log lines stay away from the table."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@dataclass
class Outcome:
    """What one call of ``torch.export.export`` gave."""

    program: Any = None
    error: BaseException | None = None
    seconds: float = 0.0

    @property
    def message(self) -> str:
        """The text that PyTorch's documentation hands to its refine helper."""
        text = getattr(self.error, "msg", None)
        return text if isinstance(text, str) else str(self.error)

    @property
    def brief(self) -> str:
        """Kind and first line of the error."""
        lines = str(self.error).strip().splitlines() or [""]
        return f"{type(self.error).__name__}: {lines[0][:160]}"


def export(built: Built, case: Case, shapes: Any, seconds: float = 60) -> Outcome:
    """Exports a freshly built case with this spec; never raises for a failed export."""
    torch._dynamo.reset()
    started = time.perf_counter()
    outcome = Outcome()
    try:
        with quiet(), at_most(seconds), torch.no_grad():
            outcome.program = torch.export.export(
                built.module,
                built.args,
                built.kwargs,
                dynamic_shapes=shapes,
                strict=case.strict,
                **case.options,
            )
    except (Exception, OutOfTime) as error:
        outcome.error = error
    outcome.seconds = time.perf_counter() - started
    return outcome


@dataclass
class Baseline:
    """PyTorch alone: rounds is 0 for an export that needs nothing, None for never."""

    rounds: int | None
    first: Outcome
    last: Outcome
    note: str = ""


def baseline(case: Case, limit: int = 4) -> Baseline:
    """Exports, applies what PyTorch suggests, exports again, at most `limit` times."""
    built = case.build()
    shapes = built.dynamic_shapes
    first = last = export(built, case, shapes)
    for round_number in range(limit + 1):
        if last.error is None:
            return Baseline(round_number, first, last)
        try:
            with quiet():
                shapes = refine_dynamic_shapes_from_suggested_fixes(
                    last.message, shapes
                )
        except Exception as error:
            note = f"its text cannot be applied: {type(error).__name__}"
            return Baseline(None, first, last, note)
        last = export(case.build(), case, shapes)
    return Baseline(None, first, last, f"not after {limit} rounds")
