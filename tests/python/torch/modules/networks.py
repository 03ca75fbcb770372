"""Whole small networks: recurrent, graph, detection, speech, recommendation."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

from .notation import case


def gru():
    return {"cell": nn.GRUCell(4, 6), "start": nn.Parameter(torch.zeros(1, 6))}


@case("b, t, _", [(3, 5, 4)], parts=gru, allowed="t == 5")
@case(
    "b, t=2..9, f", [(3, 5, 4)], parts=gru, variant="all", allowed="t == 5 and f == 4"
)
def recurrent(self, x):
    state = self.start.expand(x.shape[0], -1)
    for step in x.unbind(1):
        state = self.cell(step, state)
    return state


def lstm():
    return {"net": nn.LSTM(4, 6, batch_first=True), "head": nn.Linear(6, 2)}


@case("b, _, _; c", [(3, 5, 4), (3,)], parts=lstm, allowed="b == c")
@case(
    "b=1..64, _, f; c=2..32",
    [(3, 5, 4), (3,)],
    parts=lstm,
    variant="all",
    allowed="b == c",
)
def lstm_weighted(self, x, weight):
    return self.head(self.net(x)[0][:, -1]) * weight[:, None]


def fpn():
    return {
        "stem": nn.Conv2d(3, 4, 3, 2, 1),
        "mid": nn.Conv2d(4, 4, 3, 2, 1),
        "deep": nn.Conv2d(4, 4, 3, 2, 1),
        "side": nn.Conv2d(4, 4, 1),
    }


FPN = "h % 8 in (0, 7) and w % 8 in (0, 7)"


@case("b, _, h, w", [(2, 3, 32, 48)], parts=fpn)
@case("b, _, h=16..200, w=24..99", [(2, 3, 32, 48)], parts=fpn, variant="ranged")
@case("b, _, 2*h, w", [(2, 3, 32, 48)], parts=fpn, variant="half")
@case("_, _, h, 48", [(1, 3, 31, 48)], parts=fpn, variant="odd")
def feature_pyramid(self, x):
    a = self.stem(x).relu()
    b = self.mid(a).relu()
    c = self.deep(b)
    b = self.side(b) + F.interpolate(c, scale_factor=2.0, mode="nearest")
    a = self.side(a) + F.interpolate(b, scale_factor=2.0, mode="nearest")
    return a, b, c


@case("n, f; m", [(6, 4), (9,)], fate="fine")
@case("n, _; m; k", [(6, 4), (9,), (9,)], variant="two", allowed="m == k")
def gather_edges(self, nodes, start, end=None):
    index = (start.abs() * 10).long() % 2
    rows = nodes.index_select(0, index)
    return rows if end is None else rows * end[:, None]


@case("n, f; n, k", [(6, 4), (6, 6)], allowed="k == n")
@case("n=2..50, f; m, k=..40", [(6, 4), (6, 6)], variant="apart", allowed="k == n == m")
def graph_layer(self, nodes, adjacency):
    degree = adjacency.sum(1, keepdim=True)
    return (adjacency @ nodes + nodes) / (degree + 100)


def mixer():
    return {"tokens": nn.Linear(10, 10), "channels": nn.Linear(8, 8)}


@case("b, s, c", [(2, 10, 8)], parts=mixer, allowed="s == 10 and c == 8")
@case("b, s=4..32, _", [(2, 10, 8)], parts=mixer, variant="ranged", allowed="s == 10")
def mixer_block(self, x):
    x = x + self.tokens(x.transpose(1, 2)).transpose(1, 2)
    return x + self.channels(x)


def bag():
    return {"bag": nn.EmbeddingBag(20, 4), "top": nn.Linear(8, 2)}


def baskets():
    return [torch.randint(0, 20, (3, 5)), torch.randint(0, 20, (3, 4))]


@case("b, s; c, t", baskets, parts=bag, allowed="b == c")
@case("b=..9, s; c=3.., t", baskets, parts=bag, variant="ranged", allowed="b == c")
def two_towers(self, left, right):
    return self.top(torch.cat([self.bag(left), self.bag(right)], 1))


def wave():
    convs = [nn.Conv1d(1, 4, 10, 5), nn.Conv1d(4, 4, 3, 2), nn.Conv1d(4, 4, 3, 2)]
    return {"convs": nn.ModuleList(convs), "place": nn.Conv1d(4, 4, 4, padding=2)}


@case("b, t", [(2, 400)], parts=wave)
@case("b, t=100..4000", [(2, 400)], parts=wave, variant="ranged")
@case("b, t; k", [(2, 400), (19,)], parts=wave, variant="masked")
def speech_features(self, x, mask=None):
    x = x[:, None]
    for conv in self.convs:
        x = F.gelu(conv(x))
    x = x + self.place(x)[..., :-1]
    return x if mask is None else x * mask


def whisper():
    return {
        "a": nn.Conv1d(8, 8, 3, padding=1),
        "b": nn.Conv1d(8, 8, 3, 2, 1),
        "places": nn.Parameter(torch.randn(30, 8)),
    }


@case("b, _, t", [(2, 8, 60)], parts=whisper, allowed="t in (59, 60)")
@case("b, m, t=20..80", [(2, 8, 60)], parts=whisper, variant="all", allowed="m == 8")
def encoder_fixed_places(self, x):
    x = F.gelu(self.b(F.gelu(self.a(x)))).transpose(1, 2)
    return x + self.places


@case("b, _, t", [(2, 8, 50)], parts=whisper, allowed="t <= 60")
@case("b, _, t=3..80", [(2, 8, 51)], parts=whisper, variant="ranged", allowed="t <= 60")
def encoder_cut_places(self, x):
    x = F.gelu(self.b(F.gelu(self.a(x)))).transpose(1, 2)
    return x + self.places[: x.shape[1]]


def detector():
    return {"net": nn.Conv2d(3, 5, 4, 4)}


@case("b, _, h, w", [(2, 3, 16, 24)], parts=detector)
@case("b, _, h=16..64, w=16..64", [(2, 3, 18, 27)], parts=detector, variant="ranged")
def anchor_grid(self, x):
    out = self.net(x)
    h, w = out.shape[2:]
    ys, xs = torch.arange(h).float() / h, torch.arange(w).float() / w
    grid = torch.stack(torch.meshgrid(ys, xs, indexing="ij"))
    return (out[:, :2] + grid).flatten(2).transpose(1, 2)


@case("b, s, e", [(2, 8, 12)], allowed="e % 4 == 0")
def sinusoids(self, x):
    half = x.shape[2] // 4
    rate = torch.exp(torch.arange(half) * -(math.log(1e4) / half))
    angles = torch.arange(x.shape[1])[:, None] * rate[None]
    wave = torch.cat([angles.sin(), angles.cos()], 1).repeat(1, 2)
    return x + wave


@case("b, l, _; b, m", [(2, 12, 6), (2, 12)], allowed="l == m")
@case(
    "b, l=4..90, _; c, m=6..80",
    [(2, 12, 6), (2, 12)],
    variant="ranged",
    allowed="l == m",
)
def masked_mean(self, x, mask):
    total = (x * mask.unsqueeze(-1)).sum(1)
    return total / mask.sum(1, keepdim=True).clamp(min=1)


@case("b, l, _", [(2, 12, 6)], allowed="l % 3 == 0")
@case("b, l=6..60, _", [(2, 12, 6)], variant="ranged", allowed="l % 3 == 0")
def pool_tokens(self, x):
    return x.view(x.shape[0], -1, 3, 6).amax(2) + x[:, ::3]


def moe():
    return {"gate": nn.Linear(6, 3), "experts": nn.Parameter(torch.randn(3, 6, 6))}


@case("b, s, _", [(2, 5, 6)], parts=moe, fate="fine")
@case("b, s, e", [(2, 5, 6)], parts=moe, variant="width", allowed="e == 6")
def soft_experts(self, x):
    gate = self.gate(x).softmax(-1)
    flat = x.reshape(-1, x.shape[2])
    out = torch.einsum("nd,kde->nke", flat, self.experts)
    return (out * gate.view(-1, 3, 1)).sum(1).view(x.shape)


def glu():
    return {"out": nn.Linear(6, 4)}


@case("b, s, e", [(2, 5, 12)], parts=glu, allowed="e == 12")
@case("b, s, 2*e", [(2, 5, 12)], parts=glu, variant="half", allowed="e == 6")
def gated(self, x):
    return self.out(F.glu(x, -1))


@case("b, c, h, w", [(2, 6, 5, 7)], fate="fine")
@case("b, 2*c, h, w", [(2, 6, 5, 7)], variant="even", fate="fine")
def squeeze_excite(self, x):
    weight = x.mean((2, 3), keepdim=True).sigmoid()
    return x * weight


@case("b, c, h, w", [(2, 6, 5, 7)], allowed="c % 3 == 0")
def group_norm(self, x):
    return F.group_norm(x, 3)


@case("b, s; v", [(2, 9), (30,)], allowed="s <= v")
@case("b, s=2..64; v=9..48", [(2, 9), (30,)], variant="ranged", allowed="s <= v")
def copy_logits(self, x, vocabulary):
    return x.exp() + vocabulary[: x.shape[1]].exp()
