"""Families that recognise a function in samples: bits of arithmetic, and symmetric functions."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt

import numpy as np
import pytest
from boolean_samples import rows_of, samples

from bespoke.families import FAMILIES
from bespoke.families.arithmetic import Arithmetic, recognised
from bespoke.families.operations import OPERATIONS
from bespoke.families.symmetric import Symmetric
from bespoke.flow import compile_model
from bespoke.model import IntArray

ROWS = 600


def number(bits: IntArray) -> IntArray:
    return bits @ (1 << np.arange(bits.shape[1]))


def signed(words: IntArray, width: int) -> IntArray:
    return words - (words >> width - 1 << width)


HALF = 6
FUNCTIONS = {
    "bit of a sum": lambda a, b: a + b >> 4,
    "carry of a sum": lambda a, b: a + b >> HALF,
    "bit of a difference": lambda a, b: a - b >> 3,
    "comparison": lambda a, b: a < b,
    "other comparison": lambda a, b: a >= b,
    "comparison of signed words": lambda a, b: signed(a, HALF) < signed(b, HALF),
    "bit of a product": lambda a, b: a * b >> 5,
    "high bit of a product": lambda a, b: a * b >> 9,
    "bit of a quotient": lambda a, b: np.where(b, a // np.maximum(b, 1), -1),
    "higher bit of a quotient": lambda a, b: np.where(b, a // np.maximum(b, 1), -1) >> 1,
    "bit of a remainder": lambda a, b: np.where(b, a % np.maximum(b, 1), a),
    "higher bit of a remainder": lambda a, b: np.where(b, a % np.maximum(b, 1), a) >> 2,
    "bit of a square root": lambda a, b: np.array([isqrt(n) for n in (a + (b << HALF)).tolist()]),
    "higher bit of a square root": lambda a, b: np.array([isqrt(n) for n in (a + (b << HALF)).tolist()]) >> 2,
}
ORDERS = {
    "in a row": np.arange(2 * HALF),
    "most significant first": np.r_[HALF - 1 : -1 : -1, 2 * HALF - 1 : HALF - 1 : -1],
    "in turn": np.arange(2 * HALF).reshape(2, HALF).T.ravel(),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_bits_of_arithmetic_are_recognised_and_exact_on_other_rows(name: str) -> None:
    bits = rows_of(2 * HALF, ROWS)
    targets = np.asarray(FUNCTIONS[name](number(bits[:, :HALF]), number(bits[:, HALF:]))).astype(np.int64) & 1
    seen = samples(bits[: ROWS // 2], targets[: ROWS // 2])
    family = Arithmetic()
    assert family.suits(seen)
    model = family.fit(seen, {"kept": 1024}, np.random.default_rng(0))
    assert np.array_equal(model.predict(bits), targets)


@pytest.mark.parametrize("name", ORDERS)
def test_words_stand_in_some_order(name: str) -> None:
    bits = rows_of(2 * HALF, ROWS)
    targets = number(bits[:, :HALF]) + number(bits[:, HALF:]) >> HALF & 1
    found = recognised(bits[:, ORDERS[name]], targets)
    assert found is not None
    assert found.operation.name == "sum"
    assert found.bit == HALF


def test_a_few_wrong_rows_are_borne_and_many_are_not() -> None:
    bits = rows_of(2 * HALF, ROWS)
    targets = (number(bits[:, :HALF]) < number(bits[:, HALF:])).astype(np.int64)
    noisy = targets ^ (np.arange(ROWS) % 50 == 0)
    found = recognised(bits, noisy)
    assert found is not None
    assert found.operation.name == "less"
    assert recognised(bits, targets ^ (np.arange(ROWS) % 10 == 0)) is None


@pytest.mark.slow
def test_few_bits_of_the_words_make_small_circuits_that_are_nearly_right() -> None:
    bits = rows_of(40, ROWS)
    targets = number(bits[:, :20]) + number(bits[:, 20:]) >> 20 & 1
    seen, shares, sizes = samples(bits, targets), [], []
    for parameters in Arithmetic().candidates():
        model = Arithmetic().fit(seen, parameters, np.random.default_rng(0))
        shares.append(float((model.predict(bits) == targets).mean()))
        sizes.append(model.stages[0].netlist.gate_count)
    assert shares[0] > 0.7
    assert sizes == sorted(sizes)
    assert sizes[0] < 10
    assert shares[-1] == 1.0


def test_nothing_is_recognised_in_other_functions() -> None:
    bits = rows_of(2 * HALF, ROWS)
    chance = np.random.default_rng(1).integers(2, size=ROWS)
    assert not Arithmetic().suits(samples(bits, chance))
    assert recognised(rows_of(7, ROWS), np.random.default_rng(1).integers(2, size=ROWS)) is None
    model = Arithmetic().fit(samples(bits, chance), {"kept": 4}, np.random.default_rng(0))
    assert set(model.predict(bits).tolist()) == {int(chance.mean() > 0.5)}


@pytest.mark.slow
def test_circuits_that_are_too_large_to_be_of_use_are_not_built() -> None:
    bits = rows_of(300, 400)
    targets = [isqrt(sum(int(bit) << place for place, bit in enumerate(row))) & 1 for row in bits]
    rows = samples(bits, np.array(targets))
    assert Arithmetic().suits(rows)
    assert Arithmetic().fit(rows, {"kept": 1024}, np.random.default_rng(0)).stages[0].netlist.gate_count == 0


def test_nothing_is_recognised_in_a_class_of_few_rows() -> None:
    bits = rows_of(2 * HALF, ROWS)
    rare = np.zeros(ROWS, dtype=np.int64)
    assert recognised(bits, rare) is None
    for count in (1, 6, 12):
        assert recognised(bits, (np.arange(ROWS) % (ROWS // count) == 0).astype(np.int64)) is None
    product = (number(bits[:, :HALF]) * number(bits[:, HALF:]) >= 63 * 55).astype(np.int64)
    assert 0 < product.mean() < 0.03
    assert recognised(bits, product) is None


@pytest.mark.slow
def test_a_rare_class_is_recognised_where_its_rows_agree() -> None:
    bits = rows_of(2 * HALF, 4000)
    bits[::50, HALF:] = bits[::50, :HALF]
    equal = (bits[:, :HALF] == bits[:, HALF:]).all(axis=1).astype(np.int64)
    assert equal.mean() < 0.04
    found = recognised(bits, equal)
    assert found is not None
    assert found.operation.name == "equal"


@pytest.mark.parametrize("rows", [1, 5, 8, 16, 31])
def test_nothing_is_recognised_in_few_rows(rows: int) -> None:
    for seed in range(10):
        random = np.random.default_rng(seed)
        assert recognised(random.integers(2, size=(rows, 8)), random.integers(2, size=rows)) is None


@pytest.mark.parametrize(("name", "count"), [("square root", 1), ("remainder", 1), ("less", 4)])
def test_forms_that_are_the_same_are_tried_once(name: str, count: int) -> None:
    operation = next(each for each in OPERATIONS if each.name == name)
    bits = rows_of(10, ROWS)
    width = 10 // operation.words
    words = [number(part).tolist() for part in np.split(bits, operation.words, axis=1)]
    bit = 1 if name == "remainder" else 0
    targets = np.array([operation.value(*row, width) >> bit & 1 for row in zip(*words, strict=True)])
    learning = samples(bits, targets)
    different = list(Arithmetic().candidates_for(learning))
    assert len(different) == count
    whole = Arithmetic().fit(learning, different[0], np.random.default_rng(0))
    assert (whole.predict(learning.words) == learning.targets).all()


def test_words_of_several_bits_are_no_samples_of_a_boolean_function() -> None:
    plain = samples(rows_of(4, ROWS), rows_of(4, ROWS)[:, 0])
    wide = replace(plain, coding=replace(plain.coding, bits=(1, 1, 2, 1)))
    for family in (Arithmetic(), Symmetric()):
        assert not family.suits(wide)


SYMMETRIC = {
    "parity": lambda bits: bits.sum(axis=1) & 1,
    "threshold": lambda bits: bits.sum(axis=1) >= 3,
    "some counts": lambda bits: np.isin(bits.sum(axis=1), (1, 2, 5)),
}


@pytest.mark.parametrize("name", SYMMETRIC)
def test_symmetric_functions_are_recognised(name: str) -> None:
    bits = rows_of(8, ROWS)
    targets = np.asarray(SYMMETRIC[name](bits)).astype(np.int64)
    model = Symmetric().fit(
        samples(bits[:300], targets[:300]), {"related": False, "inverted": False}, np.random.default_rng(0)
    )
    assert np.array_equal(model.predict(bits), targets)


def test_a_parity_takes_exclusive_ors_alone_though_no_row_is_all_ones() -> None:
    bits = rows_of(16, ROWS)
    assert bits.sum(axis=1).max() < 16
    settings = {"related": False, "inverted": False}
    model = Symmetric().fit(samples(bits, bits.sum(axis=1) & 1), settings, np.random.default_rng(0))
    netlist = model.stages[0].netlist
    assert len(netlist.live_nets()) <= 16 + 15 + 1
    assert model.predict(np.ones((1, 16), dtype=np.int64)).tolist() == [0]


def test_a_vote_of_some_inputs_some_of_them_inverted() -> None:
    bits = rows_of(9, ROWS)
    targets = ((bits[:, :5] ^ [0, 1, 0, 0, 1]).sum(axis=1) > 2).astype(np.int64)
    model = Symmetric().fit(samples(bits, targets), {"related": True, "inverted": True}, np.random.default_rng(0))
    assert np.array_equal(model.predict(bits), targets)
    assert all(number < 5 for number, levels in enumerate(model.stages[0].read_levels(model.ranges[0])) if levels)


@pytest.mark.slow_unless("sum")
@pytest.mark.parametrize("name", [operation.name for operation in OPERATIONS])
def test_what_is_recognised_is_proven(name: str) -> None:
    operation = next(each for each in OPERATIONS if each.name == name)
    bits = rows_of(10, ROWS)
    width = 10 // operation.words
    words = [number(part).tolist() for part in np.split(bits, operation.words, axis=1)]
    targets = np.array([operation.value(*row, width) & 1 for row in zip(*words, strict=True)])
    model = Arithmetic().fit(samples(bits, targets), {"kept": 1024}, np.random.default_rng(0))
    assert np.array_equal(model.predict(bits), targets)
    found = compile_model(model, bits, targets).verify(thorough=False, icarus_work=0)
    assert found.agrees
    assert found.formal.status == "proven"


def test_recognition_comes_first() -> None:
    first = [name for name, family in FAMILIES.items() if family.is_first]
    assert first == ["arithmetic", "symmetric", "evolved", "votes"]
