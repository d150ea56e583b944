"""Netlists as plain data."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from random_models import random_netlist
from small_netlists import full_adder

from bespoke.errors import NetlistError
from bespoke.netlist import Netlist, NetlistBuilder, netlist_from_json, netlist_to_json


@pytest.mark.parametrize("seed", range(10))
def test_round_trip(seed):
    netlist = random_netlist(np.random.default_rng(seed))
    assert netlist_from_json(json.loads(json.dumps(netlist_to_json(netlist)))) == netlist


def test_signs_constants_and_empty_words_stay():
    builder = NetlistBuilder("ports")
    bits = builder.add_input("a", 2, signed=True).bits
    builder.add_input("b", 0)
    builder.add_output("o", [0, 1, bits[1] ^ 1], signed=True)
    builder.add_output("none", [])
    assert netlist_from_json(netlist_to_json(builder.build())) == builder.build()


def test_gates_stay_as_they_are():
    """Equal, constant and unread gates are not built anew as the builder would build them."""
    adder = full_adder()
    idle = Netlist("idle", adder.inputs, (), (0, 0, 0, 1), (2, 2, 0, 2), (4, 4, 1, 2))
    assert netlist_from_json(netlist_to_json(idle)) == idle


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("gates", 0), [2, 2, 4], r"net 4: not a gate over lower nets; got \(2, 2, 4\)"),
        (("gates", 0), [-1, 2, 4], "not a gate over lower nets"),
        (("gates", 0), [0, 8, 4], "net 4: not a gate over lower nets"),
        (("gates", 0), [0, 2, -2], "net 4: not a gate over lower nets"),
        (("gates", 0), [1, 2, 5], "net 4: complemented fanins of an XOR"),
        (("gates", 0), [0, 2.5, 4], "not a whole number; got 2.5"),
        (("gates", 0), [False, 2, 4], "not a whole number; got False"),
        (("gates", 0), [0, "2", 4], "not a whole number; got '2'"),
        (("outputs", 0, 1), [99], "adder: an output refers to an unknown net"),
        (("outputs", 0, 1), [-1], "adder: an output refers to an unknown net"),
        (("outputs", 0, 1), [1.5], "not a whole number; got 1.5"),
        (("outputs", 0, 2), "yes", "port: signed or not; got yes; allowed: true, false"),
        (("inputs", 0, 1), -1, "port: an impossible width; got -1; allowed: 0 to 65536"),
        (("inputs", 0, 1), 10**12, "port: an impossible width"),
        (("inputs", 0, 1), "1", "not a whole number; got '1'"),
        (("inputs", 0, 2), 0, "port: signed or not; got 0"),
    ],
)
def test_malformed_data_are_refused(path, value, message):
    data = copy.deepcopy(netlist_to_json(full_adder()))
    target = data
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(NetlistError, match=message):
        netlist_from_json(data)


@pytest.mark.parametrize("part", ["name", "inputs", "gates", "outputs"])
def test_missing_parts_are_missing_keys(part):
    data = netlist_to_json(full_adder())
    del data[part]
    with pytest.raises(KeyError, match=part):
        netlist_from_json(data)
