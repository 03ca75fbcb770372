"""Models whose relations are known: what is said of them against what they do."""

from __future__ import annotations

import random

import pytest
import torch

from dimsat.observe import InputObserver, check, find


def observed(model, *calls):
    observer = InputObserver()
    with observer(model):
        for call in calls:
            model(**made(call))
    return observer


def made(sizes):
    """Arguments: a tensor for each shape, and whole numbers."""
    return {
        name: value if isinstance(value, int) else torch.ones(value)
        for name, value in sizes.items()
    }


def recorded(*calls):
    """The recording of calls that nobody made."""

    def told(value):
        if isinstance(value, tuple):
            return {"tensor": {"dtype": "float32", "shape": list(value)}}
        return value

    return {
        "signature": [{"name": name} for name in calls[0]],
        "observations": [
            {"kwargs": {name: told(value) for name, value in call.items()}}
            for call in calls
        ],
    }


def takes(function, sizes):
    with torch.no_grad():
        try:
            function(**made(sizes))
        except Exception:
            return False
    return True


# ---- Whole numbers -------------------------------------------------------------------


class Rest(torch.nn.Module):
    """What is left of `x` behind `k`, and `y`."""

    def forward(self, x, k, y):
        return x[k:] + y


def test_relations_over_whole_numbers_are_decided():
    calls = [{"x": (a + b,), "k": b, "y": (a,)} for a, b in [(3, 4), (7, 2), (5, 9)]]
    exported = observed(Rest(), *calls).export(Rest())
    (hypothesis,) = exported.hypotheses
    assert str(hypothesis.relation) == "x[0] == k + y[0]"
    assert hypothesis.status == "necessary"
    assert exported.refused == ()


def test_a_whole_number_that_was_burned_in_is_checked():
    class Shifted(torch.nn.Module):
        def forward(self, x, k, flag):
            return x + k if flag else x

    model = Shifted()
    observer = observed(model, *({"x": (n,), "k": 3, "flag": 1} for n in (3, 5, 9)))
    program = observer.export(model).program
    given = [{"x": (4,), "k": k, "flag": flag} for k, flag in [(3, 1), (4, 1), (3, 0)]]
    checked = check(program, recorded(*given))
    module = program.module()
    assert [takes(module, call) for call in given] == [True, False, False]
    assert [refusal.call for refusal in checked.refused] == [1, 2]
    assert checked.nearest[1] == {"x": (4,), "k": 3, "flag": 1}


def test_constants_and_ranks_are_checked():
    class Scaled(torch.nn.Module):
        def forward(self, x, mode="a", y=None):
            return x * 2 if mode == "a" else x

    model, observer = Scaled(), InputObserver()
    with observer(model):
        for n in (3, 5, 9):
            model(torch.ones(n, 2), mode="a")
    program = observer.export(model).program
    other = recorded(
        {"x": (4, 2), "mode": "a"}, {"x": (4, 2), "mode": "b"}, {"x": (4,), "mode": "a"}
    )
    messages = {r.call: r.messages for r in check(program, other).refused}
    assert messages == {
        1: ("mode is 'b'; for this program it is 'a'",),
        2: ("x has 1 axis; the program takes 2",),
    }


# ---- Hypotheses ----------------------------------------------------------------------


class Three(torch.nn.Module):
    """`y` and `z` belong together, `x` does not."""

    def forward(self, x, y, z):
        return x.sum() + (y + z).sum()


def test_what_breaks_together_is_said_and_comes_apart_together():
    calls = [{"x": (n,), "y": (n,), "z": (n,)} for n in (3, 5, 9)]
    exported = observed(Three(), *calls).export(Three())
    assert [h.relation.together for h in exported.hypotheses] == [
        ("z[0] == x[0]",),
        ("y[0] == x[0]",),
    ]
    assert "which breaks z[0] == x[0] too" in exported.text()
    module = exported.program.module()
    assert takes(module, {"x": (4,), "y": (6,), "z": (6,)})
    assert not takes(module, {"x": (4,), "y": (6,), "z": (4,)})


def test_one_call_settles_several():
    class Free(torch.nn.Module):
        def forward(self, x, y, z):
            runs.append((x.shape[0], y.shape[0], z.shape[0]))
            return x.sum() + y.sum() + z.sum()

    runs: list[tuple[int, int, int]] = []
    calls = [{"x": (n,), "y": (n,), "z": (n,)} for n in (3, 5, 9)]
    observer = observed(Free(), *calls)
    runs.clear()
    exported = observer.export(Free())
    assert [h.is_free for h in exported.hypotheses] == [True, True]
    assert exported.findings.probe is not None
    assert exported.findings.probe.breaks == ("y[0] == x[0]", "z[0] == x[0]")
    real = [sizes for sizes in runs if all(type(size) is int for size in sizes)]
    assert (2, 3, 4) in real
    assert (2, 3, 2) not in real


def test_a_further_call_settles_what_is_open():
    class Free(torch.nn.Module):
        def forward(self, x, y):
            return x.sum() + y.sum()

    first = [{"x": (7,), "y": (8,)}, {"x": (8,), "y": (9,)}]
    assert [need.calls for need in find(recorded(*first)).needs_calls] == [1]
    exported = observed(Free(), *first).export(Free())
    assert exported.open == ()  # the model was asked
    witness = exported.hypotheses[0].relation.witness
    assert witness is not None
    settled = find(recorded(*first, dict(witness)))
    assert settled.relations == ()


