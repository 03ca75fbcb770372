"""Windows, patches, padding to multiples, frames of sound."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .notation import case

BOTH = "h % 4 == 0 and w % 4 == 0"


@case("b, h, w, _", [(2, 8, 12, 6)], allowed=BOTH)
@case("b, h=4..60, w=5..60, _", [(2, 8, 12, 6)], variant="ranged", allowed=BOTH)
@case("b, 4*h, 4*w, _", [(2, 8, 12, 6)], variant="told", fate="fine")
@case("b, h, w, _", [(2, 8, 12, 6)], variant="strict", allowed=BOTH, strict=True)
def windows(self, x):
    b, h, w, c = x.shape
    x = x.view(b, h // 4, 4, w // 4, 4, c).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(-1, 16, c)


@case("b, h, w, _", [(2, 8, 12, 6)], allowed=BOTH)
@case("b, s, s, _", [(2, 8, 8, 6)], variant="square", allowed="s % 4 == 0")
@case("b, 2*h, 2*w, _", [(2, 8, 12, 6)], variant="half", allowed="h % 2 == w % 2 == 0")
def windows_and_back(self, x):
    b, h, w, c = x.shape
    parts = (
        x.view(b, h // 4, 4, w // 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, c)
    )
    parts = parts.softmax(1)
    back = parts.view(b, h // 4, w // 4, 4, 4, c).permute(0, 1, 3, 2, 4, 5)
    return back.reshape(b, h, w, c) + x.roll((-2, -2), (1, 2))


@case("b, h, w, _", [(2, 9, 12, 6)], allowed="h % 4 == 1 and w % 4 == 0")
@case("b, h=8..90, w=8..90, _", [(2, 9, 13, 6)], variant="both")
@case("b, h, w, _", [(2, 8, 8, 6)], variant="none")
def windows_padded(self, x):
    b, h, w, c = x.shape
    x = F.pad(x, (0, 0, 0, -w % 4, 0, -h % 4))
    h2, w2 = x.shape[1], x.shape[2]
    return x.view(b, h2 // 4, 4, w2 // 4, 4, c).mean((2, 4))


def patches(size, width=16):
    return lambda: {"embed": nn.Conv2d(3, width, size, size)}


@case("b, _, h, w", [(2, 3, 16, 24)], parts=patches(8))
@case("b, _, h=8..96, w=8..96", [(2, 3, 19, 24)], parts=patches(8), variant="ranged")
def patch_tokens(self, x):
    return self.embed(x).flatten(2).transpose(1, 2)


def vit():
    return {
        "embed": nn.Conv2d(3, 16, 8, 8),
        "token": nn.Parameter(torch.zeros(1, 1, 16)),
        "places": nn.Parameter(torch.randn(1, 7, 16)),
    }


@case("b, _, h, w", [(2, 3, 16, 24)], parts=vit, allowed="(h // 8) * (w // 8) == 6")
@case(
    "b, _, h, _", [(2, 3, 16, 24)], parts=vit, variant="height", allowed="h // 8 == 2"
)
@case(
    "b, _, h=10..64, _",
    [(2, 3, 21, 24)],
    parts=vit,
    variant="odd",
    allowed="h // 8 == 2",
)
@case("b, _, _, _", [(2, 3, 16, 24)], parts=vit, variant="batch", fate="fine")
def vision_tokens(self, x):
    tokens = self.embed(x).flatten(2).transpose(1, 2)
    tokens = torch.cat([self.token.expand(x.shape[0], -1, -1), tokens], 1)
    return tokens + self.places


@case("b, _, h, w", [(2, 3, 16, 24)], parts=vit)
@case("b, _, 8*h, 8*w", [(2, 3, 16, 24)], parts=vit, variant="told", fate="fine")
def vision_interpolated(self, x):
    grid = self.embed(x)
    places = self.places[:, 1:].view(1, 2, 3, 16).permute(0, 3, 1, 2)
    places = F.interpolate(places, size=grid.shape[2:], mode="bilinear")
    return (grid + places).flatten(2)


@case("n", [(100,)], allowed="n % 32 != 0")
@case("n", [(96,)], variant="exact", allowed="n % 32 == 0")
@case("n=64..2048", [(100,)], variant="ranged", allowed="n % 32 != 0")
@case("n=64..2048", [(96,)], variant="exact_ranged", allowed="n % 32 == 0")
def pad_if_needed(self, x):
    rest = (32 - x.shape[0] % 32) % 32
    if rest > 0:
        x = F.pad(x, (0, rest))
    return x * 2


@case("b, n", [(2, 13)], fate="fine")
@case("b, n=3..77", [(2, 16)], variant="ranged", fate="fine")
def pad_then_fold(self, x):
    x = F.pad(x, (0, (-x.shape[1]) % 8))
    return x.unflatten(1, (-1, 8)).sum(-1)


@case("b, n", [(2, 13)], allowed="n <= 20")
@case("b, n=..64", [(2, 13)], variant="ranged", allowed="n <= 20")
def pad_to_twenty(self, x):
    return F.pad(x, (0, 20 - x.shape[1])) + torch.ones(20)


@case("b, n", [(2, 13)], allowed="n <= 20")
def fill_to_twenty(self, x):
    rest = x.new_zeros(x.shape[0], 20 - x.shape[1])
    return torch.cat([x, rest], 1).view(-1, 4, 5)


@case("b, n", [(2, 13)], allowed="n >= 5")
@case("b, n=2..50", [(2, 13)], variant="ranged", allowed="n >= 5")
def pad_reflect(self, x):
    return F.pad(x[:, None], (4, 4), mode="reflect")[:, 0]


@case("b, t", [(2, 1600)])
@case("b, t=800..48000", [(2, 1600)], variant="ranged")
def spectrum(self, x):
    window = torch.hann_window(256)
    z = torch.stft(x, 256, 80, 256, window, return_complex=True, pad_mode="constant")
    return torch.view_as_real(z).pow(2).sum(-1)


@case("b, t", [(2, 50)], allowed="t >= 8")
@case("b, t=4..64", [(2, 50)], variant="ranged", allowed="t >= 8")
def frames(self, x):
    return x.unfold(1, 8, 3).mean(-1)


@case("b, t; k", [(2, 50), (15,)], allowed="k == (t - 8) // 3 + 1")
def frames_weighted(self, x, weights):
    return x.unfold(1, 8, 3).mean(-1) * weights


def mix():
    return {"mix": nn.Linear(16, 8), "pair": nn.Linear(8, 4)}


@case("b, n, _", [(2, 12, 4)], parts=mix, allowed="n % 2 == 0")
@case(
    "b, n, c", [(2, 12, 4)], parts=mix, variant="width", allowed="n % 2 == 0 and c == 4"
)
def merge_pairs(self, x):
    return self.pair(torch.cat([x[:, 0::2], x[:, 1::2]], -1))


@case("b, h, w, _", [(2, 6, 8, 4)], parts=mix, allowed="h % 2 == 0 and w % 2 == 0")
@case("b, h=5..31, w=5..31, _", [(2, 6, 8, 4)], parts=mix, variant="ranged")
def merge_patches(self, x):
    a, b = x[:, 0::2, 0::2], x[:, 1::2, 0::2]
    c, d = x[:, 0::2, 1::2], x[:, 1::2, 1::2]
    return self.mix(torch.cat([a, b, c, d], -1))
