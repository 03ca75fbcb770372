"""Tensor operations with conditions of their own, one or two to a case."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch.nn import functional as F

from .notation import case


@case("n", [(10,)], allowed="n >= 4")
@case("n=2..64", [(10,)], variant="ranged", allowed="n >= 4")
@case("n", [(4,)], variant="edge", allowed="n >= 4")
def best_four(self, x):
    return x.topk(4).values


@case("n; m", [(10,), (9,)], allowed="m == n - 1")
@case("n=..40; m=..40", [(10,), (9,)], variant="ranged", allowed="m == n - 1")
def differences(self, x, y):
    return x.diff() * y


@case("b, n", [(2, 12)])
@case("b, n=6..30", [(2, 11)], variant="ranged")
def tensor_split_three(self, x):
    a, b, c = x.tensor_split(3, 1)
    return a.sum() + b.sum() + c.sum()


@case("b, n", [(2, 12)])
@case("b, n=6..30", [(2, 11)], variant="ranged")
def chunk_four(self, x):
    return [part.relu() for part in x.chunk(4, 1)]


@case("n; m", [(6,), (18,)], allowed="m == 3 * n")
@case("n; 3*n+0", [(6,), (18,)], variant="told", fate="fine")
@case("n; m", [(6,), (18,)], variant="strict", allowed="m == 3 * n", strict=True)
def interleaved(self, x, y):
    return x.repeat_interleave(3) + y


@case("b, t; k", [(2, 20), (9,)], allowed="k == (t - 4) // 2 + 1")
@case("b, t=8..40; k", [(2, 21), (9,)], variant="odd", allowed="k == (t - 4) // 2 + 1")
def im2col_weighted(self, x, weight):
    columns = F.unfold(x[:, None, None], (1, 4), stride=(1, 2))
    return columns * weight


@case("a, b; c, d", [(2, 3), (4, 5)], fate="fine")
@case("a, b; c, d; e", [(2, 3), (4, 5), (8,)], variant="sum", allowed="e == a * c")
def kron(self, x, y, z=None):
    out = torch.kron(x, y)
    return out if z is None else out + z[:, None]


@case("n, m", [(5, 5)], allowed="n == m")
def diagonal_sum(self, x):
    return x.diagonal() + x.sum(0)


@case("n, m", [(5, 7)], allowed="n <= m")
@case("n=..20, m=..16", [(5, 7)], variant="ranged", allowed="n <= m")
def diagonal_of_wide(self, x):
    return x.diagonal() + x[:, 0]


@case("b, n", [(2, 13)], allowed="n >= 8")
@case("b, n", [(2, 13)], variant="strict", allowed="n >= 8", strict=True)
def rolling_mean(self, x):
    return F.avg_pool1d(x[:, None], 8, 1)[:, 0]


@case("b, t; b, u", [(2, 6), (2, 4)], fate="fine")
@case(
    "b, t; c, u; k",
    [(2, 6), (2, 4), (24,)],
    variant="flat",
    allowed="b == c and k == t * u",
)
def outer_flat(self, x, y, z=None):
    out = (x[:, :, None] * y[:, None]).flatten(1)
    return out if z is None else out + z


@case("n", [(12,)], allowed="n % 3 == 0")
@case("n=..64", [(12,)], variant="ranged", allowed="n % 3 == 0")
def stack_thirds(self, x):
    third = x.shape[0] // 3
    return torch.stack([x[:third], x[third : 2 * third], x[2 * third :]])


@case("n", [(12,)], allowed="n % 4 == 0")
def reshape_by_quarter(self, x):
    return x.reshape(4, x.shape[0] // 4) * 2


@case("n, m", [(12, 5)], allowed="n % 4 == 0")
@case("n, m", [(12, 5)], variant="strict", allowed="n % 4 == 0", strict=True)
def reshape_two_ways(self, x):
    n, m = x.shape
    return x.view(n // 4, 4, m).transpose(1, 2).reshape(n // 4 * m, 4)


@case("b, n", [(3, 8)], allowed="n % 2 == 0")
def complex_pairs(self, x):
    return torch.view_as_complex(x.view(x.shape[0], -1, 2)).abs()


@case("n", [(16,)])
@case("n=8..64", [(16,)], variant="ranged")
@case("n; m", [(16,), (9,)], variant="matched", allowed="m == n // 2 + 1")
def real_spectrum(self, x, weight=None):
    spectrum = torch.fft.rfft(x).abs()
    return spectrum if weight is None else spectrum * weight


@case("n; m", [(7,), (5,)], allowed="True")
@case("n; m; k", [(7,), (5,), (11,)], variant="sum", allowed="k == n + m - 1")
def convolve(self, x, y, z=None):
    out = F.conv1d(x[None, None], y.flip(0)[None, None], padding=y.shape[0] - 1)[0, 0]
    return out if z is None else out + z


@case("b, c, h, w; h, w", [(2, 3, 8, 6), (8, 6)], fate="fine")
@case(
    "b, c, h, w; i, j",
    [(2, 3, 8, 6), (8, 6)],
    variant="apart",
    allowed="h == i and w == j",
)
@case(
    "b, c, 2*h, 2*w; i, j", [(2, 3, 8, 6), (8, 6)], variant="even", allowed="2 * h == i"
)
def weigh_pixels(self, x, weight):
    return x * weight


@case("b, _, h, w; _, _, i, j", [(2, 1, 8, 6), (2, 1, 16, 12)], allowed="i == 2 * h")
@case("b, _, h, w; _, _, 2*h, j", [(2, 1, 8, 6), (2, 1, 16, 12)], variant="half")
def upsample_and_add(self, x, y):
    return F.interpolate(x, scale_factor=2) + y[:, :, :, :]


@case("b, _, h, w", [(2, 1, 9, 9)], allowed="h > 2 and w > 2")
def pad_circular(self, x):
    return F.pad(x, (2, 2, 2, 2), mode="circular")


@case("b, n", [(2, 6)], allowed="n == 6")
@case("b, n=..12", [(2, 6)], variant="ranged", allowed="n == 6")
def unbind_all(self, x):
    first, *_, last = x.unbind(1)
    return first + last


@case("n; m", [(6,), (6,)], allowed="n == m")
@case("n=4..; m=..12", [(6,), (6,)], variant="ranged", allowed="n == m")
def where_branch(self, x, y):
    return torch.where(x > 0, x, y)


@case("n; m", [(6,), (12,)], allowed="m % n == 0 and m // n == 2")
@case("n; m", [(6,), (13,)], variant="rest", allowed="m // n == 2")
def how_many_fit(self, x, y):
    return x + 1 if y.shape[0] // x.shape[0] == 2 else x


@case("n; m", [(6,), (12,)], allowed="m % n == 0")
def fold_by_the_other(self, x, y):
    return y.view(-1, x.shape[0]) + x


@case("n; m", [(6,), (10,)], allowed="n < m < 2 * n")
@case("n=3..30; m=3..30", [(6,), (10,)], variant="ranged", allowed="n < m < 2 * n")
def between_once_and_twice(self, x, y):
    if x.shape[0] < y.shape[0] and y.shape[0] < 2 * x.shape[0]:
        return x.sum() + y.sum()
    return x.sum()


@case("n; m; k", [(6,), (7,), (8,)], allowed="n < m < k")
def increasing(self, x, y, z):
    a, b, c = x.shape[0], y.shape[0], z.shape[0]
    return x.sum() if a < b < c else y.sum()


@case("n", [(10,)], allowed="abs(n - 10) < 4")
def near_ten(self, x):
    return x + 1 if abs(x.shape[0] - 10) < 4 else x


@case("n", [(10,)], allowed="n >= 8")
def negative_rest(self, x):
    return x + 1 if (3 - x.shape[0]) // 2 < -2 else x


@case("n", [(10,)], allowed="n % 5 == 0")
def negative_modulo(self, x):
    return x.view(5, -1) if (-x.shape[0]) % 5 == 0 else x


@case("n", [(12,)], allowed="n.bit_length() == 4")
def shifted(self, x):
    n = x.shape[0]
    return x + 1 if (n >> 2) >= 2 and (n >> 4) == 0 else x
