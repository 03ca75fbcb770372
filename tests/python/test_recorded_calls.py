"""Recorded calls without PyTorch: what is kept, found and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dimsat
from dimsat.observe import Calls, Findings, find
from dimsat.observe.novelty import KEPT


def tensor(*shape: int, dtype: str = "float32") -> dict[str, Any]:
    return {"tensor": {"dtype": dtype, "shape": list(shape)}}


def recording(*calls: list[Any], names: str = "xyz") -> dict[str, Any]:
    return {
        "signature": [{"name": name} for name in names[: len(calls[0])]],
        "observations": [{"args": call, "kwargs": {}} for call in calls],
    }


def found(*calls: list[Any]) -> Findings:
    return find(recording(*calls))


def test_sums_are_found() -> None:
    triples = [(7, 0, 7), (1, 7, 8), (1, 8, 9), (5, 2, 7)]
    findings = found(*([tensor(s), tensor(p), tensor(t)] for s, p, t in triples))
    assert [r.relation for r in findings.relations] == ["z[0] == x[0] + y[0]"]
    assert findings.relations[0].kind == "affine"
    assert findings.relations[0].status == "observed"
    assert findings.example is not None
    x, y, z = (findings.example[f"{name}_dim_0"] for name in "xyz")
    assert z == x + y
    assert len({x, y, z, 1, 0}) == 5


def test_guards_decide() -> None:
    calls = [[tensor(n), tensor(n)] for n in (3, 5, 9)]
    axes = [("x", "s0"), ("y", "s1")]
    program = dimsat.Problem.from_dict(
        {
            "inputs": [
                {
                    "name": name,
                    "source": f"L['{name}']",
                    "shape": [{"hint": "AUTO"}],
                    "traced": [symbol],
                    "hint": [6],
                }
                for name, symbol in axes
            ],
            "symbols": [
                {"name": symbol, "source": f"L['{name}'].size()[0]", "hint": 6}
                for name, symbol in axes
            ],
            "guards": [{"expr": "s0 >= 4"}],
        }
    )
    findings = find(recording(*calls), program)
    assert findings.relations[0].status == "incidental"
    witness = findings.relations[0].witness
    assert witness is not None
    assert witness == {"x": (6,), "y": (2,)}
    assert [refused.call for refused in findings.refused] == [0]
    assert findings.discovered == ("x[0] >= 4",)


def test_calls_that_disagree_are_errors() -> None:
    findings = found([tensor(2, 3)], [tensor(2)])
    assert [(e.kind, e.argument, e.calls) for e in findings.errors] == [
        ("rank", "x", (0, 1))
    ]
    assert findings.axes[0].shapes == ((2, 3), (2,))


def test_what_is_shown() -> None:
    findings = found(*([tensor(n, 4), tensor(n)] for n in (3, 5, 9)))
    assert repr(findings) == "<Findings of 3 calls: 2 of 3 sizes vary; y[0] == x[0]>"
    assert str(findings) == findings.text()
    assert "y[0] == x[0]" in findings.text() or "x[0] == y[0]" in findings.text()
    shown = findings._repr_html_()
    assert "<td" in shown
    assert "always 4" in shown
    assert findings.to_dict()["calls"] == 3


def test_a_text_that_is_no_recording_is_an_error() -> None:
    with pytest.raises(dimsat.Error):
        find({"signature": 3, "observations": []})


# ---- What is kept ----------------------------------------------------------------


def call(*values: Any) -> dict[str, Any]:
    return {"args": list(values), "kwargs": {}}


def test_equal_calls_are_kept_once_but_for_the_first() -> None:
    calls = Calls([{"name": "x"}])
    for index in range(6):
        calls.add(call(tensor(3)), index < 2)
    calls.add(call(tensor(4)), False)
    assert (len(calls.first), len(calls.new)) == (2, 1)


def test_a_long_loop_is_kept_short() -> None:
    calls = Calls([{"name": "x"}, {"name": "y"}])
    for step in range(200):
        calls.add(call(tensor(1), tensor(step + 1)), False)
    assert len(calls) == KEPT
    calls.add(call(tensor(2), tensor(300)), False)
    calls.add(call(tensor(2), tensor(301)), False)
    calls.add(call(None, tensor(300)), False)
    assert len(calls) == KEPT + 2


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    calls = Calls([{"name": "x"}], registration="flat")
    for size in (2, 3, 4):
        calls.add(call(tensor(size)), size == 2)
    calls.save(tmp_path / "calls.json")
    again = Calls.load(tmp_path / "calls.json")
    assert again == calls
    assert find(again.to_dict()).axes[0].values == (2, 3, 4)
    again.merge(calls)
    assert (len(again.first), len(again.new)) == (2, 2)