def test_a_size_that_no_dim_can_say_is_left_to_the_tracer():
    class Half(torch.nn.Module):
        def forward(self, x, y):
            return x[::2] + y

    sizes = [(5, 3), (7, 4), (11, 6), (21, 11)]  # odd by chance
    calls = [{"x": (x,), "y": (y,)} for x, y in sizes]
    exported = observed(Half(), *calls).export(Half())
    module = exported.program.module()
    assert all(takes(module, {"x": (x,), "y": (y,)}) for x, y in [(8, 4), (9, 5)])


# ---- Calls ---------------------------------------------------------------------------


def test_small_parts_of_sizes_are_taken():
    class Tail(torch.nn.Module):
        def forward(self, x, y):
            return x[1:] * y

    calls = [{"x": (n + 1,), "y": (n,)} for n in (1, 4, 7)]
    exported = observed(Tail(), *calls).export(Tail())
    assert exported.refused == ()
    assert any("lowered" in note for note in exported.notes)
    assert all(takes(exported.program.module(), call) for call in calls)


def test_one_head_is_taken():
    class Heads(torch.nn.Module):
        def forward(self, x, y):
            return x.reshape(3, 4, -1) + y

    calls = [{"x": (3, 4 * n), "y": (n,)} for n in (1, 4, 7)]
    exported = observed(Heads(), *calls).export(Heads())
    assert exported.refused == ()
    assert all(takes(exported.program.module(), call) for call in calls)


@pytest.mark.parametrize("start", [0, 1])
def test_another_branch_of_the_model_is_told(start):
    class Branch(torch.nn.Module):
        def forward(self, x, y):
            part = x[start:] + y
            return part * 2 if part.shape[0] >= 2 else part * 3

    calls = [{"x": (n + start,), "y": (n,)} for n in (1, 4, 7)]
    exported = observed(Branch(), *calls).export(Branch())
    assert [refusal.call for refusal in exported.refused] == [0]


def test_every_refused_call_is_told_with_sizes_steps_away():
    calls = [{"x": (n,), "y": (n,), "z": (n,)} for n in (3, 5, 9)]
    program = observed(Three(), *calls).export(Three()).program
    wrong = {"x": (4,), "y": (4,), "z": (7,)}
    checked = check(program, recorded(wrong, calls[0], wrong))
    assert [refusal.call for refusal in checked.refused] == [0, 2]
    near = checked.nearest[0]
    assert near["y"] == near["z"]
    steps = [abs(near[name][0] - wrong[name][0]) for name in wrong]
    assert sum(steps) == 3


# ---- Random models -------------------------------------------------------------------

PARTS = {
    "cat": ("torch.cat([{0}, {1}]) + {2}", ["{r}", "{s}", "{r} + {s}"]),
    "slice": ("{0}[::2] + {1}", ["{r}", "({r} + 1) // 2"]),
    "tail": ("{0}[1:] * {1}", ["{r} + 1", "{r}"]),
    "matmul": ("{0} @ {1}", ["{r}, {s}", "{s}, {t}"]),
    "heads": ("{0}.reshape(3, 4, -1) + {1}", ["3, 4 * {r}", "{r}"]),
    "number": ("{0} + torch.ones({1}, 1)", ["{r}, 2", "int {r}"]),
    "rest": ("{0}[{1}:] + {2}", ["{r} + {s}", "int {s}", "{r}"]),
    "free": ("{0}.sum(0)", ["{r}, {s}"]),
}


class Grown:
    """A model of a few parts over roots; the sizes of its arguments follow."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.shapes = {}
        body = []
        for kind in self.random.choices(sorted(PARTS), k=self.random.randint(1, 3)):
            text, shapes = PARTS[kind]
            roots = dict(zip("rst", self.random.sample("abcd", 3), strict=True))
            names = [f"x{len(self.shapes) + n}" for n in range(len(shapes))]
            for name, shape in zip(names, shapes, strict=True):
                self.shapes[name] = shape.format(**roots)
            body.append(text.format(*names))
        source = f"def forward(self, {', '.join(self.shapes)}):\n return {body}"
        scope = {"torch": torch}
        exec(source.replace("'", ""), scope)
        self.model = type("Model", (torch.nn.Module,), {"forward": scope["forward"]})()

    def call(self, least):
        at = {root: self.random.randint(least, 9) for root in "abcd"}
        return {name: self._size(shape, at) for name, shape in self.shapes.items()}

    def _size(self, shape, at):
        if shape.startswith("int "):
            return eval(shape.removeprefix("int "), {}, at)
        return eval(f"({shape},)", {}, at)

    def bent(self, call):
        """A call with one number changed."""
        name = self.random.choice(list(call))
        step = self.random.choice([-1, 1, 2])
        if isinstance(call[name], int):
            return {**call, name: max(0, call[name] + step)}
        shape, axis = list(call[name]), self.random.randrange(len(call[name]))
        shape[axis] = max(0, shape[axis] + step)
        return {**call, name: tuple(shape)}


@pytest.mark.parametrize("seed", range(12))
def test_what_is_said_of_a_random_model_is_true(seed):
    grown = Grown(seed)
    calls = list({str(c): c for c in (grown.call(2) for _ in range(4))}.values())
    exported = observed(grown.model, *calls).export(grown.model)
    module = exported.program.module()
    refused = {refusal.call for refusal in exported.refused}
    for index, call in enumerate(calls):
        assert takes(module, call) == (index not in refused)
    for hypothesis in exported.hypotheses:
        if hypothesis.tried:
            witness = hypothesis.relation.witness
            assert takes(grown.model, witness) == (hypothesis.refusal is None)
    others = [grown.bent(grown.call(1)) for _ in range(8)]
    checked = check(exported.program, recorded(*others))
    said = {refusal.call for refusal in checked.refused}
    for index, call in enumerate(others):
        if takes(module, call):
            assert index not in said
        elif takes(grown.model, call):
            assert index in said
        if index in said:
            assert takes(module, checked.nearest[index])
