"""Pages, lists and kinds of the folders of designs; how folders are written stands in `tests/files/test_folders.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bespoke.errors import OutputError
from bespoke.files import check_folder, write_folder
from bespoke.report import DESIGN_KIND, FRONT_KIND
from bespoke.report.folder import read_front


def test_a_front_takes_the_place_of_a_design_but_not_the_other_way_round(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", {"netlist.v": "1"}, DESIGN_KIND)
    write_folder(tmp_path / "out", {"netlist.v": "2", "search.json": "hours", "front/1/netlist.v": "3"}, FRONT_KIND)
    for force in (False, True):
        check_folder(tmp_path / "out", FRONT_KIND, force=force)
    with pytest.raises(OutputError, match="holds a front of circuits, of which a compiled design would take the place"):
        write_folder(tmp_path / "out", {"netlist.v": "4"}, DESIGN_KIND)
    assert (tmp_path / "out" / "search.json").read_text() == "hours"
    assert (tmp_path / "out" / "front" / "1" / "netlist.v").read_text() == "3"


@pytest.mark.parametrize("text", ["[" * 100_000, "{}", "no", '{"format": "bespoke-front"}'])
def test_a_bad_front_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "front.json").write_text(text)
    with pytest.raises(OutputError, match=r"front\.json"):
        read_front(tmp_path / "front.json")
