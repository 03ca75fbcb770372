"""Facts about sizes against JAX's symbolic dimensions (jax.export).

A fact counts where JAX can express it: every assumption is one comparison other
than `!=`, the query is one comparison, and all sides are made of what its
dimensions know.  JAX's dimensions are at least 1, so both sides are told so.
Dimsat starts from text; JAX reads names and assumptions
from text and computes the query, compiled beforehand, with its dimensions as a
program would.  Each question has a scope or context of its own.
"""

import ast
import json

import harness
import library

RUNS = {"quick": 1, "usual": 7, "full": 15}
EVERY = {"quick": 40, "usual": 1, "full": 1}
ASSUMED = {
    ast.GtE: "{} >= {}",
    ast.LtE: "{} <= {}",
    ast.Gt: "{} >= {} + 1",
    ast.Lt: "{} + 1 <= {}",
    ast.Eq: "{} == {}",
}
COMPARED = dict.fromkeys([*ASSUMED, ast.NotEq])
FUNCTIONS = {ast.FloorDiv: "floordiv", ast.Mod: "mod"}
SETTLED = {"always": True, "never": False}
CALLS = {"max", "min", *FUNCTIONS.values()}
HELD = (
    ast.BinOp,
    ast.UnaryOp,
    ast.Name,
    ast.Constant,
    ast.Call,
    ast.operator,
    ast.unaryop,
    ast.expr_context,
)


class Spelling(ast.NodeTransformer):
    """JAX's names of the divisions."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        name = FUNCTIONS.get(type(node.op))
        if not name:
            return node
        return ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])


def comparison(text, operators):
    """Sides and operator of one comparison in JAX's spelling, or None."""
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return None
    sides = (tree.left, tree.comparators[0])
    known = all(isinstance(n, HELD) for side in sides for n in ast.walk(side))
    if not known or type(tree.ops[0]) not in operators:
        return None
    left, right = (ast.unparse(Spelling().visit(side)) for side in sides)
    return left, operators[type(tree.ops[0])], right


def names_of(*texts):
    """The names of sizes in the texts."""
    nodes = (n for text in texts for n in ast.walk(ast.parse(text)))
    return sorted({n.id for n in nodes if isinstance(n, ast.Name)} - CALLS)


def expressible(fact):
    """Whether JAX can be asked this fact."""
    return (
        fact["expect"] != "bounds"
        and names_of(*fact["assume"], fact["query"])
        and all(comparison(a, ASSUMED) for a in fact["assume"])
        and comparison(fact["query"], COMPARED) is not None
    )


class Question:
    """A fact as both sides take it."""

    def __init__(self, fact):
        names = names_of(*fact["assume"], fact["query"])
        positive = [f"{name} >= 1" for name in names]
        self.scope = [*positive]
        for text in fact["assume"]:
            left, form, right = comparison(text, ASSUMED)
            self.scope.append(form.format(left, right))
        self.names = ", ".join(names)
        self.compiled = compile(fact["query"], fact["query"], "eval")
        self.assume = [a.encode() for a in (*positive, *fact["assume"])]
        self.query = fact["query"].encode()
        self.answer = None

    def ask_jax(self):
        """Lets JAX decide; None where it says that it cannot."""
        from jax import core, errors, export

        scope = export.SymbolicScope(self.scope)
        sizes = export.symbolic_shape(self.names, scope=scope)
        names = {"max": core.max_dim, "min": core.min_dim}
        names |= zip(self.names.split(", "), sizes)
        try:
            self.answer = bool(eval(self.compiled, names))
        except errors.InconclusiveDimensionOperation:
            self.answer = None


def asked(every):
    """The questions that JAX reads, and how many it does not."""
    lines = (harness.DATA / "facts.jsonl").read_text().splitlines()
    facts = [f for f in map(json.loads, lines) if expressible(f)][::every]
    kept, failures = [], []
    for fact in facts:
        question = Question(fact)
        try:
            question.ask_jax()
        except Exception as e:
            failures.append((fact, e))
        else:
            kept.append(question)
    return kept, failures


def measure(build, size):
    try:
        import jax
    except ImportError:
        return [], ["JAX is not installed for this Python: rows left out"]
    solver = library.Solver(build)
    questions, failures = asked(EVERY[size])
    pairs, settled, same = [], 0, 0
    for q in questions:
        ours, theirs = harness.alternate(
            RUNS[size], lambda: solver.ask(q.assume, q.query), q.ask_jax
        )
        pairs.append((ours * 1e6, theirs * 1e6, q.query.decode()))
        answer = library.ANSWERS[solver.ask(q.assume, q.query)]
        settled += answer in SETTLED
        same += answer in SETTLED and SETTLED[answer] is q.answer
    rows = list(harness.spread("ask / JAX symbolic dimensions", "us", pairs))
    return rows, [
        f"JAX {jax.__version__}: of {len(questions)} facts, dimsat finds that "
        f"{settled} hold always or never, JAX gives that answer for {same}; it "
        f"cannot read {len(failures)} more"
    ]


if __name__ == "__main__":
    harness.main(measure)
