"""The command group: finds and loads the commands, and turns every error into one line and an exit code."""

from __future__ import annotations

import os
import re
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from inspect import cleandoc
from textwrap import indent
from types import FrameType
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from bespoke import __version__
from bespoke.cli.console import coloured
from bespoke.errors import BespokeError, BespokeWarning, ConstraintError, SweepError, VerificationError

# Name -> line in `bespoke --help`. The module of a command has its name and is loaded when the command is called:
# `bespoke --help` imports nothing but click.
COMMANDS = {
    "demo": "From data and from models to circuits, on data that need no network.",
    "design": "From data and a power source to the circuits that are possible.",
    "train": "Train a model on a data set and store it as a .skops file.",
    "compile": "Compile a trained model into a verified circuit.",
    "approximate": "Search for smaller circuits that lose little accuracy.",
    "sweep": "All of it for many data sets and kinds of models, into one table.",
    "verify": "Check that the files of a compiled design all have one function.",
    "analyse": "What faults do to a compiled design, added to its report.",
    "estimate": "Area, power and delay of a gate-level Verilog netlist or a design.",
    "export": "Write a compiled circuit in the formats of other tools.",
    "plot": "Draw a front or a sweep for print: PNG, SVG or PDF.",
    "operators": "List, show and export approximate operators with their exact errors.",
    "datasets": "List, show and fetch the data sets of the catalogue.",
    "tech": "List, show and import technologies (cell libraries).",
    "completion": "Print the script that completes commands in bash, zsh or fish.",
    "doctor": "Say which optional tools are installed and what each adds.",
}
EXIT_DISAGREEMENT = 1
EXIT_BAD_INPUT = 2
EXIT_INTERNAL = 3
EXIT_UNMET = 4
EXIT_INTERRUPTED = 130
_EXIT_CODES = {VerificationError: EXIT_DISAGREEMENT, SweepError: EXIT_DISAGREEMENT, ConstraintError: EXIT_UNMET}

# Raised since click 8.2 where a group is called without a command; earlier versions print the help themselves.
_NO_ARGUMENTS = getattr(click.exceptions, "NoArgsIsHelpError", ())


_SECTION = re.compile(r"^(.+)\n-{3,}\n((?:.+\n?)*)", re.MULTILINE)


class Documented(click.Command):
    """Command whose docstring is its whole help page: from the first section on, it stands below the options."""

    def __init__(self, *, help: str | None = None, **settings: Any) -> None:  # noqa: A002, ANN401  as click's
        text = cleandoc(help or "")
        first = _SECTION.search(text)
        if first:
            # Lines after a backspace are not filled up.
            sections = _SECTION.sub(lambda found: f"\b\n{found[1]}:\n{indent(found[2], '  ')}", text[first.start() :])
            text, settings["epilog"] = text[: first.start()], sections
        super().__init__(help=text, **settings)


class Subcommands(Documented, click.Group):
    """Group that suggests near names."""

    command_class = Documented

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments name."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise click.UsageError(f"no such command '{args[0]}'{did_you_mean(args[0], known)}", ctx)
        return super().resolve_command(ctx, args)


class Commands(Subcommands):
    """Group that loads its commands on demand, suggests near names, and reports errors in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  signature of click
        """All commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  same
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"bespoke.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  same
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands and options that begin like that; no command is loaded for it."""
        found = [CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def main(  # type: ignore[override]  # one form for all calls
        self,
        args: Sequence[str] | None = None,
        **extra: Any,  # noqa: ANN401  signature of click
    ) -> NoReturn:
        """Run a command and exit."""
        extra["standalone_mode"] = False
        for number in (signal.SIGTERM, signal.SIGHUP):
            with suppress(ValueError):  # only the main thread may
                signal.signal(number, _end)
        debug = "--debug" in (sys.argv[1:] if args is None else args) or bool(os.environ.get("BESPOKE_DEBUG"))
        try:
            with warnings.catch_warnings(), _ended_in_compiled_code():
                warnings.simplefilter("ignore", BespokeWarning)  # they are among the notes, which are printed
                # joblib puts another process in the place of one that has grown large; no work is lost by it.
                warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
                code = super().main(args, **extra)
        except Exception as error:
            if debug:
                raise
            code = report_error(error)
        except KeyboardInterrupt:
            click.echo("bespoke: interrupted", err=True)
            code = EXIT_INTERRUPTED
        sys.exit(code if isinstance(code, int) else 0)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """End as by an exception, so that whatever was begun is cleared up."""
    raise SystemExit(128 + number)


@contextmanager
def _ended_in_compiled_code() -> Iterator[None]:
    """What a signal raises inside compiled code comes as the cause of a SystemError: raise it as it was meant."""
    try:
        yield
    except SystemError as error:
        if isinstance(error.__cause__, SystemExit | KeyboardInterrupt):
            raise error.__cause__ from None
        raise


def report_error(error: Exception) -> int:
    """Print an error as one line and return the exit code that it deserves."""
    if isinstance(error, BrokenPipeError):
        # Whoever read the output has seen enough; nothing more may be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if isinstance(error, _NO_ARGUMENTS):
        click.echo(error.format_message())
        return 0
    message, code = _describe(error)
    word = click.style("error:", fg="red", bold=True) if coloured(sys.stderr) else "error:"
    click.echo(f"bespoke: {word} {' '.join(message.split())}", err=True)
    return code


def _describe(error: Exception) -> tuple[str, int]:
    if isinstance(error, click.exceptions.Abort):
        return "aborted", EXIT_INTERRUPTED
    if isinstance(error, click.ClickException):
        return _click_message(error), EXIT_BAD_INPUT
    if isinstance(error, BespokeError):
        return str(error), next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), EXIT_BAD_INPUT)
    if isinstance(error, MemoryError):
        return "out of memory; a smaller model, fewer bits or fewer rows may help", EXIT_BAD_INPUT
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror or error}", EXIT_BAD_INPUT
    hint = "this is a defect of bespoke; see the traceback with 'bespoke --debug ...'"
    return f"internal error: {type(error).__name__}: {error}; {hint}", EXIT_INTERNAL


def _click_message(error: click.ClickException) -> str:
    message = error.format_message()
    if isinstance(error, click.NoSuchOption):
        message = f"no such option '{error.option_name}'"
        message += did_you_mean(error.option_name, error.possibilities) if error.possibilities else ""
    message = message[:1].lower() + message[1:]
    context = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError) and context is not None and not message.endswith("?"):
        message = f"{message.rstrip('.')}; see '{context.command_path} --help'"
    return message


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``"; did you mean 'x'?"`` where a known name is near, else the list of them."""
    names = list(known)
    near = get_close_matches(name.lower(), names, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; allowed: {', '.join(names)}"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="bespoke", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def bespoke(*, debug: bool) -> None:
    """From data or trained scikit-learn models to hardwired, proven circuits for printed electronics.

    Examples
    --------
    bespoke demo
    bespoke design redwine --source bluespark -o out/redwine
    bespoke train redwine --model tree -o tree.skops
    bespoke compile tree.skops --data redwine -o out/redwine_tree
    bespoke approximate tree.skops --data redwine --max-loss 0.01 -o out/redwine_small
    bespoke verify out/redwine_tree
    """
