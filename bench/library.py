"""libdimsat through ctypes: just what the benchmarks call."""

import contextlib
import ctypes
import pathlib

VERDICTS = ("ok", "violated", "contradictory", "undecided")
ANSWERS = ("always", "never", "sometimes", "contradictory", "undecided", "bounds")
GUESS = 0  # dimsat_format
TORCH_REPORT = 2  # dimsat_report


class Budget(ctypes.Structure):
    _fields_ = [
        ("steps", ctypes.c_uint64),
        ("seconds", ctypes.c_double),
        ("cancel", ctypes.c_void_p),
    ]


class Options(ctypes.Structure):
    _fields_ = [
        ("budget", Budget),
        ("no_native", ctypes.c_bool),
        ("no_z3", ctypes.c_bool),
    ]


class ReportOptions(ctypes.Structure):
    _fields_ = [
        ("form", ctypes.c_int),
        ("colour", ctypes.c_bool),
        ("stats", ctypes.c_bool),
        ("source_root", ctypes.c_char_p),
    ]


class Answer(ctypes.Structure):
    _fields_ = [
        ("kind", ctypes.c_int),
        ("lo", ctypes.c_char_p),
        ("hi", ctypes.c_char_p),
        ("reason", ctypes.c_char_p),
        ("name_count", ctypes.c_size_t),
        ("names", ctypes.c_void_p),
        ("holds", ctypes.c_void_p),
        ("breaks", ctypes.c_void_p),
        ("native", ctypes.c_uint64),
        ("z3", ctypes.c_uint64),
        ("z3_contexts", ctypes.c_uint64),
    ]


def load(build):
    """The library of a build directory, with its signatures."""
    library = ctypes.CDLL(str(pathlib.Path(build).resolve() / "libdimsat.so"))
    pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
    signatures = {
        "context_new": (pointer,),
        "context_free": (None, pointer),
        "parse": (pointer, pointer, text, size),
        "node_count": (size, pointer, pointer),
        "problem_read": (pointer, pointer, text, size, ctypes.c_int, ctypes.c_bool),
        "check": (pointer, pointer, pointer),
        "suggest": (pointer, pointer, pointer),
        "result_verdict": (ctypes.c_int, pointer),
        "report_write": (pointer, pointer, pointer),
        "ask": (ctypes.c_bool, pointer, pointer, size, pointer, pointer, pointer),
    }
    for name, (result, *arguments) in signatures.items():
        function = getattr(library, f"dimsat_{name}")
        function.restype, function.argtypes = result, arguments
        setattr(library, name, function)
    return library


class Solver:
    """Whole questions, each in a context of its own: text in, answer out."""

    def __init__(self, build, no_native=False, seconds=0.0):
        self.library = load(build)
        self.options = Options(Budget(0, seconds, None), no_native, False)
        self.report = ReportOptions(TORCH_REPORT, False, False, None)

    def check(self, text):
        """Reads a problem and checks it, as `suggest` below."""
        return self.decide(text, self.library.check)

    def suggest(self, text):
        """Reads a problem, checks and repairs it, writes PyTorch's block of
        advice; the verdict as an index of VERDICTS, -1 where the text is no
        problem."""
        return self.decide(text, self.library.suggest)

    def decide(self, text, function):
        lib = self.library
        context = lib.context_new()
        verdict = -1
        problem = lib.problem_read(context, text, len(text), GUESS, False)
        if problem:
            result = function(problem, ctypes.byref(self.options))
            if result and lib.report_write(result, ctypes.byref(self.report)):
                verdict = lib.result_verdict(result)
        lib.context_free(context)
        return verdict

    @contextlib.contextmanager
    def suggester(self, text):
        """Reads a problem once; gives a function that checks and repairs it."""
        lib = self.library
        context = lib.context_new()
        problem = lib.problem_read(context, text, len(text), GUESS, False)
        yield lambda: lib.suggest(problem, ctypes.byref(self.options))
        lib.context_free(context)

    def ask(self, assume, query):
        """What a query amounts to: an index of ANSWERS, -1 for bad texts."""
        lib = self.library
        context = lib.context_new()
        texts = [lib.parse(context, a, len(a)) for a in (*assume, query)]
        kind = -1
        if all(texts):
            conditions = (ctypes.c_void_p * len(assume))(*texts[:-1])
            answer = Answer()
            if lib.ask(
                context,
                conditions,
                len(assume),
                texts[-1],
                ctypes.byref(self.options),
                ctypes.byref(answer),
            ):
                kind = answer.kind
        lib.context_free(context)
        return kind
