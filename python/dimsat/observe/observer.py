"""Observes the calls of a model, by the names that users know from PyTorch."""

from __future__ import annotations

import contextlib
import inspect
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from dimsat.observe.asking import answer
from dimsat.observe.caches import UNREGISTERED, registration
from dimsat.observe.calls import Calls
from dimsat.observe.decoding import Tensors, decode
from dimsat.observe.encoding import Json, Symbolic, encode, encode_signature
from dimsat.observe.exported import Exported
from dimsat.observe.exporting import export
from dimsat.observe.findings import Findings, find
from dimsat.observe.grouping import Plan, joined, with_batch, with_constants
from dimsat.observe.objects import Kind, kinds_in
from dimsat.observe.places import bound, unrolled
from dimsat.observe.remaking import shapes_of_all, values_of_all
from dimsat.observe.stealing import stolen


class InputObserver:
    """Records what a model is called with, and says which sizes vary, and how.

    `num_obs`, `infer_dynamic_shapes` and `infer_arguments` answer as the observers of
    PyTorch, yobx and onnx-diagnostic do; docs/observe_compatibility.md lists where the
    answer is a better one.  They speak of the first calls, `store_n_calls` of each
    block.  `findings` and `export` look at every call that added something new.

    Only shapes and dtypes are kept, read before the call, which may change its
    arguments.  Recording never disturbs the model; calls that raised do not count,
    nor do those of a tracer.

    Args:
        value_if_missing: what stands for an argument that a call lacks, by name or
            position.

    Attributes:
        calls: what was recorded.
        faults: what went wrong while calls were recorded.

    >>> import torch
    >>> model, observer = torch.nn.Linear(4, 2), InputObserver()
    >>> with observer(model):
    ...     for rows in (3, 5):
    ...         _ = model(torch.ones(rows, 4))
    >>> observer
    <InputObserver of 2 calls>
    >>> observer.infer_dynamic_shapes()
    ({0: DimHint(DYNAMIC)},)
    >>> observer.infer_arguments(1)[0].shape
    torch.Size([5, 4])
    """

    def __init__(self, value_if_missing: Mapping[str | int, Any] | None = None) -> None:
        self.calls = Calls()
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._tensors = Tensors()
        if value_if_missing is not None:
            if not isinstance(value_if_missing, Mapping):
                raise TypeError(
                    "value_if_missing is a dict of values by name or position of the"
                    f" argument, no {type(value_if_missing).__name__}"
                )
            self.calls.options.update(self._missing(value_if_missing))

    def _missing(self, values: Mapping[str | int, Any]) -> dict[str, Json]:
        """The options that say so."""
        told = {key: self._tensors.encode(value) for key, value in values.items()}
        by_name = {key: value for key, value in told.items() if isinstance(key, str)}
        by_place = {str(k): v for k, v in told.items() if not isinstance(k, str)}
        options = {"value_if_missing": by_name, "value_if_missing_pos": by_place}
        return {name: option for name, option in options.items() if option}

    # ---- Recording -----------------------------------------------------------

    @contextlib.contextmanager
    def __call__(
        self, model: Any, store_n_calls: int = 3, method_name: str = "forward"
    ) -> Iterator[InputObserver]:
        """Records the calls of a method inside the block; may be entered again.

        Args:
            model: a module, or any object with that method.
            store_n_calls: how many calls of this block `num_obs` and the functions of
                that kind speak of.
            method_name: the method, which is put back when the block ends.

        Raises ValueError where there is no such method or it is another function than
        that of an earlier block, and at the end NotImplementedError or another error
        where `value_if_missing` does not fit the calls.
        """
        method = getattr(model, method_name, None)
        if method is None:
            raise ValueError(
                f"{type(model).__name__} has no method {method_name!r}: give the object"
                " and, as method_name, the method to observe"
            )
        signature = encode_signature(inspect.signature(method))
        if self.calls.signature and signature != self.calls.signature:
            raise ValueError(
                f"{method_name} has another signature than what was observed: take"
                " another observer"
            )
        self.calls.signature, self.calls.method = signature, method_name
        most = len(self.calls.first) + store_n_calls

        def note(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[], None]:
            call = self._encoded(args, kwargs)
            return lambda: self._keep(call, most)

        with stolen(model, method_name, note):
            yield self
        if self.calls.options:
            self._ask("observe")

    def _encoded(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Json:
        """The call as JSON; None where it cannot be read."""
        try:
            call = {
                "args": [encode(value) for value in args],
                "kwargs": {name: encode(value) for name, value in kwargs.items()},
            }
            kinds = dict(self._kinds(args, kwargs))
        except Symbolic:
            return None
        except Exception as error:  # of a class that cannot be taken apart
            self.faults.append(f"a call was not recorded: {error!r}")
            return None
        self.calls.kinds.update(kinds)
        return call

    def _kinds(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Iterator[tuple[str, Kind]]:
        """The classes of arguments, by path."""
        given = {"args": args, "kwargs": kwargs}
        told = {"signature": self.calls.signature, "observations": [given]}
        signature = unrolled(told)["signature"]
        rest = {p["name"] for p in signature if p["kind"] == "VAR_POSITIONAL"}
        for name, value in bound(signature, given):
            yield from kinds_in(value["tuple"] if name in rest else value, name)

    def _keep(self, call: Json, most: int) -> None:
        if call is None:
            return
        with self._lock:
            self.calls.registration = registration()
            self.calls.add(call, len(self.calls.first) < most)

    # ---- What users know -----------------------------------------------------

    def num_obs(self) -> int:
        """How many calls count: at most `store_n_calls` of each block."""
        return len(self.calls.first)

    def is_empty(self) -> bool:
        """Whether no call was recorded."""
        return len(self.calls) == 0

    def remove_inputs(self, input_names: Collection[str | int]) -> None:
        """Forgets arguments, by name or by position, as if no call had had them.

        No block can follow: its calls would have them again.

        Raises RuntimeError where nothing was observed, TypeError for a text, and
        ValueError for ``*args`` and ``**kwargs``.
        """
        self._need_calls()
        if isinstance(input_names, str):
            raise TypeError(f"input_names is a set: {{{input_names!r}}}")
        with self._lock:
            self.calls.remove(input_names)

    def infer_dynamic_shapes(
        self,
        set_batch_dimension_for: set[int | str] | bool | None = None,
        dim_names: bool | Mapping[str, Mapping[int, str]] | None = None,
    ) -> Any:
        """Which axes varied, as ``dynamic_shapes`` of torch.export.

        Args:
            set_batch_dimension_for: arguments, by name or position, whose axis 0 is
                dynamic whatever was seen; True means all.
            dim_names: True for names instead of ``Dim.DYNAMIC``; or those to use.

        Raises RuntimeError where the calls do not fit together.
        """
        named: Any = dim_names
        if isinstance(dim_names, Mapping):
            named = {
                argument: {str(axis): name for axis, name in names.items()}
                for argument, names in dim_names.items()
            }
        told = self._ask(
            "infer_dynamic_shapes",
            set_batch_dimension_for=_set(set_batch_dimension_for),
            dim_names=named,
        )
        return shapes_of_all(told, self.calls)

    def infer_arguments(
        self,
        index_or_args_or_kwargs: tuple[Any, ...] | dict[str, Any] | int | None = None,
        flat: bool = False,
        as_args_kwargs: bool = False,
    ) -> Any:
        """Arguments to export with: those of a call, what it lacks filled up.

        Tensors are zeros of the recorded shape.

        Args:
            index_or_args_or_kwargs: which call, or new arguments to fill up.
            flat: a list of all tensors.
            as_args_kwargs: a pair of positional and named arguments.

        Raises RuntimeError where the calls do not fit together.
        """
        which: Any = index_or_args_or_kwargs
        if isinstance(which, (tuple, dict)):
            which = self._tensors.encode(which)
        told = self._ask(
            "infer_arguments",
            index_or_args_or_kwargs=which,
            flat=flat,
            as_args_kwargs=as_args_kwargs,
        )
        make = self._tensors.make
        if flat:
            return decode(told, make)
        if as_args_kwargs:
            parts = told["tuple"]
            return tuple(values_of_all(part, self.calls, make) for part in parts)
        return values_of_all(told, self.calls, make)

    def _need_calls(self) -> None:
        if not self.calls.signature and self.is_empty():
            raise RuntimeError("no call was observed")

    def _ask(self, function: str, **arguments: Json) -> Json:
        self._need_calls()
        told = self.calls.to_dict()
        if told.get("registration") == UNREGISTERED:
            told["registration"] = registration() or UNREGISTERED
        try:
            return answer(told, function, **arguments)
        except RuntimeError as error:
            if told.get("registration") != UNREGISTERED or not _hold_caches(told):
                raise
            raise RuntimeError(f"{error}; {_REGISTER}") from None

    # ---- What more there is --------------------------------------------------

    def findings(
        self, set_batch_dimension_for: set[int | str] | bool | None = None
    ) -> Findings:
        """What all recorded calls have in common: axes, relations, what is open."""
        return find(with_batch(self.calls.to_dict(), set_batch_dimension_for))

    def export(self, model: Any, **options: Any) -> Exported:
        """Exports the model for all that was observed; see `observe.export`."""
        return export(model, self.calls, **options)

    def plans(
        self, constants: Mapping[str, Iterable[int]] | None = None
    ) -> tuple[Plan, ...]:
        """Which calls one program can take: `export` makes that of ``plan=0``.

        Args:
            constants: by argument, whole numbers that want programs of their own;
                `export` says which, where a program has burned in another one.

        >>> import torch
        >>> class Masked(torch.nn.Module):
        ...     def forward(self, x, mask=None):
        ...         return x if mask is None else x * mask
        >>> model, observer = Masked(), InputObserver()
        >>> with observer(model):
        ...     for rows in (3, 5, 9):
        ...         _ = model(torch.ones(rows, 4), torch.ones(rows, 4))
        ...         _ = model(torch.ones(rows, 4))
        >>> for plan in observer.plans():
        ...     print(plan)
        calls 0, 2, 4 (mask given)
        calls 1, 3, 5 (mask not given)
        >>> observer.export(model, plan=1)
        <Exported the program takes 3 of 6 recorded calls>
        """
        recording = unrolled(self.calls.to_dict())
        return find(with_constants(recording, constants)).plans

    def export_all(
        self,
        model: Any,
        constants: Mapping[str, Iterable[int]] | None = None,
        **options: Any,
    ) -> tuple[Exported, ...]:
        """A program for each plan; options as for `export`.

        Whole numbers that a program refuses are added to the `constants`.
        """
        known = joined(constants or {}, {})
        while True:
            found = tuple(
                self.export(model, plan=number, constants=known, **options)
                for number in range(len(self.plans(known)))
            )
            more = known
            for exported in found:
                more = joined(more, exported.check.numbers)
            if more == known:
                return found
            known = more

    # ---- Keeping -------------------------------------------------------------

    def to_json(self) -> str:
        """The calls as one line of JSON, for `dimsat observe` and `merge`."""
        return self.calls.to_json()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the calls into a file."""
        self.calls.save(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> InputObserver:
        """An observer that has seen what was saved; JSON Lines are merged.

        Raises OSError, and ValueError where the file holds no recording.
        """
        observer = cls()
        observer.calls = Calls.load(path)
        return observer

    def merge(self, other: InputObserver | Calls | str | os.PathLike[str]) -> None:
        """Adds what another observer, maybe of another process, has seen.

        Args:
            other: an observer, its calls, or the path of a file that was saved.

        Raises ValueError where that was another function.
        """
        if isinstance(other, InputObserver):
            other = other.calls
        elif not isinstance(other, Calls):
            other = Calls.load(other)
        with self._lock:
            self.calls.merge(other)

    def __repr__(self) -> str:
        count = len(self.calls)
        return f"<InputObserver of {count} call{'s' if count != 1 else ''}>"


_REGISTER = (
    "PyTorch does not know the caches of transformers yet: type "
    "`dimsat.observe.register_caches()`, and ask again"
)


def _hold_caches(told: Json) -> bool:
    """Whether a cache is in recorded calls."""
    if isinstance(told, list):
        return any(_hold_caches(item) for item in told)
    if not isinstance(told, dict):
        return False
    kind = told.get("class")
    is_cache = isinstance(kind, str) and kind.endswith("Cache")
    return is_cache or any(_hold_caches(item) for item in told.values())


def _set(given: set[int | str] | bool | None) -> Json:
    """What `set_batch_dimension_for` says."""
    if given is None or isinstance(given, bool):
        return given
    return {"set": sorted(given, key=str)}
