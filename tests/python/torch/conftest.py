"""Without PyTorch nothing here but test_installed.py is collected."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if find_spec("torch") else ["test_[!i]*.py"]


@pytest.fixture(scope="module", autouse=True)
def registered_classes() -> Iterator[None]:
    """Forgets how tests had PyTorch take caches apart: others do it otherwise."""
    if not find_spec("torch"):
        yield
        return
    pytree = import_module("torch.utils._pytree")
    graphs = import_module("torch.fx._pytree")
    before = set(pytree.SUPPORTED_NODES)
    yield
    for kind in set(pytree.SUPPORTED_NODES) - before:
        if kind.__module__ == "transformers.cache_utils":
            pytree._deregister_pytree_node(kind)
            graphs.SUPPORTED_NODES.pop(kind, None)
            graphs.SUPPORTED_NODES_EXACT_MATCH.pop(kind, None)
