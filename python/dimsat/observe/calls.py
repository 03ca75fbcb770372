"""Recorded calls: a signature, and what the function was called with."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dimsat.observe.encoding import Json
from dimsat.observe.novelty import Novelty
from dimsat.observe.objects import Kinds, of_json, to_json
from dimsat.observe.places import plain


@dataclass
class Calls:
    """What a function was called with, as docs/observe.md says it in JSON.

    Two sets of calls are kept, which overlap: the first ones, of which functions that
    users know from other tools speak; and those that add something new.

    Attributes:
        signature: the parameters; empty before the first call.
        first: the calls that `num_obs` counts.
        new: others that add something to all calls before them.
        options: those of the JSON format.
        registration: how classes of caches are registered, or None.
        kinds: of arguments of other classes, by path.
        method: what was called.
    """

    signature: list[Json] = field(default_factory=list)
    first: list[Json] = field(default_factory=list)
    new: list[Json] = field(default_factory=list)
    options: dict[str, Json] = field(default_factory=dict)
    registration: str | None = None
    kinds: Kinds = field(default_factory=dict, repr=False, compare=False)
    method: str = "forward"
    _novelty: Novelty = field(default_factory=Novelty, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.first) + len(self.new)

    def add(self, call: Json, first: bool) -> None:
        """Keeps a call, if it is one of the `first` or adds something new."""
        is_new = self._novelty.add(call)
        if first:
            self.first.append(call)
        elif is_new:
            self.new.append(call)

    def merge(self, other: Calls) -> None:
        """Adds the calls of another recording of the same function.

        Raises ValueError where the signatures differ.
        """
        if not self.signature:
            self.signature, self.method = other.signature, other.method
        elif other.signature and other.signature != self.signature:
            raise ValueError("the calls are of two functions: their signatures differ")
        self.registration = self.registration or other.registration
        self.kinds |= other.kinds
        for call in other.first:
            self.add(call, True)
        for call in other.new:
            self.add(call, False)

    def remove(self, names: Collection[str | int]) -> None:
        """Forgets arguments, by name or by position, of the signature and of all calls.

        Names that nothing has are left alone.  Raises ValueError for ``*args`` and
        ``**kwargs``.
        """
        gone = {
            place: parameter["name"]
            for place, parameter in enumerate(self.signature)
            if place in names or parameter["name"] in names
        }
        for place, name in gone.items():
            if self.signature[place].get("kind", "").startswith("VAR_"):
                raise ValueError(f"{name} is no single argument and cannot be removed")
        named = {*names, *gone.values()}
        values = _without(self.options.pop("value_if_missing", {}), named)
        by_place = {
            str(int(place) - sum(other < int(place) for other in gone)): value
            for place, value in self.options.pop("value_if_missing_pos", {}).items()
            if int(place) not in gone
        }
        left = {"value_if_missing": values, "value_if_missing_pos": by_place}
        self.options |= {option: kept for option, kept in left.items() if kept}
        self.signature = [p for p in self.signature if p["name"] not in named]
        calls, count = [*self.first, *self.new], len(self.first)
        self.first, self.new, self._novelty = [], [], Novelty()
        for number, call in enumerate(calls):
            args = [v for place, v in enumerate(call["args"]) if place not in gone]
            kwargs = _without(call["kwargs"], named)
            self.add({"args": args, "kwargs": kwargs}, number < count)

    def to_dict(self) -> dict[str, Any]:
        """The calls in the format of docs/observe.md, the first ones first."""
        told: dict[str, Any] = {"signature": self.signature}
        if self.registration is not None:
            told["registration"] = self.registration
        told["observations"] = [*self.first, *self.new]
        told["options"] = {**self.options, "store_n_calls": len(self.first)}
        known: dict[str, Any] = {}
        if kinds := to_json(self.kinds):
            known["classes"] = kinds
        if self.method != "forward":
            known["method"] = self.method
        return {**told, "environment": known} if known else told

    def to_json(self) -> str:
        """`to_dict` as one line."""
        return json.dumps(plain(self.to_dict()))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes `to_json` into a file."""
        Path(path).write_text(self.to_json() + "\n", encoding="utf-8")

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Calls:
        """Reads what `to_dict` gives, or any one recording of that format.

        >>> call = {"args": [{"tensor": {"dtype": "int64", "shape": [2]}}]}
        >>> len(Calls.from_dict({"signature": [{"name": "x"}], "observations": [call]}))
        1
        """
        options = dict(told.get("options", {}))
        count = options.pop("store_n_calls", 3)
        calls = cls(list(told["signature"]), [], [], options, told.get("registration"))
        if isinstance(known := told.get("environment"), Mapping):
            calls.kinds = of_json(known.get("classes"))
            calls.method = str(known.get("method", "forward"))
        for index, call in enumerate(told["observations"]):
            whole = {"args": [], "kwargs": {}, **call}
            calls._novelty.add(whole)
            (calls.first if index < count else calls.new).append(whole)
        return calls

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Calls:
        """Reads a file of one recording, or of several as JSON Lines, merged.

        Raises OSError, and ValueError where it is no recording.
        """
        text = Path(path).read_text(encoding="utf-8")
        try:
            try:
                return cls.from_dict(json.loads(text))
            except json.JSONDecodeError:
                lines = [line for line in text.splitlines() if line.strip()]
            return cls.merged([cls.from_dict(json.loads(line)) for line in lines])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{os.fspath(path)} holds no recorded calls, as `save` writes them"
            ) from error

    @classmethod
    def merged(cls, recordings: Sequence[Calls]) -> Calls:
        """All calls of several recordings of one function."""
        calls = cls()
        for recording in recordings:
            calls.options |= recording.options
            calls.merge(recording)
        return calls


def _without(entries: Mapping[str, Json], names: Collection[str | int]) -> Json:
    """The entries but those."""
    return {name: value for name, value in entries.items() if name not in names}
