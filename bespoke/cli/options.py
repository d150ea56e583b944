"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bespoke.cli.names import complete_technology

SOURCES = ("harvester", "bluespark", "molex")

Command = TypeVar("Command", bound=Callable[..., Any])


def input_bits(text: str) -> int | dict[str, int]:
    """Read ``B`` (all features) or ``name=B,name=B`` (some of them)."""
    if "=" not in text:
        return _bits(text, "B or name=B,name=B")
    named: dict[str, int] = {}
    for item in text.split(","):
        feature, _, bits = item.rpartition("=")
        if not feature:
            raise click.BadParameter(f"'{item}' is not of the form name=B")
        if feature in named:
            raise click.BadParameter(f"feature '{feature}' is named twice")
        named[feature] = _bits(bits, "B or name=B,name=B")
    return named


def weight_bits(text: str) -> int | tuple[int, ...]:
    """Read ``B`` (all layers) or ``B1,B2,...`` (one a layer)."""
    bits = tuple(_bits(part, "B or B1,B2,... (one a layer)") for part in text.split(","))
    return bits[0] if len(bits) == 1 else bits


def _bits(text: str, allowed: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise click.BadParameter(f"'{text}' is not a number of bits; allowed: {allowed}") from None


def json_option(command: Command) -> Command:
    """``--json``: results as JSON on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, and nothing else.")(command)


def supply_voltage(text: str) -> float | str | tuple[float, ...]:
    """Read ``V``, ``V..V`` or ``best``."""
    if text == "best":
        return text
    try:
        volts = tuple(float(part.removesuffix("V")) for part in text.split(".."))
    except ValueError:
        volts = ()
    if len(volts) not in (1, 2):
        allowed = "volts, or best or lowest..highest with --period-ms"
        raise click.BadParameter(f"'{text}' is not a voltage; allowed: {allowed}")
    return volts if len(volts) == 2 else volts[0]


def power_share(text: str) -> float:
    """Read ``area``, ``power`` or the share of power in a mix of both."""
    named = {"area": 0.0, "power": 1.0}
    try:
        share = named[text] if text in named else float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise click.BadParameter(f"'{text}' is no objective; allowed: area, power, or a share of power from 0 to 1")
    return share


def technology_option(command: Command) -> Command:
    """``--tech``."""
    return click.option(
        "--tech",
        default="egfet",
        show_default=True,
        metavar="NAME|FILE.lib",
        help="Technology: a name of 'bespoke tech list' or a Liberty file.",
        shell_complete=complete_technology,
    )(command)


def data_options(command: Command) -> Command:
    """``--target`` and ``--missing``: how a data set is read."""
    command = click.option(
        "--missing",
        type=click.Choice(["error", "drop"]),
        help="Refuse rows with missing values, or leave them out.  [default: as the catalogue says, else error]",
    )(command)
    return click.option("--target", metavar="NAME", help="Target column of a CSV file.  [default: the last]")(command)


def split_options(command: Command) -> Command:
    """``--test-size`` and ``--seed``: how data are split."""
    command = click.option(
        "--seed",
        type=click.IntRange(0, 2**32 - 1),
        default=42,
        show_default=True,
        help="Seed of the split and of all else.",
    )(command)
    return click.option(
        "--test-size",
        type=click.FloatRange(0, 1, max_open=True),
        default=0.3,
        show_default=True,
        help="Share of the rows kept for the test.",
    )(command)


def output_folder(command: Command) -> Command:
    """``-o DIR``."""
    return click.option(
        "-o",
        "--output",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        required=True,
        metavar="DIR",
        help="Folder to write; an earlier design in it is replaced.",
    )(command)


def layers(text: str) -> tuple[int, ...]:
    """Read ``N,...``: units per hidden layer."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(f"'{text}' is not a list of layer sizes such as 4 or 5,3") from None


def _stacked(command: Command, *decorators: Callable[[Command], Command]) -> Command:
    """The command with options that its help lists in the given order."""
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def model_options(command: Command) -> Command:
    """``--input-bits`` and so on: how a model is quantised."""
    return _stacked(
        command,
        click.option(
            "--input-bits", type=input_bits, metavar="B|NAME=B,...", help="Bits of the inputs.  [default: 4; trees 8]"
        ),
        click.option(
            "--weight-bits", type=weight_bits, metavar="B|B1,B2,...", help="Bits of the weights.  [default: 8]"
        ),
        click.option(
            "--input-encoding",
            type=click.Choice(["floor", "nearest", "auto"]),
            help="Rounding of the inputs; auto takes what is better on the training data.  [default: floor]",
        ),
        click.option(
            "--model-inputs",
            type=click.Choice(["auto", "raw", "unit"]),
            help="What a model without a scaler was trained on: raw or [0, 1]-scaled features.  [default: auto]",
        ),
        click.option(
            "--regressor-output",
            type=click.Choice(["auto", "value", "label"]),
            help="Output of a regressor: its value, or the rounded and clipped label.  [default: auto]",
        ),
        click.option("--value-bits", type=int, metavar="B", help="Bits of a regression tree's output.  [default: 12]"),
    )


def circuit_options(command: Command) -> Command:
    """``--tech`` and so on: how a circuit is made and estimated."""
    return _stacked(
        command,
        technology_option,
        click.option(
            "--vdd",
            type=supply_voltage,
            metavar="V|best|V..V",
            help="Supply voltage in V; best, also of a range: least power that meets --period-ms.  "
            "[default: the technology's own]",
        ),
        mapping_options,
    )


def mapping_options(command: Command) -> Command:
    """``--effort`` and so on: how a netlist is made and mapped."""
    return _stacked(
        command,
        click.option(
            "--effort",
            type=click.Choice(["fast", "high"]),
            default="fast",
            show_default=True,
            help="high: map the smallest of the forms that ABC finds, too; takes up to minutes.",
        ),
        click.option(
            "--objective",
            "power_share",
            type=power_share,
            default="area",
            show_default=True,
            metavar="area|power|SHARE",
            help="What the mapper saves: area, static power under the training data, or a share of power, 0 to 1.",
        ),
        click.option(
            "--period-ms", type=float, metavar="MS", help="Sampling period for the dynamic power.  [default: the delay]"
        ),
    )


def training_options(command: Command) -> Command:
    """``--max-depth`` and so on: how a model is trained, apart from its layers."""
    return _stacked(
        command,
        click.option(
            "--max-depth", type=int, default=6, show_default=True, help="Trees: comparisons on the longest path."
        ),
        click.option(
            "--c",
            "regularisation",
            type=float,
            default=1.0,
            show_default=True,
            help="SVMs, logistic: parameter C.",
        ),
        click.option("--max-iter", type=int, help="Iterations of the solver.  [default: 500 for MLPs, else 10000]"),
        click.option(
            "--restarts", type=int, default=3, show_default=True, help="MLP: starts, of which the best is kept."
        ),
        click.option(
            "--search", type=int, default=0, show_default=True, help="Candidates of a random search; 0 for none."
        ),
        click.option("--folds", type=int, default=5, show_default=True, help="Parts of the search's cross-validation."),
    )


def constraint_options(command: Command) -> Command:
    """``--max-loss`` and so on: what an approximate circuit must keep."""
    return _stacked(
        command,
        click.option("--max-loss", type=float, metavar="SHARE", help="Largest loss of accuracy.  [default: 0.01]"),
        click.option("--min-accuracy", type=float, metavar="SHARE", help="Least accuracy."),
        click.option("--max-power-mw", type=float, metavar="MW", help="Largest power."),
        click.option("--source", type=click.Choice(SOURCES), help="Power source that must suffice: 0.1, 3 or 30 mW."),
        click.option("--max-area-cm2", type=float, metavar="CM2", help="Largest area."),
        click.option(
            "--max-delay-ms", type=float, metavar="MS", help="Largest delay; --vdd best then keeps it if it can."
        ),
        click.option(
            "--minimise",
            type=click.Choice(["area", "power", "delay"]),
            help="What the chosen circuit has least of among those of enough accuracy.  [default: area]",
        ),
        click.option(
            "--metric", type=click.Choice(["accuracy", "balanced_accuracy"]), help="[default: accuracy; R2 of values]"
        ),
    )


def search_options(command: Command) -> Command:
    """``--searcher`` and so on: how and how long is searched, and what becomes of the finds."""
    return _stacked(
        command,
        click.option(
            "--searcher",
            type=click.Choice(["nsga2", "bayes", "greedy"]),
            help="nsga2: evolution; bayes: for few candidates (needs optuna); greedy: a baseline.  [default: nsga2]",
        ),
        click.option("--epochs", type=int, help="Most exchanges between the populations."),
        click.option(
            "--generations", type=int, help="Length of an epoch: generations; bayes: candidates; greedy: steps."
        ),
        click.option("--population", type=int, help="Candidates per population of nsga2."),
        click.option("--finalists", type=int, help="Most candidates that become circuits.  [default: 8]"),
        click.option("--caution", type=float, help="Standard errors held back from accuracies.  [default: 4; trees 2]"),
        click.option("--prune/--no-prune", default=True, show_default=True, help="Prune finalists at gate level, too."),
    )


def trust_option(command: Command) -> Command:
    """``--trust-pickle``."""
    help_text = "Read .pkl and .joblib files, which can run any code."
    return click.option("--trust-pickle", is_flag=True, help=help_text)(command)


def verification_options(command: Command) -> Command:
    """``--verify`` and ``--formal``."""
    return _stacked(
        command,
        click.option("--verify/--no-verify", default=True, show_default=True, help="Compare the executors afterwards."),
        click.option("--formal/--no-formal", default=True, show_default=True, help="Prove the netlist, too."),
    )
