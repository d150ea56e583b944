"""``bespoke operators``: list, show and export approximate and exact operators."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bespoke.cli.commands import Subcommands
from bespoke.cli.console import progress, show_facts, show_json, show_table
from bespoke.cli.options import FORCE, JSON, OUTPUT, TECHNOLOGY, option
from bespoke.cli.values import listed

_numbers = listed(int, "numbers")
VDD = option("--vdd", "Supply voltage in V.  [default: the technology's]", float, "V")


def parameter(text: str) -> tuple[str, int | tuple[int, ...]]:
    """Read ``name=N`` or ``name=N,N,...``."""
    name, equals, values = text.partition("=")
    if not equals:
        raise click.BadParameter(f"'{text}' is not of the form name=number")
    numbers = _numbers(values)
    return name.strip(), numbers if len(numbers) > 1 else numbers[0]


FAMILY = click.Argument(["family"])
PARAMETERS = click.Argument(["parameters"], type=parameter, nargs=-1)


@click.group(cls=Subcommands)
def command() -> None:
    """List, show and export adders and popcounts, approximate and exact, with their exact errors.

    Examples
    --------
    bespoke operators list
    bespoke operators show loa width=8 low=3
    bespoke operators export gear width=16 result=4 previous=4 -o out/gear
    """


@command.command("list", params=[TECHNOLOGY, VDD, JSON])
def list_operators(*, technology: str, vdd: float | None, as_json: bool) -> None:
    """List the families of operators, each with its default parameters.

    Examples
    --------
    bespoke operators list
    bespoke operators list --tech cnt_tft --json
    """
    from bespoke.flow import operator_table

    with progress("operators"):
        rows = operator_table(technology, vdd)
    if as_json:
        show_json(rows)
        return
    head = ["Family", "Parameters", ">Area (mm2)", ">Error rate", ">Mean distance", ">Worst", "What it is"]
    show_table(head, [_row(facts) for facts in rows])


@command.command("show", params=[FAMILY, PARAMETERS, TECHNOLOGY, VDD, JSON])
def show_operator(
    family: str,
    parameters: tuple[tuple[str, int | tuple[int, ...]], ...],
    *,
    technology: str,
    vdd: float | None,
    as_json: bool,
) -> None:
    """Show area, power, delay and exact errors of an operator.

    FAMILY is one of 'bespoke operators list', PARAMETERS are its parameters as name=number.

    Examples
    --------
    bespoke operators show loa
    bespoke operators show quad width=12 blocks=4,4,4 previous=0,2,4
    """
    from bespoke.arith.operators import error_figures, make_operator
    from bespoke.cells import load_library
    from bespoke.flow import operator_circuit, operator_facts

    operator = make_operator(family, dict(parameters))
    with progress("operator"):
        circuit = operator_circuit(family, operator, load_library(technology, vdd))
        facts = operator_facts(circuit, error_figures(operator))
    if as_json:
        show_json(facts)
    else:
        show_facts(_shown(facts), title=f"{family} {operator}")


@command.command("export", params=[FAMILY, PARAMETERS, TECHNOLOGY, VDD, OUTPUT, FORCE, JSON])
def export_operator(
    family: str,
    parameters: tuple[tuple[str, int | tuple[int, ...]], ...],
    *,
    folder: Path,
    as_json: bool,
    **given: Any,  # noqa: ANN401  of click
) -> None:
    """Write an operator as Verilog of cells, compared with its integers and proven to be what was built.

    FAMILY and PARAMETERS are those of 'bespoke operators show'.

    Examples
    --------
    bespoke operators export eta2 width=16 block=4 -o out/eta2
    bespoke operators export popcount width=10 --tech cnt_tft -o out/popcount
    """
    from bespoke.arith.operators import make_operator
    from bespoke.cells import load_library
    from bespoke.files import write_folder
    from bespoke.flow import operator_circuit, operator_files
    from bespoke.report import OPERATOR_KIND

    operator = make_operator(family, dict(parameters))
    with progress("operator"):
        circuit = operator_circuit(family, operator, load_library(given["technology"], given["vdd"]))
        written = write_folder(folder, operator_files(circuit), OPERATOR_KIND, force=given["force"])
    if as_json:
        show_json({"folder": str(folder), "files": [str(path) for path in written]})
        return
    show_facts([(str(path), f"{path.stat().st_size:,} bytes") for path in written], title=f"{family} {operator}")


def _row(facts: dict[str, Any]) -> list[str]:
    values = (f"{name}={_number(value)}" for name, value in facts["parameters"].items())
    errors = facts["errors"]
    figures = [f"{errors[name]:.4g}" for name in ("error_rate", "mean_absolute", "worst")]
    return [facts["family"], " ".join(values), f"{facts['area_mm2']:.2f}", *figures, facts["title"]]


def _shown(facts: dict[str, Any]) -> list[tuple[str, str]]:
    errors = facts["errors"]
    names = [name for name in errors if name not in ("method", "inputs")]
    return [
        ("what", facts["title"]),
        ("source", facts["source"]),
        ("technology", f"{facts['technology']} at {facts['vdd']:g} V"),
        ("gates", f"{facts['gates']:,}"),
        ("area", f"{facts['area_mm2']:.4g} mm2"),
        ("power", f"{facts['power_mw']:.4g} mW on random inputs"),
        ("delay", f"{facts['delay_ms']:.4g} ms"),
        ("errors", f"over {errors['inputs']:,} inputs, {errors['method']}"),
        *((name.replace("_", " "), f"{errors[name]:.6g}") for name in names),
    ]


def _number(value: int | tuple[int, ...]) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
