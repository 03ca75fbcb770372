"""Attention: heads, caches, masks, cross attention, rotary halves."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from .notation import case


@case(
    "b, _, s, _; b, _, t, _; b, _, t, _",
    [(2, 4, 6, 8), (2, 4, 9, 8), (2, 4, 9, 8)],
    fate="fine",
)
@case(
    "b, _, s, _; c, _, t, _; d, _, t, _",
    [(2, 4, 6, 8), (2, 4, 9, 8), (2, 4, 9, 8)],
    variant="apart",
    allowed="b == c == d",
)
@case(
    "b, g, s, _; b, g, t, e; b, g, t, e",
    [(2, 4, 6, 8), (2, 4, 9, 8), (2, 4, 9, 8)],
    variant="width",
    allowed="e == 8",
)
def plain(self, q, k, v):
    return F.scaled_dot_product_attention(q, k, v)


QKV = [(2, 4, 6, 8), (2, 4, 6, 8), (2, 4, 6, 8), (6, 6)]


@case("b, _, s, _; b, _, s, _; b, _, s, _; s, s", QKV, fate="fine")
@case(
    "b, _, s, _; b, _, s, _; b, _, s, _; m, n",
    QKV,
    variant="apart",
    allowed="m == n == s",
)
@case(
    "b, _, s=2..512, _; b, _, s, _; b, _, s, _; m=..64, n=..99",
    QKV,
    variant="ranged",
    allowed="m == n == s",
)
def masked(self, q, k, v, mask):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def mha():
    return {"block": nn.MultiheadAttention(16, 4, batch_first=True)}


@case("b, s, _", [(2, 7, 16)], parts=mha, fate="fine")
@case("b, s, e", [(2, 7, 16)], parts=mha, variant="width", allowed="e == 16")
@case(
    "b, s=2..64, _", [(2, 7, 16)], parts=mha, variant="strict", fate="fine", strict=True
)
def block(self, x):
    return self.block(x, x, x, need_weights=False)[0]


@case("b, s, _; c, t, _", [(2, 7, 16), (2, 5, 16)], parts=mha, allowed="b == c")
@case(
    "b=..8, s, _; c=..6, t, f",
    [(2, 7, 16), (2, 5, 16)],
    parts=mha,
    variant="ranged",
    allowed="b == c and f == 16",
)
def cross(self, x, memory):
    return self.block(x, memory, memory)[0]


def layer():
    return {"layer": nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)}


@case("b, s, _", [(2, 7, 16)], parts=layer, fate="fine")
@case(
    "b, s, _; b, t", [(2, 7, 16), (2, 7)], parts=layer, variant="mask", allowed="s == t"
)
def encoder(self, x, mask=None):
    return self.layer(x, src_key_padding_mask=None if mask is None else mask > 9)


@case("b, _, s, _; b, _, p, _", [(2, 2, 3, 8), (2, 2, 5, 8)], fate="fine")
@case(
    "b, _, s, _; c, _, p, _",
    [(2, 2, 3, 8), (2, 2, 5, 8)],
    variant="batch",
    allowed="b == c",
)
def grow_cache(self, new, past):
    return torch.cat([past, new], 2)


CACHE = [(2, 2, 3, 8), (2, 2, 5, 8), (2, 8)]


@case("b, _, s, _; b, _, p, _; b, t", CACHE, allowed="t == s + p")
@case(
    "b, _, s, _; b, _, p, _; c, t=..64",
    CACHE,
    variant="ranged",
    allowed="t == s + p and b == c",
)
@case("b, _, s, _; b, _, p, _; b, ?", CACHE, variant="auto", fate="fine")
@case("b, _, 3, _; b, _, p, _; b, t", CACHE, variant="step", allowed="t == p + 3")
@case("b, _, 3, _; b, _, p, _; b, p+3", CACHE, variant="told", fate="fine")
def cache_with_mask(self, new, past, mask):
    keys = torch.cat([past, new], 2)
    return (keys * mask[:, None, :, None]).softmax(2)


@case("b, s, e", [(2, 6, 8)], allowed="e % 2 == 0")
@case("b, s, e=4..32", [(2, 6, 8)], variant="ranged", allowed="e % 2 == 0")
def rotary(self, x):
    half = x.shape[-1] // 2
    turned = torch.cat([-x[..., half:], x[..., :half]], -1)
    return x * 0.5 + turned * 0.5


@case("b, s, _", [(2, 8, 4)], allowed="s % 8 == 0")
@case("b, s=1..1024, _", [(2, 8, 4)], variant="ranged", allowed="s % 8 == 0")
def aligned_branch(self, x):
    s = x.shape[1]
    if (s * s + s) % 8 == 0 and (s + 1) % 8 != 0:
        return x * 2
    return x


def grouped():
    return {"q": nn.Linear(16, 16), "kv": nn.Linear(16, 16)}


@case("b, s, _", [(2, 5, 16)], parts=grouped, fate="fine")
@case("b, s, _; b, t, _", [(2, 5, 16), (2, 5, 16)], parts=grouped, variant="cross")
def grouped_queries(self, x, memory=None):
    memory = x if memory is None else memory
    b, s, _ = x.shape
    q = self.q(x).view(b, s, 4, 4).transpose(1, 2)
    k, v = self.kv(memory).view(b, -1, 4, 4).chunk(2, dim=2)
    k = k.transpose(1, 2).repeat_interleave(2, 1)
    v = v.transpose(1, 2).repeat_interleave(2, 1)
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


@case("b, s, _", [(2, 12, 8)], allowed="s % 4 == 0")
@case("b, s=8..256, _", [(2, 12, 8)], variant="ranged", allowed="s % 4 == 0")
@case("b, s, _", [(2, 12, 8)], variant="strict", allowed="s % 4 == 0", strict=True)
def local_blocks(self, x):
    b, s, e = x.shape
    local = x.view(b, s // 4, 4, e)
    scores = local @ local.transpose(2, 3)
    return (scores.softmax(-1) @ local).view(b, s, e)


def bias():
    return {"bias": nn.Parameter(torch.randn(39))}


@case("b, s", [(2, 7)], parts=bias, allowed="s <= 20")
@case("b, s=2..64", [(2, 7)], parts=bias, variant="ranged", allowed="s <= 20")
def relative_bias(self, x):
    place = torch.arange(x.shape[1])
    far = place[:, None] - place[None, :] + 19
    torch._check(x.shape[1] <= 20)
    return x[:, None] + self.bias.index_select(0, far.flatten()).view(x.shape[1], -1)


@case("s, s", [(6, 6)], fate="fine")
@case("s, t", [(6, 11)], variant="two", allowed="t == 2 * s - 1")
@case("s=2..40, t=2..40", [(6, 11)], variant="ranged", allowed="t == 2 * s - 1")
def relative_shift(self, x):
    s = x.shape[0]
    if x.shape[1] == s:
        return x.tril()
    return x[:, s - 1 :] + x[:, :s]
