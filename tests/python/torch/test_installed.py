"""Says plainly when no test of dimsat.torch runs."""

from __future__ import annotations

import subprocess
import sys

import pytest

BLOCK = "import sys; sys.modules['torch'] = None; import dimsat.torch as d; "


def test_pytorch_is_installed() -> None:
    reason = "PyTorch is not installed: no test of dimsat.torch runs"
    pytest.importorskip("torch", reason=reason)


def test_missing_pytorch_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCK + "d.explain"],
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.splitlines()[-1]
    assert last == "ModuleNotFoundError: dimsat.torch needs PyTorch: pip install torch"


def test_recordings_need_no_pytorch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; import dimsat.observe as d; "
        "d.find({'signature': [], 'observations': []}); d.Calls(); d.InputObserver"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    last = done.stderr.splitlines()[-1]
    assert last == (
        "ModuleNotFoundError: dimsat.observe.InputObserver needs PyTorch: "
        "pip install torch"
    )


def test_pytorch_is_imported_late() -> None:
    code = "import sys, dimsat.torch as d; dir(d); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_names_are_unknown() -> None:
    code = "import dimsat.torch as d; assert not hasattr(d, 'nothing')"
    subprocess.run([sys.executable, "-c", code], check=True)
