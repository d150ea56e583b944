"""Names that a shell completes: data sets, technologies, kinds of models, formats; one, or several with commas."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from bespoke.cli.commands import did_you_mean

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _datasets() -> Iterable[str]:
    from bespoke.data import catalogue

    return catalogue()


def _technologies() -> Iterable[str]:
    from bespoke.cells import technologies

    return [technology.name for technology in technologies()]


def _converters() -> Iterable[str]:
    from bespoke.converters import converter_names

    return converter_names()


def _kinds() -> Iterable[str]:
    from bespoke.training import ALIASES, KINDS

    return [*KINDS, *ALIASES]


def _sweep_kinds() -> Iterable[str]:
    return [*_kinds(), "design"]


def _formats() -> Iterable[str]:
    from bespoke.interchange import FORMATS

    return [*FORMATS, "all"]


def _recipes() -> Iterable[str]:
    from bespoke.flow import RECIPES

    return RECIPES


def _teachers() -> Iterable[str]:
    from bespoke.training import TEACHERS

    return TEACHERS


def _completer(names: Callable[[], Iterable[str]], *, listed: bool = False, files: bool = False) -> Completer:
    """Completion of a name, of the last one of a list, or of a file where no name fits."""

    def complete(_context: click.Context, _option: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",") if listed else ("", "", incomplete)
        found = [CompletionItem(before + comma + name) for name in names() if name.startswith(last)]
        return found or ([CompletionItem(incomplete, type="file")] if files else [])

    return complete


complete_dataset = _completer(_datasets)
complete_data = _completer(_datasets, files=True)
complete_data_list = _completer(_datasets, listed=True, files=True)
complete_technology = _completer(_technologies, files=True)
complete_converters = _completer(_converters, files=True)
complete_technology_list = _completer(_technologies, listed=True, files=True)
complete_format_list = _completer(_formats, listed=True)
complete_kind = _completer(_kinds)
complete_kind_list = _completer(_sweep_kinds, listed=True)
complete_recipe = _completer(_recipes)
complete_teachers = _completer(_teachers, files=True)


def model_kind(text: str) -> str:
    """Read a kind of model."""
    return _one_of(text, _kinds())


def sweep_kind(text: str) -> str:
    """Read a kind of model, or that of a cell that looks for one."""
    return _one_of(text, _sweep_kinds())


def _one_of(text: str, kinds: Iterable[str]) -> str:
    if text not in kinds:
        raise click.BadParameter(f"unknown kind of model '{text}'{did_you_mean(text, kinds)}")
    return text
