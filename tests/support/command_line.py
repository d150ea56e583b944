"""The command line, called in the process of the tests."""

from __future__ import annotations

from inspect import signature

from click.testing import CliRunner, Result

from bespoke.cli import bespoke


def call(*args: object) -> Result:
    """Call a command with its arguments; standard output and the error output are kept apart.

    Versions of click before 8.2 do that on request only.
    """
    separate = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner.__init__).parameters else {}
    return CliRunner(**separate).invoke(bespoke, [str(arg) for arg in args])
