"""Small modules that more than one test exports."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import _disable_current_modes


class Branch(nn.Module):
    """The tutorial's module whose guards ask for a range, a number and an equality."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        if x.shape[0] <= 16:  # branch
            return x @ y[:, :16]  # product
        return y


class Quarters(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.view(-1, 4)  # quarters


class Half(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x[: x.shape[0] // 2].view(-1, 3)  # half


class Sum(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


class Nested(nn.Module):
    """Takes its tensors out of containers."""

    def forward(
        self, pair: tuple[Tensor, Tensor], *, more: dict[str, Tensor]
    ) -> Tensor:
        return pair[0] + pair[1] + more["k"]


class Third(nn.Module):
    """Its guard has a bound that is no integer: PyTorch breaks while it reports."""

    def forward(self, x: Tensor) -> Tensor:
        if 3 * x.shape[0] < 100:
            return x + 1
        return x


class Item(nn.Module):
    """Has a symbol without an example and an assert that is checked at run time."""

    def forward(self, x: Tensor, k: Tensor) -> Tensor:
        check: Any = torch._check  # untyped in PyTorch
        n = k.item()
        check(n >= 2)
        check(n <= x.shape[0])
        return x[:n]


class Interrupted(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        raise KeyboardInterrupt


class Failing(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        raise ZeroDivisionError("of the model")


class Outer(nn.Module):
    """Exports another module, with an example of this size, while it is exported."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.example = torch.ones(size, 4)

    def forward(self, x: Tensor) -> Tensor:
        with _disable_current_modes():
            torch.export.export(
                Quarters(),
                (self.example,),
                dynamic_shapes={"x": {0: torch.export.Dim("inner")}},
            )
        return x + 1


class Product(nn.Module):
    """Relies on a condition over two dims, which PyTorch lets pass."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        if x.shape[0] * y.shape[0] % 6 == 0:  # product of sizes
            return x.sum() + y
        return y


class Cond(nn.Module):
    """Its branches are traced apart and then run again."""

    def forward(self, x: Tensor) -> Tensor:
        def half(x: Tensor) -> Tensor:
            return x[: x.shape[0] // 2].sum()  # branch of cond

        def whole(x: Tensor) -> Tensor:
            return x.cos().sum()

        cond: Any = torch.cond  # untyped in PyTorch
        total: Tensor = cond(x.sum() > 0, half, whole, (x,))
        return total
