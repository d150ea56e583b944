"""Change one gate or one wire at random and see whether the proof chain notices.

    python benchmarks/sabotage.py --count 200 --seed 0

Half of the changes go to the lowered netlist, half to the mapped one. A change that leaves the function as it was
(shown by SAT against the sound netlist) is counted apart and another is made in its place; every other one must be
refuted with a counterexample.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from reference import SUM_SETTINGS

from bespoke.cells import GateCosts, load_library
from bespoke.cells.library import CellLibrary
from bespoke.data import load_dataset
from bespoke.frontend import QuantisationOptions, quantise_estimator, read_model
from bespoke.lowering import Lowered, lower
from bespoke.model import IntegerModel
from bespoke.netlist import Instance, MappedNetlist, Netlist, NetlistBuilder
from bespoke.opt import optimise
from bespoke.proof import prove_lowered, prove_mapped
from bespoke.proof.cec import check_false
from bespoke.proof.circuit import Circuit, Reader
from bespoke.proof.converters import add_features, converted
from bespoke.proof.expand import expand
from bespoke.proof.word import input_words
from bespoke.techmap import map_cheapest

SHARED = Path(__file__).resolve().parents[2] / "shared"
DATA = {"RedWine": "redwine", "WhiteWine": "whitewine", "Cardio": "cardio", "Balance_Scale": "balance"}
PROVE_S = 60.0


class Subject(NamedTuple):
    """A sound circuit to damage."""

    name: str
    model: IntegerModel
    lowered: Lowered
    mapped: MappedNetlist


def damaged_netlist(netlist: Netlist, rng: np.random.Generator) -> tuple[Netlist, str]:
    """Copy with one gate's kind, one fanin or one complement changed, and what was done."""
    kinds, fanins = list(netlist.kinds), [list(netlist.fanin_a), list(netlist.fanin_b)]
    gate, side = int(rng.integers(netlist.gate_count)), int(rng.integers(2))
    net = 1 + netlist.input_count + gate
    change = str(rng.choice(["kind", "fanin", "complement"]))
    if change == "kind":
        kinds[gate] ^= 1
    elif change == "complement":
        fanins[side][gate] ^= 1
    else:
        others = [literal for literal in range(2 * net) if literal != fanins[side][gate]]
        fanins[side][gate] = int(rng.choice(others))
    damaged = Netlist(netlist.name, netlist.inputs, netlist.outputs, tuple(kinds), tuple(fanins[0]), tuple(fanins[1]))
    return damaged, f"{change} of net {net}"


def damaged_mapped(mapped: MappedNetlist, library: CellLibrary, rng: np.random.Generator) -> tuple[MappedNetlist, str]:
    """Copy with one cell exchanged or one wire moved, and what was done."""
    instances = list(mapped.instances)
    number = int(rng.integers(len(instances)))
    cell, fanins, fanouts = instances[number]
    like = [
        other.name
        for other in library.cells.values()
        if (len(other.inputs), len(other.outputs)) == (len(fanins), len(fanouts)) and other.name != cell
    ]
    if like and rng.random() < 0.5:
        instances[number] = Instance(str(rng.choice(sorted(like))), fanins, fanouts)
        change = "cell"
    else:
        wires = list(fanins)
        pin = int(rng.integers(len(wires)))
        wires[pin] = int(rng.choice([net for net in range(fanouts[0]) if net != wires[pin]]))
        instances[number] = Instance(cell, tuple(wires), fanouts)
        change = "wire"
    damaged = MappedNetlist(mapped.name, mapped.library, mapped.inputs, mapped.outputs, tuple(instances))
    return damaged, f"{change} of instance {number}"


Outputs = Callable[[NetlistBuilder, tuple[int, ...]], list[int]]


def netlist_outputs(netlist: Netlist) -> Outputs:
    """Function that copies a netlist into a builder over given input literals."""

    def copy(builder: NetlistBuilder, inputs: tuple[int, ...]) -> list[int]:
        circuit = Circuit(netlist)
        return Reader(circuit, builder, dict(zip(circuit.primary, inputs, strict=True))).word(netlist.output_literals())

    return copy


def mapped_outputs(mapped: MappedNetlist, library: CellLibrary) -> Outputs:
    """The same for a mapped netlist."""
    return lambda builder, inputs: expand(builder, mapped, library, inputs)


