"""``bespoke export``: a compiled design in the formats of other tools."""

from __future__ import annotations

from pathlib import Path

import click

from bespoke.cli.commands import Documented
from bespoke.cli.console import note, progress, show_facts, show_json
from bespoke.cli.names import complete_format_list
from bespoke.cli.options import JSON, PATH, option

OPTIONS = [
    click.Argument(["folder"], type=PATH),
    option(
        "--format formats",
        "Formats; may be given several times.",
        None,
        "NAME,...",
        complete_format_list,
        multiple=True,
        required=True,
    ),
    option(
        "--stimuli",
        "Input words of the SAIF as CSV, one column per input port.  [default: those of the design]",
        PATH,
        "FILE",
    ),
    option("-o --output", "Folder, or file of a single-file format.", PATH, required=True),
    JSON,
]


@click.command(cls=Documented, params=OPTIONS)
def command(folder: Path, *, formats: tuple[str, ...], stimuli: Path | None, output: Path, as_json: bool) -> None:
    """Write the circuit in FOLDER, which 'bespoke compile' wrote, in the formats of other tools.

    Formats
    -------
    blif, blif-logic   BLIF of cells (.gate) or of truth tables (.names)
    aig, aag           AIGER, binary or ASCII
    json               netlist of Yosys and netlistsvg
    dot, svg           graph for Graphviz; drawing of a circuit of at most 400 cells
    spice              subcircuit of cells, and empty subcircuits for the cells
    sdc, liberty       constraints; the cell library
    saif               switching activity under the design's stimuli
    synthesis          scripts for Design Compiler and Yosys, with all that they read
    all                everything but the drawing of a larger circuit

    Examples
    --------
    bespoke export out/redwine --format all -o out/redwine_export
    bespoke export out/redwine --format blif,json --format saif -o out/redwine_export
    bespoke export out/redwine --format svg -o redwine.svg
    """
    from bespoke.files import write_files
    from bespoke.flow import export_folder, read_folder

    names = tuple(name.strip() for given in formats for name in given.split(","))
    with progress("export"):
        contents = export_folder(folder, names, stimuli=stimuli)
        written = {_path(output, name, alone=len(contents) == 1): content for name, content in contents.items()}
        write_files(written)
    note(*read_folder(folder).changes)
    if "all" in names and "netlist.svg" not in contents:
        note("no drawing: the circuit is too large for one")
    if as_json:
        show_json({"folder": str(folder), "files": [str(path) for path in written]})
        return
    sizes = [(str(path), f"{len(content):,} bytes") for path, content in written.items()]
    show_facts(sizes, title=f"{folder}: exported")


def _path(target: Path, name: str, *, alone: bool) -> Path:
    """Where a file goes: into the folder ``target``, or there where it is the only file and has that suffix."""
    is_file = alone and target.suffix == Path(name).suffix and not target.is_dir()
    return target if is_file else target / name
