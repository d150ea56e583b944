"""``bespoke datasets``: the catalogue."""

from __future__ import annotations

from pathlib import Path

import click

from bespoke.cli.commands import Subcommands
from bespoke.cli.console import note, progress, show_facts, show_json, show_table
from bespoke.cli.names import complete_dataset
from bespoke.cli.options import FOLDER, JSON, option

# What is shown of a data set, and the attributes of other names.
_SHOWN = (
    "name", "title", "task", "target", "rows", "features", "copy", "missing", "uci_id", "url", "doi", "licence",
    "citation",
)  # fmt: skip
_NAMED = {"features": "kept_features", "copy": "provision"}
FETCH = [
    click.Argument(["names"], nargs=-1, required=True, metavar="NAME...", shell_complete=complete_dataset),
    option("--retries", "Further attempts.", click.IntRange(0, 20), default=3),
    option("--timeout", "Wait at each step, in s.", float, "S", default=30.0),
    option("--folder", "[default: $BESPOKE_DATASETS or datasets/]", FOLDER),
    JSON,
]


@click.group(cls=Subcommands)
def command() -> None:
    """List, show and fetch the data sets of the catalogue.

    Examples
    --------
    bespoke datasets list
    bespoke datasets show redwine
    bespoke datasets fetch redwine cardio
    """


@command.command("list", params=[JSON])
def list_datasets(*, as_json: bool) -> None:
    """List the data sets that can be named.

    Examples
    --------
    bespoke datasets list
    bespoke datasets list --json
    """
    from bespoke.data import catalogue, datasets_folder

    folder = datasets_folder()
    rows = [
        {
            "name": entry.name,
            "rows": entry.rows,
            "features": len(entry.kept_features),
            "task": entry.task,
            "copy": "fetched" if (folder / f"{entry.name}.csv").is_file() else entry.provision,
            "title": entry.title,
        }
        for entry in catalogue().values()
    ]
    if as_json:
        show_json(rows)
        return
    columns = ["Name", ">Rows", ">Features", "Task", "Copy", "Title"]
    show_table(columns, [[str(value) if value != 0 else "-" for value in row.values()] for row in rows])
    note(f"'download': get a copy with 'bespoke datasets fetch NAME' (into {folder}/) or put NAME.csv there yourself")


@command.command("show", params=[click.Argument(["name"], shell_complete=complete_dataset), JSON])
def show_dataset(name: str, *, as_json: bool) -> None:
    """Show where a data set comes from, its columns, licence and citation.

    Examples
    --------
    bespoke datasets show redwine
    """
    from bespoke.data import find_entry

    entry = find_entry(name)
    facts = {name: getattr(entry, _NAMED.get(name, name)) for name in _SHOWN}
    if as_json:
        show_json(facts)
        return
    shown = {**facts, "features": ", ".join(entry.kept_features) or "named in the download"}
    show_facts([(key.replace("_", " "), str(value)) for key, value in shown.items() if value], title=entry.name)


@command.command("fetch", params=FETCH)
def fetch(names: tuple[str, ...], folder: Path | None, retries: int, timeout: float, *, as_json: bool) -> None:
    """Download data sets from the UCI repository into the folder of data sets.

    Examples
    --------
    bespoke datasets fetch redwine
    bespoke datasets fetch redwine cardio --folder data --retries 5
    """
    from bespoke.data import FetchOptions, datasets_folder, fetch_dataset, find_entry

    options = FetchOptions(retries=retries, timeout_s=timeout)
    for name in names:
        find_entry(name)
    written = []
    for name in names:
        with progress(f"fetch {name}") as stage:
            result = fetch_dataset(
                name,
                folder or datasets_folder(),
                progress=lambda done, total: stage(f"{done / 1e6:.1f} of {(total or 0) / 1e6:.1f} MB"),
                options=options,
            )
        written.append({"name": name, "path": str(result.path), "url": result.url, "sha256": result.sha256})
        if not as_json:
            click.echo(f"{name}: {len(result.dataset.targets):,} rows, {result.path}")
    if as_json:
        show_json(written)
