"""Random models with random specs: what one op demands, the next one hides.

    python tests/python/torch/compose.py [--first SEED] [--count N] [--torch] [--show]

Each seed gives one model, written as source text, with an example on which it runs and
a spec. Repair must export it in one round, and the program must accept its spec.
"""

from __future__ import annotations

import argparse
import random
import sys
import traceback
from typing import Any

import torch
from measure import HEADER, Row, line, measure, summary
from modules import Built, Case
from modules.notation import Spec
from torch import nn
from torch.nn import functional as F
from trial import baseline, quiet

MOST_ELEMENTS = 4000
SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 24)


class Composer:
    """Writes the forward of one model, line by line, running it as it goes."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.inputs: list[torch.Tensor] = []
        self.lines: list[str] = []
        rank = self.random.choice([1, 1, 2, 2, 3, 4])
        self.add_input(tuple(self.size() for _ in range(rank)))
        self.x = self.kept = self.inputs[0]
        wanted = self.random.randint(1, 5)
        for _ in range(40):
            if len(self.lines) < wanted:
                self.step()
        if not self.lines:
            self.lines.append("x = x + 1")

    def size(self) -> int:
        return self.random.choice(
            [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 24]
        )

    def add_input(self, shape: tuple[int, ...]) -> str:
        self.inputs.append(torch.randn(shape))
        return f"x{len(self.inputs) - 1}"

    def step(self) -> None:
        """Adds one line if it can run at the example."""
        count = len(self.inputs)
        try:
            text = self.random.choice(OPS)(self)
            names: dict[str, Any] = {f"x{i}": t for i, t in enumerate(self.inputs)}
            names |= {"x": self.x, "kept": self.kept, "torch": torch, "F": F}
            exec(text, names)
        except (RuntimeError, IndexError, ValueError, TypeError, AssertionError):
            del self.inputs[count:]
            return
        if 0 < names["x"].numel() <= MOST_ELEMENTS and names["x"].dim() <= 5:
            self.x, self.kept = names["x"], names["kept"]
            self.lines.append(text)
        else:
            del self.inputs[count:]

    def axis(self) -> int:
        return self.random.randrange(max(1, self.x.dim()))

    def source(self) -> str:
        """The whole forward."""
        names = ", ".join(f"x{i}" for i in range(len(self.inputs)))
        body = "\n".join(
            "    " + row for text in self.lines for row in text.split("\n")
        )
        return f"def forward(self, {names}):\n    x = kept = x0\n{body}\n    return x\n"

    def spec(self) -> str:
        """A spec for the inputs in the notation of the cases."""
        names: dict[str, int] = {}
        return "; ".join(
            ", ".join(self.entry(names, size) for size in value.shape) or "-"
            for value in self.inputs
        )

    def entry(self, names: dict[str, int], size: int) -> str:
        kind = self.random.random()
        if kind < 0.12:
            return "_"
        if kind < 0.2:
            return self.random.choice("??!")
        same = [name for name, known in names.items() if known == size]
        if same and kind < 0.35:
            return self.random.choice(same)
        name = "abcdefghijklmnopq"[len(names)]
        names[name] = size
        if kind < 0.45 and size > 4:
            names[name] = -1
            scale = self.random.choice([2, 3])
            offset = size % scale
            return f"{scale}*{name}" + (f"+{offset}" if offset else "")
        return name + self.range_around(size)

    def range_around(self, size: int) -> str:
        low = self.random.choice(["", "", "", str(self.random.randint(1, size))])
        high = self.random.choice(["", "", str(size + self.random.randint(0, 60))])
        if self.random.random() < 0.04:
            low, high = str(size + 2), str(size + 30)
        return f"={low}..{high}" if (low or high) and low != high else ""


def split(c: Composer) -> str:
    k = c.random.choice([2, 2, 3, 4, 5, 6])
    axis = c.axis()
    sizes = c.random.choice([f"(-1, {k})", f"({k}, -1)"])
    return f"x = x.unflatten({axis}, {sizes})"


def view(c: Composer) -> str:
    k, axis = c.random.choice([2, 3, 4, 8]), c.axis()
    sizes = [f"x.shape[{i}]" for i in range(c.x.dim())]
    sizes[axis : axis + 1] = [f"x.shape[{axis}] // {k}", str(k)]
    return f"x = x.reshape({', '.join(sizes)})"


def merge(c: Composer) -> str:
    axis = c.axis()
    return f"x = x.flatten({axis}, {axis + 1})"


def fold(c: Composer) -> str:
    return f"x = x.reshape(-1, {c.random.choice([2, 3, 4, 6, 8, 12])})"


def cut(c: Composer) -> str:
    axis, size = c.axis(), c.x.shape[c.axis() % max(1, c.x.dim())]
    k = c.random.randint(1, max(1, size))
    part = c.random.choice(
        [f"{k}:", f":{k}", f"-{k}:", f":-{k}", "::2", "1::3", f":x.shape[{axis}] // 2"]
    )
    return f"x = x[{':, ' * axis}{part}]"


def double(c: Composer) -> str:
    return f"x = torch.cat([x, x], {c.axis()})"


def join(c: Composer) -> str:
    axis, shape = c.axis(), list(c.x.shape)
    shape[axis] = c.size()
    return f"x = torch.cat([x, {c.add_input(tuple(shape))}], {axis})"


def add(c: Composer) -> str:
    shape = tuple(c.x.shape)
    if len(shape) > 1 and c.random.random() < 0.4:
        shape = shape[1:]
    return f"x = x {c.random.choice('+*')} {c.add_input(shape)}"


def match(c: Composer) -> str:
    return f"x = x @ {c.add_input((c.x.shape[-1], c.size()))}"


def pool(c: Composer) -> str:
    kernel, stride = c.random.choice([2, 3, 4]), c.random.choice([1, 2, 3])
    kind = c.random.choice(["avg_pool1d", "max_pool1d"])
    return f"x = F.{kind}(x.reshape(1, -1, x.shape[-1]), {kernel}, {stride})[0]"


def pad(c: Composer) -> str:
    k = c.random.choice([2, 3, 4, 8])
    return f"x = F.pad(x, (0, -x.shape[-1] % {k}))"


def pad_to(c: Composer) -> str:
    k = c.x.shape[-1] + c.random.randint(0, 9)
    return f"x = F.pad(x, (0, {k} - x.shape[-1]))"


def condition(c: Composer) -> str:
    """A condition on one or two sizes that holds at the example."""
    i, j = c.random.randrange(len(c.inputs)), c.axis()
    sizes = [f"x{i}.shape[{a}]" for a in range(c.inputs[i].dim())]
    s = c.random.choice([c.random.choice(sizes), f"x.shape[{j}]"])
    names = {f"x{n}": t for n, t in enumerate(c.inputs)} | {"x": c.x}
    t = c.random.choice(
        [s, f"2 * {s} + 1", f"{s} // 2", f"{s} % 5", f"x.numel() // {s}"]
    )
    if c.random.random() < 0.2:
        t = f"{s} + x0.shape[0]"
    value = eval(t, names)
    k, gap = c.random.choice([2, 3, 4]), c.random.randint(0, 6)
    forms = [
        f"{t} <= {value + gap}",
        f"{t} > {value - 1 - gap}",
        f"{t} != {value + 1 + gap}",
        f"{t} % {k} == {value % k}",
        f"{t} // {k} == {value // k}",
        f"{t} == {value}",
        f"{t} % {k} != {(value + 1) % k}",
        f"max({t}, 5) < {max(value, 5) + 1 + gap}",
        f"3 * ({t}) < {3 * value + 2 + gap}",
        f"{t} / 3 > {value / 3 - 0.5}",
    ]
    return c.random.choice(forms)


def branch(c: Composer) -> str:
    return f"x = x + 1 if {condition(c)} else x[:0]"


def check(c: Composer) -> str:
    return f"torch._check({condition(c)})"


def half(c: Composer) -> str:
    return f"a, b = x.chunk(2, {c.axis()})\nx = a * b"


def turn(c: Composer) -> str:
    return f"x = x.transpose(0, {c.axis()})"


def least(c: Composer) -> str:
    axis, size = c.axis(), c.x.shape[c.axis() % max(1, c.x.dim())]
    k = size + c.random.randint(-3, 3)
    return f"x = x.narrow({axis}, 0, min(x.shape[{axis}], {k}))"


def shrink(c: Composer) -> str:
    flat = "x.flatten(0, -3)[:, None]" if c.x.dim() > 2 else "x[None, None]"
    kernel, stride = c.random.choice([(3, 2), (2, 2), (3, 1), (4, 4), (5, 3)])
    padding = c.random.choice([0, kernel // 2])
    weight = f"torch.ones(1, 1, {kernel}, {kernel})"
    return f"x = F.conv2d({flat}, {weight}, stride={stride}, padding={padding})"


def widen(c: Composer) -> str:
    return c.random.choice(
        [
            "x = F.interpolate(x, scale_factor=2)",
            "x = F.interpolate(x, size=kept.shape[2:])",
            "x = x.repeat_interleave(2, -1)",
            "x = F.pixel_unshuffle(x, 2)",
            "x = F.max_pool2d(x, 2)",
            "x = x.roll(1, -1)[..., 1:]",
        ]
    )


def keep(c: Composer) -> str:
    return "kept = x"


def meet(c: Composer) -> str:
    return c.random.choice(
        ["x = x + kept", "x = torch.cat([x, kept], 0)", "x = x[: kept.shape[0]] * kept"]
    )


def attend(c: Composer) -> str:
    return c.random.choice(
        [
            "x = (x @ x.transpose(-1, -2)).softmax(-1) @ x",
            "x = F.scaled_dot_product_attention(x[None], x[None], x[None])[0]",
            "x = x * torch.arange(x.shape[-1])",
            "x = x.masked_fill(torch.ones_like(x).tril().bool(), 0.0)",
        ]
    )


def total(c: Composer) -> str:
    return f"x = x.{c.random.choice(['sum', 'mean', 'amax'])}({c.axis()})"


def grow(c: Composer) -> str:
    return "x = F.interpolate(x.reshape(1, -1, x.shape[-1]), scale_factor=2)[0]"


OPS = [
    *(split, split, view, merge, fold, cut, cut, cut, double, join, add, add, match),
    *(pool, pad, pad_to, branch, branch, check, half, turn, least, total, grow),
    *(shrink, shrink, widen, keep, meet, meet, attend),
]


def composed(seed: int) -> tuple[Case, str]:
    """The case of one seed, and its text."""
    composer = Composer(seed)
    source, spec = composer.source(), composer.spec()
    names: dict[str, Any] = {"torch": torch, "F": F}
    exec(compile(source, f"<seed {seed}>", "exec"), names)
    model = type("Composed", (nn.Module,), {"forward": names["forward"]})
    strict = random.Random(-seed).random() < 0.1

    def build() -> Built:
        torch.manual_seed(0)
        args = tuple(torch.randn(value.shape) for value in composer.inputs)
        return Built(model(), args, Spec(spec).shapes())

    shapes = [tuple(value.shape) for value in composer.inputs]
    text = f"{source}example {shapes}  spec {spec}  strict={strict}"
    return Case(f"seed{seed}", "composed", build, "open", strict=strict), text


def run(seed: int, with_torch: bool) -> tuple[Row, str]:
    """One seed through PyTorch alone (or assumed to fail) and through dimsat."""
    with quiet():
        case, text = composed(seed)
    rounds = baseline(case).rounds if with_torch else None
    try:
        row = measure(case, rounds)
        if not with_torch:
            row.torch = 0 if row.ours == 0 else None
    except Exception:
        traceback.print_exc()
        row = Row(case.name, case.family, case.fate, rounds, note="HARNESS")
    return row, text


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--torch", action="store_true", help="PyTorch's rounds too")
    parser.add_argument("--show", action="store_true", help="print every model")
    options = parser.parse_args(arguments)
    print(HEADER)
    rows = []
    for seed in range(options.first, options.first + options.count):
        row, text = run(seed, options.torch)
        rows.append(row)
        bad = not row.works
        if bad or options.show:
            print(f"{line(row)}\n{text}\n", flush=True)
    print(summary(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
