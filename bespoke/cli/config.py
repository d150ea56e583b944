"""``--config FILE.toml``: the options of a command from a file; those on the command line come first."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bespoke.cli.commands import did_you_mean

Command = TypeVar("Command", bound=Callable[..., Any])
_NOT_IN_FILES = ("config", "help")


def config_option(command: Command) -> Command:
    """``--config``."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_read,
        metavar="FILE.toml",
        help="Options by their long names; those on the command line come first.",
    )(command)


def _read(context: click.Context, _parameter: click.Parameter, path: Path | None) -> None:
    if path is None:
        return
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror or 'cannot be read'}") from None
    except ValueError as error:
        raise click.BadParameter(f"{path}: not TOML: {error}") from None
    options = {
        name.lstrip("-"): option
        for option in context.command.params
        if isinstance(option, click.Option)
        for name in option.opts
        if name.startswith("--") and name.lstrip("-") not in _NOT_IN_FILES
    }
    context.default_map = {
        str(options[name].name): _value(options[name], value, f"{path}: {name}")
        for name, value in data.items()
        if _is_known(name, options, path)
    }


def _is_known(name: str, options: dict[str, click.Option], path: Path) -> bool:
    if name not in options:
        raise click.BadParameter(f"{path}: no such option '{name}'{did_you_mean(name, options)}")
    return True


def _value(option: click.Option, value: Any, where: str) -> Any:  # noqa: ANN401  any TOML value
    """The value as it would stand on the command line."""
    if option.is_flag:
        if not isinstance(value, bool):
            raise click.BadParameter(f"{where}: '{value}' is neither true nor false")
        return value
    parts = value if isinstance(value, list) else [value]
    if not parts or any(isinstance(part, bool) or not isinstance(part, str | int | float) for part in parts):
        raise click.BadParameter(f"{where}: neither text, a number nor a list of them")
    return ",".join(str(part) for part in parts)
