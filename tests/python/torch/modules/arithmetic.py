"""Products, quotients, rests, extremes and floats of sizes."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch.nn import functional as F

from .notation import case


@case("a; b", [(9,), (7,)], allowed="a * b == 63")
@case("a=3..30; b=3..30", [(9,), (7,)], variant="ranged", allowed="a * b == 63")
def product(self, x, y):
    torch._check(x.shape[0] * y.shape[0] == 63)
    return x.sum() + y.sum()


@case("a; b", [(9,), (7,)], allowed="a * b <= 100")
@case("a=..40; b=..50", [(9,), (7,)], variant="ranged", allowed="a * b <= 100")
def small_product(self, x, y):
    if x.shape[0] * y.shape[0] <= 100:
        return x[:, None] * y
    return x[:1, None] * y


@case("a; b", [(9,), (7,)], allowed="a + b <= 64")
def small_sum(self, x, y):
    if x.shape[0] + y.shape[0] <= 64:
        return torch.cat([x, y])
    return torch.cat([x, y])[:64]


@case("a; b", [(9,), (7,)], allowed="(a + b) % 4 == 0")
@case("2*a+1; 2*b+1", [(9,), (7,)], variant="odd", allowed="(a + b) % 2 == 1")
def sum_in_fours(self, x, y):
    return torch.cat([x, y]).view(-1, 4)


@case("n=..100", [(9,)], allowed="8 <= n <= 11")
@case("n", [(9,)], variant="open", allowed="8 <= n <= 11")
@case("n", [(9,)], variant="strict", allowed="8 <= n <= 11", strict=True)
def quarter_is_two(self, x):
    return x + 1 if x.shape[0] // 4 == 2 else x


@case("n", [(9,)], allowed="True")
@case("n=..64", [(8,)], variant="even", allowed="True")
@case("n=..64", [(9,)], variant="strict", allowed="True", strict=True)
def half_is_less(self, x):
    return x + 1 if x.shape[0] // 2 <= x.shape[0] else x


@case("n", [(9,)], allowed="n % 4 != 3")
@case("n=1..40", [(9,)], variant="ranged", allowed="n % 4 != 3")
def rest_is_small(self, x):
    return x + 1 if x.shape[0] % 4 < 3 else x


@case("n", [(9,)], allowed="8 <= n <= 11")
def rest_is_what_is_over(self, x):
    return x + 1 if x.shape[0] % 4 == x.shape[0] - 8 else x


@case("n=..100", [(9,)], allowed="n <= 32")
def few_blocks(self, x):
    return x + 1 if (x.shape[0] + 3) // 4 <= 8 else x


@case("t", [(12,)], allowed="t <= 33")
@case("t=..99", [(12,)], variant="ranged", allowed="t <= 33")
@case("t", [(12,)], variant="strict", allowed="t <= 33", strict=True)
def rational_above(self, x):
    return x + 1 if 3 * x.shape[0] < 100 else x


@case("t", [(12,)], allowed="t >= 5")
@case("t=2..", [(12,)], variant="ranged", allowed="t >= 5")
def rational_below(self, x):
    return x + 1 if 2 * x.shape[0] + 1 > 10 else x


@case("t", [(12,)], allowed="771 * t <= 343597309504")
def index_limit(self, x):
    torch._check(x.shape[0] * 771 <= 343597309504)
    return x + 1


@case("n", [(5,)], allowed="n * n + n <= 100")
@case("n=..40", [(5,)], variant="ranged", allowed="n * n + n <= 100")
def square_is_small(self, x):
    n = x.shape[0]
    return x + 1 if n * n + n <= 100 else x


@case("n", [(4,)], allowed="n ** 3 + n <= 100")
def cube_is_small(self, x):
    n = x.shape[0]
    return x + 1 if n * n * n + n <= 100 else x


@case("n", [(9,)], allowed="n < 3 or n > 7")
@case("n=2..40", [(9,)], variant="ranged", allowed="n > 7")
def outside_of_roots(self, x):
    n = x.shape[0]
    return x + 1 if n * n - 10 * n + 21 > 0 else x


@case("n", [(9,)], allowed="n < 100")
def greatest(self, x):
    return x + 1 if torch.sym_max(x.shape[0], 5) < 100 else x


@case("a; b", [(3, 4), (5, 4)], fate="fine")
@case("a, _; b, _", [(3, 4), (5, 4)], variant="width", fate="fine")
def pad_to_longer(self, x, y):
    longer = max(x.shape[0], y.shape[0])
    x = F.pad(x, (0, 0, 0, longer - x.shape[0]))
    y = F.pad(y, (0, 0, 0, longer - y.shape[0]))
    return x + y


@case("a; b", [(9,), (6,)], allowed="a >= b")
@case("a=2..50; b=2..50", [(9,), (6,)], variant="ranged", allowed="a >= b")
def shorter(self, x, y):
    n = min(x.shape[0], y.shape[0])
    return x[:n] + y[:n]


@case("n", [(40,)], allowed="n >= 16")
@case("n=4..64", [(40,)], variant="ranged", allowed="n >= 16")
def at_most_sixteen(self, x):
    return x[: min(x.shape[0], 16)].view(4, 4)


@case("n", [(9,)], allowed="n >= 8")
def true_quotient(self, x):
    return x + 1 if x.shape[0] / 3 > 2.5 else x


@case("n", [(9,)], allowed="n in (8, 9)")
def truncated_half(self, x):
    return x + 1 if int(x.shape[0] * 0.5) == 4 else x


@case("_, _, _, w=..100", [(1, 1, 10, 10)])
@case("_, _, h, w", [(1, 1, 10, 10)], variant="both")
def grow_then_cut(self, x):
    grown = F.interpolate(x, scale_factor=1.5)
    return grown[..., : int(x.shape[-1] * 1.4)]


@case("_, _, h, w", [(1, 1, 6, 9)], allowed="h >= 6 and w >= 6")
@case(
    "_, _, h=3..60, w", [(1, 1, 7, 11)], variant="inside", allowed="h >= 6 and w >= 6"
)
def shrink_to_a_third(self, x):
    return F.interpolate(x, scale_factor=1 / 3) + F.avg_pool2d(x, 3)


@case("_, _, h, w", [(1, 1, 10, 9)], allowed="h >= 3 and w >= 3")
@case("_, _, h=2..50, w=2..50", [(1, 1, 10, 9)], variant="ranged", allowed="h > 2 < w")
def shrink_to_seven_tenths(self, x):
    return F.interpolate(x, scale_factor=0.7)


@case("n", [(40,)], allowed="40 <= n <= 49")
@case("n=20..60", [(45,)], variant="ranged", allowed="40 <= n <= 49")
def a_tenth_is_four(self, x):
    return x[: int(x.shape[0] * 0.1)] + torch.ones(4)


@case("n", [(10,)], allowed="n == 10")
@case("n=2..64", [(10,)], variant="ranged", allowed="n == 10")
def cut_by_float(self, x):
    return x[: int(x.shape[0] * 0.75)] + torch.ones(7)


@case("n", [(9,)], allowed="n % 2 == 1")
def odd_bit(self, x):
    return x + 1 if (x.shape[0] & 1) == 1 else x


@case("n", [(12,)], allowed="n % 6 in (0, 1) and n > 1")
@case("n=..60", [(12,)], variant="ranged", allowed="n // 2 % 3 == 0")
def half_in_threes(self, x):
    return x[: x.shape[0] // 2].view(-1, 3)


@case("n", [(13,)], allowed="n % 7 == 6 and n % 3 == 1")
@case("n=5..200", [(13,)], variant="ranged", allowed="n % 7 == 6 and n % 3 == 1")
def two_rests(self, x):
    n = x.shape[0]
    return x + 1 if n % 7 == 6 and n % 3 == 1 else x


@case("a; b; c", [(3,), (4,), (12,)], allowed="c == a * b")
def table_of_pairs(self, x, y, z):
    return (x[:, None] * y).flatten() + z


@case("a, b", [(6, 4)], allowed="2 * a == 3 * b")
@case("a=..90, b=..80", [(6, 4)], variant="ranged", allowed="2 * a == 3 * b")
def ratio(self, x):
    torch._check(2 * x.shape[0] == 3 * x.shape[1])
    return x * 2


@case("a; b", [(9,), (7,)], allowed="a == 9 and b == 7")
def two_equations(self, x, y):
    a, b = x.shape[0], y.shape[0]
    return x.sum() + y.sum() if a == b + 2 and a == 2 * b - 5 else x.sum()


@case("n", [(10,)], allowed="n >= 5")
def blocks_of_rest(self, x):
    n = x.shape[0]
    return x + 1 if (2 * n - 1) % n != 0 and n // 5 >= 1 else x


@case("n=..2000", [(64,)], allowed="n in (8 * k for k in range(1, 251))")
def align_up(self, x):
    wide = (x.shape[0] + 7) // 8 * 8
    return F.pad(x, (0, wide - x.shape[0])) + x.new_ones(wide)
