"""Technologies by name, by path, and the user's own."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from bespoke.cells import import_liberty, library_to_json, load_libraries, load_library, read_liberty, technologies
from bespoke.cells.technologies import user_folder
from bespoke.errors import (
    LibertyError,
    OptionError,
    OutputError,
    TechnologyError,
    UnknownTechnologyError,
    VoltageError,
)

SILICON = Path(__file__).with_name("silicon.lib")


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("BESPOKE_TECHNOLOGIES", str(tmp_path / "tech"))
    return tmp_path / "tech"


def other_voltage(tmp_path, vdd):
    file = tmp_path / f"silicon_{vdd}.lib"
    file.write_text(SILICON.read_text().replace("nom_voltage : 1.2", f"nom_voltage : {vdd}"))
    return file


def test_import_and_load(own_folder):
    (path,) = import_liberty(SILICON, "mine")
    assert path == own_folder / "mine" / "1.2V.json"
    library = load_library("mine")
    assert library.name == "mine"
    assert library.cells == read_liberty(SILICON).cells
    assert [info.name for info in technologies()] == ["cnt_tft", "egfet", "mine"]


def test_further_voltages_join_and_the_first_stays_default(tmp_path):
    for vdd in (1.1, 0.9):
        import_liberty(other_voltage(tmp_path, vdd), "mine")
    info = technologies()[-1]
    assert (info.voltages, info.default_vdd) == ((0.9, 1.1), 1.1)
    assert load_library("mine").vdd == 1.1
    assert [library.vdd for library in load_libraries("mine")] == [0.9, 1.1]


def test_area_unit_of_an_import():
    import_liberty(SILICON, "mine", area_unit_mm2=1.0)
    assert load_library("mine")["INV"].area_mm2 == 1.5


def test_a_failed_import_leaves_nothing(own_folder, tmp_path):
    bad = tmp_path / "bad.lib"
    bad.write_text("library (x) {")
    with pytest.raises(LibertyError):
        import_liberty(bad, "mine")
    assert not own_folder.exists()


def test_an_interrupted_write_keeps_the_old_file(monkeypatch):
    (path,) = import_liberty(SILICON, "mine")
    before = path.read_text()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match="cannot be written; got No space left on device"):
        import_liberty(SILICON, "mine", area_unit_mm2=1.0, overwrite=True)
    assert path.read_text() == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["1.2V.json", "technology.json"]


@pytest.mark.parametrize("name", ["", "../x", "Upper", "a b", ".hidden", "a/b"])
def test_bad_names(name):
    with pytest.raises(OptionError, match="bad technology name"):
        import_liberty(SILICON, name)


def test_names_of_built_in_technologies_are_taken():
    with pytest.raises(OptionError, match="belongs to a built-in technology; got egfet"):
        import_liberty(SILICON, "egfet")


def test_load_by_path(tmp_path):
    assert load_library(SILICON).cells == load_library(str(SILICON)).cells == read_liberty(SILICON).cells
    as_json = tmp_path / "silicon.json"
    as_json.write_text(library_to_json(read_liberty(SILICON)))
    assert load_library(as_json) == read_liberty(SILICON)
    assert load_library(SILICON, 1.2).vdd == 1.2
    assert load_libraries(SILICON) == (read_liberty(SILICON),)


def test_unknown_name():
    with pytest.raises(UnknownTechnologyError) as caught:
        load_library("gold")
    assert str(caught.value) == "unknown technology; got gold; allowed: cnt_tft, egfet, or the path of a .lib file"


def test_unknown_voltages():
    with pytest.raises(VoltageError) as caught:
        load_library("cnt_tft", 1.0)
    assert str(caught.value) == (
        "cnt_tft: no figures for this supply voltage; got 1 V; allowed: 2.6 V, 2.8 V, 3 V, 3.2 V, 3.4 V, 3.6 V"
    )
    with pytest.raises(VoltageError, match=r"the file holds another supply voltage; got 1 V; allowed: 1.2 V"):
        load_library(SILICON, 1.0)
    with pytest.raises(VoltageError, match="the file holds another supply voltage"):
        import_liberty(SILICON, "mine", vdd=1.0)


def test_a_file_without_voltage_takes_the_one_asked_for(tmp_path):
    bare = tmp_path / "bare.lib"
    bare.write_text(SILICON.read_text().replace("nom_voltage : 1.2;", "").replace("voltage : 1.2", ""))
    assert load_library(bare, 0.9).vdd == 0.9


@pytest.mark.parametrize("name", ["none.lib", "none.json", "./none"])
def test_missing_files(name, tmp_path):
    with pytest.raises(TechnologyError, match="the file cannot be read"):
        load_library(str(tmp_path / name))


def test_malformed_description():
    (import_liberty(SILICON, "mine")[0].parent / "technology.json").write_text("{}")
    with pytest.raises(TechnologyError, match=r"technology.json: malformed; got KeyError: 'title'"):
        technologies()


def test_a_folder_without_description_is_no_technology():
    (import_liberty(SILICON, "mine")[0].parent / "technology.json").unlink()
    assert [info.name for info in technologies()] == ["cnt_tft", "egfet"]
    with pytest.raises(UnknownTechnologyError):
        load_library("mine")


def test_damaged_and_foreign_files():
    (path,) = import_liberty(SILICON, "mine")
    (path.parent / "1.2.3V.json").write_text("{}")
    assert technologies()[-1].voltages == (1.2,)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(TechnologyError, match=r"1\.2V\.json: the file cannot be read"):
        load_library("mine")


def test_other_functions_do_not_join_a_technology(tmp_path):
    import_liberty(SILICON, "mine")
    other = other_voltage(tmp_path, 0.9)
    other.write_text(other.read_text().replace("D0*!S + D1*S", "D0*S + D1*!S"))
    with pytest.raises(OptionError, match=r"the technology of this name has other cells; got MUX2 at 0.9 and 1.2 V"):
        import_liberty(other, "mine")
    other.write_text(re.sub(r"cell \(", "cell (X", other.read_text()))
    with pytest.raises(OptionError, match=r"other cells; got no cell of the same name at 0.9 and 1.2 V"):
        import_liberty(other, "mine")
    assert load_libraries("mine")[-1].vdd == 1.2


def part(tmp_path, name, vdd=1.2, cells=("NAND2",), area=2.0):
    text = "".join(
        f"cell ({cell}) {{ area : {area}; pin (A) {{ direction : input; }} pin (B) {{ direction : input; }}"
        ' pin (Y) { direction : output; function : "!(A B)"; } }'
        for cell in cells
    )
    text += "cell (D%s) { area : 9; ff (Q, QN) { } }" % name  # noqa: UP031  full of braces
    file = tmp_path / f"{name}.lib"
    file.write_text(f"library ({name}) {{ nom_voltage : {vdd}; {text} }}")
    return file


def test_files_of_one_voltage_are_joined(tmp_path):
    files = [part(tmp_path, "a", cells=("N1", "N2")), part(tmp_path, "b", cells=("N3",)), part(tmp_path, "c", cells=())]
    (path,) = import_liberty(files, "mine")
    library = load_library("mine")
    assert (list(library.cells), list(library.left_out)) == (["N1", "N2", "N3"], ["Da", "Db", "Dc"])
    assert library.source == "a (a.lib) + b (b.lib) + c (c.lib)"
    for file in files:  # one after the other they are the same technology; the second time nothing changes
        import_liberty(file, "second") if file is not files[2] else import_liberty([*files], "second")
        import_liberty(files[0], "second")
    assert load_library("second").cells == library.cells
    assert path.name == "1.2V.json"


def test_corners_and_parts_in_one_call(tmp_path):
    files = [part(tmp_path, f"{name}{vdd}", vdd, (name,)) for vdd in (1.2, 0.9) for name in ("N1", "N2")]
    assert [path.name for path in import_liberty(files, "mine")] == ["1.2V.json", "0.9V.json"]
    assert [list(library.cells) for library in load_libraries("mine")] == [["N1", "N2"]] * 2
    assert technologies()[-1].default_vdd == 1.2


def test_a_second_import_never_replaces_silently(tmp_path):
    import_liberty(part(tmp_path, "a"), "mine")
    before = load_library("mine")
    other = part(tmp_path, "b", area=3.0)
    with pytest.raises(OptionError) as caught:
        import_liberty(other, "mine")
    assert str(caught.value) == (
        "b (b.lib): the technology of this name has other figures of a cell; got NAND2 at 1.2 V; "
        "allowed: another name, or --replace"
    )
    assert load_library("mine") == before
    import_liberty(other, "mine", overwrite=True)
    assert load_library("mine")["NAND2"].area_mm2 == 3e-6
    # What the list and the single technology say is the same.
    assert technologies()[-1].source == load_library("mine").source == "b (b.lib)"


def test_two_corners_of_one_voltage_are_refused(tmp_path):
    files = [part(tmp_path, "slow"), part(tmp_path, "fast", area=3.0)]
    with pytest.raises(
        OptionError, match=r"slow \(slow.lib\) has other figures of a cell; got NAND2 at 1.2 V; .*corner"
    ):
        import_liberty(files, "mine")
    assert not user_folder().exists()


def test_unwanted_cells_stay_unwanted(tmp_path):
    import_liberty(part(tmp_path, "a", cells=("N1", "N2")), "mine", dont_use=["N2"])
    import_liberty(part(tmp_path, "b", cells=("N2", "N3")), "mine")
    assert [cell.name for cell in load_library("mine").usable_cells] == ["N1", "N3"]


def test_files_without_any_usable_cell_are_refused_together(tmp_path):
    with pytest.raises(LibertyError, match=r"a.lib, b.lib: the library has no combinational cell; got Da: sequential"):
        import_liberty([part(tmp_path, "a", cells=()), part(tmp_path, "b", cells=())], "mine")


def test_default_folder_is_that_of_the_platform(monkeypatch):
    monkeypatch.delenv("BESPOKE_TECHNOLOGIES")
    assert user_folder().parts[-2:] == ("bespoke", "technologies")
    assert user_folder().is_absolute()


def test_adders_of_egfet_have_as_many_low_outputs_in_every_state():
    """What the guide says of the static power of modes and cascades."""

    def half(a, b):
        first = 1 - a * b
        sides = 1 - a * first, 1 - b * first
        return [first, *sides, 1 - sides[0] * sides[1]]

    nand = next(cell for name, cell in load_library("egfet").cells.items() if name.startswith("NAND2"))
    assert nand.outputs[0].truth == 0b0111
    *high, low = nand.static_power_uw
    assert 0.02 * low < max(high) < 0.03 * low
    for a, b, c in product((0, 1), repeat=3):
        one = half(a, b)
        two = half(one[3], c)
        assert [*one, *two, 1 - one[0] * two[0]].count(0) == 3
        assert [*one, 1 - one[0]].count(0) == 2
