"""What the terminal shows: help, progress, colours, completion; and what stays light."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from command_line import call

from bespoke.cli import bespoke
from bespoke.cli.commands import COMMANDS
from bespoke.cli.console import coloured
from bespoke.cli.countdown import Countdown, clock

HEAVY = {"numpy", "scipy", "sklearn", "pymoo", "joblib", "networkx", "rich", "pyverilog", "matplotlib", "pandas"}


def every_command() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(bespoke)
    for name in COMMANDS:
        command = bespoke.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", command.commands[inner]) for inner in command.commands)


LEAVES = [(name, command) for name, command in every_command() if not isinstance(command, click.Group)]


@pytest.mark.parametrize("name", [name for name, _ in every_command()])
def test_help_has_examples_that_call_the_command(name):
    shown = call(*name.split(), "--help").output
    _, _, examples = shown.partition("Examples:\n")
    assert f"bespoke {name}" in examples


@pytest.mark.parametrize(("name", "command"), LEAVES)
def test_examples_name_options_that_exist(name, command):
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    lines = [
        line.split("#")[0] for line in (command.epilog or "").splitlines() if line.startswith(f"  bespoke {name} ")
    ]
    used = {word for line in lines for word in line.split() if re.fullmatch(r"-{1,2}[a-z][a-z-]*", word)}
    assert used <= known


@pytest.mark.parametrize(("name", "command"), LEAVES)
def test_every_command_has_json(name, command):
    assert "--json" in {option for parameter in command.params for option in parameter.opts}, name


@pytest.mark.slow_if("args4")
@pytest.mark.parametrize(
    "args",
    [
        ("datasets", "list"),
        ("datasets", "show", "iris"),
        ("tech", "list"),
        ("tech", "show", "egfet"),
        ("doctor",),
        ("completion", "bash"),
        ("sweep", "--datasets", "iris", "--models", "tree", "--dry-run"),
    ],
)
def test_json_is_one_document_and_all_of_the_output(args):
    result = call(*args, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(child.stdout.split())


@pytest.mark.slow
def test_the_command_line_starts_without_anything_heavy():
    assert not modules_after("import bespoke.cli") & HEAVY
    help_page = "import bespoke.cli\ntry:\n    bespoke.cli.bespoke(['--help'])\nexcept SystemExit:\n    pass"
    assert not modules_after(help_page) & HEAVY
    assert not modules_after(help_page.replace("--help", "approximate', '--help")) & HEAVY
    assert not modules_after("import bespoke\nbespoke.__version__\ndir(bespoke)") & HEAVY


def completing(*words: str) -> dict[str, str]:
    """The environment in which a shell asks for completions."""
    return {
        "_BESPOKE_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["bespoke", *words]),
        "COMP_CWORD": str(len(words)),
    }


def completions(*words: str) -> list[str]:
    return CliRunner().invoke(bespoke, prog_name="bespoke", env=completing(*words)).stdout.split()


@pytest.mark.slow
def test_the_program_completes():
    environment = {**os.environ, **completing("ap")}
    call = [sys.executable, "-m", "bespoke"]
    child = subprocess.run(call, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert child.stdout.split() == ["plain,approximate"]


def test_completion_of_commands_options_and_names():
    assert completions("ap") == ["plain,approximate"]
    assert sorted(completions("compile", "--effo")) == ["plain,--effort", "plain,--effort-seconds"]
    assert completions("train", "iris", "--model", "linear_sv") == ["plain,linear_svm", "plain,linear_svr"]
    assert completions("compile", "x", "--tech", "eg") == ["plain,egfet"]
    assert completions("approximate", "x", "--recipe", "tc") == ["plain,tc23"]
    assert completions("compile", "x", "--data", "./rows.c") == ["file,./rows.c"]
    assert completions("sweep", "--datasets", "iris,redw") == ["plain,iris,redwine"]
    assert "plain,wine" in completions("datasets", "show", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_call_the_program(shell):
    shown = call("completion", shell).stdout
    assert f"_BESPOKE_COMPLETE={shell}_complete" in shown
    assert call("completion", "tcsh").exit_code == 2


def on_terminal(*args: str, **variables: str) -> str:
    """Standard error of a call whose standard error is a terminal and whose standard output is a file."""
    parent, child = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **variables}
    process = subprocess.Popen(
        [sys.executable, "-c", *args], stdout=subprocess.PIPE, stderr=child, env=environment, text=True
    )
    os.close(child)
    shown = b""
    while True:
        try:
            part = os.read(parent, 4096)
        except OSError:  # the other side was closed
            break
        if not part:
            break
        shown += part
    os.close(parent)
    assert process.wait(60) == 0
    assert process.stdout is not None
    assert process.stdout.read() == '{\n  "a": 1\n}\n'
    return shown.decode()


WORK = """
import time
from bespoke.cli.console import progress, show_json
with progress("work") as stage:
    for number in range(4):
        stage(f"{number} of 4 [parts]")
        time.sleep(%s)
