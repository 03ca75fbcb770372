"""Views, reshapes, folds: sizes that must divide."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch import nn

from .notation import case


def head():
    return {"head": nn.Linear(160, 4)}


@case("n", [(12,)], allowed="n % 4 == 0")
@case("n=3..50", [(12,)], variant="ranged", allowed="n % 4 == 0")
@case("n=3..50", [(12,)], variant="strict", allowed="n % 4 == 0", strict=True)
@case("2*h", [(12,)], variant="half", allowed="h % 2 == 0")
@case("n=..400; n", [(12,), (12,)], variant="shared", allowed="n % 4 == 0")
def fours(self, x, y=None):
    return x.view(-1, 4).sum(1)


@case("n=5..100", [(24,)], allowed="n % 12 == 0")
def four_and_six(self, x):
    return x.reshape(-1, 4).sum() + x.reshape(-1, 6).sum()


@case("n", [(20,)], allowed="n % 5 == 0")
@case("5*m", [(20,)], variant="told", fate="fine")
@case("n; m", [(20,), (4,)], variant="related", allowed="n == 5 * m")
def five_rows(self, x, y=None):
    rows = x.view(5, -1)
    return rows if y is None else rows - y


@case("n", [(19,)], allowed="n % 8 == 3 and n > 3")
@case("n=4..", [(19,)], variant="from_four", allowed="n % 8 == 3 and n > 3")
def shifted_eights(self, x):
    return x[3:].view(-1, 8) * 2


@case("b, t, _", [(4, 5, 6)], allowed="b * t % 2 == 0")
@case("b, _, f", [(4, 5, 6)], variant="outer", allowed="b * f % 4 == 0")
@case("b=2..16, t=2..9, _", [(4, 5, 6)], variant="ranged", allowed="b * t % 2 == 0")
def fold_to_fours(self, x):
    return x.reshape(-1, 4).mean(0)


FLAT = "t * e == 160"


@case("b, t, e", [(3, 10, 16)], parts=head, allowed=FLAT)
@case("b, t, _", [(3, 10, 16)], parts=head, variant="width_known", allowed="t == 10")
@case("b, t, e", [(3, 10, 16)], parts=head, variant="strict", allowed=FLAT, strict=True)
def flatten_to_linear(self, x):
    return self.head(x.flatten(1))


@case("b, c, h, w", [(2, 12, 6, 8)], allowed="c % 4 == 0")
def shuffle_up(self, x):
    return nn.functional.pixel_shuffle(x, 2)


@case("b, c, h, w", [(2, 3, 6, 9)], allowed="h % 3 == 0 and w % 3 == 0")
@case("b, c, 2*h, 3*w", [(2, 3, 6, 9)], variant="half", allowed="h % 3 == 0")
def shuffle_down(self, x):
    return nn.functional.pixel_unshuffle(x, 3)


@case("b, c, _, _", [(2, 12, 5, 5)], allowed="c % 3 == 0")
@case("b, 4*c, _, _", [(2, 12, 5, 5)], variant="fours", allowed="c % 3 == 0")
def channel_shuffle(self, x):
    b, c, h, w = x.shape
    return x.view(b, 3, c // 3, h, w).transpose(1, 2).reshape(b, c, h, w)


@case("n=..64", [(16,)], allowed="n == 16")
def square(self, x):
    side = int(x.shape[0] ** 0.5)
    return x.view(side, side)


@case("b, n", [(2, 30)], allowed="n % 10 == 0")
def unflatten_pair(self, x):
    return x.unflatten(1, (-1, 5, 2)).sum(2)


@case("n, m", [(6, 4)], allowed="n * m % 8 == 0")
@case("2*n, m", [(6, 4)], variant="even", allowed="n * m % 4 == 0")
def flat_eights(self, x):
    return x.reshape(-1).view(-1, 8).amax(1)


@case("a, b; c", [(3, 4), (12,)], allowed="a * b == c")
@case("a, b; ?", [(3, 4), (12,)], variant="auto", fate="fine")
@case("a, 4; c", [(3, 4), (12,)], variant="width_known", allowed="4 * a == c")
def flat_sum(self, x, y):
    return x.flatten() + y


@case("_; a, b", [(4, 4), (2, 8)], allowed="a * b == 16")
@case("_; a=..4, b=..8", [(4, 4), (2, 8)], variant="ranged", allowed="a * b == 16")
def like_the_first(self, x, y):
    return x + y.reshape(x.shape)


@case("b, s, _", [(2, 9, 24)], fate="fine")
@case("b, s, e", [(2, 9, 24)], variant="width", allowed="e % 6 == 0")
def split_heads(self, x):
    b, s, e = x.shape
    return x.view(b, s, 6, e // 6).permute(0, 2, 1, 3).contiguous()


@case("n", [(18,)], allowed="n % 6 == 0")
def twice_divided(self, x):
    return x.view(-1, 2)[:, 0].reshape(-1, 3).sum(1)


@case("n=1..99", [(21,)], allowed="n % 4 == 1 and n > 1")
def drop_ends_then_fold(self, x):
    return x[:-1].view(4, -1).t()


@case("b, n", [(2, 15)], allowed="n % 5 == 0")
@case("b, n", [(2, 15)], variant="strict", allowed="n % 5 == 0", strict=True)
def unfold_windows(self, x):
    return x.reshape(x.shape[0], x.shape[1] // 5, 5).softmax(-1)


@case("b, t", [(4, 40)], parts=head, allowed="b * t % 160 == 0")
def fold_batch_into_linear(self, x):
    return torch.relu(self.head(x.reshape(-1, 160)))
