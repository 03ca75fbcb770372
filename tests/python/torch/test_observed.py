"""The classes answer what the tools of those names answered.

tests/data/observed.jsonl has their real answers; those of caches depend on a
registration that holds for a whole process, and are asked through the command by
tests/public/test_observed.py alone.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.export import Dim

from dimsat.observe import (
    InputObserver,
    ModelInputs,
    all_dynamic_shapes_from_inputs,
    guess_dynamic_shapes_from_inputs,
)
from dimsat.observe.decoding import decode
from dimsat.observe.encoding import encode

RECORDINGS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "observed.jsonl").open()
    if '"class"' not in line
]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda r: r["id"])
def test_answers(recording: dict[str, Any]) -> None:
    asked = Asked(recording)
    for expected in recording["expected"]:
        if expected["function"] in asked.functions:
            assert asked.answer(expected) == wanted(expected), expected


def wanted(expected: dict[str, Any]) -> Any:
    """The tool's answer, or the better one."""
    answer = expected.get("instead", expected)
    return answer["result"] if "result" in answer else {"raised": answer["error"]}


class Asked:
    """The objects that a user would have."""

    def __init__(self, recording: dict[str, Any]) -> None:
        self._options = recording["options"]
        self._model = torch.nn.Module()
        self._model.forward = lambda *args, **kwargs: torch.zeros(1)
        self._model.forward.__signature__ = inspect.Signature(
            [parameter(told) for told in recording["signature"]]
        )
        self._inputs = [
            (
                tuple(decode(value) for value in call["args"]),
                {name: decode(value) for name, value in call["kwargs"].items()},
            )
            for call in recording["observations"]
        ]
        self._observer: InputObserver | None = None
        self.functions: dict[str, Callable[..., Any]] = {
            "observe": self._observe,
            "num_obs": lambda: self._observed().num_obs(),
            "infer_dynamic_shapes": self._shapes,
            "infer_arguments": self._arguments,
            "guess_dynamic_shapes": self._guess,
            "guess_dynamic_shapes_from_inputs": self._guess_alone,
            "move_to_kwargs": self._move,
            "validate_inputs_for_export": self._validate,
            "all_dynamic_shapes_from_inputs": self._all_shapes,
        }

    def answer(self, expected: dict[str, Any]) -> Any:
        try:
            return self.functions[expected["function"]](**expected["kwargs"])
        except Exception as error:
            return {"raised": type(error).__name__}

    def _observed(self) -> InputObserver:
        if self._observer is None:
            values = dict(self._options.get("value_if_missing", {}))
            by_place = self._options.get("value_if_missing_pos", {})
            values |= {int(place): value for place, value in by_place.items()}
            given = {key: decode(value) for key, value in values.items()}
            observer = InputObserver(value_if_missing=given)
            with observer(self._model, self._options.get("store_n_calls", 3)):
                for args, kwargs in self._inputs:
                    self._model.forward(*args, **kwargs)
            self._observer = observer
        return self._observer

    def _observe(self) -> None:
        self._observed()

    def _shapes(self, set_batch_dimension_for: Any = None) -> Any:
        if isinstance(set_batch_dimension_for, dict):
            set_batch_dimension_for = set(set_batch_dimension_for["set"])
        shapes = self._observed().infer_dynamic_shapes
        return told(shapes(set_batch_dimension_for))

    def _arguments(self, index_or_args_or_kwargs: Any = None, **options: Any) -> Any:
        which = decode(index_or_args_or_kwargs)
        return encode(self._observed().infer_arguments(which, **options))

    def _guess(self, auto: bool | str) -> Any:
        return told(ModelInputs(self._model, self._inputs).guess_dynamic_shapes(auto))

    def _guess_alone(self) -> Any:
        return told(guess_dynamic_shapes_from_inputs(self._inputs))

    def _move(self) -> Any:
        made = ModelInputs(self._model, self._inputs)
        shapes = made.guess_dynamic_shapes()
        args, kwargs, moved = made.move_to_kwargs(*made.inputs[0], shapes)
        return {
            "args": encode(args),
            "kwargs": encode(kwargs),
            "dynamic_shapes": told(moved),
        }

    def _validate(self) -> Any:
        made = ModelInputs(self._model, self._inputs)
        return told(made.validate_inputs_for_export())

    def _all_shapes(self, inputs: str, dim_prefix: str) -> Any:
        prefix = Dim.AUTO if dim_prefix == "Dim.AUTO" else dim_prefix
        given = self._inputs[0][inputs == "kwargs"]
        return told(all_dynamic_shapes_from_inputs(given, prefix))


def parameter(said: dict[str, Any]) -> inspect.Parameter:
    default = inspect.Parameter.empty
    if "default" in said:
        default = decode(said["default"])
    kind = getattr(inspect.Parameter, said["kind"])
    return inspect.Parameter(said["name"], kind, default=default)


def told(shapes: Any) -> Any:
    """Shapes as the data have them."""
    if shapes is None:
        return None
    if isinstance(shapes, str):
        return {"name": shapes}
    if isinstance(shapes, (tuple, list)):
        return {type(shapes).__name__: [told(item) for item in shapes]}
    if not isinstance(shapes, dict):
        return {"dim": "DYNAMIC" if shapes == Dim.DYNAMIC else "AUTO"}
    is_axes = all(isinstance(key, int) for key in shapes)
    members = {str(key): told(item) for key, item in shapes.items()}
    return {"dims" if is_axes else "dict": members}
