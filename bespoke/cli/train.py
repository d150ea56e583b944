"""``bespoke train``: a data set to a trained model in a .skops file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import note, progress, show_facts, show_json, show_table
from bespoke.cli.inputs import read_data
from bespoke.cli.names import complete_converters, complete_data, complete_kind, complete_teachers, model_kind
from bespoke.cli.options import (
    DATA,
    JSON,
    SPLIT,
    TECHNOLOGY,
    TRAINING,
    Options,
    option,
    settings,
)
from bespoke.cli.values import layers, numbers, weight_bits
from bespoke.errors import OptionError
from bespoke.training import (
    AWARE,
    CLIPPINGS,
    DISTURBANCES,
    KINDS,
    NETWORK_INPUTS,
    RESILIENCES,
    TEACHERS,
    WEIGHT_RANGES,
    NetworkOptions,
    TrainingOptions,
)

if TYPE_CHECKING:
    from bespoke.data import Dataset
    from bespoke.training import TrainedModel

CONVERTERS = "converters"


def _model_file(text: str) -> Path:
    if not text.endswith((".skops", ".json")):
        raise click.BadParameter(f"'{text}' does not end in .skops or .json")
    if Path(text).is_dir():
        raise click.BadParameter(f"'{text}' is a folder")
    return Path(text)


WHAT: Options = (
    option("--model kind", f"One of {', '.join(KINDS)}.", model_kind, "KIND", complete_kind, required=True),
    option("--task", "[default: as the targets say]", ["classification", "regression"]),
    option("--hidden hidden_layer_sizes", "MLP: units per layer.", layers, "N,...", default="4"),
    *TRAINING,
    option(
        "--input-bits",
        "Fit the model to inputs rounded as a circuit of B bits an input reads them.  [default: not rounded]",
        int,
        "B",
    ),
    option("--jobs", "Processes of the search.", int, default=1),
    option(
        "--teacher",
        f"Learn the answers of a large classifier: {', '.join(TEACHERS)}, or a file of one that saw no test row.",
        metavar="KIND|FILE.skops",
        complete=complete_teachers,
    ),
    option(
        "--teacher-share",
        "With --teacher: its share in what rows teach.  [default: 1; with --aware 0.5]",
        float,
        "SHARE",
    ),
    option("--neighbours", "With --teacher: rows near each row that it labels, too.  [default: 1]", int, "N"),
    TECHNOLOGY,
)
NETWORK: Options = (
    option("--weight-bits", "With --aware: bits of the weights.  [default: 4]", weight_bits, "B|B1,B2,..."),
    option(
        "--inputs",
        "With --aware: a weight for each input word, or for each level that it reaches.  [default: binary]",
        list(NETWORK_INPUTS),
    ),
    option("--weight-range", "With --aware: what the largest weight stands for.", list(WEIGHT_RANGES)),
    option("--clipping", "With --aware: where ReLUs saturate; pact learns it.", list(CLIPPINGS)),
    option("--activation-bits", "With --aware: bits of the outputs of hidden units.  [default: 4]", int, "B"),
    option(
        "--cost-weight cost_weights",
        "With --aware: cross-entropy that a thousand NAND2 gates are worth; of several the smallest circuit is taken "
        "that keeps --max-loss.  [default: 0]",
        numbers,
        "NATS,...",
    ),
    option("--resilience", "With --aware: make the network bear disturbances, as AxTrain does.", list(RESILIENCES)),
    option(
        "--disturbance",
        "With --aware: low columns of all products are lost, or bits of weights are inverted.  [default: columns]",
        list(DISTURBANCES),
    ),
    option("--strength", "With --aware: columns that are lost, or rate of inverted bits.", float, "N|RATE"),
    option("--max-loss", "Of several --cost-weight: loss by cross-validation.  [default: 0.01]", float, "SHARE"),
)
AWARE_OF = option(
    "--aware",
    "MLP: train what the circuit computes: weights of few bits, as DoReFa-Net, PACT or SAWB have them, powers of two, "
    "-1 0 1, or those and units of one bit. "
    "Tree: levels of the inputs by what their converters cost.",
    [*AWARE, CONVERTERS],
)
SENSORS: Options = (
    option(
        "--converters",
        "With --aware converters: NAME or FILE.  [default: date24]",
        None,
        "NAME|FILE.toml",
        complete_converters,
    ),
    option("--max-power-mw", "With --aware converters: most power of circuit and converters.", float, "MW"),
)
OUTPUT = option("-o --output", "File to write; .json with --aware.", _model_file, "FILE.skops|FILE.json", required=True)
NAME = click.Argument(["data"], metavar="DATA", shell_complete=complete_data)


@click.command(cls=Documented, params=[NAME, *WHAT, AWARE_OF, *NETWORK, *SENSORS, *DATA, *SPLIT, JSON, OUTPUT])
def command(data: str, output: Path, *, as_json: bool, **given: Any) -> None:  # noqa: ANN401  of click
    """Train a model on the training part of DATA: a name of 'bespoke datasets list' or a CSV file.

    The model is a pipeline that scales the features to [0, 1], or with --aware an integer model, which is the circuit's
    function to the bit. The test part is not looked at.

    Examples
    --------
    bespoke train iris --model tree -o tree.skops
    bespoke train redwine --model mlp --hidden 4 --search 20 -o mlp.skops
    bespoke train balance --model mlp --input-bits 4 -o rounded.skops
    bespoke train balance --model mlp --aware ternary -o ternary.json
    bespoke train balance --model mlp --hidden 2 --aware qat --inputs unary --cost-weight 0.2 -o levels.json
    bespoke train cardio --model mlp --hidden 5 --aware qat --resilience both --strength 4 -o resilient.json
    bespoke train cardio --model mlp --hidden 3 --aware pow2 --teacher forest -o taught.json
    bespoke train cardio --model tree --aware converters -o tree.json
    bespoke train measurements.csv --target label --model svm -o svm.skops
    """
    from bespoke.frontend import save_model
    from bespoke.training import train_model

    chosen = _chosen(given, output)
    dataset = read_data(data, given)
    with progress(f"train {chosen.kind} on {dataset.name}") as stage:
        if given["aware"] == CONVERTERS:
            trained = _for_converters(dataset, given, stage)
        else:
            trained = train_model(dataset.split(**settings(given, SPLIT)), chosen, dataset.feature_names)
    save_model(trained.estimator, output)
    notes = [*dataset.notes, *trained.notes]
    if as_json:
        scores = ("score_name", "train_score", "validation_score", "disturbed_score")
        names = ("kind", "task", *scores, "parameters", "history", "front")
        found = {name: getattr(trained, name) for name in names}
        show_json({"path": str(output), "dataset": dataset.name, **found, "notes": notes, "seed": chosen.seed})
        return
    note(*notes)
    facts = [
        ("model", f"{trained.kind}, {trained.task}"),
        (f"{trained.score_name.replace('r2', 'R2')}, training", f"{trained.train_score:.3f}"),
    ]
    if trained.validation_score is not None:
        facts.append(("cross-validation", f"{trained.validation_score:.3f}"))
    if trained.disturbed_score is not None:
        facts.append(("accuracy, training, disturbed", f"{trained.disturbed_score:.3f}"))
    facts += [(name, str(value)) for name, value in trained.parameters.items()]
    if len(trained.front) > 1:
        heads = ["Cost weight", "NAND2, about", "Cross-validation", "Training"]
        show_table(heads, [[f"{value:.4g}" for value in point.values()] for point in trained.front])
    show_facts([*facts, ("written", str(output))], title=f"{chosen.kind} on {dataset.name}")


def _for_converters(dataset: Dataset, given: Mapping[str, Any], stage: Callable[[str], None]) -> TrainedModel:
    from bespoke.flow import train_aware_tree

    own = {name: given[name] for name in ("input_bits", "technology", "jobs") if given[name] is not None}
    return train_aware_tree(dataset, None, stage, **own, **settings(given, SPLIT, SENSORS))


def _chosen(given: Mapping[str, Any], output: Path) -> TrainingOptions:
    """The options of a training whose model fits the file.

    Raises
    ------
    OptionError
        If it does not, or an option belongs to a network for a circuit and there is none.
    """
    aware, own, sensors = given["aware"], settings(given, NETWORK), settings(given, SENSORS)
    if own and aware not in AWARE:
        raise OptionError("needs --aware", got=f"--{next(iter(own)).replace('_', '-')}", allowed=", ".join(AWARE))
    if sensors and aware != CONVERTERS:
        got = f"--{next(iter(sensors)).replace('_', '-')}"
        raise OptionError("needs --aware", got=got, allowed=CONVERTERS)
    of_teacher = [name for name in ("teacher_share", "neighbours") if given[name] is not None]
    if of_teacher and given["teacher"] is None:
        raise OptionError("needs --teacher", got=f"--{of_teacher[0].replace('_', '-')}", allowed=", ".join(TEACHERS))
    if aware == CONVERTERS and given["teacher"] is not None:
        raise OptionError("has no teacher", where="--aware", got=aware, allowed=f"none, {', '.join(AWARE)}")
    if aware == CONVERTERS and given["kind"] != "tree":
        raise OptionError("only trees are grown for converters", where="--aware", got=given["kind"], allowed="tree")
    suffix = ".skops" if aware is None else ".json"
    if output.suffix != suffix:
        raise OptionError("another kind of file", where=str(output), got=output.suffix, allowed=suffix)
    chosen = {name: own.pop(name) for name in ("max_loss",) if name in own}
    weights = own.pop("cost_weights", (0.0,))
    known = AWARE.get(aware)
    networks = [NetworkOptions(**{**known, **own}, cost_weight=each) for each in weights] if known is not None else []
    return TrainingOptions(**settings(given, WHAT), **chosen, seed=given["seed"], networks=tuple(networks))
