"""Arguments of classes come back as what they were."""

from __future__ import annotations

import collections
import dataclasses
from collections import OrderedDict

import pytest
import torch

from dimsat.observe import InputObserver, ObservedExportError


@dataclasses.dataclass
class Pair:
    left: torch.Tensor
    right: torch.Tensor
    weight: int = 3


torch.export.register_dataclass(Pair)
Both = collections.namedtuple("Both", "one other")


class Unknown:
    """A class that PyTorch was told nothing of."""


class Mixed(torch.nn.Module):
    """Takes arguments of many classes, in many ways."""

    def forward(self, pair, both, ordered=None, mode=None, *rest, flag=True, **more):
        assert isinstance(pair, Pair)
        assert isinstance(both, Both)
        assert isinstance(ordered, OrderedDict)
        assert mode is None
        total = pair.left + pair.weight * pair.right + both.one + both.other
        total = total + ordered["x"] + sum(rest)
        return total + more["more"][0]["z"] if flag else total


def arguments(rows):
    x = [torch.full((rows, 4), float(value)) for value in range(8)]
    args = (Pair(x[0], x[1]), Both(x[2], x[3]), OrderedDict(x=x[4]), None, x[5], x[6])
    return args, {"more": [{"z": x[7]}], "flag": True}


@pytest.fixture
def observed():
    model, observer = Mixed(), InputObserver()
    with observer(model):
        for rows in (3, 5, 9):
            args, kwargs = arguments(rows)
            model(*args, **kwargs)
    assert observer.faults == []
    return model, observer


def test_objects_are_made_again(observed):
    model, observer = observed
    exported = observer.export(model)
    assert exported.refused == ()
    assert len(exported.hypotheses) == 7
    assert {h.status for h in exported.hypotheses} == {"necessary"}
    args, kwargs = arguments(7)
    found = exported.program.module()(*args, **kwargs)
    torch.testing.assert_close(found, model(*args, **kwargs))


def test_classes_are_saved(observed, tmp_path):
    model, observer = observed
    observer.save(tmp_path / "calls.json")
    loaded = InputObserver.load(tmp_path / "calls.json")
    assert loaded.calls.kinds == observer.calls.kinds
    assert loaded.export(model).refused == ()


def test_an_object_that_nobody_can_make_again_is_an_error():
    class Odd(torch.nn.Module):
        def forward(self, x, odd):
            return x + 1

    torch.utils._pytree.register_pytree_node(
        Unknown, lambda _: ([torch.ones(1)], None), lambda _, __: Unknown()
    )
    try:
        model, observer = Odd(), InputObserver()
        with observer(model):
            for rows in (3, 5):
                model(torch.ones(rows), Unknown())
    finally:
        torch.utils._pytree._deregister_pytree_node(Unknown)
    with pytest.raises(ObservedExportError, match="of class Unknown cannot be made"):
        observer.export(model)
