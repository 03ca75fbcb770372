# The model of the demo: what a tracer saw is in decoder.dims.
import torch


class Decoder(torch.nn.Module):
    def __init__(self, heads=4, longest=512):
        super().__init__()
        self.heads = heads
        self.table = torch.nn.Parameter(torch.zeros(longest, 64))

    def forward(self, x, mask):
        batch, seq, width = x.shape
        q = x.view(batch, seq // 4, 4, width)
        y = q.flatten(1, 2) + mask.unsqueeze(-1)
        if seq == 1:
            return y
        if seq != self.table.shape[0]:
            y = y + self.table[:seq]
        return y
