"""Recorded changes as text and plain data."""

from __future__ import annotations

import json

import pytest
from small_netlists import full_adder

from bespoke.errors import NetlistError
from bespoke.netlist import AND, WIRE, XOR, Edit, netlist_digest, rebuild

EDITS = {
    "n5 = 0": Edit(5, 0),
    "n5 = 1": Edit(5, 1),
    "n7 = ~n2": Edit(7, 5),
    "n7 = and n2 ~n3": Edit(7, 4, AND, 7),
    "n8 = xor n1 n6": Edit(8, 2, XOR, 12),
}


@pytest.mark.parametrize("text", EDITS)
def test_text_and_plain_data(text):
    edit = EDITS[text]
    assert str(edit) == text
    assert Edit.from_json(json.loads(json.dumps(edit.to_json()))) == edit


def test_what_an_edit_reads():
    assert Edit(7, 5).kind == WIRE
    assert Edit(7, 5).literals == (5,)
    assert Edit(7, 4, AND, 7).literals == (4, 7)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"net": 5, "gate": "nand", "a": 2, "b": 4}, "edit: unknown kind of gate; got nand; allowed: and, xor"),
        ({"net": 5, "gate": 0, "a": 2, "b": 4}, "edit: unknown kind of gate; got 0"),
        ({"net": 5.5, "literal": 2}, "not a whole number; got 5.5"),
        ({"net": 5, "literal": "2"}, "not a whole number; got '2'"),
        ({"net": True, "literal": 2}, "not a whole number; got True"),
        ({"net": 5, "gate": "and", "a": 2, "b": None}, "not a whole number; got None"),
    ],
)
def test_malformed_data_are_refused(data, message):
    with pytest.raises(NetlistError, match=message):
        Edit.from_json(data)


@pytest.mark.parametrize("data", [{}, {"net": 5}, {"literal": 5}, {"net": 5, "gate": "xor", "a": 2}])
def test_missing_data_are_missing_keys(data):
    with pytest.raises(KeyError):
        Edit.from_json(data)


def test_the_digest_is_of_the_nets_that_edits_name():
    netlist = full_adder()
    assert netlist_digest(netlist) == netlist_digest(full_adder())
    other = rebuild(netlist, output_rule=lambda _builder, _port, bits: [bits[0], bits[1] ^ 1])
    assert netlist_digest(other) != netlist_digest(netlist)
