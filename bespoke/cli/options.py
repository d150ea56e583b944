"""Options as data: flags, help, type and metavar; an option has the name of the setting that it stands for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import click

from bespoke.cli import values
from bespoke.cli.names import Completer, complete_converters, complete_technology

LARGEST_SEED = 2**32 - 1
SEED = click.IntRange(0, LARGEST_SEED)
PATH = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)

Value = TypeVar("Value")
Options = tuple[click.Option, ...]
Kind: TypeAlias = "click.ParamType[Any] | Callable[[str], Any] | list[str] | None"


def option(
    names: str,
    text: str | None = None,
    kind: Kind = None,
    metavar: str | None = None,
    complete: Completer | None = None,
    **more: Any,  # noqa: ANN401  as click's
) -> click.Option:
    """An option of a command.

    Parameters
    ----------
    names : str
        Flags, and where they do not have it, the name of the setting.
    text : str, optional
        Help; a default that is given in ``more`` is shown after it.
    kind : click.ParamType, callable, or list of str, optional
        What reads the value, or all that is allowed.
    metavar : str, optional
    complete : callable, optional
        What a shell completes.
    **more
        As `click.Option`.
    """
    known = click.Choice(kind) if isinstance(kind, list) else kind
    about: dict[str, Any] = {"help": text, "metavar": metavar, "shell_complete": complete, "callback": _not_huge}
    return click.Option(names.split(), True, type=known, **about | more)


def _not_huge(_context: click.Context, _option: click.Parameter, value: Value) -> Value:
    """The value, unless it is a number that no counter or clock holds; whether it may be infinite is not said here."""
    if isinstance(value, int | float) and LARGEST_SEED < abs(value) < math.inf:
        raise click.BadParameter(f"{value} is too large; allowed: up to {LARGEST_SEED}")
    return value


def flag(names: str, text: str) -> click.Option:
    """An option without a value; one of two, as ``--this/--not-this``, is on by default."""
    return option(names, text, is_flag=True, default="/" in names)


def varied(options: Iterable[click.Option], **changes: Mapping[str, Any]) -> Options:
    """Copies of options, those that are named with other defaults or texts."""
    found = tuple(copy(each) for each in options)
    for each in found:
        for name, value in changes.get(str(each.name), {}).items():
            setattr(each, name, value)
    return found


def settings(given: Mapping[str, Any], *groups: Iterable[click.Option]) -> dict[str, Any]:
    """What was given for the options of some groups, by the names of settings."""
    names = [str(each.name) for group in groups for each in group]
    return {name: given[name] for name in names if given[name] is not None}


def jobs_or_scheduler(given: Mapping[str, Any]) -> int | str | None:
    """Processes of this machine, or the address of the scheduler of a cluster; None for neither.

    Raises
    ------
    click.UsageError
        If both are given.
    """
    if given["scheduler"] and given["jobs"]:
        raise click.UsageError("--jobs is about this machine, --scheduler about a cluster; give one of them")
    found: int | str | None = given["scheduler"] or given["jobs"]
    return found


MODEL_FILE = click.Argument(["model"], type=PATH)
JSON = flag("--json as_json", "Print the result as JSON, and nothing else.")
OUTPUT = option(
    "-o --output folder",
    "Folder to write; files of an earlier design in it are replaced, all others stay.",
    FOLDER,
    "DIR",
    required=True,
)
FORCE = flag("--force", "Replace files of the same names, too, that somebody else wrote or edited.")
TRUST = flag("--trust-pickle", "Read .pkl and .joblib files, which can run any code.")
TECHNOLOGY = option(
    "--tech technology",
    "Technology: a name of 'bespoke tech list' or a Liberty file.",
    None,
    "NAME|FILE.lib",
    complete_technology,
    default="egfet",
)
DONT_USE = option(
    "--dont-use", "Cells never to use; * stands for any characters.", values.patterns, "PATTERN,...", default=None
)
TABLE_ENDS = option(
    "--table-ends",
    "Delays and energies beyond the transition times of the library's tables: the edge's value, or a line, as OpenSTA "
    "does it.  [default: hold]",
    ["hold", "extrapolate"],
)
PERIOD = option("--period-ms", "Sampling period for the dynamic power.  [default: the delay]", float, "MS")

# How a data set is read.
DATA: Options = (
    option("--target", "Target column of a CSV file.  [default: the last]", metavar="NAME"),
    option(
        "--missing",
        "Refuse rows with missing values, leave them out, or read what is missing as one step below or above all that "
        "is there, as a sensor may give it.  [default: as the catalogue says, else error]",
        ["error", "drop", "low", "high"],
    ),
)
# How data are split.
TEST_SIZE = option(
    "--test-size", "Share of the rows kept for the test.", click.FloatRange(0, 1, max_open=True), default=0.3
)
SPLIT: Options = (TEST_SIZE, option("--seed", "Seed of the split and of all else.", SEED, default=42))
# How a model is quantised.
MODEL: Options = (
    option(
        "--input-bits",
        "Bits of the inputs.  [default: the fewest that lose little on the training data]",
        values.input_bits,
        "B|NAME=B,...",
    ),
    option(
        "--input-words",
        "Features that are words already: whole numbers, each its own word.  [default: auto, those that fit]",
        values.input_words,
        "auto|all|none|NAME,...",
    ),
    option(
        "--thresholds",
        "Thresholds of trees: on the input grid, or between training rows.  [default: auto, see the guide]",
        ["auto", "grid", "rows"],
    ),
    option("--weight-bits", "Bits of the weights.  [default: the fewest, too]", values.weight_bits, "B|B1,B2,..."),
    option(
        "--input-encoding",
        "Rounding of the inputs; auto takes what loses less on the training data.  [default: auto]",
        ["floor", "nearest", "auto"],
    ),
    option(
        "--model-inputs",
        "What a model without a scaler was trained on: raw or [0, 1]-scaled features.  [default: auto]",
        ["auto", "raw", "unit"],
    ),
    option(
        "--regressor-output",
        "Output of a regressor: its value, or the rounded and clipped label.  [default: auto]",
        ["auto", "value", "label"],
    ),
    option("--value-bits", "Bits of a regression tree's output.  [default: 12]", int, "B"),
    option("--activation-bits", "Bits of logistic and tanh activations, which are tables.  [default: 8]", int, "B"),
    option(
        "--leaf-bits", "Bits of the leaves of forests and boosted trees.  [default: the fewest from 6 to 12]", int, "B"
    ),
)


EFFORT_SECONDS = option(
    "--effort-seconds",
    "With --effort high: seconds to search for the gates of a circuit.",
    float,
    "S",
)


def mapping(objective: str = "area") -> Options:
    """How a netlist is made and mapped; ``objective`` is what the command saves by default."""
    return (
        option(
            "--effort",
            "high: map the smallest of the forms that ABC finds, too; takes up to minutes.",
            ["fast", "high"],
            default="fast",
        ),
        option(
            "--objective power_share",
            "What the mapper saves: area, static power under the training data, or a share of power, 0 to 1.  "
            f"[default: {objective}]",
            values.power_share,
            "area|power|SHARE",
        ),
        TABLE_ENDS,
        PERIOD,
    )


def ports(inputs: str = "binary", converters: str = "none") -> Options:
    """What is in front of a circuit; the arguments are what the command does by default, in words."""
    return (
        option(
            "--inputs",
            "Input ports: a binary word per feature, or a wire per level that is read (thermometer code).  "
            f"[default: {inputs}]",
            values.input_codes,
            "binary|unary|NAME=CODE,...",
        ),
        option(
            "--converters",
            "Converters in front (see 'bespoke tech list'): sizes and limits are then those of both.  "
            f"[default: {converters}]",
            None,
            "NAME|FILE.toml",
            complete_converters,
        ),
    )


def circuit(inputs: str = "binary", converters: str = "none", objective: str = "area") -> Options:
    """How a circuit is made and estimated; the arguments are what the command does by default."""
    return (
        *ports(inputs, converters),
        TECHNOLOGY,
        option(
            "--vdd",
            "Supply voltage in V; best, also of a range: least power that meets --period-ms.  "
            "[default: the technology's own]",
            values.supply_voltage,
            "V|best|V..V",
        ),
        DONT_USE,
        EFFORT_SECONDS,
        *mapping(objective),
    )


CIRCUIT: Options = circuit()
# How a model is trained, apart from its layers.
TRAINING: Options = (
    option("--max-depth", "Trees: comparisons on the longest path.", int, default=6),
    option("--c", "SVMs, logistic: parameter C.", float, default=1.0),
    option("--max-iter", "Iterations of the solver.  [default: 500 for MLPs, else 10000]", int),
    option("--restarts", "MLP: starts, of which the best is kept.", int, default=3),
    option("--search", "Candidates of a random search; 0 for none.", int, default=0),
    option("--folds", "Parts of the search's cross-validation.", int, default=5),
)
# How defects come about, and the limit on what they spoil.
DEFECTS: Options = (
    option("--defects", "Defects per cm2, at which functional yields are stated.", float, "PER_CM2"),
    option(
        "--clustering", "Parameter of clustered defects (negative binomial).  [default: none, Poisson]", float, "ALPHA"
    ),
    option("--tolerance", "Yield: largest loss of a circuit that is good enough.  [default: 0.02]", float, "SHARE"),
    option("--samples", "Yield: circuits sampled for each number of defects.  [default: 500]", int, "N"),
)
PRINTED: Options = (
    *DEFECTS,
    option("--defect-seed", "Seed of the samples.  [default: 42]", SEED),
    flag("--harden", "Show hardened circuits, too: cells two or three times, with voters, for a better yield."),
)
# What the chosen circuit must keep, and what it has least of.
LIMITS: Options = (
    option("--max-loss", "Largest loss of accuracy.  [default: 0.01]", float, "SHARE"),
    option("--min-accuracy", "Least accuracy.", float, "SHARE"),
    option("--max-power-mw", "Largest power.", float, "MW"),
    option("--source", "Power source that must suffice: 0.1, 3 or 30 mW.", ["harvester", "bluespark", "molex"]),
    option("--max-area-cm2", "Largest area.", float, "CM2"),
    option("--max-delay-ms", "Largest delay; --vdd best then keeps it if it can.", float, "MS"),
    option("--max-gates", "Most two-input AND gates, with inverters for free and an XOR as three.", int),
    option("--min-yield", "Least functional yield at --defects.", float, "SHARE"),
    option(
        "--minimise",
        "What the chosen circuit has least of among those of enough accuracy.  [default: area]",
        ["area", "power", "delay"],
    ),
)
CONSTRAINT: Options = (
    *LIMITS,
    option("--metric", "[default: accuracy; R2 of values]", ["accuracy", "balanced_accuracy"]),
)
SCHEDULER = option("--scheduler", "Work on the workers of this Dask cluster.", metavar="tcp://HOST:PORT")
# How and how long is searched, and what becomes of the finds.
SEARCH: Options = (
    option(
        "--searcher",
        "nsga2: evolution; bayes (needs optuna), autoapprox: few candidates; greedy: a baseline; exhaustive: "
        "all of few parameters.  [default: nsga2]",
        ["nsga2", "bayes", "greedy", "autoapprox", "exhaustive"],
    ),
    option("--epochs", "Most exchanges between the populations.", int),
    option("--generations", "Length of an epoch: generations; bayes, autoapprox: candidates; greedy: steps.", int),
    option("--population", "Candidates per population of nsga2.", int),
    option("--finalists", "Most candidates that become circuits.  [default: 8]", int),
    option("--caution", "Standard errors held back from accuracies.  [default: 4; trees 2]", float),
    flag("--prune/--no-prune", "Prune finalists at gate level, too."),
)
FORMAL = flag("--formal/--no-formal", "Prove the netlist, too.")
VERIFY_SECONDS = option("--verify-seconds", "Time for simulations in all, in s.  [default: 60]", values.seconds, "S")
VERIFICATION: Options = (flag("--verify/--no-verify", "Compare the executors afterwards."), FORMAL, VERIFY_SECONDS)
# How a circuit is made of a model; and with what is read before and verified after.
COMPILATION: Options = (*SPLIT, *MODEL, *CIRCUIT)
MAKING: Options = (*DATA, *COMPILATION, TRUST, *VERIFICATION)
