"""A process beside this one that ends what it started, and removes its scratch folders, however this one ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

# Lines are "+ GROUP", "- GROUP" for groups of processes, and the same with a path for folders. At the end of the input
# whatever is left is ended and removed. It ignores the signals that end those whom it guards.
_GUARD = """
import os, shutil, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
left = {}
for line in sys.stdin:
    sign, what = line.rstrip("\\n").split(" ", 1)
    if sign == "+":
        left[what] = None
    else:
        left.pop(what, None)
for what in left:
    if what.isdigit():
        try:
            os.killpg(int(what), signal.SIGKILL)
        except OSError:
            pass
for what in left:
    if not what.isdigit():
        shutil.rmtree(what, ignore_errors=True)
"""


@contextmanager
def guarded_group(group: int) -> Iterator[None]:
    """The processes of a group end with this process, if they still run then."""
    with _guarded(str(group)):
        yield


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """A temporary folder that is removed however this process ends."""
    with TemporaryDirectory(prefix=prefix) as name, _guarded(name):
        yield Path(name)


@contextmanager
def _guarded(what: str) -> Iterator[None]:
    pipe = _guard(os.getpid())
    _tell(pipe, f"+ {what}\n")
    try:
        yield
    finally:
        _tell(pipe, f"- {what}\n")


def _tell(pipe: IO[bytes], line: str) -> None:
    # A short line is written in one piece, so threads do not mix theirs. Without a guard all goes on.
    with suppress(OSError):
        os.write(pipe.fileno(), line.encode())


@cache
def _guard(process: int) -> IO[bytes]:  # noqa: ARG001  a process that was forked gets a guard of its own
    """Where the guard of a process listens."""
    guard = subprocess.Popen(  # noqa: S603  this interpreter, no shell
        [sys.executable, "-I", "-S", "-c", _GUARD],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    if guard.stdin is None:
        raise RuntimeError("the guard has no input")
    return guard.stdin
