"""More specs: names that clash, phantom roots, ends of ranges, deep nests."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch import nn
from torch.export import Dim

from .notation import Built, built, case


@case("s77, s27; s17, s94", [(8, 12), (8, 12)], allowed="s77 == s17 and s27 == s94")
@case(
    "x, y; L, size", [(8, 12), (8, 12)], variant="words", allowed="x == L and y == size"
)
@case("u0, i0; s0, s1", [(8, 12), (8, 12)], variant="tracers", allowed="u0 == s0")
@case("n, n_; _n, n__1", [(8, 12), (8, 12)], variant="alike", allowed="n == _n")
@case(
    "Mod, Max; Eq, FloorDiv",
    [(8, 12), (8, 12)],
    variant="functions",
    allowed="Mod == Eq",
)
@case("auto, dynamic; static, null", [(8, 12), (8, 12)], variant="hints")
@case("True, None; oo, int_oo", [(8, 12), (8, 12)], variant="values")
@case("größe, ñ; übung, x2", [(8, 12), (8, 12)], variant="letters")
def names(self, x, y):
    return (x + y).view(-1, 4)


@case("h, 2*h; h, w", [(4, 8), (4, 8)], allowed="w == 2 * h")
@case(
    "2*h, 2*h+4; w, v",
    [(4, 8), (4, 8)],
    variant="pair",
    allowed="w == 2 * h and v == w + 4",
)
@case(
    "h, w; 2*k, 4*k",
    [(4, 8), (4, 8)],
    variant="phantom",
    allowed="h == 2 * k and w == 4 * k",
)
@case(
    "h=2..9, w; 2*k=2..3, w",
    [(4, 8), (4, 8)],
    variant="phantom_ranged",
    allowed="h == 2 * k",
)
@case("3*k-2, 8; h, _", [(4, 8), (4, 8)], variant="minus", allowed="h == 3 * k - 2")
def same_shape(self, x, y):
    return x * y


@case("6*k; 4*j", [(12,), (12,)], allowed="3 * k == 2 * j")
@case("6*k; 4*j+0", [(24,), (24,)], variant="more", allowed="3 * k == 2 * j")
@case("2*k; 3*j", [(6,), (6,)], variant="coprime", allowed="2 * k == 3 * j")
@case("2*k+1; 3*j", [(9,), (9,)], variant="shifted", allowed="2 * k + 1 == 3 * j")
@case("5*k=2..6; 3*j+1", [(10,), (10,)], variant="ranged", allowed="5 * k == 3 * j + 1")
def two_progressions(self, x, y):
    return x + y


@case("n=5..6", [(5,)], allowed="n == 5")
@case("n=5..6", [(6,)], variant="even", allowed="n == 6")
@case("n=4..6", [(6,)], variant="three", allowed="n % 2 == 0")
def narrow_range(self, x):
    return x[1:].view(2, -1) if x.shape[0] % 2 else x.view(2, -1)


@case("n=..16", [(16,)], allowed="n <= 16")
@case("n=16..", [(16,)], variant="low", allowed="n == 16")
@case("n=16..17", [(16,)], variant="two", allowed="n == 16")
@case("n=2..16", [(3,)], variant="small", allowed="n <= 16")
def up_to_sixteen(self, x):
    return x * 3 if x.shape[0] <= 16 else x


@case("n=1..", [(2,)], allowed="n == 2")
@case("n=0..2", [(2,)], variant="zero", allowed="n == 2")
@case("n", [(2,)], variant="plain", allowed="n == 2")
def pairs_only(self, x):
    left, right = x.unbind(0)
    return left - right


@case("n", [(3,)], allowed="n >= 3")
@case("n=1..9", [(3,)], variant="ranged", allowed="n >= 3")
@case("n", [(2,)], variant="two", allowed="n == 2")
def small_example(self, x):
    return x + 1 if x.shape[0] > 2 else x


@case("!, n; !, m", [(4, 6), (4, 6)], allowed="n == m")
@case("!, n; b, m", [(4, 6), (4, 6)], variant="hint_and_dim", allowed="n == m")
@case("?, n; 4, m", [(4, 6), (4, 6)], variant="hint_and_number", allowed="n == m")
@case("!2..9, n; ?3..7, m", [(4, 6), (4, 6)], variant="ranges", allowed="n == m")
@case("!, !; b, !", [(4, 6), (4, 6)], variant="one_dim", fate="repair")
@case("?, !5..; b=..9, m=..8", [(4, 6), (4, 6)], variant="half", fate="repair")
def hint_or_dim(self, x, y):
    return x + y


@case("!, n", [(4, 12)], allowed="n % 4 == 0")
@case("!8..64, n", [(16, 12)], variant="ranged", allowed="n % 4 == 0")
@case("?, n", [(16, 12)], variant="auto", allowed="n % 4 == 0")
def hint_divides(self, x):
    return x.view(-1, 2, x.shape[1]).sum(1).view(-1, 4) if x.shape[0] > 2 else x


@case("!, n", [(16, 12)], allowed="n <= 20")
@case("!4..64, n", [(16, 12)], variant="ranged", allowed="n <= 20")
@case("!20..64, n", [(16, 12)], variant="missed", allowed="n <= 20")
def hint_narrowed(self, x):
    x = x * 2 if x.shape[0] <= 30 else x
    return x + 1 if x.shape[1] <= 20 else x


class Deep(nn.Module):
    def forward(self, tree, *, options):
        left, (middle, right) = tree["a"], tree["b"]
        total = left + middle.view(2, -1).sum(0)
        return total * right[: left.shape[0]] * options["scale"][0]


def deep(a, m, r, k):
    tree = {"a": torch.randn(6), "b": (torch.randn(12), torch.randn(10))}
    shapes = {
        "tree": {"a": {0: a}, "b": ({0: m}, {0: r})},
        "options": {"scale": [{0: k}]},
    }
    return Built(Deep(), (tree,), shapes, {"options": {"scale": [torch.randn(6)]}})


@built("deep_tree", allowed="m == 2 * a and k == a and r >= a")
def _():
    return deep(Dim("a"), Dim("m"), Dim("r"), Dim("k"))


@built("deep_tree/ranged", allowed="m == 2 * a and k == a and r >= a")
def _():
    return deep(Dim("a", max=40), Dim("m", max=60), Dim("r", max=50), Dim("k", min=4))


@built("deep_tree/mixed", allowed="m == 2 * a and r >= a")
def _():
    return deep(Dim("a", max=40), Dim("m", max=60), Dim("r", max=50), Dim.AUTO)


@built("deep_tree/derived", allowed="k == a and r >= a")
def _():
    a = Dim("a", min=3)
    return deep(a, 2 * a, Dim("r"), Dim("k", max=30))


@built("deep_tree/misses", allowed="m == 2 * a and k == a and r >= a")
def _():
    return deep(Dim("a", min=8), Dim("m"), Dim("r", max=9), Dim("k"))


class Positive(nn.Module):
    def forward(self, x, flag: bool, scale: float, name: str):
        return x.view(-1, 3) * scale if flag and name == "go" else x


@built("plain_values", allowed="n % 3 == 0")
def _():
    args = (torch.randn(9), True, 0.5, "go")
    return Built(Positive(), args, ({0: Dim("n")}, None, None, None))


@built("plain_values/dict", allowed="n % 3 == 0")
def _():
    args = (torch.randn(9), True, 0.5, "go")
    shapes = {"x": {0: Dim("n", max=50)}, "flag": None, "scale": None, "name": None}
    return Built(Positive(), args, shapes)


@built("negative_axis", allowed="n % 3 == 0")
def _():
    args = (torch.randn(2, 9), True, 0.5, "go")
    return Built(Positive(), args, ({-1: Dim("n")}, None, None, None))


class Optional(nn.Module):
    def forward(self, x, mask=None, bias=None):
        x = x if mask is None else x * mask
        return x if bias is None else x + bias.repeat(2)


@built("optional_inputs", allowed="n == 2 * b")
def _():
    shapes = {"x": {0: Dim("n")}, "mask": None, "bias": {0: Dim("b")}}
    return Built(Optional(), (torch.randn(8), None, torch.randn(4)), shapes)


@built("optional_inputs/keyword", allowed="n == 2 * b")
def _():
    shapes = {"x": {0: Dim("n", min=3)}, "bias": {0: Dim("b", max=9)}}
    return Built(Optional(), (torch.randn(8),), shapes, {"bias": torch.randn(4)})


class Scalars(nn.Module):
    def forward(self, x, k):
        return x.view(-1, k) if isinstance(k, int) else x


@built("integer_divides", allowed="n % 4 == 0")
def _():
    return Built(Scalars(), (torch.randn(12), 4), {"x": {0: Dim("n")}, "k": None})
