"""Every private name of PyTorch that dimsat.torch touches, in one place.

PyTorch offers no public way to hear what its tracer decides, so while something
is being recorded a few of its functions are replaced by ones that report to a
`Listener` and then do what they always did.  `install` replaces them, `remove`
puts the originals back; both may be called by several threads, and the last
`remove` restores.  A replacement that finds no recording in its thread only
passes the call on, so `torch.compile` elsewhere in the process sees no change.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

import torch

TESTED = "2.13"

_TRACE = "torch.export._trace"
_DRAFT = "torch.export._draft_export"
_SHAPES = "torch.fx.experimental.symbolic_shapes"
_DYNAMIC = "torch.export.dynamic_shapes"
_NUMBERS = "torch.utils._sympy.numbers"


class UnsupportedTorch(ImportError):
    """This version of PyTorch lacks a name that recording needs."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"dimsat.torch needs {name}, which PyTorch {torch.__version__} does not"
            f" have; it was tested with PyTorch {TESTED}"
        )


def find(module: str, path: str) -> Any:
    """The object `path` of `module`, where `path` may have dots.

    Raises UnsupportedTorch where this PyTorch has no such name.
    """
    try:
        found: Any = importlib.import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except (ImportError, AttributeError):
        raise UnsupportedTorch(f"{module}.{path}") from None
    return found


@dataclass(frozen=True)
class ExportCall:
    """The arguments of one export, as its caller gave them."""

    model: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    dynamic_shapes: Any
    strict: bool


class Listener(Protocol):
    """What a recording hears; `env` is PyTorch's ShapeEnv."""

    def export(self, call: ExportCall, proceed: Callable[[], Any]) -> Any:
        """An export starts; `proceed()` runs it and returns its program."""

    def symbol(self, env: Any, symbol: Any, value: Any, source: Any) -> None:
        """`symbol` (or the constant that was burned in) stands for `source`."""

    def unbacked(self, env: Any, symbol: Any) -> None:
        """A symbol without an example was made."""

    def guard(self, env: Any, condition: Any, runtime: bool) -> None:
        """The tracer relied on `condition`."""

    def solving(self, part: Any) -> AbstractContextManager[None]:
        """Guards are put together: `part` is a ShapeEnv or its DimConstraints."""


class _Silence:
    """A listener that lets everything pass."""

    def export(self, call: ExportCall, proceed: Callable[[], Any]) -> Any:
        return proceed()

    def symbol(self, env: Any, symbol: Any, value: Any, source: Any) -> None:
        pass

    def unbacked(self, env: Any, symbol: Any) -> None:
        pass

    def guard(self, env: Any, condition: Any, runtime: bool) -> None:
        pass

    def solving(self, part: Any) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass
class _Line:
    """What one set of replacements reports to; silent once they are removed."""

    listener: Listener


_Replace = Callable[[_Line, Callable[..., Any]], Callable[..., Any]]


