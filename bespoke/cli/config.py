"""``--config FILE.toml``: the options of a command from a file; those on the command line come first."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import click

from bespoke.cli.commands import did_you_mean
from bespoke.cli.options import PATH, option


def _read(context: click.Context, _parameter: click.Parameter, path: Path | None) -> None:
    if path is None:
        return
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror or 'cannot be read'}") from None
    except ValueError as error:
        raise click.BadParameter(f"{path}: not TOML: {error}") from None
    params = [each for each in context.command.params if isinstance(each, click.Option) and each is not CONFIG]
    options = {name[2:]: each for each in params for name in each.opts if name.startswith("--")}
    context.default_map = {}
    for name, value in data.items():
        if name not in options:
            raise click.BadParameter(f"{path}: no such option '{name}'{did_you_mean(name, options)}")
        context.default_map[str(options[name].name)] = _value(options[name], value, f"{path}: {name}")


def _value(given: click.Option, value: Any, where: str) -> Any:  # noqa: ANN401  any TOML value
    """The value as it would stand on the command line."""
    if given.is_flag:
        if not isinstance(value, bool):
            raise click.BadParameter(f"{where}: '{value}' is neither true nor false")
        return value
    parts = value if isinstance(value, list) else [value]
    if not parts or any(isinstance(part, bool) or not isinstance(part, str | int | float) for part in parts):
        raise click.BadParameter(f"{where}: neither text, a number nor a list of them")
    return ",".join(str(part) for part in parts)


CONFIG = option(
    "--config",
    "Options by their long names; those on the command line come first.",
    PATH,
    "FILE.toml",
    is_eager=True,
    expose_value=False,
    callback=_read,
)
