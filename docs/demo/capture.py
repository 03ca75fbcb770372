"""Exports the model of the demo, which fails, and writes what PyTorch saw
(decoder.json), what it says (pytorch.txt), and what it says once its own fixes
are applied (pytorch_again.txt).  Needs PyTorch 2.13.

usage: python capture.py
"""
import json
import sys
from pathlib import Path

import torch
from torch.export.dynamic_shapes import (
    refine_dynamic_shapes_from_suggested_fixes as refine)
from torch.fx.experimental.symbolic_shapes import ShapeEnv

import decoder

MODEL = Path(decoder.__file__)
symbols, guards, places = [], [], {}


def bound(number):
    """A bound as JSON; None where there is none."""
    return int(number) if number.is_Integer else None


def place():
    """The line of the model that runs now."""
    frame = sys._getframe(1)
    while frame and frame.f_code.co_filename != str(MODEL):
        frame = frame.f_back
    return frame and f"{MODEL.name}:{frame.f_lineno} in {frame.f_code.co_name}"


def around(method):
    """Puts a function, which gets the old one first, in place of a method."""
    def replace(new):
        old = getattr(ShapeEnv, method)
        setattr(ShapeEnv, method, lambda *args, **kw: new(old, *args, **kw))
    return replace


@around("create_symbol")
def note_symbol(old, env, *args, **kw):
    symbol = old(env, *args, **kw)
    if symbol.is_Symbol:
        known = env.var_to_range[symbol]
        symbols.append(
            {"name": str(symbol), "source": env.var_to_sources[symbol][0].name,
             "hint": int(env.backed_var_to_val[symbol]),
             "min": bound(known.lower), "max": bound(known.upper)})
    return symbol


@around("_log_guard")
def note_place(old, env, prefix, guard, *args, **kw):
    places.setdefault(guard, place())
    return old(env, prefix, guard, *args, **kw)


@around("produce_guards_verbose")
def note_guards(old, env, *args, **kw):
    guards[:] = [{"expr": str(g.expr), "at": places[g.expr], "kind": "guard"}
                 for g in env.guards]
    return old(env, *args, **kw)


def failure(shapes):
    """What PyTorch says when it exports the model with `shapes`."""
    for record in symbols, guards, places:
        record.clear()
    try:
        torch.export.export(decoder.Decoder(), decoder.example(),
                            dynamic_shapes=shapes)
    except torch._dynamo.exc.UserError as error:
        return error.msg.strip() + "\n"
    sys.exit("the export succeeds: there is nothing to show")


def problem():
    """What the last export recorded, as dimsat reads it."""
    dims, inputs = {}, []
    names = {s["source"]: s["name"] for s in symbols}
    for tensor, (name, axes) in zip(decoder.example(), decoder.promised.items()):
        source = f"L['{name}']"
        sizes = list(enumerate(tensor.shape))
        dims.update((dim.__name__, dim) for dim in axes.values())
        inputs.append(
            {"name": name, "source": source,
             "shape": [axes[k].__name__ if k in axes else n for k, n in sizes],
             "hint": list(tensor.shape),
             "traced": [names.get(f"{source}.size()[{k}]", n)
                        for k, n in sizes]})
    return {"dimsat": 1, "name": "decoder",
            "origin": f"torch {torch.__version__}",
            "dims": [{"name": name, "min": dim.min,
                      "max": dim.max if isinstance(dim.max, int) else None}
                     for name, dim in dims.items()],
            "inputs": inputs, "symbols": symbols, "guards": guards}


def pretty(problem):
    """The problem as JSON, one line for each dim, input, symbol and guard."""
    parts = []
    for key, value in problem.items():
        text = json.dumps(value)
        if isinstance(value, list):
            items = ",\n    ".join(json.dumps(item) for item in value)
            text = f"[\n    {items}\n  ]"
        parts.append(f'  "{key}": {text}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


message = failure(decoder.promised)
MODEL.with_name("decoder.json").write_text(pretty(problem()))
MODEL.with_name("pytorch.txt").write_text(message)
again = failure(refine(message, decoder.promised))
MODEL.with_name("pytorch_again.txt").write_text(again)
