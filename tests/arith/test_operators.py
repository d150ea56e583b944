"""Operators: integers, gates and errors agree."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from bespoke.arith.operators import (
    FAMILIES,
    Adder,
    ErrorTolerantAdder,
    GearAdder,
    LowerPartOrAdder,
    MirrorAdder,
    Operator,
    QuadAdder,
    SegmentedAdder,
    TruncatedAdder,
    convolved_figures,
    enumerated_figures,
    error_distribution,
    make_operator,
)
from bespoke.cells import GateCosts, load_library
from bespoke.errors import OptionError
from bespoke.numeric import ErrorFigures, figures_of_distribution
from bespoke.sim import every_input, random_inputs, simulate

COSTS = GateCosts.of(load_library("egfet", None))


def adders(width: int) -> list[Adder]:
    lows = sorted({0, 1, 2, width // 2, width - 1, width})
    found: list[Adder] = [kind(width, low) for kind in (LowerPartOrAdder, ErrorTolerantAdder) for low in lows]
    found += [TruncatedAdder(width, low, fill) for low in lows for fill in sorted({0, (1 << low) // 2})]
    found += [MirrorAdder(width, low, cell) for low in lows for cell in range(1, 6)]
    found += [SegmentedAdder(width, block) for block in range(1, width + 1)]
    found += [GearAdder(width, r, p) for r, p in product(range(1, width + 1), range(width)) if r + p <= width]
    blocks = (1, 2, width - 3)
    return [*found, QuadAdder(width, blocks, (0, 1, 2)), QuadAdder(width, blocks[::-1], (0, 0, width - 1))]


def others() -> list[Operator]:
    counts = [make_operator("popcount", {"width": width}) for width in range(1, 10)]
    greater = [make_operator("popcount_greater", {"width": x, "other": y}) for x, y in ((1, 1), (3, 4), (5, 2), (5, 5))]
    given = [(6, 2, 0, 1), (7, 1, 2, 2), (10, 0, 3, 1), (4, 0, 0, 0), (3, 1, 0, 3), (5, 0, 5, 2)]
    names = ("width", "majorities", "ignored", "plus")
    inexact = [make_operator("majority_popcount", dict(zip(names, each, strict=True))) for each in given]
    compared = [make_operator("truncated_greater", {"width": 4, "low": low}) for low in (0, 1, 4)]
    winners = [
        make_operator("truncated_argmax", {"width": width, "count": count, "low": low})
        for width, count, low in ((3, 2, 0), (3, 4, 1), (2, 5, 1), (3, 3, 3))
    ]
    return [*counts, *greater, *inexact, *compared, *winners, *products()]


def products() -> list[Operator]:
    found: list[Operator] = []
    for width, constant in ((4, 93), (3, 1), (5, 127), (4, 64), (2, 11)):
        own: dict[str, int | tuple[int, ...]] = {"width": width, "constant": constant}
        found.append(make_operator("logarithmic_product", own))
        found += [make_operator("drum_product", own | {"kept": kept}) for kept in range(1, width + 1)]
        found += [make_operator("truncated_product", own | {"low": low}) for low in range(width)]
        found += [make_operator("perforated_product", own | {"digits": 1})]
        found += [make_operator("alphabet_product", own | {"alphabet": letters}) for letters in ((1, 3), (1, 5, 7))]
    return [*found, make_operator("truncated_product", {"low": 3, "fill": 5})]


def from_distribution(adder: Adder) -> ErrorFigures:
    found = error_distribution(adder)
    assert found is not None
    return figures_of_distribution(*(part.tolist() for part in found), "convolution")


@pytest.mark.parametrize("operator", [*adders(4), *adders(5), *others()], ids=repr)
def test_gates_compute_what_the_integers_say(operator: Operator) -> None:
    words = every_input(tuple(bits for _, bits in operator.inputs))
    expected = operator.apply(words)
    assert simulate(operator.netlist(COSTS), words)[:, 0].tolist() == expected.tolist()
    assert expected.min() >= 0
    assert expected.max() < 1 << operator.output_bits


@pytest.mark.parametrize("family", ["truncated_greater", "truncated_argmax"])
def test_the_widest_words_are_compared_right(family: str) -> None:
    operator = make_operator(family, {"width": 60, "low": 57})
    words = random_inputs((60,) * len(operator.inputs), 200, seed=1)
    assert simulate(operator.netlist(COSTS), words)[:, 0].tolist() == operator.apply(words).tolist()
    assert not np.array_equal(operator.apply(words), operator.exact(words))


@pytest.mark.parametrize("adder", [*adders(4), *adders(7)], ids=repr)
def test_convolution_equals_enumeration(adder: Adder) -> None:
    every, convolved, whole = enumerated_figures(adder), convolved_figures(adder), from_distribution(adder)
    assert every.relative is not None
    assert convolved.relative is not None
    assert convolved.relative == pytest.approx(every.relative, rel=1e-12)
    assert replace(convolved, relative=None, method="exhaustive") == replace(every, relative=None)
    assert whole == replace(convolved, relative=None)


@pytest.mark.slow
@pytest.mark.parametrize("family", [name for name, kind in FAMILIES.items() if issubclass(kind, Adder)])
def test_wide_words_by_two_ways_and_by_samples(family: str) -> None:
    width = 20
    given: dict[str, int | tuple[int, ...]] = {"width": width}
    adder = make_operator(family, given | ({"blocks": (8, 6, 6), "previous": (0, 3, 2)} if family == "quad" else {}))
    assert isinstance(adder, Adder)
    figures = convolved_figures(adder)
    assert from_distribution(adder) == replace(figures, relative=None)
    words = random_inputs((width, width), 20_000, seed=1)
    error = adder.apply(words) - adder.exact(words)
    assert figures.lowest <= error.min()
    assert error.max() <= figures.highest
    deviation = float(figures.rms) / np.sqrt(len(words))
    assert abs(error.mean() - float(figures.mean)) <= 5 * deviation
    assert abs(np.abs(error).mean() - float(figures.mean_absolute)) <= 5 * deviation


@pytest.mark.slow
def test_known_figures() -> None:
    loa = enumerated_figures(LowerPartOrAdder(8, 1))
    # One low bit: OR and carry AND; only 1 + 1 is wrong: it gives 3.
    assert (loa.error_rate, loa.mean, loa.worst) == (Fraction(1, 4), Fraction(1, 4), 1)
    gear = enumerated_figures(GearAdder(8, 4, 0))
    # Two halves without a carry between them.
    assert (gear.error_rate, gear.worst, gear.mean) == (Fraction(120, 256), 16, Fraction(-16 * 120, 256))
    assert enumerated_figures(SegmentedAdder(8, 4)).worst == 0
    eta = enumerated_figures(SegmentedAdder(12, 4))
    # The top block sees 7 of 8 bits below: a carry from the lowest block goes astray where the middle one hands it on.
    assert eta.error_rate == Fraction(120, 256) / 16


@pytest.mark.parametrize(
    ("family", "parameters", "x", "result"),
    [
        ("logarithmic_product", {"constant": 6}, 6, 32),  # 2**2 1.5 * 2**2 1.5: fractions 1, 2**5 * 1
        ("logarithmic_product", {"constant": 5}, 5, 24),  # 2**4 (1 + 1/4 + 1/4)
        ("drum_product", {"constant": 3, "kept": 2}, 12, 36),  # 1100 stays 11 << 2
        ("drum_product", {"constant": 3, "kept": 2}, 9, 36),  # 1001 becomes 11 << 2
        ("truncated_product", {"constant": 5, "low": 2}, 7, 32),  # 7 becomes 4, 28 stays
        ("perforated_product", {"constant": 93, "digits": 1}, 2, 256),  # 93 = 128 - 32 - 4 + 1
        ("perforated_product", {"constant": 93, "digits": 2}, 2, 192),
        ("alphabet_product", {"constant": 0x5B}, 1, 0x4C),  # 5 becomes 4, 11 becomes 12
    ],
)
def test_products_by_hand(family: str, parameters: dict[str, int | tuple[int, ...]], x: int, result: int) -> None:
    operator = make_operator(family, parameters)
    assert operator.apply(np.array([[x]])).tolist() == [result]


def test_figures_of_a_popcount_by_hand() -> None:
    # Three inputs left out are binomial: 0 to 3 ones with 1, 3, 3, 1 of 8, against the constant 1.
    figures = enumerated_figures(make_operator("majority_popcount", {"width": 10, "majorities": 0, "ignored": 3}))
    assert (figures.worst, figures.mean_absolute, figures.error_rate) == (2, Fraction(3, 4), Fraction(5, 8))


def test_bad_parameters_are_told() -> None:
    for family, parameters, wrong in (
        ("loa", {"width": 4, "low": 5}, "low: out of range; got 5; allowed: 0 to 4"),
        ("loa", {"high": 5}, "loa: unknown parameter; got high; allowed: width, low"),
        ("loas", {}, "unknown family of operators; got loas"),
        ("quad", {"width": 4, "blocks": (2, 3)}, "blocks: blocks do not fill the width"),
        ("quad", {"width": 4, "blocks": 4}, "quad: blocks: wrong kind of value"),
        ("ama", {"cell": 6}, "cell: out of range; got 6; allowed: 1 to 5"),
    ):
        with pytest.raises(OptionError) as found:
            make_operator(family, parameters)
        assert str(found.value).startswith(wrong)
