"""Problems that take seconds, for tests of waiting."""

# By the native layer, which goes through a thousand alternatives.
NATIVE = (
    "dim a = 2..\ninput x: [a] = [8]\nguard "
    + " or ".join(f"a % {i + 2} == {i}" for i in range(1000))
    + "\n"
)

# By Z3, whose arithmetic of long numbers looks up rarely.
Z3 = """\
dim a = 2..
dim b = 2..
input x: [a, b] = [7, 9]
guard a*b*(a+b) != 1000000007
guard a*a*b - a*b*b != 999983
"""

# By Z3, which gives up after a second.
CUBES = """\
dim a = 2..
dim b = 2..
dim c = 2..
input x: [a, b, c] = [7, 9, 11]
guard a**3 + b**3 != c**3
"""

BUDGET = 10**15
