"""Problems per second and time per question, over the data of the tests.

usage: bench.py COMMAND [FILE.jsonl...]
Each file is run several times; the fastest run and the median are shown.
"""

import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
RUNS = 5


def seconds(command, arguments, text):
    """How long the command takes on `text`; its exit code does not matter."""
    start = time.perf_counter()
    subprocess.run(
        [command, *arguments],
        input=text,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def first_line(file):
    """The first line of a file."""
    with file.open() as lines:
        return lines.readline()


def measure(command, file):
    """Prints one row: `ask -` for questions, `batch` for problems."""
    text = file.read_bytes()
    lines = text.count(b"\n")
    asks = '"query"' in first_line(file)
    arguments = ["ask", "-"] if asks else ["batch"]
    empty = min(seconds(command, arguments, b"") for _ in range(RUNS))
    times = [seconds(command, arguments, text) - empty for _ in range(RUNS)]
    best, median = min(times), statistics.median(times)
    rate = (
        f"{best / lines * 1e9:12,.0f} ns per question"
        if asks
        else f"{lines / best:12,.0f} problems/s"
    )
    print(
        f"{file.name:24} {lines:6} lines  best {best:7.3f} s"
        f"  median {median:7.3f} s {rate}"
    )


def is_input(file):
    """Whether the file holds problems or questions, not expected answers."""
    return any(key in first_line(file) for key in ('"query"', '"guards"'))


def main(command, *files):
    paths = [pathlib.Path(f) for f in files]
    paths = paths or sorted(filter(is_input, (ROOT / "tests/data").glob("*.jsonl")))
    if not paths:
        sys.exit("bench: there are no tests/data/*.jsonl; name a file")
    for path in paths:
        measure(command, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
