"""Dynamic shapes of a few inputs, by the names that users know."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from torch.export import Dim

from dimsat.observe.asking import answer
from dimsat.observe.caches import registration
from dimsat.observe.decoding import decode
from dimsat.observe.encoding import Json, encode, encode_signature
from dimsat.observe.objects import kinds_in
from dimsat.observe.remaking import shapes_of


class ModelInputs:
    """Several inputs of a model, as onnx-diagnostic has them.

    Args:
        model: the model, or None where its signature is not to be used.
        inputs: each the positional arguments as a tuple, the named ones as a dict, or
            both as a pair.
        method_name: what is called with them.

    Attributes:
        inputs: all of them as pairs of positional and named arguments.

    >>> import torch
    >>> inputs = [(torch.ones(rows, 4),) for rows in (3, 5)]
    >>> ModelInputs(torch.nn.Linear(4, 2), inputs).guess_dynamic_shapes()
    (({0: DimHint(DYNAMIC)},), {})
    """

    def __init__(
        self,
        model: Any,
        inputs: Sequence[tuple[Any, ...] | dict[str, Any]],
        method_name: str = "forward",
    ) -> None:
        self.model = model
        self.inputs = [_pair(given) for given in inputs]
        self.signature: inspect.Signature | None = None
        if model is not None:
            self.signature = inspect.signature(getattr(model, method_name))

    def guess_dynamic_shapes(
        self, auto: bool | str = False
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Which axes vary, for positional and for named arguments.

        Args:
            auto: True for ``Dim.AUTO`` on every axis of a single input; a text for
                names that start with it.

        Raises what onnx-diagnostic raises for inputs that do not fit together.
        """
        function = "guess_dynamic_shapes"
        if self.signature is None:
            function = "guess_dynamic_shapes_from_inputs"
        args, kwargs = answer(self._recording(), function, auto=auto)["tuple"]
        named = kwargs.get("dict", {}).items()
        return (
            tuple(self._shapes(told, n) for n, told in enumerate(args["tuple"])),
            {name: self._shapes(told, name) for name, told in named},
        )

    def _shapes(self, told: Json, which: int | str) -> Any:
        """The shapes of an argument as the first input has it."""
        for args, kwargs in self.inputs:
            given: Any = args if isinstance(which, int) else kwargs
            if isinstance(which, int) or which in kwargs:
                return _shapes_like(told, given[which])
        return decode(told)

    def move_to_kwargs(
        self,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        dynamic_shapes: tuple[tuple[Any, ...], Mapping[str, Any]],
    ) -> tuple[tuple[Any, ...], dict[str, Any], tuple[tuple[Any, ...], dict[str, Any]]]:
        """The shapes of positional arguments by name; the arguments as they are.

        Names come in the order of the signature, others behind.

        Raises AssertionError without a model.
        """
        assert self.signature is not None, "moving needs the model's signature"
        positional, named = dynamic_shapes
        moved: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        place = iter(positional)
        for parameter in self.signature.parameters.values():
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                if rest := tuple(place):
                    moved[parameter.name] = rest
            elif parameter.kind in _BY_POSITION:
                moved.update((parameter.name, shapes) for shapes in _next(place))
        for name, shapes in named.items():
            known = self.signature.parameters.get(name)
            is_known = known is not None and known.kind in _BY_NAME
            (moved if is_known else extra)[name] = shapes
        variadic = [
            p.name
            for p in self.signature.parameters.values()
            if p.kind is p.VAR_KEYWORD
        ]
        if extra:
            moved |= {variadic[0]: extra} if variadic else extra
        return args, self._in_order(kwargs), ((), self._in_order(moved))

    def _in_order(self, named: Mapping[str, Any]) -> dict[str, Any]:
        """The entries in the order of the signature, others behind."""
        assert self.signature is not None
        known = [name for name in self.signature.parameters if name in named]
        return {name: named[name] for name in known} | dict(named)

    def validate_inputs_for_export(
        self,
        dynamic_shapes: tuple[Any, ...] | Mapping[str, Any] | None = None,
    ) -> list[Any]:
        """The dynamic axes of size 0 or 1, which torch.export would make static.

        Args:
            dynamic_shapes: positional and named ones as a pair, or one of both; they
                are guessed where they are not given.

        Returns for each input None, or the structure of its arguments with what is
        wrong as ``{axis: "d=[1]"}``: a tuple of positional arguments, or a dict of
        all by name.  A single input without shapes has nothing that is dynamic: ``[]``.

        Raises AssertionError where shapes have another structure than an input.

        >>> import torch
        >>> inputs = [(torch.ones(rows, 4),) for rows in (1, 5)]
        >>> ModelInputs(torch.nn.Linear(4, 2), inputs).validate_inputs_for_export()
        [({0: 'd=[1]'},), None]
        """
        function = "validate_inputs_for_export"
        given = None if dynamic_shapes is None else _encode_shapes(dynamic_shapes)
        return list(decode(answer(self._recording(), function, dynamic_shapes=given)))

    def _recording(self) -> dict[str, Any]:
        signature = self.signature
        return {
            "signature": [] if signature is None else encode_signature(signature),
            "registration": registration() or "flat",
            "observations": [
                {
                    "args": [encode(value) for value in args],
                    "kwargs": {name: encode(value) for name, value in kwargs.items()},
                }
                for args, kwargs in self.inputs
            ],
        }


