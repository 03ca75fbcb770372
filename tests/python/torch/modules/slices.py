"""Slices, tables of positions, selections, rolls: sizes with bounds."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch import nn

from .notation import case


def table(length=48, width=8):
    return lambda: {"table": nn.Parameter(torch.randn(length, width))}


def buffer(length=32):
    def make():
        holder = nn.Module()
        holder.register_buffer("mask", torch.ones(length, length).tril().bool())
        return {"holder": holder}

    return make


@case("b, s, _", [(2, 12, 8)], parts=table(), allowed="s <= 48")
@case("b, s=..96, _", [(2, 12, 8)], parts=table(), variant="wide", allowed="s <= 48")
@case("b, s=4..40, _", [(2, 12, 8)], parts=table(), variant="told", fate="fine")
@case("b, s, _", [(2, 47, 8)], parts=table(), variant="edge", allowed="s <= 48")
@case("b, 2*s, _", [(2, 12, 8)], parts=table(), variant="even", allowed="s <= 24")
@case(
    "b, s, _",
    [(2, 12, 8)],
    parts=table(),
    variant="strict",
    allowed="s <= 48",
    strict=True,
)
def positions(self, x):
    return x + self.table[: x.shape[1]]


@case("b, s, _", [(2, 12, 8)], parts=table(), allowed="s <= 46")
@case("b, s=2..60, _", [(2, 12, 8)], parts=table(), variant="wide", allowed="s <= 46")
def positions_from_two(self, x):
    return x + self.table[2 : x.shape[1] + 2]


@case("b, s, s", [(2, 10, 10)], parts=buffer(), allowed="s <= 32")
@case(
    "b, s, t",
    [(2, 10, 10)],
    parts=buffer(),
    variant="two",
    allowed="s == t and s <= 32",
)
@case(
    "b, s, t",
    [(2, 6, 10)],
    parts=buffer(),
    variant="cross",
    allowed="s <= 32 and t <= 32",
)
def causal(self, x):
    mask = self.holder.mask[: x.shape[1], : x.shape[2]]
    return x.masked_fill(~mask, -1e4).softmax(-1)


@case("b, n", [(2, 10)], allowed="n >= 8")
@case("b, n=2..20", [(2, 10)], variant="low", allowed="n >= 8")
@case("b, n", [(2, 8)], variant="edge", allowed="n >= 8")
@case("b, n", [(2, 5)], variant="short", allowed="n <= 8")
@case("b, n=6..20", [(2, 6)], variant="short_low", allowed="n <= 8")
def first_eight(self, x):
    return x[:, :8].relu()


@case("n", [(11,)], allowed="n >= 6")
def last_five(self, x):
    return x[-5:] * x[:5]


@case("n", [(11,)], allowed="n >= 5")
def fifth(self, x):
    return x[4] + x.sum()


@case("n=0..100", [(11,)], allowed="n >= 4")
def between(self, x):
    return x[1:-2].cumsum(0)


@case("n; m", [(9,), (6,)], allowed="n >= m")
@case("n=..30; m=..30", [(9,), (6,)], variant="ranged", allowed="n >= m")
@case("n; n", [(9,), (9,)], variant="one", fate="fine")
def to_the_other(self, x, y):
    return x[: y.shape[0]] + y


@case("n; m", [(9,), (8,)], allowed="n == m + 1")
@case("n=3..20; m=3..20", [(9,), (8,)], variant="ranged", allowed="n == m + 1")
@case("n; n-1", [(9,), (8,)], variant="told", fate="fine")
@case("n; m", [(9,), (8,)], variant="strict", allowed="n == m + 1", strict=True)
def drop_one(self, x, y):
    return x[1:] * y


@case("n; m", [(4,), (8,)], allowed="n == (m + 1) // 2")
@case("n; m", [(4,), (7,)], variant="odd", allowed="n == (m + 1) // 2")
@case("n=2..30; m=4..60", [(4,), (8,)], variant="ranged", allowed="n == (m + 1) // 2")
@case("n; 2*n", [(4,), (8,)], variant="told", allowed="True")
@case("?; m", [(4,), (8,)], variant="auto", fate="fine")
def every_second(self, x, y):
    return x + y[::2]


@case("n; m", [(3,), (10,)], allowed="n == (m + 1) // 3")
@case("n; m", [(3,), (9,)], variant="nine", allowed="n == (m + 1) // 3")
def every_third_from_one(self, x, y):
    return x - y[1::3]


@case("n; m", [(9,), (4,)], allowed="m == n // 2")
@case("n; m", [(8,), (4,)], variant="even", allowed="m == n // 2")
@case("n=4..64; m=2..32", [(8,), (4,)], variant="ranged", allowed="m == n // 2")
def front_half(self, x, y):
    return x[: x.shape[0] // 2] + y


@case("n", [(9,)], allowed="n % 2 == 1")
@case("n", [(8,)], variant="even", allowed="n % 2 == 0")
def halves_meet(self, x):
    half = x.shape[0] // 2
    return x[:half] + x[-half:]


@case("n", [(10,)], allowed="n % 2 == 0")
@case("b, n", [(3, 10)], variant="matrix", allowed="n % 2 == 0")
def split_halves(self, x):
    left, right = x.chunk(2, dim=-1)
    return left * right.sigmoid()


@case("n", [(10,)], allowed="n in (9, 10, 11, 12)")
@case("n", [(10,)], variant="strict", allowed="n in (9, 10, 11, 12)", strict=True)
def four_pieces_of_three(self, x):
    pieces = x.split(3)
    return torch.stack([piece.sum() for piece in pieces])


@case("b, n", [(2, 10)], allowed="n == 10")
def split_by_sizes(self, x):
    left, right = x.split([4, 6], dim=1)
    return left.sum(1) + right.sum(1)


@case("n; m", [(8,), (5,)], allowed="m <= n")
def write_into(self, x, y):
    out = torch.zeros_like(x)
    out[: y.shape[0]] = y
    return out + x


@case("b, s, _", [(2, 12, 8)], parts=table(), allowed="s <= 48")
@case("b, s=..200, _", [(2, 12, 8)], parts=table(), variant="ranged", allowed="s <= 48")
def narrow_table(self, x):
    return x * self.table.narrow(0, 0, x.shape[1])


def whole():
    return {"bias": nn.Parameter(torch.randn(24))}


@case("b, s", [(2, 24)], parts=whole, allowed="s == 24")
@case("b, s=4..64", [(2, 24)], parts=whole, variant="ranged", allowed="s == 24")
@case("b, !", [(2, 24)], parts=whole, variant="dynamic", fate="none")
@case("b, ?", [(2, 24)], parts=whole, variant="auto", fate="fine")
def whole_table(self, x):
    return x + self.bias
