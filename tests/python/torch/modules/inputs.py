"""Nested inputs, keyword arguments, classes, integers, dictionaries."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import collections
import dataclasses

import torch
from torch import nn
from torch.export import Dim, ShapesCollection

from .notation import Built, built

Pair = collections.namedtuple("Pair", ["left", "right"])


@dataclasses.dataclass
class Batch:
    """Two tensors as one input."""

    tokens: torch.Tensor
    weights: torch.Tensor


torch.export.register_dataclass(Batch, serialized_type_name="dimsat.tests.Batch")


class Nested(nn.Module):
    def forward(self, parts, scale=None):
        total = parts["rows"].view(-1, 4).sum(0)
        for extra in parts["more"]:
            total = total + extra[:4]
        return total if scale is None else total * scale["by"].sum()


def nested(dims, scale):
    parts = {"rows": torch.randn(12), "more": [torch.randn(6), torch.randn(9)]}
    kwargs = {"scale": {"by": torch.randn(5)}} if scale else {}
    return Built(Nested(), (parts,), dims, kwargs)


@built("nested/dict", allowed="r % 4 == 0 and p >= 4 and q >= 4")
def _():
    more = [{0: Dim("p")}, {0: Dim("q")}]
    return nested({"parts": {"rows": {0: Dim("r")}, "more": more}}, False)


@built("nested/kwargs", allowed="r % 4 == 0 and q >= 4")
def _():
    parts = {"rows": (Dim("r", max=64),), "more": [None, (Dim("q"),)]}
    return nested({"parts": parts, "scale": {"by": (Dim("k"),)}}, True)


@built("nested/tuple", allowed="r % 4 == 0")
def _():
    parts = {"rows": [Dim("r", min=3, max=90)], "more": [[Dim.AUTO], [Dim.DYNAMIC]]}
    return nested((parts,), False)


@built("nested/strict", allowed="r % 4 == 0 and p >= 4 and q >= 4", strict=True)
def _():
    more = [{0: Dim("p", max=40)}, {0: Dim("q")}]
    return nested({"parts": {"rows": {0: Dim("r")}, "more": more}}, False)


class OfPair(nn.Module):
    def forward(self, pair):
        return pair.left[:, :-1] + pair.right


@built("named_tuple", allowed="a == b + 1")
def _():
    pair = Pair(torch.randn(3, 8), torch.randn(3, 7))
    n = Dim("n")
    shapes = {"pair": Pair({0: n, 1: Dim("a", max=30)}, {0: n, 1: Dim("b", min=2)})}
    return Built(OfPair(), (pair,), shapes)


class OfBatch(nn.Module):
    def forward(self, batch):
        return batch.tokens.view(batch.tokens.shape[0], -1, 3).mean(-1) * batch.weights


@built("dataclass", allowed="t == 3 * w")
def _():
    batch = Batch(torch.randn(2, 12), torch.randn(4))
    return Built(OfBatch(), (batch,), {"batch": [{1: Dim("t")}, {0: Dim("w")}]})


@built("dataclass/batch", allowed="t == 3 * w")
def _():
    batch = Batch(torch.randn(2, 12), torch.randn(4))
    shapes = ([{0: Dim("b"), 1: Dim("t", max=99)}, {0: Dim("w", max=64)}],)
    return Built(OfBatch(), (batch,), shapes)


class Listed(nn.Module):
    def forward(self, xs):
        return sum(x.view(2, -1).sum(1) for x in xs)


@built("list_of_tensors", allowed="a % 2 == b % 2 == c % 2 == 0")
def _():
    xs = [torch.randn(4), torch.randn(6), torch.randn(8)]
    return Built(Listed(), (xs,), ([{0: Dim(name)} for name in "abc"],))


@built("list_of_tensors/shared", allowed="n % 2 == 0")
def _():
    n = Dim("n", min=3, max=33)
    return Built(
        Listed(), ([torch.randn(6), torch.randn(6)],), {"xs": [{0: n}, {0: n}]}
    )


@built("tuple_of_tensors/strict", allowed="a % 2 == b % 2 == 0", strict=True)
def _():
    shapes = (({0: Dim("a")}, {0: Dim("b")}),)
    return Built(Listed(), ((torch.randn(4), torch.randn(6)),), shapes)


@built("collection", allowed="a % 2 == 0 and b % 2 == 0")
def _():
    xs = [torch.randn(4), torch.randn(6)]
    shapes = ShapesCollection()
    shapes[xs[0]] = {0: Dim("a")}
    shapes[xs[1]] = {0: Dim("b", max=50)}
    return Built(Listed(), (xs,), shapes)


class Scaled(nn.Module):
    def forward(self, x, times, y=None):
        return x[:times] if y is None else x[:times] + y


@built("integer/static", allowed="n >= 5")
def _():
    return Built(Scaled(), (torch.randn(9), 5), ({0: Dim("n")}, None))


@built("integer/dynamic", fate="repair")
def _():
    return Built(Scaled(), (torch.randn(9), 5), ({0: Dim("n")}, Dim.DYNAMIC))


@built("integer/auto", fate="repair")
def _():
    args = (torch.randn(9), 5, torch.randn(5))
    return Built(Scaled(), args, ({0: Dim("n", max=40)}, Dim.AUTO, {0: Dim("m")}))


class Keyed(nn.Module):
    def forward(self, x, *, mask, past=None):
        x = x if past is None else torch.cat([past, x], 1)
        return x * mask


@built("keywords", allowed="m == p + s")
def _():
    shapes = {"x": {1: Dim("s")}, "mask": {1: Dim("m")}, "past": {1: Dim("p")}}
    kwargs = {"mask": torch.randn(2, 9), "past": torch.randn(2, 5)}
    return Built(Keyed(), (torch.randn(2, 4),), shapes, kwargs)


@built("keywords/other_order", allowed="m == s")
def _():
    shapes = {"mask": {1: Dim("m", max=64)}, "x": {1: Dim("s")}}
    return Built(Keyed(), (torch.randn(2, 4),), shapes, {"mask": torch.randn(2, 4)})


@built("keywords/strict", allowed="m == s", strict=True)
def _():
    shapes = {"x": {1: Dim("s")}, "mask": {1: Dim("m", max=64)}}
    return Built(Keyed(), (torch.randn(2, 4),), shapes, {"mask": torch.randn(2, 4)})


class Rest(nn.Module):
    def forward(self, first, *others, **named):
        for other in (*others, *named.values()):
            first = first + other
        return first


@built("star_arguments", allowed="a == b == c")
def _():
    shapes = ({0: Dim("a")}, ({0: Dim("b", max=70)}, {0: Dim("c", min=3)}))
    return Built(Rest(), (torch.randn(8), torch.randn(8), torch.randn(8)), shapes)


@built("star_keywords", fate="none")  # PyTorch takes no spec for **named at all
def _():
    shapes = {"first": {0: Dim("a")}, "named": {"left": {0: Dim("b", max=70)}}}
    return Built(Rest(), (torch.randn(8),), shapes, {"left": torch.randn(8)})


class Cache(nn.Module):
    def forward(self, x, cache):
        out = []
        for keys, values in cache:
            out.append(torch.cat([keys, x], 1) * torch.cat([values, x], 1))
        return out


@built("layers_of_cache", allowed="k0 == v0 and k1 == v1")
def _():
    cache = [(torch.randn(2, 5), torch.randn(2, 5)) for _ in range(2)]
    entry = [({1: Dim(f"k{i}")}, {1: Dim(f"v{i}", max=64)}) for i in range(2)]
    return Built(Cache(), (torch.randn(2, 3), cache), ({1: Dim("s")}, entry))
