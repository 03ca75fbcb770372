"""Evaluating guards: dimsat's compiled forms against hand-written C, PyTorch's
generated C++ and a Python lambda, on the same texts and sizes (guard_texts.py).

evaluate.py measures the forms in C and prints a JSON line for each number of
guards; the Python and C++ sides are measured here.
"""

import ctypes
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import guard_texts
import harness

COUNTS = (1, 20, 100, 1000)
RUNS = {"quick": 1, "usual": 5, "full": 11}
INNER = pathlib.Path(__file__).with_name("evaluate.py")
FORMS = {"compiled": "compiled_ns", "emitted": "emitted_ns", "batch": "batch_ns"}
CPP = """\
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <c10/util/generic_math.h>
extern "C" int8_t guard(int64_t *int_values, double *float_values) {
  int64_t %s;
  return (%s);
}
extern "C" int64_t run(int8_t (*f)(int64_t *, double *),
                       int64_t *values, int64_t calls) {
  int64_t held = 0;
  for (int64_t k = 0; k < calls; k++)
    held += f(values, nullptr);
  return held;
}
"""


def python_lambda(guards):
    """The guards as one Python function of the sizes."""
    body = " and ".join(f"({g})" for g in guards)
    return eval(f"lambda {', '.join(guard_texts.SYMBOLS)}: {body}")


def cpp_text(guards):
    """The C++ that PyTorch prints for the guards."""
    import sympy
    import torch_replay
    from torch.utils._sympy.printers import CppPrinter

    symbols = {
        name: sympy.Symbol(name, positive=True, integer=True)
        for name in guard_texts.SYMBOLS
    }
    parts = [
        CppPrinter().doprint(torch_replay.expression(g, dict(symbols))) for g in guards
    ]
    values = ", ".join(
        f"{name} = int_values[{k}]" for k, name in enumerate(guard_texts.SYMBOLS)
    )
    return CPP % (values, ") && (".join(parts))


def cpp_seconds(guards, folder, runs):
    """Seconds of one call of PyTorch's C++ function, and its compile time."""
    import torch.utils.cpp_extension

    source = pathlib.Path(folder, f"guard{len(guards)}.cpp")
    source.write_text(cpp_text(guards))
    library = source.with_suffix(".so")
    includes = [f"-I{path}" for path in torch.utils.cpp_extension.include_paths()]
    command = ["g++", "-std=c++20", "-O2", "-shared", "-fPIC", *includes, str(source)]
    before = time.perf_counter()
    subprocess.run([*command, "-o", str(library)], check=True)
    compiling = time.perf_counter() - before
    code = ctypes.CDLL(str(library))
    sizes = (ctypes.c_int64 * len(guard_texts.SIZES))(*guard_texts.SIZES)
    calls = 2_000_000 // len(guards)
    code.run.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    code.run.restype = ctypes.c_int64
    address = ctypes.cast(code.guard, ctypes.c_void_p)
    assert code.run(address, sizes, 1) == 1
    (elapsed,) = harness.alternate(runs, lambda: code.run(address, sizes, calls))
    return elapsed / calls, compiling


def peer_times(size, notes):
    """Nanoseconds of the peers by number of guards."""
    times = {n: {} for n in COUNTS}
    for n in COUNTS:
        function, sizes = python_lambda(guard_texts.texts(n)), guard_texts.SIZES
        assert function(*sizes)
        (elapsed,) = harness.alternate(RUNS[size], lambda: function(*sizes))
        times[n]["Python lambda"] = elapsed * 1e9
    try:
        import torch
    except ImportError:
        notes.append("PyTorch's C++ guards left out: not installed for this Python")
        return times
    if not shutil.which("g++"):
        notes.append("PyTorch's C++ guards left out: there is no g++")
        return times
    with tempfile.TemporaryDirectory() as folder:
        for n in COUNTS:
            guards = guard_texts.texts(n)
            elapsed, compiling = cpp_seconds(guards, folder, RUNS[size])
            times[n]["PyTorch C++"] = elapsed * 1e9
            notes.append(f"g++ takes {compiling:.2f} s on PyTorch's {n} guards")
    return times


def own_times(build):
    """Nanoseconds of the forms in C by number of guards."""
    command = [sys.executable, str(INNER), str(build)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = map(json.loads, done.stdout.splitlines())
    return {line["guards"]: line for line in lines}


def measure(build, size):
    notes = []
    peers = peer_times(size, notes)
    rows = []
    for n, own in own_times(build).items():
        theirs = {"hand-written C": own["hand_ns"], **peers.get(n, {})}
        for form, key in FORMS.items():
            if own.get(key) is None:
                continue
            for peer, ns in theirs.items():
                name = f"evaluate {n} guards, {form} / {peer}"
                rows.append(harness.row(name, "ns", own[key], ns))
    return rows, notes


if __name__ == "__main__":
    harness.main(measure)
