"""Do a tracer's guards agree with the dynamic dims that were asked for?

>>> import dimsat
>>> result = dimsat.suggest('''
...     dim seq = 2..
...     input x: [seq, 64] = [16, 64]
...     guard x[0] % 4 == 0           # at model.py:13 in forward
... ''')
>>> result.verdict, [str(fix) for fix in result.fixes]
('violated', ['seq = 4*_seq', '_seq = 1..'])

`dimsat.torch` explains and repairs exports of PyTorch.
"""

from dimsat._native import VERSION as __version__
from dimsat.answer import Answer, ask
from dimsat.error import Error
from dimsat.expression import Expression
from dimsat.problem import Problem, check, evaluate, suggest
from dimsat.result import Fix, Piece, Result, Violation

__all__ = [
    "Answer",
    "Error",
    "Expression",
    "Fix",
    "Piece",
    "Problem",
    "Result",
    "Violation",
    "__version__",
    "ask",
    "check",
    "evaluate",
    "suggest",
]
