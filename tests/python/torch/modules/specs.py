"""Specs themselves: derived dims, hints, ranges that miss, names, examples of 1."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, operator"
from __future__ import annotations

import torch
from torch import nn
from torch.export import Dim, dims

from .notation import Built, built, case


@case("n=10..64", [(6, 4)], allowed="n >= 10")
@case("n=10..64", [(6, 4)], variant="strict", allowed="n >= 10", strict=True)
@case("n=2..5", [(6, 4)], variant="above", allowed="n <= 5")
@case("n=10..64, m", [(6, 4)], variant="other", allowed="m >= 3")
@case("2*n=8..20", [(6, 4)], variant="derived", allowed="True")
def example_misses(self, x):
    return x[:, :3] * 2


@case("n=10..64", [(8,)], allowed="n % 4 == 0")
@case("n=2..6", [(8,)], variant="above", allowed="n % 4 == 0")
def misses_and_divides(self, x):
    return x.view(-1, 4)


@case("5, n", [(6, 4)], allowed="True")
@case("5, n", [(6, 4)], variant="strict", allowed="True", strict=True)
@case("2*n, 3", [(7, 3)], variant="odd", fate="none")
@case("n, n", [(6, 4)], variant="unequal", fate="open")
@case("n; n", [(6,), (4,)], variant="unequal_inputs", fate="open")
def constant_misses(self, x, y=None):
    return x * 2 if y is None else x.sum() + y.sum()


@case("n, _; n, _", [(8, 3), (4, 3)], fate="open")
@case("n=..64, _; n, _", [(8, 3), (4, 3)], variant="ranged", fate="open")
def shared_but_double(self, x, y):
    return x.view(2, -1, 3) + y


@case("2*d=..100", [(12,)], allowed="d % 3 == 0")
@case("3*d", [(12,)], variant="fits", fate="fine")
@case("d+2", [(12,)], variant="offset", allowed="d % 3 == 1")
@case("4*d-3", [(9,)], variant="four", allowed="d % 3 == 0")
def derived_in_threes(self, x):
    return x.view(-1, 3)


@case("d; 2*d+1", [(4,), (9,)], fate="fine")
@case("2*r; r+1", [(4,), (3,)], variant="phantom", allowed="r == 2")
@case("2*r; 3*r", [(4,), (6,)], variant="ratio")
def derived_pair(self, x, y):
    return x.sum() + y[: x.shape[0]].sum()


@case("d+6; d", [(12,), (6,)], allowed="d == 6")
@case("2*d; d", [(12,), (6,)], variant="fits", fate="fine")
@case("d; d-6", [(12,), (6,)], variant="minus", allowed="d == 12")
@case("d+6; e", [(12,), (6,)], variant="apart", allowed="d + 6 == 2 * e")
def derived_wrongly(self, x, y):
    return x.view(2, -1) + y


@case("s; s+1; s+2", [(5,), (6,), (7,)], fate="fine")
@case("s; t; t+1", [(5,), (6,), (7,)], variant="half", allowed="t == s + 1")
@case(
    "s; t; u", [(5,), (6,), (7,)], variant="none", allowed="t == s + 1 and u == s + 2"
)
def ladder(self, x, y, z):
    return x + y[1:] + z[2:]


@case("a, !; a, !", [(4, 6), (4, 6)], fate="fine")
@case("a, ?; b, ?", [(4, 6), (4, 6)], variant="auto", allowed="a == b")
@case("a, #; b, _", [(4, 6), (4, 6)], variant="static", allowed="a == b")
@case("a=..9, !; b, c", [(4, 6), (4, 6)], variant="mixed", allowed="a == b")
@case("a=..9, ?4..16; b, !3..20", [(4, 6), (4, 6)], variant="ranges", allowed="a == b")
def hints(self, x, y):
    return x * y


@case("!10..20", [(6,)], fate="repair")
@case("!..7", [(6,)], variant="max", fate="repair")
@case("?10..20", [(6,)], variant="auto", fate="repair")
@case("!8..9; n", [(6,), (6,)], variant="named", fate="repair")
def hint_misses(self, x, y=None):
    out = x + 1 if x.shape[0] <= 8 else x
    return out if y is None else out + y


@case("b=1..32, _; b, _", [(1, 4), (1, 4)], allowed="b == 1")
@case("b, _; b, _", [(1, 4), (1, 4)], variant="strict", allowed="b == 1", strict=True)
@case("b, s; b, _", [(1, 4), (1, 4)], variant="two", allowed="b == 1")
@case("?, s; ?, _", [(1, 4), (1, 4)], variant="auto", allowed="s == 4")
def example_of_one(self, x, y):
    return x @ y.transpose(0, 1)


@case("b, n", [(2, 0)], allowed="n == 0")
def example_of_none(self, x):
    return x * 2


@case("N, S; E, beta", [(3, 8), (3, 8)], allowed="N == E and S == beta")
@case("N, S=..64; gamma, I", [(3, 8), (3, 8)], variant="more", allowed="N == gamma")
@case("pi, zeta; Q, re", [(3, 8), (3, 8)], variant="letters", allowed="pi == Q")
@case("len, max; min, sum", [(3, 8), (3, 8)], variant="builtins", allowed="len == min")
@case("_n, _S; _d, _b", [(3, 8), (3, 8)], variant="underscores", allowed="_n == _d")
def sympy_names(self, x, y):
    return x + y


@case("N", [(12,)], allowed="N % 4 == 0")
@case("S=3..64", [(12,)], variant="ranged", allowed="S % 4 == 0")
@case("oo", [(12,)], variant="infinity", allowed="oo % 4 == 0")
@case("_n; n", [(12,), (24,)], variant="clash", allowed="n == 2 * _n and _n % 4 == 0")
@case(
    "n; _n", [(12,), (24,)], variant="clash_other", allowed="_n == 2 * n and n % 4 == 0"
)
def sympy_roots(self, x, y=None):
    rows = x.view(-1, 4)
    return rows if y is None else rows + y.view(2, -1, 4)


class Gate(nn.Module):
    def forward(self, x):
        return x.view(-1, 4) if x.shape[0] > 8 else x


@built("dims_function", allowed="a % 4 == 0 and a > 8")
def _():
    (a,) = dims("a", min=2, max=80)
    return Built(Gate(), (torch.randn(16),), {"x": {0: a}})


@built("as_list", allowed="a % 4 == 0 and a > 8")
def _():
    return Built(Gate(), (torch.randn(16),), [[Dim("a", max=99)]])


@built("as_list/full_tuple", allowed="a % 4 == 0 and a > 8")
def _():
    return Built(Gate(), (torch.randn(16, 3),), ((Dim("a"), None),))


@built("derived_alone_ranged", allowed="a % 2 == 0 and a > 4")
def _():
    a = Dim("a", min=1, max=20)
    return Built(Gate(), (torch.randn(16),), {"x": {0: 2 * a}})


@built("nested_derived", allowed="h > 2")
def _():
    h = Dim("h", min=1, max=20)
    return Built(Gate(), (torch.randn(16),), {"x": {0: 2 * (2 * h)}})


class Frozen(nn.Module):
    """Parameters and a buffer that is written to."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(30))
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x):
        self.seen.add_(1)
        return x * self.weight[: x.shape[0]].view(-1, 2).repeat(1, 2).view(2, -1).sum(0)


@built("buffer_written", allowed="n <= 30 and n % 2 == 0")
def _():
    return Built(Frozen(), (torch.randn(8),), {"x": {0: Dim("n")}})


class Doubled(nn.Module):
    def forward(self, x, y):
        torch._check(x.shape[0] <= 40)
        return torch.cat([x, x]) + y, y[3:]


@built("range_through_relation", allowed="b == 2 * a and a <= 40 and b <= 64")
def _():
    shapes = {"x": {0: Dim("a")}, "y": {0: Dim("b", min=6, max=64)}}
    return Built(Doubled(), (torch.randn(10), torch.randn(20)), shapes)
