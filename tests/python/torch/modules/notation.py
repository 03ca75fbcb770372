"""A short notation for export cases: what is exported, with which example and spec.

A spec is one line: inputs separated by ``;``, axes by ``,``. An axis is

    n           Dim("n"); one name is one Dim within a case
    n=4..64     the same with a range (either end may be left out); said once
    2*n+1       a derived dim (``2*n=4..64+1`` gives its root a range)
    ? ! #       Dim.AUTO, Dim.DYNAMIC, Dim.STATIC; ``?4..64`` with a range
    _           nothing said
    7           the constant 7

and ``-`` stands for an input of which nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.export import Dim

AXIS = re.compile(
    r"(?:(?P<scale>\d+)\*)?(?P<name>[^\W\d]\w*)"
    r"(?:=(?P<low>\d*)\.\.(?P<high>\d*))?(?P<offset>[+-]\d+)?"
)
HINT = re.compile(r"(?P<hint>[?!#])(?:(?P<low>\d*)\.\.(?P<high>\d*))?")
HINTS = {"?": Dim.AUTO, "!": Dim.DYNAMIC, "#": Dim.STATIC}


@dataclass
class Built:
    """What one call of ``torch.export.export`` takes."""

    module: nn.Module
    args: tuple[Any, ...]
    dynamic_shapes: Any
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One export, and what a person says about it.

    ``fate`` is "fine" (nothing to repair, though PyTorch may refuse), "repair" (some
    smaller spec exports), "none" (no spec of these dims exports) or "open" (one may
    well say either). ``allowed`` is a Python condition over the dims: the sizes, all at
    least 2 or pinned, on which the model does what the example did.
    """

    name: str
    family: str
    build: Callable[[], Built]
    fate: str = "repair"
    allowed: str | None = None
    strict: bool = False
    options: dict[str, Any] = field(default_factory=dict)


CASES: dict[str, Case] = {}


def register(one: Case) -> None:
    """Adds a case; two of one name are a mistake."""
    assert one.name not in CASES, f"two cases are called {one.name}"
    CASES[one.name] = one


def number(text: str | None) -> int | None:
    return int(text) if text else None


class Spec:
    """Reads spec lines; the Dims of one line are shared by name."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.roots: dict[str, Any] = {}
        for part in re.split("[;,]", text):
            found = AXIS.fullmatch(part.strip())
            if found and found["low"] is not None:
                low, high = number(found["low"]), number(found["high"])
                self.roots[found["name"]] = Dim(found["name"], min=low, max=high)

    def axis(self, text: str) -> Any:
        if text == "_":
            return None
        if text.isdigit():
            return int(text)
        if hint := HINT.fullmatch(text):
            kind = HINTS[hint["hint"]]
            low, high = number(hint["low"]), number(hint["high"])
            return kind if low is None and high is None else kind(min=low, max=high)
        found = AXIS.fullmatch(text)
        assert found, f"not an axis: {text}"
        dim = self.roots.setdefault(found["name"], Dim(found["name"]))
        if found["scale"]:
            dim = int(found["scale"]) * dim
        return dim + int(found["offset"]) if found["offset"] else dim

    def input(self, text: str) -> Any:
        if text in ("-", ""):
            return None
        return {i: self.axis(part.strip()) for i, part in enumerate(text.split(","))}

    def shapes(self) -> tuple[Any, ...]:
        """The spec of all inputs, by position."""
        return tuple(self.input(part.strip()) for part in self.text.split(";"))


def example(shape: Any) -> Any:
    """A shape gives a tensor of noise; anything else stands for itself."""
    return torch.randn(shape) if isinstance(shape, tuple) else shape


def case(
    spec: str,
    inputs: Sequence[Any] | Callable[[], Sequence[Any]],
    *,
    variant: str = "",
    parts: Callable[[], dict[str, Any]] | None = None,
    fate: str = "repair",
    allowed: str | None = None,
    strict: bool = False,
    **options: Any,
) -> Callable[[Any], Any]:
    """Registers ``def NAME(self, ...)`` as the forward of a module with these parts."""

    def decorate(forward: Any) -> Any:
        def build() -> Built:
            torch.manual_seed(0)
            module = type("Model", (nn.Module,), {"forward": forward})()
            for name, part in (parts() if parts else {}).items():
                setattr(module, name, part)
            sizes = inputs() if callable(inputs) else inputs
            args = tuple(example(shape) for shape in sizes)
            return Built(module.eval(), args, Spec(spec).shapes())

        name = forward.__name__ + ("/" + variant if variant else "")
        family = forward.__module__.rsplit(".", 1)[-1]
        register(Case(name, family, build, fate, allowed, strict, options))
        return forward

    return decorate


def built(
    name: str,
    *,
    fate: str = "repair",
    allowed: str | None = None,
    strict: bool = False,
    **options: Any,
) -> Callable[[Any], Any]:
    """Registers a function that makes everything itself."""

    def decorate(make: Callable[[], Built]) -> Any:
        def build() -> Built:
            torch.manual_seed(0)
            made = make()
            made.module.eval()
            return made

        family = make.__module__.rsplit(".", 1)[-1]
        register(Case(name, family, build, fate, allowed, strict, options))
        return make

    return decorate
