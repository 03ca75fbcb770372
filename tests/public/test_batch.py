"""Lines in, lines out: `batch` and `ask -`, alone and by several threads.

usage: test_batch.py COMMAND [TEST...]
"""

import json
import os
import pathlib
import select
import subprocess

from command_test import COMMAND, CommandTest, main, problem

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"
SMALL_PROBLEMS = 60_000


def lines_of(name, times):
    """The lines of a data file, with bad ones between them."""
    lines = (DATA / name).read_bytes().splitlines(keepends=True)
    bad = [b"{\n", b"\n", b"no JSON\n", b'{"dims": 3}\n', b"\xff\xfe\n"]
    mixed = []
    for number, line in enumerate(lines):
        mixed += [line] if number % 100 else [bad[number // 100 % 5], line]
    return b"".join(mixed * times)


class Batch(CommandTest):
    def test_lines(self):
        lines = [problem("s % 4 == 0", name="a"), '{"name": "b", "dims": 3}', "{",
                 problem(name="c")]
        done = self.assert_exit(2, "batch", text="\n".join(lines) + "\n")
        results = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual([r["name"] for r in results], ["a", "b", "stdin:3", "c"])
        self.assertEqual(results[0]["verdict"], "violated")
        self.assertEqual(
            list(results[1]["error"]), ["line", "column", "message", "text"]
        )
        self.assertEqual(results[1]["error"]["line"], 2)
        self.assertEqual(results[1]["error"]["column"], 23)
        self.assertEqual(done.err, "")

    def test_every_number_of_jobs_says_the_same(self):
        for arguments, name in [
            (["batch"], "problems.jsonl"),
            (["ask", "-"], "facts.jsonl"),
        ]:
            text = lines_of(name, 2)
            one = self.assert_exit(2, *arguments, "--jobs", "1", text=text)
            self.assertGreater(len(one.out.splitlines()), 1600)
            for jobs in ["2", "4"]:
                with self.subTest(arguments=arguments, jobs=jobs):
                    more = self.assert_exit(2, *arguments, "--jobs", jobs, text=text)
                    self.assertEqual(more.out, one.out)
                    self.assertEqual(more.err, one.err)

    def start(self, *arguments):
        """The command with a pipe at both ends."""
        run = subprocess.Popen(
            [*COMMAND, *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
        )
        self.addCleanup(run.stderr.close)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.kill)
        return run

    def test_a_line_is_answered_before_the_next_one_comes(self):
        for jobs in ["1", "2", "4"]:
            run = self.start("batch", "--jobs", jobs)
            for name in "abc":
                run.stdin.write(problem(name=name).encode() + b"\n")
                ready, _, _ = select.select([run.stdout], [], [], 10)
                self.assertTrue(ready, f"jobs {jobs}: nothing after line {name}")
                self.assertEqual(json.loads(run.stdout.readline())["name"], name)
            run.stdin.close()
            self.assertEqual(run.wait(10), 0)

    def test_a_closed_output_ends_it_quietly(self):
        run = self.start("batch", "--jobs", "2")
        run.stdout.close()
        line = problem(name="a").encode() + b"\n"
        with self.assertRaises(BrokenPipeError):
            while True:
                run.stdin.write(line * 100)
        run.stdin.close()
        run.wait(10)
        self.assertEqual(run.stderr.read(), b"")

    def peak_memory(self, count, jobs):
        """Kilobytes that the command took at most for so many small problems."""
        run = self.start("batch", "--jobs", jobs)
        line = problem("s <= 64", "Eq(Mod(s, 2), 0)", name="a").encode() + b"\n"
        sink = subprocess.Popen(["wc", "-l"], stdin=run.stdout,
                                stdout=subprocess.PIPE)
        for _ in range(count // 1000):
            run.stdin.write(line * 1000)
        run.stdin.close()
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(run.returncode, 0)
        self.assertEqual(int(sink.communicate()[0]), count)
        return used.ru_maxrss

    def test_memory_does_not_grow_with_the_lines(self):
        if b"__asan_init" in pathlib.Path(COMMAND[0]).read_bytes():
            self.skipTest("sanitizers keep what is freed")
        for jobs in ["1", "2"]:
            few = self.peak_memory(SMALL_PROBLEMS // 10, jobs)
            many = self.peak_memory(SMALL_PROBLEMS, jobs)
            self.assertLess(many, 1.25 * few + 4096, f"jobs {jobs}")

    def test_bad_jobs(self):
        for jobs in ["0", "-1", "2x", "", "1025", "all"]:
            done = self.assert_exit(2, "batch", "--jobs", jobs, text="")
            self.assertIn("--jobs", done.err)

    def test_file_and_empty_input(self):
        self.write("one.jsonl", problem(name="a"))
        self.assert_exit(0, "batch", "one.jsonl")
        self.assertEqual(self.assert_exit(0, "batch", text="").out, "")
        self.assert_exit(2, "batch", "missing.jsonl")


if __name__ == "__main__":
    main()
