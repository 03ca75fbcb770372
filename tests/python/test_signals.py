"""Signals while the library works: Ctrl-C ends a call soon, others are served."""

from __future__ import annotations

import _thread
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import hard
import pytest

import dimsat

SOON = 3  # seconds after the signal, on a very busy machine
SMALL = "dim a = 2..64\nguard a != 7"

calls: dict[str, Callable[[], object]] = {
    "native": lambda: dimsat.suggest(hard.NATIVE, budget=hard.BUDGET, z3=False),
    "z3": lambda: dimsat.check(hard.Z3, budget=hard.BUDGET),
    "ask": lambda: dimsat.ask("a*b*(a+b) != 1000000007", assume=["a > 2", "b > 2"]),
}


class Expired(Exception):
    """What the handler of the alarm raises."""


@pytest.fixture
def alarm() -> Iterator[Callable[[float, Callable[[], None]], None]]:
    """Sets an alarm, and what to do then."""

    def set_alarm(seconds: float, do: Callable[[], None]) -> None:
        def handler(_number: int, _frame: FrameType | None) -> None:
            do()

        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, seconds, seconds)

    before = signal.getsignal(signal.SIGALRM)
    yield set_alarm
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def interrupted(call: Callable[[], object], interrupt: Callable[[], None]) -> float:
    """How long a call lives after it is interrupted."""
    sent = [0.0]

    def send() -> None:
        sent[0] = time.monotonic()
        interrupt()

    timer = threading.Timer(0.2, send)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        call()
    late = time.monotonic() - sent[0]
    timer.join()
    return late


@pytest.mark.parametrize("name", calls)
def test_ctrl_c_ends_a_call(name: str) -> None:
    late = interrupted(calls[name], lambda: os.kill(os.getpid(), signal.SIGINT))
    assert late < SOON
    assert dimsat.suggest(SMALL).fixes


def test_an_interrupt_without_a_signal() -> None:
    assert interrupted(calls["native"], _thread.interrupt_main) < SOON


def test_a_handler_that_raises_ends_the_call(
    alarm: Callable[[float, Callable[[], None]], None],
) -> None:
    def expire() -> None:
        raise Expired

    start = time.monotonic()
    alarm(0.2, expire)
    with pytest.raises(Expired):
        calls["native"]()
    assert time.monotonic() - start < 0.2 + SOON


def test_a_call_goes_on_after_a_handler_that_does_not_raise(
    alarm: Callable[[float, Callable[[], None]], None],
) -> None:
    expected = dimsat.check(hard.CUBES)
    served: list[float] = []
    alarm(0.01, lambda: served.append(time.monotonic()))
    assert dimsat.check(hard.CUBES) == expected
    assert len(served) >= 5


def test_ctrl_c_in_a_program_of_its_own() -> None:
    code = (
        "import dimsat, hard\nprint('ready', flush=True)\n"
        "dimsat.suggest(hard.NATIVE, budget=hard.BUDGET, z3=False)\n"
    )
    path = os.pathsep.join(filter(None, sys.path))
    program = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    time.sleep(0.3)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=20)
    assert program.returncode == -signal.SIGINT
    assert errors.rstrip().endswith("KeyboardInterrupt")


def test_the_handlers_are_those_of_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    interrupted(calls["native"], lambda: os.kill(os.getpid(), signal.SIGINT))
    assert signal.getsignal(signal.SIGINT) is before
