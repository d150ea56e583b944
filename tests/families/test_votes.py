"""Trees that vote with one bit each, their growth on bits, and features from pairs."""

from __future__ import annotations

import numpy as np
import pytest
from boolean_samples import rows_of, samples

from bespoke.families.bit_growth import grow_on_bits
from bespoke.families.growth import Limits, grow, leaves_of, newton
from bespoke.families.paired import Features, Pair, fringe
from bespoke.families.votes import Votes
from bespoke.flow import compile_model
from bespoke.model import IntArray
from bespoke.netlist import AND, XOR, NetlistBuilder


def wanted(bits: IntArray) -> IntArray:
    """A multiplexer between an exclusive or and a conjunction."""
    return np.where(bits[:, 0], bits[:, 1] ^ bits[:, 2], bits[:, 3] & bits[:, 4])


@pytest.mark.parametrize(("leaves", "depth"), [(2, 64), (5, 64), (9, 64), (9, 0), (9, 1), (9, 3)])
def test_growth_on_bits_is_that_on_words(leaves: int, depth: int) -> None:
    bits = rows_of(7, 400)
    slope = wanted(bits) - 0.4
    limits = Limits(leaves=leaves, least_rows=5, depth=depth)
    size = np.abs(slope)
    statistics = np.stack([slope, size * (1 - size), np.ones_like(slope)], axis=1)
    expected = grow(bits, statistics, newton(1.0), limits, np.zeros((7, 2)))
    found = grow_on_bits(bits.astype(np.uint8), slope, limits, 1.0)
    assert found.feature.tolist() == expected.feature.tolist()
    assert found.right.tolist() == expected.right.tolist()
    assert found.sums == pytest.approx(expected.sums)
    leaf = leaves_of(found, bits)
    assert np.bincount(leaf, minlength=len(found.feature))[found.feature < 0].min() >= 5
    assert np.bincount(leaf, weights=slope, minlength=len(found.feature))[found.feature < 0] == pytest.approx(
        found.sums[found.feature < 0, 0]
    )


def test_growth_ends_where_nothing_is_gained() -> None:
    found = grow_on_bits(np.eye(4, dtype=np.uint8), np.full(4, 0.5), Limits(leaves=4, least_rows=3), 1.0)
    assert found.feature.tolist() == [-1]


def test_pairs_are_columns_and_literals_alike() -> None:
    bits = rows_of(4, 50).astype(np.uint8)
    pairs = (Pair(AND, 0, 3), Pair(XOR, 2, 8), Pair(AND, 9, 11))
    features = Features(bits, 4)
    for pair in (*pairs, pairs[0]):
        features = features.extended((pair,))
    assert features.bits.shape == (50, 7)
    first = bits[:, 0] & (bits[:, 1] ^ 1)
    second = bits[:, 1] ^ first
    assert np.array_equal(features.bits[:, 4:], np.stack([first, second, (first ^ 1) & (second ^ 1)], axis=1))
    builder = NetlistBuilder("pairs")
    inputs = [builder.add_input(f"x{number}", 1).bits[0] for number in range(4)]
    literals = features.literals(builder, inputs)
    assert literals[:4] == inputs
    assert literals[4] == builder.and_(inputs[0], inputs[1] ^ 1)
    assert literals[5] == builder.xor(inputs[1], literals[4])


def test_the_fringe_of_a_tree_has_its_last_two_tests() -> None:
    bits = rows_of(3, 200).astype(np.uint8)
    slope = (bits[:, 0] & bits[:, 1]).astype(np.float64) - 0.25
    tree = grow_on_bits(bits, slope, Limits(leaves=3), 1.0)
    assert Pair(AND, 0, 2) in fringe(tree, tree.sums[:, 0] > 0)
    turned = bits[:, 0] ^ bits[:, 1]
    noisy = np.where(np.arange(200) % 3, turned, bits[:, 0]).astype(np.float64) - 0.5
    tree = grow_on_bits(bits, noisy, Limits(leaves=4), 1.0)
    assert Pair(XOR, 0, 2) in fringe(tree, tree.sums[:, 0] > 0)


@pytest.mark.parametrize("parameters", [(1, 8, 0), (1, 8, 8), (5, 6, 0), (5, 6, 8)])
def test_votes_learn_and_their_circuits_compute_them(parameters: tuple[int, int, int]) -> None:
    bits = rows_of(9, 600)
    targets = wanted(bits)
    settings = dict(zip(("trees", "leaves", "fringe"), parameters, strict=True))
    model = Votes().fit(samples(bits[:400], targets[:400]), settings, np.random.default_rng(0))
    assert np.mean(model.predict(bits[400:]) == targets[400:]) > 0.78
    design = compile_model(model, bits, targets, converters="none")
    found = design.verify(thorough=False, icarus_work=0)
    assert found.agrees
    assert found.formal.status == "proven"


def test_features_from_leaves_make_a_tree_smaller() -> None:
    bits = rows_of(12, 3000)
    targets = (bits[:, :4].sum(axis=1) ^ (bits[:, 5] & bits[:, 6])) & 1
    shares = []
    for rounds in (0, 16):
        settings = {"trees": 1, "leaves": 16, "fringe": rounds}
        model = Votes().fit(samples(bits, targets), settings, np.random.default_rng(0))
        shares.append(np.mean(model.predict(bits) == targets))
    assert shares[1] > shares[0] + 0.1
