"""What the tests of the command share: a folder, a run, a refusal."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

COMMAND = [None]

GOOD = """\
dim seq = 2..
input x: [seq] = [8]
guard x[0] % 4 == 0      # at model.py:12 in forward
"""
AGREES = """\
dim seq = 2..
input x: [seq] = [8]
guard x[0] >= 2
"""


def problem(*guards, **more):
    """A problem over one dim `s`, as JSON."""
    return json.dumps(
        {
            "dimsat": 1,
            "dims": [{"name": "s", "min": 2}],
            "inputs": [{"name": "x", "shape": ["s"], "hint": [8]}],
            "guards": list(guards),
            **more,
        }
    )


class CommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        """A file with this text or these bytes; its name."""
        data = text if isinstance(text, bytes) else text.encode()
        (self.folder / name).write_bytes(data)
        return name

    def run_command(self, *arguments, text=None, **more):
        """Runs the command in the test's folder."""
        more = {"capture_output": True, "timeout": 60, **more}
        if text is not None:
            more["input"] = text if isinstance(text, bytes) else text.encode()
        done = subprocess.run([*COMMAND, *arguments], cwd=self.folder, **more)
        done.out = (done.stdout or b"").decode()
        done.err = (done.stderr or b"").decode()
        self.assertGreaterEqual(done.returncode, 0, done.err)
        return done

    def assert_exit(self, code, *arguments, **more):
        done = self.run_command(*arguments, **more)
        self.assertEqual(done.returncode, code, done.out + done.err)
        return done

    def assert_refused(self, name, text, line=None, column=None, says=""):
        """`text` is no problem: exit 2, file:line:column, the line, a caret."""
        self.write(name, text)
        done = self.assert_exit(2, "check", name)
        self.assertEqual(done.out, "")
        first, shown, caret = done.err.splitlines()
        place = re.match(rf"{re.escape(name)}:(\d+):(\d+): \S", first)
        self.assertTrue(place, first)
        if line is not None:
            self.assertEqual(int(place[1]), line, done.err)
        if column is not None:
            self.assertEqual(int(place[2]), column, done.err)
        self.assertIn(says, first)
        self.assertRegex(caret, r"^ +\^+$")
        self.assertLess(len(shown), 200)
        self.assertFalse(re.search(r"[\x00-\x08\x0b-\x1f\x7f]", shown))
        return done


def main():
    """Runs the tests of the calling script on the command of `sys.argv`."""
    COMMAND[0] = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
