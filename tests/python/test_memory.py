"""Memory: what ends gives all of it back."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import hard
import pytest

import dimsat
from dimsat import Expression, Problem

TEXT = """\
dim batch = 1..64
dim seq
input x: [batch, seq, auto] = [8, 16, 7]
guard x[1] % 4 == 0           # at model.py:12 in forward
guard x[0] != 3
"""
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """Bytes that this process holds."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def growth(work: Callable[[], object], count: int) -> int:
    """How many bytes more are held after `count` times, warmed up."""
    for _ in range(count // 10):
        work()
    before = resident()
    for _ in range(count):
        work()
    return resident() - before


def fail() -> None:
    with contextlib.suppress(dimsat.Error):
        Problem.parse("dim a = 2..\nguard b % 4 == 0 and a > 3")


def use_result() -> None:
    result = dimsat.suggest(TEXT)
    result.text(color=True)
    result.torch_text()


problem = Problem.parse(TEXT)
works: dict[str, tuple[Callable[[], object], int]] = {
    "problems": (lambda: Problem.parse(TEXT).check(), 100_000),
    "results": (use_result, 10_000),
    "errors": (fail, 50_000),
    "expressions": (lambda: Expression("a % 4") + 1, 50_000),
    "values": (lambda: Expression("a % 4 == 0").evaluate({"a": 2**80}), 50_000),
    "sizes": (lambda: problem.evaluate({"x": [3, 5, 7]}), 50_000),
    "texts": (lambda: Problem.from_dict(problem.to_dict()).to_dims(), 20_000),
    "questions": (lambda: dimsat.ask("a % 4 == 1", assume=["a > 2"]), 20_000),
}


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="needs Linux, to count memory"
)
@pytest.mark.parametrize("name", works)
def test_nothing_piles_up(name: str) -> None:
    work, count = works[name]
    assert growth(work, count) < 2 << 20


def interrupt_soon() -> None:
    timer = threading.Timer(0.002, os.kill, (os.getpid(), signal.SIGINT))
    try:
        timer.start()
        dimsat.suggest(hard.NATIVE, budget=hard.BUDGET, z3=False)
    except KeyboardInterrupt:
        pass
    finally:
        timer.join()


def test_interrupted_calls_leave_nothing() -> None:
    assert growth(interrupt_soon, 60) < 8 << 20