show_json({"a": 1})
"""


@pytest.mark.slow
def test_progress_shows_the_time_left_on_a_terminal():
    shown = on_terminal(WORK % 0.5)
    assert "work: 3 of 4 [parts]" in shown
    assert re.search(r"0:0\d, about 0:0[01] left", shown)


@pytest.mark.slow
def test_what_is_over_soon_shows_nothing():
    assert "work" not in on_terminal(WORK % 0.01)


def test_progress_is_silent_without_a_terminal():
    child = subprocess.run([sys.executable, "-c", WORK % 0.3], capture_output=True, text=True, check=True, timeout=60)
    assert child.stderr == ""


ERROR = """
from bespoke.cli.commands import report_error
from bespoke.cli.console import show_json
from bespoke.errors import BespokeError
report_error(BespokeError("wrong"))
show_json({"a": 1})
"""


@pytest.mark.slow
def test_errors_are_red_unless_no_color():
    assert "\x1b[31m" in on_terminal(ERROR, NO_COLOR="")
    assert "\x1b" not in on_terminal(ERROR, NO_COLOR="1")
    assert "\x1b" not in on_terminal(ERROR, TERM="dumb")


def test_no_colour_without_a_terminal(tmp_path):
    with (tmp_path / "file").open("w") as stream:
        assert not coloured(stream)


def test_countdown_knows_the_pace_of_a_stage():
    countdown = Countdown()
    countdown.tell("search: epoch 2 of at most 10, hypervolume 0.5", 100.0)
    assert countdown.share == 0.2
    assert countdown.left(105.0) is None
    countdown.tell("search: epoch 4 of at most 10, hypervolume 0.6", 120.0)
    assert countdown.left(120.0) == 60.0
    assert countdown.left(130.0) == 50.0
    assert countdown.left(999.0) == 50.0
    countdown.tell("finalists: 0 of 8", 130.0)
    assert (countdown.share, countdown.left(131.0)) == (0.0, None)
    countdown.tell("finalists", 130.0)
    countdown.tell("finalists: 1 of 3", 134.0)
    assert countdown.left(134.0) == 8.0
    countdown.tell("guarantees", 140.0)
    assert (countdown.share, countdown.left(140.0)) == (None, None)
    countdown.tell("3 of 9 cells, roughly 2 min left", 150.0)
    assert countdown.share is None


def test_clock():
    assert [clock(seconds) for seconds in (0.2, 59.7, 61, 3723)] == ["0:00", "1:00", "1:01", "1:02:03"]


def test_processes_that_are_replaced_are_no_news_for_users(monkeypatch):
    def command(*_args, **_more):
        text = "A worker stopped while some jobs were given to the executor. This can be caused by a too short timeout."
        warnings.warn(text, UserWarning, stacklevel=2)

    monkeypatch.setattr(bespoke.get_command(click.Context(bespoke), "doctor"), "callback", command)
    with warnings.catch_warnings(record=True) as seen:
        assert call("doctor").exit_code == 0
    assert not seen
