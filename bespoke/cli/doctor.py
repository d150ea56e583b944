"""``bespoke doctor``: optional tools, their versions and what each adds."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

import click

from bespoke import __version__
from bespoke.cli.commands import Documented
from bespoke.cli.console import show_facts, show_json, show_table
from bespoke.cli.options import JSON
from bespoke.errors import ToolError
from bespoke.external import PROGRAMS, program_version

# Optional package -> what it adds, and the extra that installs it.
PACKAGES = {
    "matplotlib": ("plots", "plots"),
    "pyosys": ("formal proofs and `--effort high`", "formal"),
    "optuna": ("`approximate --searcher bayes`", "bayes"),
    "jax": ("networks trained as circuits, `train --aware`", "training"),
    "dask": ("runs on several machines", "distributed"),
}


@click.command(cls=Documented, params=[JSON])
def command(*, as_json: bool) -> None:
    """Say which optional tools are installed, their versions, and what each adds.

    Examples
    --------
    bespoke doctor
    bespoke doctor --json
    """
    facts = {"bespoke": __version__, "python": platform.python_version()}
    required = {name: _version(name) for name in _required()}
    programs = [_program(name) for name in PROGRAMS]
    packages = [_package(name, adds, extra) for name, (adds, extra) in PACKAGES.items()]
    if as_json:
        show_json({**facts, "required": required, "programs": programs, "packages": packages})
        return
    needed = ", ".join(f"{name} {found or 'MISSING'}" for name, found in required.items())
    show_facts([*facts.items(), ("packages", needed)])
    rows = [[value or "not found" for value in tool.values()] for tool in programs + packages]
    show_table(["Optional", "Version", "What it adds", "How to get it"], rows)


def _program(name: str) -> dict[str, str | None]:
    program = PROGRAMS[name]
    try:
        found = program_version(name)
    except ToolError as error:
        found = f"broken: {error}"
    return {"name": name, "version": found, "adds": program.adds, "install": program.install}


def _package(name: str, adds: str, extra: str) -> dict[str, str | None]:
    found = _version(name) if find_spec(name) else None
    return {"name": name, "version": found, "adds": adds, "install": f"pip install 'bespoke[{extra}]'"}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _required() -> list[str]:
    """Distributions that the package cannot do without."""
    try:
        declared = requires("bespoke") or []
    except PackageNotFoundError:
        declared = ["numpy", "scikit-learn", "networkx", "pyverilog", "pymoo", "skops", "click", "rich"]
    return [entry.split(">")[0].strip() for entry in declared if "extra ==" not in entry]
