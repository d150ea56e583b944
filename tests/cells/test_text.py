"""Cell libraries as JSON text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bespoke.cells import library_from_json, library_to_json, load_library, read_liberty
from bespoke.errors import LibraryError

SILICON = Path(__file__).with_name("silicon.lib")


@pytest.mark.parametrize("library", [read_liberty(SILICON), load_library("egfet"), load_library("cnt_tft")])
def test_round_trip(library):
    text = library_to_json(library)
    assert library_from_json(text) == library
    assert library_to_json(library_from_json(text)) == text


def edited(change):
    data = json.loads(library_to_json(load_library("egfet")))
    change(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "x.json: not JSON"),
        ("[" * 100_000, "x.json: not JSON"),
        ("[]", "x.json: not a cell library"),
        ('{"format": "other"}', "x.json: not a cell library"),
        (edited(lambda d: d.update(version=9)), "x.json: unknown version; got 9; allowed: 1"),
        (edited(lambda d: d.pop("cells")), "x.json: malformed; got KeyError: 'cells'"),
        (edited(lambda d: d["cells"]["INVX1"]["static_power"].pop()), "INVX1 has 1 inputs and 1 figures"),
        (edited(lambda d: d["axes"][0][0].pop()), "a table does not fit its axes"),
        (edited(lambda d: d["axes"].pop()), "x.json: malformed; got IndexError"),
        (edited(lambda d: d["cells"]["INVX1"].update(area="big")), "x.json: malformed; got ValueError"),
    ],
)
def test_malformed(text, message):
    with pytest.raises(LibraryError) as caught:
        library_from_json(text, where="x.json")
    assert message in str(caught.value)
