"""``bespoke train``: a data set to a trained model in a .skops file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bespoke.cli.commands import did_you_mean
from bespoke.cli.console import note, progress, show_facts, show_json
from bespoke.cli.inputs import training_settings
from bespoke.cli.names import complete_data, complete_kind
from bespoke.cli.options import data_options, json_option, layers, split_options, training_options
from bespoke.training import ALIASES, KINDS

EPILOG = """\b
Examples:
  bespoke train iris --model tree -o tree.skops
  bespoke train redwine --model mlp --hidden 4 --search 20 -o mlp.skops
  bespoke train balance --model mlp --input-bits 4 -o rounded.skops
  bespoke train measurements.csv --target label --model svm -o svm.skops
"""


def _kind(text: str) -> str:
    known = [*KINDS, *ALIASES]
    if text not in known:
        raise click.BadParameter(f"unknown kind of model '{text}'{did_you_mean(text, known)}")
    return text


def _model_file(text: str) -> Path:
    if not text.endswith(".skops"):
        raise click.BadParameter(f"'{text}' does not end in .skops")
    if Path(text).is_dir():
        raise click.BadParameter(f"'{text}' is a folder")
    return Path(text)


@click.command(epilog=EPILOG)
@click.argument("data", metavar="DATA", shell_complete=complete_data)
@click.option(
    "--model",
    "kind",
    type=_kind,
    required=True,
    metavar="KIND",
    help=f"One of {', '.join(KINDS)}.",
    shell_complete=complete_kind,
)
@click.option("--task", type=click.Choice(["classification", "regression"]), help="[default: as the targets say]")
@click.option("--hidden", type=layers, default="4", show_default=True, metavar="N,...", help="MLP: units per layer.")
@training_options
@click.option(
    "--input-bits",
    type=int,
    metavar="B",
    help="Fit the model to inputs rounded as a circuit of B bits an input reads them.  [default: not rounded]",
)
@click.option("--jobs", type=int, default=1, show_default=True, help="Processes of the search.")
@data_options
@split_options
@json_option
@click.option("-o", "--output", type=_model_file, required=True, metavar="FILE.skops", help="File to write.")
def command(data: str, kind: str, output: Path, *, as_json: bool, **options: Any) -> None:  # noqa: ANN401  of click
    """Train a model on the training part of DATA: a name of 'bespoke datasets list' or a CSV file.

    The model is a pipeline that scales the features to [0, 1]. The test part is not looked at.
    """
    from bespoke.data import load_dataset
    from bespoke.frontend import save_model
    from bespoke.training import TrainingOptions, train_model

    chosen = TrainingOptions(
        kind=kind,
        task=options["task"],
        hidden_layer_sizes=options["hidden"],
        **training_settings(options),
        seed=options["seed"],
        jobs=options["jobs"],
        input_bits=options["input_bits"],
    )
    dataset = load_dataset(data, target=options["target"], missing=options["missing"])
    with progress(f"train {kind} on {dataset.name}"):
        trained = train_model(dataset.split(options["test_size"], options["seed"]), chosen)
    save_model(trained.estimator, output)
    if as_json:
        show_json(
            {
                "path": str(output),
                "dataset": dataset.name,
                "kind": trained.kind,
                "task": trained.task,
                "score_name": trained.score_name,
                "train_score": trained.train_score,
                "validation_score": trained.validation_score,
                "parameters": trained.parameters,
                "notes": [*dataset.notes, *trained.notes],
                "seed": options["seed"],
            }
        )
        return
    for remark in (*dataset.notes, *trained.notes):
        note(remark)
    facts = [
        ("model", f"{trained.kind}, {trained.task}"),
        (f"{trained.score_name.replace('r2', 'R2')}, training", f"{trained.train_score:.3f}"),
    ]
    if trained.validation_score is not None:
        facts.append(("cross-validation", f"{trained.validation_score:.3f}"))
    facts += [(name, str(value)) for name, value in trained.parameters.items()]
    show_facts([*facts, ("written", str(output))], title=f"{kind} on {dataset.name}")
