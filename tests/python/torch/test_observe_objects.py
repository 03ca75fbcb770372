"""Arguments of classes come back as what they were."""

from __future__ import annotations

import collections
import dataclasses
from collections import OrderedDict

import pytest
import torch
from torch.export import Dim
from torch.utils import _pytree as pytree

from dimsat.observe import (
    InputObserver,
    ModelInputs,
    ObservedExportError,
    all_dynamic_shapes_from_inputs,
    layers,
)
from dimsat.observe.objects import of_json


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


@pytest.mark.parametrize(
    "name",
    [
        "transformers.dynamic_module_utils:get_class_from_dynamic_module",
        "transformers.no_such_module:Layer",
        "os:system",
        "Cache",
        "no_such_name",
    ],
)
def test_a_file_cannot_name_what_is_called(name):
    with pytest.raises(ValueError, match="cannot be made"):
        layers.made({"class": name}, None, None, {}, 1)
    assert of_json({"x": {"class": name, "context": None}}) == {}


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


# ---- What users know -------------------------------------------------------------


@dataclasses.dataclass
class Two:
    left: torch.Tensor
    right: torch.Tensor


torch.export.register_dataclass(Two)


class Output(OrderedDict):
    """A dict that PyTorch takes apart, like the outputs of transformers."""


pytree.register_pytree_node(
    Output,
    lambda value: (list(value.values()), list(value)),
    lambda values, keys: Output(zip(keys, values, strict=True)),
    serialized_type_name="test_observe_objects.Output",
    flatten_with_keys_fn=lambda value: (
        [(pytree.MappingKey(key), item) for key, item in value.items()],
        list(value),
    ),
)


class Many(torch.nn.Module):
    def forward(self, pair, both, ordered, output, *, listed):
        assert isinstance(output, Output)
        assert isinstance(listed[0], Two)
        total = pair.left + both.other + ordered["x"] + output["y"]
        return total + listed[0].right


def of_classes(rows):
    x = torch.ones(rows, 2)
    both = Both(torch.ones(3), x[:1])
    args = Two(x, x), both, OrderedDict(x=x), Output(y=x)
    return args, {"listed": [Two(x, x)]}


def shapes_of_classes():
    rows = {0: Dim.DYNAMIC}
    return {
        "pair": [rows, rows],
        "both": Both({}, {}),
        "ordered": {"x": rows},
        "output": [rows],
        "listed": [[rows, rows]],
    }


def test_shapes_and_arguments_have_the_classes_that_an_export_takes():
    model, observer = Many(), InputObserver()
    with observer(model):
        for rows in (3, 5):
            args, kwargs = of_classes(rows)
            model(*args, **kwargs)
    shapes = observer.infer_dynamic_shapes()
    assert shapes == shapes_of_classes()
    assert type(shapes["both"]) is Both
    args, kwargs = observer.infer_arguments(as_args_kwargs=True)
    assert type(args[1]) is Both
    program = torch.export.export(model, args, kwargs, dynamic_shapes=shapes)
    args, kwargs = of_classes(9)
    assert program.module()(*args, **kwargs).shape == (9, 2)
    assert len(observer.infer_arguments(flat=True)) == 8
    by_position = observer.infer_arguments((Two(*[torch.ones(7, 2)] * 2),))
    assert isinstance(by_position["output"], Output)


def test_shapes_of_inputs_have_the_structure_that_an_export_takes():
    inputs = [of_classes(rows) for rows in (3, 5)]
    args, kwargs = ModelInputs(Many(), inputs).guess_dynamic_shapes()
    names = ("pair", "both", "ordered", "output")
    assert {**dict(zip(names, args, strict=True)), **kwargs} == shapes_of_classes()
    every = all_dynamic_shapes_from_inputs(inputs[0][0], Dim.AUTO)
    assert type(every[1]) is Both
    assert every[3] == [{0: Dim.AUTO, 1: Dim.AUTO}]


def test_shapes_of_what_stands_for_the_rest():
    class Rest(torch.nn.Module):
        def forward(self, *args, **kwargs):
            return args

    model, observer = Rest(), InputObserver()
    with observer(model):
        for rows in (3, 5):
            output = Output(y=torch.ones(rows))
            model(torch.ones(2), output, more=output)
    rows = [{0: Dim.DYNAMIC}]
    shapes = observer.infer_dynamic_shapes()
    assert shapes == {"args": ({}, rows), "kwargs": {"more": rows}}
    args, kwargs = observer.infer_arguments(as_args_kwargs=True)
    assert isinstance(args[1], Output)
    assert isinstance(kwargs["more"], Output)
    with (observer := InputObserver())(model):
        model(kwargs=torch.ones(2))
    assert observer.infer_arguments()["kwargs"].shape == (2,)
    assert observer.infer_dynamic_shapes(True)["kwargs"] == {0: Dim.DYNAMIC}
