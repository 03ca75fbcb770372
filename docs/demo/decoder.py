"""The model of the demo, and the sizes that its user promises."""
import torch
from torch.export import Dim


class Decoder(torch.nn.Module):
    def __init__(self, width=64, longest=512):
        super().__init__()
        self.position = torch.nn.Parameter(torch.zeros(longest, width))

    def forward(self, x, mask, coarse, memory):
        seq, width = x.shape
        x = x * mask.unsqueeze(-1)
        blocks = x.view(seq // 4, 4, width)
        x = x + blocks.mean(1).repeat_interleave(4, dim=0)
        x = x + coarse.repeat_interleave(2, dim=0)
        if memory.shape[0] == self.position.shape[0]:
            memory = memory + self.position
        else:
            memory = memory + self.position[:memory.shape[0]]
        return x + (x @ memory.T).softmax(-1) @ memory


def example(seq=16, past=20):
    """Inputs that fit each other."""
    return (torch.ones(seq, 64), torch.ones(seq),
            torch.ones(seq // 2, 64), torch.ones(past, 64))


promised = {
    "x": {0: Dim("seq", min=1)},
    "mask": {0: Dim("keep")},
    "coarse": {0: Dim("half")},
    "memory": {0: Dim("past", min=1)},
}
