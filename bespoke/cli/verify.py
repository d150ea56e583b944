"""``bespoke verify``: whether the files of a compiled design all have one function."""

from __future__ import annotations

from pathlib import Path

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import progress, show_facts, show_json
from bespoke.cli.options import FORMAL, JSON, PATH, VERIFY_SECONDS


@click.command(cls=Documented, params=[click.Argument(["folder"], type=PATH), FORMAL, VERIFY_SECONDS, JSON])
@click.pass_context
def command(context: click.Context, folder: Path, *, formal: bool, verify_seconds: float | None, as_json: bool) -> None:
    """Check that the files in FOLDER all have one function.

    model.json, netlist.v (simulated here and by Icarus Verilog) and rtl.v (by Icarus Verilog) are compared on the
    stored vectors, on corner and random vectors, and on every input where there are at most 16 input bits; then
    the netlist is proven equal to the model. What manifest.json, report.json, report.html, testbench.v, stimuli.csv and
    library.json state is found anew.

    Examples
    --------
    bespoke verify out/redwine
    bespoke verify out/redwine --no-formal --json

    Exit code: 0 if nothing was refuted, 1 if two executors disagree or a file states what is not so, 2 if the folder
    cannot be read.
    """
    from bespoke.flow import verify_folder
    from bespoke.report import verification_facts, with_page

    with progress("verify") as stage:
        found = with_page(verify_folder(folder, formal=formal, seconds=verify_seconds, on_stage=stage), folder)
    data = found.to_json()
    if as_json:
        show_json(data)
    else:
        show_facts(verification_facts(data), title=str(folder))
    if not found.agrees:
        if not as_json:
            what = "the executors disagree" if found.counterexample or not found.differences else found.differences[0]
            click.echo(f"bespoke: error: {folder}: {what}", err=True)
        context.exit(1)