def _around_export(line: _Line, original: Callable[..., Any]) -> Any:
    signature = inspect.signature(original)

    @functools.wraps(original)
    def exporting(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = bound.arguments
        call = ExportCall(
            model=given["mod"],
            args=given["args"],
            kwargs=given["kwargs"] or {},
            dynamic_shapes=given["dynamic_shapes"],
            strict=given["strict"],
        )
        return line.listener.export(call, functools.partial(original, *args, **kwargs))

    return exporting


def _after_symbol(line: _Line, original: Callable[..., Any]) -> Any:
    @functools.wraps(original)
    def create_symbol(env: Any, *args: Any, **kwargs: Any) -> Any:
        symbol = original(env, *args, **kwargs)
        given = dict(zip(("val", "source"), args, strict=False)) | kwargs
        line.listener.symbol(env, symbol, given["val"], given["source"])
        return symbol

    return create_symbol


def _after_unbacked(line: _Line, original: Callable[..., Any]) -> Any:
    @functools.wraps(original)
    def create_unbacked(env: Any, *args: Any, **kwargs: Any) -> Any:
        created = original(env, *args, **kwargs)
        line.listener.unbacked(env, created.node.expr)
        return created

    return create_unbacked


def _before_guard(line: _Line, original: Callable[..., Any]) -> Any:
    @functools.wraps(original)
    def log_guard(env: Any, prefix: str, condition: Any, *args: Any, **kw: Any) -> Any:
        if "suppressed" not in prefix:
            line.listener.guard(env, condition, prefix.startswith("runtime_assert"))
        return original(env, prefix, condition, *args, **kw)

    return log_guard


def _while_solving(line: _Line, original: Callable[..., Any]) -> Any:
    @functools.wraps(original)
    def solve(part: Any, *args: Any, **kwargs: Any) -> Any:
        with line.listener.solving(part):
            return original(part, *args, **kwargs)

    return solve


_REPLACED: tuple[tuple[str, str, _Replace], ...] = (
    (_TRACE, "_export", _around_export),
    (_DRAFT, "_export", _around_export),
    (_SHAPES, "ShapeEnv.create_symbol", _after_symbol),
    (_SHAPES, "ShapeEnv.create_unbacked_symint", _after_unbacked),
    (_SHAPES, "ShapeEnv._log_guard", _before_guard),
    (_SHAPES, "ShapeEnv.produce_guards_verbose", _while_solving),
    (_SHAPES, "DimConstraints.solve", _while_solving),
    (_SHAPES, "DimConstraints.forced_specializations", _while_solving),
    (_SHAPES, "DimConstraints.prettify_results", _while_solving),
)


@dataclass(frozen=True)
class _Patch:
    owner: Any
    name: str
    original: Any
    replacement: Any


class _Patches:
    """The functions that are replaced now, and for how many users."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._patches: list[_Patch] = []
        self._line = _Line(_Silence())

    def install(self, listener: Listener) -> None:
        for module, path, _ in _REPLACED:
            find(module, path)  # imports take locks of their own
        with self._lock:
            if self._users == 0:
                self._line = _Line(listener)
                patches = [_patch_of(self._line, *entry) for entry in _REPLACED]
                find(_SHAPES, "uninteresting_files")().update(_own_files())
                self._patches = patches
                for patch in patches:
                    setattr(patch.owner, patch.name, patch.replacement)
            self._users += 1

    def remove(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users > 0:
                return
            self._line.listener = _Silence()
            for patch in reversed(self._patches):
                if getattr(patch.owner, patch.name) is patch.replacement:
                    setattr(patch.owner, patch.name, patch.original)
            self._patches = []
            find(_SHAPES, "uninteresting_files")().difference_update(_own_files())


_patches = _Patches()


def install(listener: Listener) -> None:
    """Replaces the functions unless they are already; `remove` undoes it.

    All users share the first one's listener.  Raises UnsupportedTorch, with
    nothing replaced, where this PyTorch lacks one of them.
    """
    _patches.install(listener)


def remove() -> None:
    """Puts the originals back when the last user is gone.

    A function that somebody else has replaced in the meantime stays as it is:
    what lies under it only passes calls on from now on.
    """
    _patches.remove()


def _patch_of(line: _Line, module: str, path: str, replace: _Replace) -> _Patch:
    original = find(module, path)
    owner_path, _, name = path.rpartition(".")
    owner = find(module, owner_path) if owner_path else importlib.import_module(module)
    return _Patch(owner, name, original, replace(line, original))


def _own_files() -> tuple[str, ...]:
    """The files whose frames PyTorch must not take for the user's code."""
    folder = __file__.rpartition("hooks.py")[0]
    return (__file__, folder + "recording.py", folder + "tracing.py")


# ------------------------------------------------------- what is read, not replaced


def bound(value: Any) -> int | None:
    """A bound of a range as an integer; None where it is infinite."""
    infinite = find(_NUMBERS, "int_oo")
    if value is None or value in (infinite, -infinite) or value.is_infinite:
        return None
    return int(value)


def range_of(env: Any, symbol: Any) -> tuple[int | None, int | None]:
    """The range of `symbol` as `env` knows it now; None is unbounded."""
    known = env.var_to_range.get(symbol)
    return (bound(known.lower), bound(known.upper)) if known else (None, None)


def guards_kept(env: Any) -> set[Any]:
    """The conditions that `env` checks as guards; others became run-time asserts."""
    return {guard.expr for guard in env.guards}


def constraints_of(env: Any) -> Any:
    """The DimConstraints that `env` collected, or None before there are any."""
    return env.dim_constraints


def is_dim_source(source: Any) -> bool:
    """Whether a symbol stands for a Dim that no axis carries alone."""
    return isinstance(source, find("torch._dynamo.source", "ConstantSource"))


def user_stack() -> traceback.StackSummary:
    """The frames of the user's code that a strict export is interpreting."""
    context = find("torch._guards", "TracingContext")
    stack: traceback.StackSummary = context.extract_stack()
    return stack


def node_stack() -> str:
    """The traceback text of the graph node that is being traced again, or ""."""
    meta = find("torch.fx.traceback", "get_current_meta")()
    return meta.get("stack_trace") or ""


def named_arguments(
    model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The example inputs by the names of the parameters of `model.forward`."""
    combined: dict[str, Any] = find(_DYNAMIC, "_combine_args")(model, args, kwargs)
    return combined


_PLAIN_VIOLATIONS = (
    "Found the following conflicts between user-specified ranges",
    "Expected derived min value of",
    "Expected derived max value of",
)
"""How violations begin that come as errors of Python's own kinds."""


def is_violation(error: BaseException) -> bool:
    """Whether PyTorch raised `error` because the spec and the model disagree."""
    user_error = find("torch._dynamo.exc", "UserError")
    kinds = find("torch._dynamo.exc", "UserErrorType")
    if isinstance(error, user_error):
        return bool(error.error_type == kinds.CONSTRAINT_VIOLATION)
    if isinstance(error, (ValueError, AssertionError)):
        return str(error).startswith(_PLAIN_VIOLATIONS)
    return isinstance(
        error,
        (
            find(_SHAPES, "ConstraintViolationError"),
            find("torch.utils._sympy.value_ranges", "ValueRangeError"),
        ),
    )