def same_function(subject: Subject, left: Outputs, right: Outputs) -> bool | None:
    """Whether two circuits are equal by SAT, on what converters give; None if that was not decided."""
    builder = NetlistBuilder("pair")
    features = input_words(add_features(builder, subject.model))
    bits = tuple(converted(builder, features, subject.lowered.boundary))
    a, b = left(builder, bits), right(builder, bits)
    differ = [builder.xor(x, y) for x, y in zip(a, b, strict=True)]
    return {"equal": True, "different": False}.get(check_false(builder.build(), differ, PROVE_S).answer)


def attack(subject: Subject, library: CellLibrary, rng: np.random.Generator, *, on_mapped: bool) -> tuple[str, str]:
    """Damage one copy of the subject; return what became of it and what was done."""
    boundary = subject.lowered.boundary
    if on_mapped:
        damaged, change = damaged_mapped(subject.mapped, library, rng)
        lowered, model = subject.lowered.netlist, subject.model
        status = prove_mapped(lowered, damaged, library, model=model, boundary=boundary, timeout_s=PROVE_S).status
        pair = mapped_outputs(subject.mapped, library), mapped_outputs(damaged, library)
    else:
        broken, change = damaged_netlist(subject.lowered.netlist, rng)
        certificate = subject.lowered.certificate
        verdict = prove_lowered(subject.model, broken, certificate, boundary=boundary, timeout_s=PROVE_S)
        status = verdict.status
        pair = netlist_outputs(subject.lowered.netlist), netlist_outputs(broken)
    if status == "refuted":
        return "refuted", change
    equal = same_function(subject, *pair)
    outcome = {True: "equivalent", False: "missed", None: "unknown"}[equal]
    return f"{outcome}, {status}", change


def subjects(library: CellLibrary) -> Iterator[Subject]:
    """Circuits of the models in ../shared, or of models trained on data that scikit-learn carries."""
    models = sorted((SHARED / "models").glob("*.skops"))
    for name, estimator, dataset in _shared_estimators(models) if models else _embedded_estimators():
        split = load_dataset(dataset).split()
        options = QuantisationOptions(**SUM_SETTINGS, regressor_output="label")
        model = quantise_estimator(estimator, split.train_features, split.train_targets, options).model
        lowered = lower(model, GateCosts.of(library))
        yield Subject(name, model, lowered, map_cheapest([optimise(lowered.netlist)], library))


def _shared_estimators(models: list[Path]) -> Iterator[tuple[str, object, str | Path]]:
    for path in models:
        name = DATA[path.name.split(".")[0]]
        table = SHARED / "data" / "uci" / f"{name}.csv"
        yield path.stem, read_model(path).model, table if table.is_file() else name


def _embedded_estimators() -> Iterator[tuple[str, object, str | Path]]:
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    for dataset in ("iris", "wine", "breast_cancer"):
        split = load_dataset(dataset).split()
        for estimator in (
            MLPClassifier((4,), max_iter=300, random_state=0),
            SVC(kernel="linear"),
            DecisionTreeClassifier(random_state=0),
        ):
            pipeline = make_pipeline(MinMaxScaler(), estimator).fit(split.train_features, split.train_targets)
            yield f"{dataset}.{type(estimator).__name__}", pipeline, dataset


def _equivalent(figures: Counter[str]) -> int:
    return sum(count for outcome, count in figures.items() if outcome.startswith("equivalent"))


def main() -> int:
    """Run the sabotages and print the figures; exit code 1 if one was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="number of sabotages that change the function")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    library = load_library("egfet")
    victims = list(subjects(library))
    started = time.perf_counter()
    figures: Counter[str] = Counter()
    number = 0
    while number - _equivalent(figures) < options.count:
        subject = victims[number // 2 % len(victims)]
        began = time.perf_counter()
        outcome, change = attack(subject, library, rng, on_mapped=number % 2 == 1)
        figures[outcome] += 1
        if outcome != "refuted":
            where = "mapped" if number % 2 else "lowered"
            print(f"{subject.name}, {where}, {change}: {outcome} ({time.perf_counter() - began:.1f} s)", flush=True)
        number += 1
    print(f"{number} sabotages on {len(victims)} circuits in {time.perf_counter() - started:.0f} s")
    for outcome, count in sorted(figures.items()):
        print(f"{count:6} {outcome}")
    return int(any(outcome.startswith(("missed", "unknown")) for outcome in figures))


if __name__ == "__main__":
    sys.exit(main())
