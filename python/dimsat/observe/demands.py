"""What a program demands of sizes and whole numbers, in the terms of recorded calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.export import Dim, ExportedProgram
from torch.utils import _pytree as pytree

from dimsat.observe.building import spec_of
from dimsat.observe.encoding import encode
from dimsat.observe.places import leaves
from dimsat.observe.signatures import taking
from dimsat.torch import internals
from dimsat.torch.program import entry_problem, range_checks
from dimsat.torch.spec import Spec, describe


@dataclass(frozen=True)
class Demands:
    """What a program demands of sizes.

    ``problem`` has all of it as guards, the last of which are ``ranges``: bounds of
    single axes.
    """

    spec: Spec
    problem: dict[str, Any]
    ranges: tuple[str, ...]

    @property
    def guards(self) -> list[str]:
        """All of it, as text."""
        return [guard["expr"] for guard in self.problem["guards"]]

    @property
    def relations(self) -> list[str]:
        """The guards that are no ranges."""
        return [text for text in self.guards if text not in self.ranges]

    @property
    def words(self) -> dict[str, str]:
        """A word for each size and whole number that expressions can have."""
        return {leaf.source: f"a{n}" for n, leaf in enumerate(self.spec.leaves)}


def demands_of(program: ExportedProgram, model: torch.nn.Module | None) -> Demands:
    """What a program demands; `model` as for `check`."""
    if program.example_inputs is None:
        raise ValueError("the program has no example inputs: export it again")
    args, kwargs = program.example_inputs
    module = program.module()
    callee: Any = module if model is None else taking(model, kwargs)
    arguments = internals.combine_args(callee, args, kwargs)
    spec = describe(callee, tuple(args), kwargs, _auto(arguments))
    problem = entry_problem(program, module, spec, numbers=True)
    ranges = tuple(range_checks(program, spec))
    asked = [guard["expr"] for guard in problem["guards"]]
    new = [{"expr": text, "at": "on entry"} for text in ranges if text not in asked]
    return Demands(spec, {**problem, "guards": [*problem["guards"], *new]}, ranges)


def _auto(arguments: dict[str, Any]) -> Any:
    """A spec that leaves every axis open."""

    def entry(value: Any, _: str) -> Any:
        if not isinstance(value, torch.Tensor):
            return None
        return dict.fromkeys(range(value.dim()), Dim.AUTO)

    return {name: spec_of(value, name, entry) for name, value in arguments.items()}


# ---- The names of calls --------------------------------------------------------------


def as_recorded(problem: dict[str, Any], paths: Mapping[str, str]) -> dict[str, Any]:
    """The problem with inputs called by their paths in calls, given by source."""
    inputs = [
        {**given, "name": paths.get(given["source"], given["name"])}
        for given in problem["inputs"]
    ]
    return {**problem, "inputs": inputs}


def columns_of(problem: Mapping[str, Any]) -> dict[str, str]:
    """What calls call each size, by its source; of a problem `as_recorded`."""
    return {
        f"{given['source']}.size()[{axis}]": f"{given['name']}[{axis}]"
        for given in problem["inputs"]
        for axis in range(len(given["shape"]))
    }


def paths_of(spec: Spec) -> dict[str, str]:
    """The path of each tensor and whole number of a program in calls, by its source."""
    tensors: list[torch.Tensor] = []

    def name(tensor: torch.Tensor) -> str:
        tensors.append(tensor)
        return str(len(tensors) - 1)

    by_id: dict[int, str] = {}
    for parameter, value in spec.arguments.items():
        for path, leaf in leaves(encode(value, name), parameter):
            if isinstance(leaf, dict):
                by_id[id(tensors[int(leaf["tensor"]["dtype"])])] = path
    paths = {v.source: by_id[id(v.value)] for v in spec.values if id(v.value) in by_id}
    known = _number_paths(spec.arguments)
    numbers = (v.source for v in spec.values if type(v.value) is int)
    return paths | {source: known.get(source, source) for source in numbers}


def _number_paths(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Where each whole number stands in recorded calls, by its source."""
    found: list[tuple[Any, str]] = []

    def entry(value: Any, path: str) -> None:
        found.append((value, path))

    for name, value in arguments.items():
        spec_of(value, name, entry)
    keyed = pytree.tree_leaves_with_path(dict(arguments))
    return {
        f"L{pytree.keystr(key)}": path
        for (key, leaf), (value, path) in zip(keyed, found, strict=True)
        if leaf is value and type(value) is int
    }
