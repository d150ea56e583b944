"""The built-in technologies against the published Liberty files, and against the figures in the design."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from bespoke.cells import check_complete, import_liberty, load_libraries, load_library, read_liberty, technologies

PUBLISHED = {"egfet": 8, "cnt_tft": 6}


def published_files(shared, technology):
    files = sorted((shared / "pdk" / technology).glob("*.lib"))
    if not files:
        pytest.skip("no Liberty files in ../shared/pdk")
    return files


@pytest.mark.slow
@pytest.mark.parametrize("technology", PUBLISHED)
def test_data_files_are_what_the_reader_makes_of_the_published_files(shared, technology):
    read = [replace(read_liberty(path), name=technology) for path in published_files(shared, technology)]
    assert tuple(read) == load_libraries(technology)


@pytest.mark.slow
@pytest.mark.parametrize("technology", PUBLISHED)
def test_import_of_a_published_file(shared, technology, tmp_path, monkeypatch):
    monkeypatch.setenv("BESPOKE_TECHNOLOGIES", str(tmp_path))
    path = published_files(shared, technology)[0]
    import_liberty(path, "mine")
    assert load_library("mine").cells == load_library(technology, load_library("mine").vdd).cells


@pytest.mark.parametrize("technology", PUBLISHED)
def test_every_voltage_is_complete(technology):
    libraries = load_libraries(technology)
    assert len(libraries) == PUBLISHED[technology]
    for library in libraries:
        check_complete(library)
        assert set(library.left_out.values()) == {
            "sequential (ff)",
            "sequential (latch)",
            "timing from Q_bar, which is no input pin (feedback)",
            "tri-state output Y",
        }


def test_descriptions():
    found = {info.name: info for info in technologies()}
    assert found["egfet"].voltages == (0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0)
    assert found["egfet"].default_vdd == 1.0
    assert found["cnt_tft"].voltages == (2.6, 2.8, 3.0, 3.2, 3.4, 3.6)
    assert found["cnt_tft"].default_vdd == 3.0
    assert all("PDK" in info.source or "library" in info.source for info in found.values())


@pytest.mark.parametrize(
    ("cell", "area_mm2", "truth", "static_uw"),
    [
        ("INVX1", 0.22842, 0b01, (0.491103, 19.2838)),
        ("NAND2X1", 0.24786, 0b0111, (0.248054, 0.391073, 0.490604, 18.5691)),
        ("NOR2X1", 0.39950, 0b0001, (0.958699, 19.2842, 19.2842, 19.6401)),
        ("AND2X1", 0.43350, 0b1000, (19.5131, 19.6449, 19.7365, 19.0738)),
        ("OR2X1", 0.56353, 0b1110, (20.1653, 19.7794, 19.7794, 20.1329)),
        ("XOR2X1", 1.04280, 0b0110, (19.6254, 19.9239, 19.7976, 37.9733)),
        ("XNOR2X1", 1.347557, 0b1001, (20.1312, 39.1688, 39.0512, 38.4791)),
    ],
)
def test_egfet_at_one_volt(cell, area_mm2, truth, static_uw):
    found = load_library("egfet")[cell]
    assert (found.area_mm2, found.outputs[0].truth, found.static_power_uw) == (area_mm2, truth, static_uw)


@pytest.mark.slow
def test_egfet_areas_are_equal_at_all_voltages():
    areas = [{name: cell.area_mm2 for name, cell in library.cells.items()} for library in load_libraries("egfet")]
    assert all(area == areas[0] for area in areas)


def test_energy_from_the_supply_balances_the_ground_current():
    """Rise and fall together draw from the supply what they send to ground: 36.81 and 36.72 nJ (NAND2X1, A1)."""
    energy = load_library("egfet")["NAND2X1"].outputs[0].energies[0]
    assert energy.rise.values[0][0] + energy.fall.values[0][0] == pytest.approx(1.02022 + 35.7007, rel=0.003)


@pytest.mark.slow
def test_loading_is_fast():
    from time import perf_counter

    load_library("egfet")
    gc.collect()
    times = []
    for _ in range(5):
        start = perf_counter()
        load_library("egfet")
        times.append(perf_counter() - start)
    assert min(times) < 0.05
