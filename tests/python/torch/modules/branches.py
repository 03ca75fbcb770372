"""Branches on shapes and torch._check."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch import nn

from .notation import case


@case("n", [(8,)], allowed="n <= 16")
@case("n=4..64", [(8,)], variant="ranged", allowed="n <= 16")
@case("n=4..64", [(20,)], variant="long", allowed="n > 16")
@case("!", [(8,)], variant="dynamic", fate="fine")
@case("!4..64", [(8,)], variant="dynamic_ranged", fate="repair")
@case("n=4..64", [(8,)], variant="strict", allowed="n <= 16", strict=True)
def short_or_long(self, x):
    return x * 2 if x.shape[0] <= 16 else x[:16]


@case("s", [(10,)], allowed="s < 512")
@case("s=2..600", [(10,)], variant="ranged", allowed="s < 512")
@case("s", [(10,)], variant="strict", allowed="s < 512", strict=True)
def below_and_not(self, x):
    return x + 1 if x.shape[0] <= 512 and x.shape[0] != 512 else x


@case("n", [(9,)], allowed="n != 4")
@case("n=..99", [(3,)], variant="below", allowed="n != 4")
@case("n=4..99", [(9,)], variant="end", allowed="n != 4")
@case("n=..99", [(9,)], variant="strict", allowed="n != 4", strict=True)
def not_four(self, x):
    return x + 1 if x.shape[0] != 4 else x


@case("n", [(9,)], allowed="n not in (4, 20, 21)")
def not_these(self, x):
    return x if x.shape[0] in (4, 20, 21) else x + 1


@case("n", [(9,)], allowed="n % 8 != 0")
@case("n=1..31", [(9,)], variant="ranged", allowed="n % 8 != 0")
def not_eights(self, x):
    return x + 1 if x.shape[0] % 8 != 0 else x


@case("n=16..64", [(32,)], allowed="n in (16, 32, 64)")
@case("n=16..64", [(32,)], variant="strict", allowed="n in (16, 32, 64)", strict=True)
def one_of_three(self, x):
    n = x.shape[0]
    return x + 1 if n == 16 or n == 32 or n == 64 else x  # noqa: PLR1714


@case("n=16..64", [(32,)], allowed="n in (16, 32)")
def checked_disjunction(self, x):
    torch._check((x.shape[0] == 16) | (x.shape[0] == 32))
    return x + 1


@case("n", [(12,)], allowed="n % 2 == 0")
@case(
    "n",
    [(12,)],
    variant="late",
    fate="fine",
    prefer_deferred_runtime_asserts_over_guards=True,
)
def checked_even(self, x):
    torch._check(x.shape[0] % 2 == 0)
    return x + 1


@case("n", [(12,)], allowed="3 < n < 50")
@case("n=1..99", [(12,)], variant="ranged", allowed="3 < n < 50")
@case("n", [(12,)], variant="late", prefer_deferred_runtime_asserts_over_guards=True)
def checked_range(self, x):
    torch._check(x.shape[0] > 3)
    torch._check(x.shape[0] < 50)
    return x + 1


@case("n; m", [(9,), (8,)], allowed="n % 4 == 1 and m == n - 1")
@case("n; m=4..90", [(9,), (8,)], variant="ranged", allowed="n % 4 == 1 and m == n - 1")
def checked_rest(self, x, y):
    torch._check(x.shape[0] % 4 == 1)
    return x[1:] + y


@case("a; b", [(20,), (7,)], allowed="a == 3 * b - 1")
@case("a=2..40; b=2..40", [(20,), (7,)], variant="ranged", allowed="a == 3 * b - 1")
def checked_relation(self, x, y):
    torch._check(x.shape[0] == 3 * y.shape[0] - 1)
    return x.sum() * y


@case("a; b", [(20,), (7,)], allowed="a // 3 == b - 1")
def checked_floor_relation(self, x, y):
    torch._check(x.shape[0] // 3 == y.shape[0] - 1)
    return x.sum() * y


@case("n", [(7,)], allowed="n == 7")
@case("!", [(7,)], variant="dynamic", fate="none")
@case("?", [(7,)], variant="auto", fate="fine")
@case("n=..64", [(7,)], variant="strict", allowed="n == 7", strict=True)
@case("2*n+1", [(7,)], variant="derived", allowed="n == 3")
def exactly_seven(self, x):
    return x + 1 if x.shape[0] == 7 else x


@case("n", [(5,)], allowed="n == 5")
def loop_over_rows(self, x):
    total = x.new_zeros(())
    for i in range(x.shape[0]):
        total = total + x[i]
    return total


@case("b, n", [(2, 1)], allowed="n == 1")
def one_column(self, x):
    return x.squeeze(1) if x.shape[1] == 1 else x


@case("h, w", [(6, 9)], allowed="h < w")
@case("h=4..40, w=4..40", [(6, 9)], variant="ranged", allowed="h < w")
@case("h, 2*h", [(6, 12)], variant="told", fate="fine")
def turn_if_tall(self, x):
    return x if x.shape[0] < x.shape[1] else x.t()


@case("h, w", [(6, 9)], allowed="h * w > 40")
@case("h=2..40, w=2..40", [(6, 9)], variant="ranged", allowed="h * w > 40")
def enough_pixels(self, x):
    return x * 2 if x.numel() > 40 else x


@case("n", [(24,)], allowed="n % 8 == 0 and n > 16")
@case("n=8..256", [(24,)], variant="ranged", allowed="n % 8 == 0 and n > 16")
def nested_branches(self, x):
    n = x.shape[0]
    if n % 8 == 0:
        return x.view(-1, 8).sum(0) if n > 16 else x
    return x[:8]


def experts():
    return {"small": nn.Linear(6, 6), "large": nn.Linear(6, 6)}


@case("b, _", [(5, 6)], parts=experts, allowed="b < 32")
@case("b=1..128, _", [(40, 6)], parts=experts, variant="large", allowed="b >= 32")
def by_batch(self, x):
    return self.small(x) if x.shape[0] < 32 else self.large(x)


@case("n=100..200", [(120,)], allowed="100 <= n <= 200 and n > 110")
@case("n=100..200", [(120,)], variant="strict", allowed="n > 110", strict=True)
def above_the_minimum(self, x):
    return x[110:] + 1


@case("n", [(30,)], allowed="10 <= n <= 39 and n % 10 == 0")
def three_tens(self, x):
    n = x.shape[0]
    torch._check(n < 40)
    return x.view(10, -1) if n >= 10 else x
