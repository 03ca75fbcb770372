"""Convolutions and poolings with strides, residuals, U-Nets and pyramids."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .notation import case


def residual():
    return {
        "body": nn.Conv2d(3, 3, 3, stride=2, padding=1),
        "skip": nn.Conv2d(3, 3, 1, 2),
    }


@case("b, _, h, w", [(2, 3, 16, 12)], parts=residual, fate="fine")
@case("b, _, h=8..64, w", [(2, 3, 15, 12)], parts=residual, variant="odd", fate="fine")
def residual_block(self, x):
    return self.body(x) + self.skip(x)


def uneven():
    return {"body": nn.Conv2d(3, 3, 3, stride=2, padding=1), "pool": nn.AvgPool2d(2)}


@case("b, _, h, w", [(2, 3, 16, 12)], parts=uneven, allowed="h % 2 == 0 and w % 2 == 0")
@case(
    "b, _, h=9..99, _",
    [(2, 3, 16, 12)],
    parts=uneven,
    variant="ranged",
    allowed="h % 2 == 0",
)
def residual_with_pool(self, x):
    return self.body(x) + self.pool(x)


def steps(depth):
    def make():
        down = [nn.Conv2d(2, 2, 3, stride=2, padding=1) for _ in range(depth)]
        up = [nn.ConvTranspose2d(2, 2, 2, stride=2) for _ in range(depth)]
        return {"down": nn.ModuleList(down), "up": nn.ModuleList(up)}

    return make


@case(
    "b, _, h, w", [(1, 2, 16, 24)], parts=steps(1), allowed="h % 2 == 0 and w % 2 == 0"
)
@case(
    "b, _, h, w=8..64",
    [(2, 2, 16, 24)],
    parts=steps(2),
    variant="two",
    allowed="h % 4 == 0 and w % 4 == 0",
)
@case(
    "b, _, h=16..256, w=16..256",
    [(2, 2, 32, 48)],
    parts=steps(3),
    variant="three",
    allowed="h % 8 == 0 and w % 8 == 0",
)
@case(
    "_, _, h, _",
    [(1, 2, 16, 16)],
    parts=steps(2),
    variant="strict",
    allowed="h % 4 == 0",
    strict=True,
)
@case(
    "_, _, 2*h, 4*w",
    [(1, 2, 16, 16)],
    parts=steps(2),
    variant="half",
    allowed="h % 2 == 0",
)
@case(
    "_, _, s, s",
    [(1, 2, 16, 16)],
    parts=steps(2),
    variant="square",
    allowed="s % 4 == 0",
)
def unet(self, x):
    kept = []
    for down in self.down:
        kept.append(x)
        x = down(x).relu()
    for up, skip in zip(self.up, reversed(kept), strict=True):
        x = up(x) + skip
    return x


@case(
    "b, _, h, w", [(2, 2, 16, 12)], parts=steps(1), allowed="h % 2 == 0 and w % 2 == 0"
)
def unet_concat(self, x):
    return torch.cat([self.up[0](self.down[0](x)), x], 1)


@case(
    "_, _, h, w", [(1, 2, 20, 12)], parts=steps(2), allowed="h % 4 == 0 and w % 4 == 0"
)
def pyramid(self, x):
    a = self.down[0](x)
    b = self.down[1](a)
    return F.interpolate(b, scale_factor=2) + a + F.avg_pool2d(x, 2)


@case("_, _, h, w", [(1, 2, 17, 12)], parts=steps(1), fate="fine")
def crop_to_skip(self, x):
    grown = self.up[0](self.down[0](x))
    return grown[:, :, : x.shape[2], : x.shape[3]] * x


@case("_, _, h, w", [(1, 2, 18, 12)], parts=steps(1), fate="fine")
def resize_to_skip(self, x):
    small = self.down[0](x)
    return F.interpolate(small, size=x.shape[2:]) + x


def line(kernel, stride=1, padding=0, dilation=1):
    return lambda: {"conv": nn.Conv1d(4, 4, kernel, stride, padding, dilation)}


@case("b, _, t", [(2, 4, 30)], parts=line(5), allowed="t >= 5")
@case("b, _, t=1..99", [(2, 4, 30)], parts=line(5), variant="ranged", allowed="t >= 5")
@case(
    "b, _, t=2..99", [(2, 4, 30)], parts=line(5, 3), variant="stride", allowed="t >= 5"
)
@case(
    "b, _, t", [(2, 4, 30)], parts=line(3, 1, 0, 4), variant="dilated", allowed="t >= 9"
)
@case(
    "b, c, t",
    [(2, 4, 30)],
    parts=line(3),
    variant="channels",
    allowed="c == 4 and t >= 3",
)
@case(
    "b, _, t",
    [(2, 4, 30)],
    parts=line(5),
    variant="strict",
    allowed="t >= 5",
    strict=True,
)
def conv_line(self, x):
    return self.conv(x).relu()


@case("b, _, t", [(2, 4, 30)], parts=line(4, 2, 1), allowed="t % 2 == 0")
@case("b, _, t", [(2, 4, 31)], parts=line(3, 2, 1), variant="odd", allowed="t % 2 == 1")
def conv_then_pool_meet(self, x):
    return self.conv(x) + F.max_pool1d(x, 2, ceil_mode=bool(x.shape[2] % 2))


@case("b, _, t; m", [(2, 4, 30), (14,)], parts=line(3, 2), allowed="m == (t - 1) // 2")
@case(
    "b, _, t=6..60; m=2..64",
    [(2, 4, 31), (15,)],
    parts=line(3, 2),
    variant="ranged",
    allowed="m == (t - 1) // 2",
)
def conv_plus_vector(self, x, y):
    return self.conv(x) + y


def stack():
    return {
        "a": nn.Conv1d(1, 4, 10, 5),
        "b": nn.Conv1d(4, 4, 3, 2),
        "c": nn.Conv1d(4, 4, 2, 2),
    }


@case("b, _, t", [(2, 1, 400)], parts=stack, allowed="t >= 50")
@case(
    "b, _, t=10..9000", [(2, 1, 400)], parts=stack, variant="ranged", allowed="t >= 50"
)
def audio_features(self, x):
    return self.c(self.b(self.a(x)).relu()).relu()


@case("_, _, h, w", [(1, 3, 20, 20)], allowed="h >= 7 and w >= 7")
def pool_big(self, x):
    return F.avg_pool2d(x, 7, stride=3)


@case("_, _, h, w", [(1, 3, 21, 20)], fate="fine")
def pool_ceil(self, x):
    return F.max_pool2d(x, 2, ceil_mode=True)


@case("b, _, h, w", [(2, 3, 12, 12)], fate="fine")
def pool_adaptive_one(self, x):
    return F.adaptive_avg_pool2d(x, 1).flatten(1)


@case("b, _, h, w", [(2, 3, 12, 18)], allowed="h % 6 == 0 and w % 6 == 0")
def pool_adaptive_six(self, x):
    return F.adaptive_avg_pool2d(x, 6)


@case("b, _, h, w", [(2, 3, 12, 16)], allowed="h % 4 == 0 and w % 4 == 0")
def unfold_patches(self, x):
    patches = x.unfold(2, 4, 4).unfold(3, 4, 4)
    whole = patches.permute(0, 1, 2, 4, 3, 5)
    return whole.reshape(x.shape) + x


def classifier():
    conv = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.ReLU(), nn.Conv2d(4, 4, 3, 2, 1))
    return {"conv": conv, "head": nn.Linear(4 * 5 * 4, 3)}


SIZES = "h in (17, 18, 19, 20) and w in (13, 14, 15, 16)"


@case("b, _, h, w", [(2, 3, 20, 16)], parts=classifier, allowed=SIZES)
@case("b, _, h=8..64, w=8..64", [(2, 3, 19, 14)], parts=classifier, variant="ranged")
@case("b, _, h, _", [(2, 3, 18, 16)], parts=classifier, variant="height")
def conv_flatten_linear(self, x):
    return self.head(self.conv(x).flatten(1))


@case("_, _, h, w", [(1, 2, 16, 16)], parts=steps(1), allowed="h == w")
@case("_, _, h=..64, w=..48", [(1, 2, 16, 16)], parts=steps(1), variant="ranged")
def image_times_transpose(self, x):
    return x @ x.transpose(2, 3) + x * x.transpose(2, 3)
