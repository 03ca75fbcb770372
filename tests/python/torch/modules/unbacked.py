"""Sizes that depend on data, next to sizes that the spec promises."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch.nn import functional as F

from .notation import case


def picks():
    return [torch.tensor([0, 1, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1])]


@case("n", picks, fate="fine")
@case("n=3..64", picks, variant="ranged", fate="fine")
def positions_of_ones(self, x):
    return x.nonzero().squeeze(1) * 2


@case("n", picks, allowed="n % 4 == 0")
@case("n", picks, variant="strict", allowed="n % 4 == 0", strict=True)
def ones_in_rows(self, x):
    rows = x.view(-1, 4)
    return rows[rows.sum(1) > 1]


def with_count():
    return [torch.randn(3, 10), torch.tensor(4)]


@case("b, s; -", with_count, fate="fine")
@case("b, s=4..20; -", with_count, variant="ranged", fate="fine")
def take_first(self, x, count):
    k = count.item()
    torch._check(k >= 0)
    torch._check(k <= x.shape[1])
    return x.narrow(1, 0, k)


@case("b, s; -", with_count, allowed="s % 2 == 0")
def take_and_halve(self, x, count):
    k = count.item()
    torch._check(k > 2)
    torch._check(k < 6)
    left, right = x.chunk(2, 1)
    return (left * right).sum() + torch.zeros(k).sum()


def lengths():
    return [torch.randn(3, 10), torch.tensor([4, 10, 7])]


@case("b, t; c", lengths, allowed="b == c")
@case("b=..32, t=..64; c", lengths, variant="ranged", allowed="b == c")
def mask_lengths(self, x, sizes):
    keep = torch.arange(x.shape[1])[None] < sizes[:, None]
    return (x * keep).sum(1) / sizes


@case("b, t; c", lengths, allowed="b == c")
def mask_to_longest(self, x, sizes):
    longest = sizes.max().item()
    torch._check(longest >= 2)
    torch._check(longest <= x.shape[1])
    return x[:, :longest] * sizes[:, None]


def tokens():
    return [torch.randint(0, 20, (2, 9)), torch.randn(20, 6)]


@case("b, s; v, _", tokens, fate="fine")
@case("b, s; v=2..20, e", tokens, variant="ranged", fate="fine")
def embed(self, ids, table):
    return F.embedding(ids, table)


def boxes():
    return [torch.randn(12, 4), torch.randn(12)]


@case("n, _; m", boxes, allowed="n == m")
@case("n, c; m", boxes, variant="width", allowed="n == m and c == 4")
def keep_scored(self, rows, scores):
    kept = rows[scores > 0]
    left, right = kept.split([2, 2], 1)
    return left * right
