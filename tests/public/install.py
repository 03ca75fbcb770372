"""What is installed can be used: docs/example.c by pkg-config and by CMake.

usage: install.py CMAKE BUILD_FOLDER CC
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = """\
cmake_minimum_required(VERSION 3.25)
project(example LANGUAGES C)
find_package(dimsat 0.1 REQUIRED)
add_executable(example {source})
target_link_libraries(example PRIVATE dimsat::dimsat)
"""


def run(*command, **more):
    """The output of a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def by_pkg_config(cc, prefix, folder):
    """The example, built with what pkg-config says."""
    libdir = next(prefix.rglob("dimsat.pc")).parent.parent
    env = dict(os.environ, PKG_CONFIG_PATH=str(libdir / "pkgconfig"))
    flags = run("pkg-config", "--cflags", "--libs", "dimsat", env=env).split()
    program = folder / "by_pkg_config"
    run(cc, "-o", program, ROOT / "docs/example.c", *flags)
    return run(program, env=dict(env, LD_LIBRARY_PATH=str(libdir)))


def by_find_package(cmake, cc, prefix, folder):
    """The example, built with find_package(dimsat)."""
    source = folder / "project"
    source.mkdir()
    text = PROJECT.format(source=ROOT / "docs/example.c")
    (source / "CMakeLists.txt").write_text(text)
    build = folder / "build"
    run(cmake, "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_C_COMPILER={cc}")
    run(cmake, "--build", build)
    return run(build / "example")


def main(cmake, built, cc):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prefix = folder / "prefix"
        run(cmake, "--install", built, "--prefix", prefix)
        version = run(prefix / "bin/dimsat", "--version")
        outputs = [
            by_pkg_config(cc, prefix, folder),
            by_find_package(cmake, cc, prefix, folder),
        ]
    if not version.startswith("dimsat "):
        sys.exit(f"dimsat --version says: {version}")
    if outputs[0] != outputs[1] or "4*_seq" not in outputs[0]:
        sys.exit("the example printed:\n" + "\n---\n".join(outputs))


if __name__ == "__main__":
    main(*sys.argv[1:])
