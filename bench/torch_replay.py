"""A problem as PyTorch meets it: the state of an export right before it produces
guards and solves them.

Runs where PyTorch 2.13 is installed.  Example inputs (on the device "meta") and
the spec go through export's own code, the problem's guards through
`ShapeEnv.evaluate_expr`, as a model would have raised them.
"""

import ast
import contextlib
import logging

import sympy
import torch
import torch.utils._sympy.functions as torch_functions
from torch._export import non_strict_utils as export_steps
from torch.export import Dim
from torch.fx.experimental.symbolic_shapes import DimConstraints

HINTS = {"AUTO": Dim.AUTO, "DYNAMIC": Dim.DYNAMIC, "STATIC": Dim.STATIC}
CALLS = {
    name: getattr(torch_functions, name)
    for name in dir(torch_functions)
    if isinstance(getattr(torch_functions, name), sympy.FunctionClass)
} | {name: getattr(sympy, name) for name in "Eq Ne Lt Le Gt Ge And Or Not".split()}

logging.getLogger("torch").setLevel(logging.CRITICAL)


class NotReplayed(Exception):
    """The problem holds something that export's spec cannot say."""


class Inputs(torch.nn.Module):
    def forward(self, xs):
        return xs


class Spelling(ast.NodeTransformer):
    """What a tracer means by Python's operators and functions."""

    FUNCTIONS = {
        ast.FloorDiv: "FloorDiv",
        ast.Mod: "Mod",
        ast.And: "And",
        ast.Or: "Or",
        ast.Eq: "Eq",
        ast.NotEq: "Ne",
    }
    NAMES = {"max": "Max", "min": "Min"}

    def called(self, node, operator, *operands):
        """The function of an operator; the node itself where there is none."""
        name = self.FUNCTIONS.get(type(operator))
        return ast.Call(ast.Name(name, ast.Load()), [*operands], []) if name else node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return self.called(node, node.op, node.left, node.right)

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        return self.called(node, node.op, *node.values)

    def visit_Compare(self, node):
        self.generic_visit(node)
        return self.called(node, node.ops[0], node.left, node.comparators[0])

    def visit_Name(self, node):
        return ast.Name(self.NAMES.get(node.id, node.id), node.ctx)


def expression(text, symbols):
    """A guard's text as sympy holds it in PyTorch."""
    tree = ast.fix_missing_locations(Spelling().visit(ast.parse(text, mode="eval")))
    return sympy.sympify(eval(compile(tree, text, "eval"), CALLS, symbols))


def named_dims(problem):
    """Dim objects of PyTorch by name; derived ones too."""
    dims = {}
    for d in problem["dims"]:
        if "derived" not in d:
            low, high = d.get("min"), d.get("max")
            dims[d["name"]] = Dim(d["name"], min=low, max=high)
    for d in problem["dims"]:
        if "derived" in d:
            r = d["derived"]
            if r["root"] not in dims:
                dims[r["root"]] = Dim(r["root"])
            dims[d["name"]] = (
                r.get("scale", 1) * dims[r["root"]] + r.get("offset", 0)
            )
    return dims


def entry(e, dims):
    """One entry of `shape` in the spec that export takes."""
    if isinstance(e, dict):
        kept = {key: e[key] for key in ("min", "max") if e.get(key) is not None}
        return HINTS[e["hint"]](**kept) if kept else HINTS[e["hint"]]
    if not isinstance(e, str):
        return None
    for name in {n.id for n in ast.walk(ast.parse(e)) if isinstance(n, ast.Name)}:
        if name not in dims:
            dims[name] = Dim(name)
    return eval(e, {}, dims)


class Replay:
    """One problem; `guard` it once, then `solve` as often as needed."""

    def __init__(self, problem):
        dims = named_dims(problem)
        shapes = [[entry(e, dims) for e in i["shape"]] for i in problem["inputs"]]
        sizes = [i["hint"] for i in problem["inputs"]]
        if any(size is None for hint in sizes for size in hint):
            raise NotReplayed("an input without example")
        xs = [torch.empty(hint, device="meta") for hint in sizes]
        self.spec = {"xs": shapes}
        made = export_steps.make_fake_inputs(Inputs(), (xs,), {}, self.spec)
        self.mode, (fakes,), _, self.equalities, self.signature = made[:5]
        self.symbols = self.own_symbols(problem, fakes)
        for g in problem["guards"]:
            self.guard(g)

    def own_symbols(self, problem, fakes):
        """PyTorch's symbol of each symbol of the problem."""
        found = {}
        for i, fake in zip(problem["inputs"], fakes):
            for name, size in zip(i.get("traced", ()), fake.shape):
                if isinstance(name, str) and isinstance(size, torch.SymInt):
                    found[name] = size.node._expr
        by_source = {
            source.name: symbol
            for symbol, sources in self.mode.shape_env.var_to_sources.items()
            for source in sources
        }
        for s in problem["symbols"]:
            if s.get("source") in by_source:
                found.setdefault(s["name"], by_source[s["source"]])
        return found

    def guard(self, g):
        """Lets the shape environment meet one guard."""
        if g.get("kind") == "runtime_assert":
            return
        try:
            e = expression(g["expr"], dict(self.symbols))
        except NameError as missing:
            raise NotReplayed(f"a symbol without example: {missing}") from None
        if e not in (sympy.true, sympy.false):
            self.mode.shape_env.evaluate_expr(e)

    def solve(self):
        """Guards, solution and advice, as at the end of an export; the advice
        is the text of the exception, or None."""
        try:
            export_steps.produce_guards_and_solve_constraints(
                self.mode, None, self.spec, self.equalities, self.signature
            )
        except torch.fx.experimental.symbolic_shapes.ConstraintViolationError as e:
            return str(e)
        return None

    def recorded(self):
        """What `solve` hands to DimConstraints: how it is made, then its calls;
        empty where PyTorch refuses before that."""
        with recording() as calls, contextlib.suppress(Exception):
            self.solve()
        return calls

    def solve_alone(self, calls):
        """The solver without the rest: constraints in, advice out."""
        solver = DimConstraints(*calls[0])
        for name, arguments in calls[1:]:
            getattr(solver, name)(*arguments)
        solver.solve()
        solver.prettify_results(
            self.signature, self.spec, None, solver.forced_specializations()
        )


@contextlib.contextmanager
def recording():
    """Collects the arguments of DimConstraints and its outermost `add` and
    `add_equality` calls."""
    calls, depth = [], [0]
    kept = {n: getattr(DimConstraints, n) for n in ("__init__", "add", "add_equality")}

    def record(name):
        def method(self, *arguments):
            if not depth[0]:
                call = (name, arguments) if name != "__init__" else arguments
                calls.append(call)
            depth[0] += 1
            try:
                return kept[name](self, *arguments)
            finally:
                depth[0] -= 1

        return method

    solving = DimConstraints.solve

    def solve(self):
        depth[0] += 1
        try:
            return solving(self)
        finally:
            depth[0] -= 1

    try:
        for name in kept:
            setattr(DimConstraints, name, record(name))
        DimConstraints.solve = solve
        yield calls
    finally:
        for name, method in kept.items():
            setattr(DimConstraints, name, method)
        DimConstraints.solve = solving
