"""``bespoke completion``: the script with which a shell completes commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from bespoke.cli.commands import Documented
from bespoke.cli.console import show_json
from bespoke.cli.options import JSON

PROGRAM = "bespoke"
VARIABLE = "_BESPOKE_COMPLETE"  # the name that click derives from that of the program


@click.command(cls=Documented, params=[click.Argument(["shell"], type=click.Choice(["bash", "zsh", "fish"])), JSON])
@click.pass_context
def command(context: click.Context, shell: str, *, as_json: bool) -> None:
    """Print the script that completes commands, options, data sets, technologies and kinds of models in SHELL.

    Examples
    --------
    eval "$(bespoke completion bash)"                                 # a line for ~/.bashrc
    eval "$(bespoke completion zsh)"                                  # a line for ~/.zshrc, below compinit
    bespoke completion fish > ~/.config/fish/completions/bespoke.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(context.find_root().command, {}, PROGRAM, VARIABLE).source()
    if as_json:
        show_json({"shell": shell, "script": script})
    else:
        click.echo(script)
