"""Exports the model of the demo with suggested fixes, then runs what came out at the
ends of the repaired ranges.  Needs PyTorch 2.13.

usage: dimsat suggest --format torch decoder.json | python apply.py
       python apply.py < pytorch.txt
"""
import sys

import torch
from torch.export.dynamic_shapes import (
    refine_dynamic_shapes_from_suggested_fixes as refine)

import decoder

shapes = refine(sys.stdin.read(), decoder.promised)
try:
    exported = torch.export.export(decoder.Decoder(), decoder.example(),
                                   dynamic_shapes=shapes).module()
except torch._dynamo.exc.UserError as error:
    sys.exit("the export fails again: " + error.msg)
print("exported")
for seq in 8, 4096:
    for past in 1, 511:
        exported(*decoder.example(seq, past))
        print(f"runs with seq={seq}, keep={seq}, half={seq // 2}, past={past}")
