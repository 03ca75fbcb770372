"""Concatenation, broadcasting, products of matrices: sizes that must agree."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .notation import case


@case("a; b", [(6,), (6,)], allowed="a == b")
@case("a=2..64; b=3..32", [(6,), (6,)], variant="ranged", allowed="a == b")
@case("a=..64; b=5..", [(6,), (6,)], variant="crossed", allowed="a == b")
@case("a; b", [(6,), (6,)], variant="strict", allowed="a == b", strict=True)
@case("a; ?", [(6,), (6,)], variant="auto", fate="fine")
@case("a; 6", [(6,), (6,)], variant="number", allowed="a == 6")
@case("a; _", [(6,), (6,)], variant="silent", allowed="a == 6")
def add(self, x, y):
    return x + y


@case("a, b; c, d", [(3, 5), (5, 4)], allowed="b == c")
@case("a, b=..16; c=4.., d", [(3, 5), (5, 4)], variant="ranged", allowed="b == c")
def matmul(self, x, y):
    return x @ y


@case("a, k; b, k; c, k", [(3, 5), (4, 5), (7, 5)], allowed="a + b == c")
@case("a=..9, _; b=..9, _; c=..9, _", [(3, 5), (4, 5), (7, 5)], variant="ranged")
@case(
    "a, _; b, _; 7, _", [(3, 5), (4, 5), (7, 5)], variant="fixed", allowed="a + b == 7"
)
@case("a, _; b, _; ?, _", [(3, 5), (4, 5), (7, 5)], variant="auto", fate="fine")
def cat_and_add(self, x, y, z):
    return torch.cat([x, y]) + z


def fixed():
    return {"linear": nn.Linear(32, 4)}


@case("_, x; _, y", [(2, 10), (2, 22)], parts=fixed, allowed="x + y == 32")
@case("_, x=1..31; _, y=1..31", [(2, 10), (2, 22)], parts=fixed, variant="ranged")
@case("_, x; _, ?", [(2, 10), (2, 22)], parts=fixed, variant="auto", fate="fine")
@case("b, x; c, y", [(2, 10), (2, 22)], parts=fixed, variant="strict", strict=True)
def cat_into_linear(self, x, y):
    return self.linear(torch.cat([x, y], 1))


@case("a; b", [(5,), (10,)], allowed="b == 2 * a")
@case("a=3..30; b=8..50", [(5,), (10,)], variant="ranged", allowed="b == 2 * a")
@case("a; b", [(5,), (10,)], variant="strict", allowed="b == 2 * a", strict=True)
@case("b-5; b", [(5,), (10,)], variant="wrong", allowed="b == 10")
def cat_itself(self, x, y):
    return torch.cat([x, x]) * y


@case("a; b", [(10,), (6,)], allowed="3 * a == 5 * b")
@case("a=..100; b=..60", [(10,), (6,)], variant="ranged", allowed="3 * a == 5 * b")
def repeat_to_meet(self, x, y):
    return x.repeat(3) + y.repeat(5)


@case("a; b; c", [(5,), (10,), (20,)], allowed="b == 2 * a and c == 4 * a")
@case("a; b=..40; c=..60", [(5,), (10,), (20,)], variant="ranged")
def doubled_twice(self, x, y, z):
    y = y + x.repeat(2)
    return z + y.repeat(2)


@case("a; b; c; d", [(3,), (4,), (5,), (2,)], allowed="a + b == c + d")
def two_joins(self, x, y, z, t):
    return torch.cat([x, y]) + torch.cat([z, t])


@case("a; b; c; d", [(4,), (4,), (4,), (4,)], allowed="a == b == c == d")
@case("a=..9; b=3..; c=..8; d=2..", [(4,), (4,), (4,), (4,)], variant="ranged")
def four_equal(self, x, y, z, t):
    return torch.stack([x, y, z, t])


@case("b, m, _; c, n, _", [(2, 3, 5), (2, 4, 5)], allowed="b == c")
def distances(self, x, y):
    return torch.cdist(x, y)


@case("b, i; b, j", [(3, 4), (3, 5)], fate="fine")
@case("b, i; c, j", [(3, 4), (3, 5)], variant="apart", allowed="b == c")
def outer(self, x, y):
    return torch.einsum("bi,bj->bij", x, y)


@case("a; b", [(4,), (6,)], fate="fine")
def grid(self, x, y):
    u, v = torch.meshgrid(x, y, indexing="ij")
    return u * v


@case("b, c; d", [(5, 7), (5,)], allowed="b == d")
@case("b, _; d", [(5, 7), (5,)], variant="labels", allowed="b == d")
def loss(self, scores, labels):
    return F.cross_entropy(scores, labels.abs().long() % 7)


@case("a, b; c, _", [(4, 6), (4, 1)], allowed="a == c")
@case("a, b; c, d", [(4, 6), (4, 1)], variant="one", fate="repair")
def broadcast_column(self, x, y):
    return x * y


@case("a; b", [(7,), (9,)], allowed="a < b")
def compare_lengths(self, x, y):
    if x.shape[0] < y.shape[0]:
        return x.sum() + y.sum()
    return x.sum() - y.sum()


def pair():
    return {"meet": nn.Bilinear(5, 6, 3)}


@case("b, _; c, _", [(4, 5), (4, 6)], parts=pair, allowed="b == c")
@case(
    "b, e; c, f",
    [(4, 5), (4, 6)],
    parts=pair,
    variant="all",
    allowed="b == c and e == 5",
)
def bilinear(self, x, y):
    return self.meet(x, y)


@case("n, m; k", [(4, 3), (12,)], allowed="k == n * m")
def kron_like(self, x, y):
    return (x[:, :, None] * y.view(x.shape[0], x.shape[1], -1)).sum()


@case("a, b", [(6, 6)], allowed="a == b")
@case("a=..20, b=4..", [(6, 6)], variant="ranged", allowed="a == b")
def trace_back(self, x):
    return x + x.t()