_KINDS = inspect.Parameter
_BY_POSITION = (_KINDS.POSITIONAL_ONLY, _KINDS.POSITIONAL_OR_KEYWORD)
_BY_NAME = (_KINDS.POSITIONAL_OR_KEYWORD, _KINDS.KEYWORD_ONLY)


def _next(place: Any) -> list[Any]:
    """The next shapes, if there are any."""
    return [shapes for _, shapes in zip(range(1), place, strict=False)]


def _shapes_like(told: Json, value: Any) -> Any:
    """The shapes of a value in the structure that torch.export wants."""
    return shapes_of(told, "", dict(kinds_in(value, "")))


def _encode_shapes(shapes: Any) -> Json:
    """Dynamic shapes as JSON; an axis is dynamic or null."""
    if isinstance(shapes, Mapping):
        if not all(isinstance(key, int) for key in shapes):
            return {"dict": {name: _encode_shapes(v) for name, v in shapes.items()}}
        return {"dims": {str(axis): _encode_axis(v) for axis, v in shapes.items()}}
    if isinstance(shapes, (tuple, list)):
        kind = "tuple" if isinstance(shapes, tuple) else "list"
        return {kind: [_encode_shapes(item) for item in shapes]}
    return None


def _encode_axis(dim: Any) -> Json:
    """What is said of one axis: None, a number and ``Dim.STATIC`` make it static."""
    is_static = dim is None or isinstance(dim, int) or dim == Dim.STATIC
    return None if is_static else {"dim": "DYNAMIC"}


def _pair(
    given: tuple[Any, ...] | dict[str, Any],
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and named arguments of one input."""
    if isinstance(given, dict):
        return (), given
    if len(given) == 2 and isinstance(given[0], tuple) and isinstance(given[1], dict):
        return given
    return tuple(given), {}


def guess_dynamic_shapes_from_inputs(
    inputs: Sequence[tuple[Any, ...] | dict[str, Any]], auto: bool | str = False
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Which axes vary between inputs of a model that is not at hand.

    The arguments are those of `ModelInputs` and its `guess_dynamic_shapes`.
    """
    return ModelInputs(None, inputs).guess_dynamic_shapes(auto)


def all_dynamic_shapes_from_inputs(inputs: Any, dim_prefix: Any = "d") -> Any:
    """Every axis of every tensor as dynamic, in the structure of the inputs.

    Args:
        inputs: tensors in tuples, lists, dicts and caches.
        dim_prefix: what names start with, or ``Dim.DYNAMIC`` or ``Dim.AUTO``.

    >>> import torch
    >>> all_dynamic_shapes_from_inputs({"x": torch.ones(2, 3)})
    {'x': {0: 'd_0_0', 1: 'd_0_1'}}
    """
    prefix = dim_prefix
    if not isinstance(prefix, str):
        prefix = "Dim.DYNAMIC" if prefix == Dim.DYNAMIC else "Dim.AUTO"
    recording = {
        "signature": [],
        "observations": [],
        "registration": registration() or "flat",
    }
    function = "all_dynamic_shapes_from_inputs"
    told = answer(recording, function, inputs=encode(inputs), dim_prefix=prefix)
    return _shapes_like(told, inputs)
