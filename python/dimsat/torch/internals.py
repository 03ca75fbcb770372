"""The private names of PyTorch that dimsat.torch reads or calls, but does not replace.

Those that it replaces while it records are in hooks.py.  Importing this module raises
UnsupportedTorch where this PyTorch lacks a kind of entry that a spec may have.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import threading
from collections.abc import Iterator
from typing import Any

import torch
from torch.utils import _pytree as pytree

from dimsat.torch.hooks import find

_DYNAMIC = "torch.export.dynamic_shapes"
_NON_STRICT = "torch._export.non_strict_utils"
_UNLIFT = "torch.export._unlift"

# --------------------------------------------------------- what a spec is made of

DerivedDim = find(_DYNAMIC, "_DerivedDim")
DimHint = find(_DYNAMIC, "_DimHint")
IntWrapper = find(_DYNAMIC, "_IntWrapper")
int_oo = find("torch.utils._sympy.numbers", "int_oo")
check_dynamic_shapes = find(_DYNAMIC, "_check_dynamic_shapes")
combine_args = find(_DYNAMIC, "_combine_args")
tree_map_with_path = find(_DYNAMIC, "_tree_map_with_path")


def node_kind(value: Any) -> Any:
    """The pytree node type of a value; None for a value without parts."""
    kind = find("torch.utils._pytree", "_get_node_type")(value)
    return kind if kind in pytree.SUPPORTED_NODES else None


def collected_shapes(collection: Any) -> dict[int, Any]:
    """The entries of a ShapesCollection by the id of their tensor."""
    shapes: dict[int, Any] = collection._shapes
    return shapes


# ----------------------------------------------------------- what a rehearsal runs


class _OtherThreads(logging.Filter):
    """Lets only the messages of other threads through."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread != self._thread


@contextlib.contextmanager
def unlogged() -> Iterator[None]:
    """What is read again does not warn again."""
    quiet = _OtherThreads()
    logger = logging.getLogger(_DYNAMIC)
    logger.addFilter(quiet)
    try:
        yield
    finally:
        logger.removeFilter(quiet)


def fake_inputs(
    model: Any, args: tuple[Any, ...], kwargs: dict[str, Any], shapes: Any
) -> Any:
    """Fake mode, inputs, equalities of the spec, signature: as export makes them."""
    return find(_NON_STRICT, "make_fake_inputs")(model, args, kwargs, shapes)


def solve_guards(mode: Any, shapes: Any, equalities: Any, signature: Any) -> None:
    """Puts the guards of `mode` together and solves them, as export does at its end.

    Raises what export would raise.
    """
    module, name = (
        "torch._export.non_strict_utils",
        "produce_guards_and_solve_constraints",
    )
    find(module, name)(mode, None, shapes, equalities, signature)


def symbols_by_source(env: Any) -> dict[str, Any]:
    """What `env` made of each axis, integer argument and Dim, by its name."""
    symbols = {}
    for symbol, sources in env.var_to_sources.items():
        for source in sources:
            symbols[source.name] = symbol
    return symbols


def ask(env: Any, condition: Any) -> bool:
    """Lets `env` rely on a condition, or on its opposite if the example breaks it."""
    return bool(env.evaluate_expr(condition))


def checked_ranges(env: Any) -> dict[str, tuple[int, int | None]]:
    """The range of each axis as `env` knows it, as far as a program checks it.

    A program lets 0, 1 and 2 through whatever the range says.
    """
    ranges: dict[str, tuple[int, int | None]] = {}
    for tracked in env.tracked_fakes:
        shape = tracked.fake.shape if isinstance(tracked.fake, torch.Tensor) else ()
        for axis, size in enumerate(shape):
            if isinstance(size, torch.SymInt):
                known = env.bound_sympy(size.node.expr)
                where = f"{tracked.source.name}.size()[{axis}]"
                ranges[where] = _checked(known)
    return ranges


def _checked(known: Any) -> tuple[int, int | None]:
    least, most = known.lower, known.upper
    return (
        0 if least == -int_oo or least <= 2 else int(least),
        None if most == int_oo else int(most),
    )


def clean_markers(tensor: torch.Tensor) -> None:
    """Removes the marks that reading a spec leaves on a tensor."""
    find(_NON_STRICT, "_clean_dynamic_markers")(tensor)


# ---------------------------------------------------- what an exported program checks


def entry_checks(program: Any, module: Any) -> tuple[list[str], list[Any]]:
    """What the program checks of its inputs before it runs, as Python conditions.

    Also the paths of the inputs, by which the conditions name them.
    """
    signature = inspect.signature(module.forward)
    paths = find(_UNLIFT, "_get_input_paths")(program.example_inputs, signature)
    inputs = module.graph.find_nodes(op="placeholder")
    made = find(_UNLIFT, "_get_input_guards_for_graph")
    checks = made(inputs, program.range_constraints, paths)
    traced = find(_UNLIFT, "_force_ep_signature_match")(program._guards_code, paths)
    traced = find(_UNLIFT, "_force_gm_signature_match")(traced, signature)
    return [*checks, *traced], paths


def guard_texts(program: Any) -> list[str]:
    """The conditions that the trace found, as the program keeps them."""
    return list(program._guards_code)


def set_guard_texts(program: Any, texts: list[str]) -> None:
    """Gives a program other conditions to check on entry."""
    program._guards_code = texts


def graph_asserts(program: Any) -> list[tuple[Any, str]]:
    """The conditions that the program asserts while it runs, as sympy expressions.

    With each comes the traceback text of the user's line, or "".
    """
    asserts = []
    for node in program.graph.nodes:
        if node.target is torch.ops.aten._assert_scalar.default:
            value = getattr(node.args[0], "meta", {}).get("val")
            if isinstance(value, torch.SymBool):
                asserts.append((value.node.expr, node.meta.get("stack_trace") or ""))
    return asserts


def traced_sizes(program: Any) -> list[list[Any]]:
    """Per user input the sizes it was traced with: numbers and sympy expressions."""
    nodes = program.graph.find_nodes(op="placeholder")
    sizes = []
    for node, given in zip(nodes, program.graph_signature.input_specs, strict=True):
        if given.kind.name == "USER_INPUT":
            value = node.meta.get("val")
            shape = value.shape if isinstance(value, torch.Tensor) else ()
            sizes.append([getattr(getattr(s, "node", s), "expr", s) for s in shape])
    return sizes


def size_range(program: Any, size: Any) -> tuple[int, int | None]:
    """The range that a program checks for a size; None is no upper bound."""
    known = program.range_constraints.get(size)
    return (0, None) if known is None else _checked(known)
