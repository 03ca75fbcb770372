"""Without PyTorch nothing here but test_installed.py is collected."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["test_[!i]*.py"]
