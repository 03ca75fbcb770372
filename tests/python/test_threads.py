"""Threads: calls run at the same time, and answer what one thread answers."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hard

import dimsat
from dimsat import Problem

LONG = 1.0  # seconds that a call is given


def work_long() -> dimsat.Result:
    return dimsat.suggest(hard.NATIVE, budget=hard.BUDGET, timeout=LONG, z3=False)


def test_python_runs_meanwhile() -> None:
    thread = threading.Thread(target=work_long)
    thread.start()
    turns = 0
    while thread.is_alive():
        time.sleep(0.001)
        turns += 1
    assert turns > 10  # 0 or 1 while the lock is held


def test_calls_run_at_the_same_time() -> None:
    start = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        results = [pool.submit(work_long) for _ in range(4)]
    assert [r.result().verdict for r in results] == ["undecided"] * 4
    assert time.monotonic() - start < 3 * LONG  # 4 of them one by one


def test_threads_answer_what_one_thread_answers(data: Path) -> None:
    lines = (data / "problems.jsonl").read_text().splitlines()[::4]
    expected = [dimsat.suggest(line) for line in lines]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(dimsat.suggest, lines)) == expected


def test_one_problem_in_many_threads() -> None:
    problem = Problem.parse("dim a = 2..64\ninput x: [a] = [9]\nguard a != 7")
    expected = problem.suggest()

    def ask_all(_turn: int) -> bool:
        result = problem.suggest()
        same = result == expected and result.text() == expected.text()
        return same and problem.evaluate({"a": 7}) != []

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask_all, range(500)))


def test_a_result_may_end_in_another_thread() -> None:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(dimsat.suggest, ["dim a\nguard a != 7"] * 200))
    texts = {result.text() for result in results}
    assert len(texts) == 1


def test_results_travel_between_processes() -> None:
    texts = [f"dim a = 2..\nguard a != {i}" for i in range(5, 9)]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        results = pool.map(dimsat.suggest, texts)
    assert results == [dimsat.suggest(text) for text in texts]
