"""Guards at run time: hand-written C, the library, and what `compile` prints.

Makes a problem over ten sizes with N guards that all hold at the sizes that
bench/evaluate.c tries and that the spec does not imply, writes the same checks
as C the way a person does, and prints one JSON line per N: nanoseconds an
assignment of each form.

usage: evaluate.py BUILD_DIR [N...]
"""

import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
SIZES = 10
COUNTS = [1, 20, 100, 1000]
DIVISORS = [4, 3, 8, 5, 6, 16, 12, 10, 2, 15, 24, 48]


def guard(n):
    """Guard n, as the problem says it and as C says it."""
    turn = n // 5
    i = (turn + n) % SIZES
    j = (i + 3 + turn // SIZES) % SIZES
    a, b, x, y = f"x[{i}]", f"x[{j}]", f"s[{i}]", f"s[{j}]"
    k = DIVISORS[turn % len(DIVISORS)]
    if n % 5 == 0 and turn < SIZES:
        return f"{a} <= {30000 + n}", f"{x} <= {30000 + n}"
    if n % 5 == 0:
        return f"{a} != {241 + n}", f"{x} != {241 + n}"
    if n % 5 == 1:
        return f"{a} % {k} == 0", f"{x} % {k} == 0"
    if n % 5 == 2:
        return f"{a} // {k + 1} != {25000 + n}", f"{x} / {k + 1} != {25000 + n}"
    if n % 5 == 3:
        return f"{a}*{b} <= {10**9 + n}", f"{x} * {y} <= {10**9 + n}"
    return f"Max({a}, {b}) != {7 + n}", f"({x} > {y} ? {x} : {y}) != {7 + n}"


def problem(count):
    dims = "".join(f"dim d{i} = 2..\n" for i in range(SIZES))
    axes = ", ".join(f"d{i}" for i in range(SIZES))
    guards = "".join(f"guard {guard(n)[0]}\n" for n in range(count))
    return f"{dims}input x: [{axes}]\n{guards}"


def hand(count):
    parts = [f"s[{i}] >= 2" for i in range(SIZES)]
    parts += [guard(n)[1] for n in range(count)]
    chain = " &&\n         ".join(parts)
    return (
        "#include <stdbool.h>\n#include <stdint.h>\n\n"
        f"bool guards(const int64_t *s) {{\n  return {chain};\n}}\n"
    )


def run(*words):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"evaluate.py: {' '.join(map(str, words))}\n{done.stderr}")
    return done.stdout


def main(build, counts):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        driver = folder / "evaluate"
        run(
            "gcc", "-O2", "-std=c11", "-D_GNU_SOURCE", f"-I{ROOT}/include",
            ROOT / "bench/evaluate.c", "-o", driver,
            f"-L{build}", f"-Wl,-rpath,{build}", "-ldimsat", "-ldl",
        )
        for count in counts:
            text = folder / "problem.dims"
            text.write_text(problem(count))
            emitted = run(
                build / "dimsat", "compile", text, "--emit", "c", "--name", "guards"
            )
            libraries = []
            for form, code in (("hand", hand(count)), ("emitted", emitted)):
                source = folder / f"{form}.c"
                source.write_text(code)
                libraries.append(source.with_suffix(".so"))
                run("gcc", "-O2", "-shared", "-fPIC", source, "-o", libraries[-1])
            print(run(driver, text, count, *libraries), end="", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    counts = [int(word) for word in sys.argv[2:]] or COUNTS
    main(pathlib.Path(sys.argv[1]).resolve(), counts)
