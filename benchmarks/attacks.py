"""Whether attacks on a float model carry over to its exact and to its approximate circuit.

    python benchmarks/attacks.py [--only NAME,...] [--resume]

Each of the first 200 test rows, as words of the circuit, is changed by at most one level in every feature so that the
float model of the same words errs: coordinate descent on the margin between the right class and the best other one.
The *attacked* accuracy is that on the rows so changed; *certain* is the accuracy that no change of that size can take
away, by `bespoke analyse --robustness`. The approximate circuit loses at most a point on the training rows. If
approximation defended, its attacked accuracy would fall less than that of the exact circuit, and certainty would rise.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from record import Bar, Row, record, resumed, table
from reference import DATASETS, Reference, chosen, reference_model
from yields import SEARCH

from bespoke import analyse, approximate

MODELS = tuple(f"{data}.{kind}" for kind in ("MLP_clf", "SVM_clf") for data in DATASETS)
ROWS, LEVELS, PASSES, SEED = 200, 1, 8, 42
Floats, Integers = NDArray[np.float64], NDArray[np.int64]
Scores = Callable[[Integers], Floats]


def float_scores(known: Reference, bits: Integers) -> Scores:
    """Scores of the float model, shape (n, n_classes), for words, shape (n, n_features), at the middle of their levels.

    The models were trained on features scaled to [0, 1].
    """

    def scores(words: Integers) -> Floats:
        values = np.ldexp(words + 0.5, -bits)
        name = "decision_function" if hasattr(known.estimator, "decision_function") else "predict_log_proba"
        found = np.asarray(getattr(known.estimator, name)(values), dtype=np.float64)
        return np.stack([-found, found], axis=1) if found.ndim == 1 else found

    return scores


def attacked(scores: Scores, words: Integers, right: Integers, largest: Integers) -> Integers:
    """Words within `LEVELS` of each row for which the margin of the right class is small, likely negative."""

    def margins(candidates: Integers) -> Floats:
        found = scores(candidates.reshape(-1, words.shape[1])).reshape(*candidates.shape[:-1], -1)
        index = np.broadcast_to(right.reshape(-1, *([1] * (found.ndim - 1))), (*found.shape[:-1], 1))
        own = np.take_along_axis(found, index, axis=-1)[..., 0]
        np.put_along_axis(found, index, -np.inf, axis=-1)
        return own - found.max(axis=-1)

    count = words.shape[1]
    ends = [np.clip(words + change, 0, largest) for change in range(-LEVELS, LEVELS + 1)]
    now = words.copy()
    for _ in range(PASSES):
        single = np.repeat(now[:, None], len(ends) * count, axis=1)
        for place, end in enumerate(ends):
            for feature in range(count):
                single[:, place * count + feature, feature] = end[:, feature]
        values = margins(single)
        best = values.reshape(len(words), len(ends), count).argmin(axis=1)
        joint = np.take_along_axis(np.stack(ends, axis=1), best[:, None], axis=1)[:, 0]
        alone = np.take_along_axis(single, values.argmin(axis=1)[:, None, None], axis=1)[:, 0]
        tried = np.stack([now, joint, alone], axis=1)
        now = np.take_along_axis(tried, margins(tried).argmin(axis=1)[:, None, None], axis=1)[:, 0]
    return now


def measure(name: str) -> Row:
    """Accuracies before and after the attack, and what no attack can take."""
    known = reference_model(name)
    front = approximate(known.estimator, dataset=known.dataset, **{**known.settings, **SEARCH})
    circuits = {"exact": front.exact, "approximate": front.chosen or front.exact}
    model = front.exact.model
    split = known.dataset.split()
    words = model.coding.quantise(split.test_features[:ROWS])
    classes = np.array(model.decision.classes)
    right = np.searchsorted(classes, split.test_targets[:ROWS])
    bits = np.array(model.coding.bits)
    scores = float_scores(known, bits)
    changed = attacked(scores, words, right, (1 << bits) - 1)
    row: dict[str, Any] = {"float": share(scores(words).argmax(axis=1), right)}
    row["float attacked"] = share(scores(changed).argmax(axis=1), right)
    for label, design in circuits.items():
        row[label] = share(design.outputs(words), right)
        row[f"{label} attacked"] = share(design.outputs(changed), right)
        found = analyse(design, dataset=known.dataset, robustness=True, certified_rows=ROWS, radius=LEVELS)
        row[f"{label} certain"] = found.analyses["robustness"].certified()[str(LEVELS)][0]
    return row


def share(found: Integers, right: Integers) -> float:
    """Accuracy."""
    return float(np.mean(found == right))


def main() -> None:
    """Print and record a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of names of models, with commas")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    cases = [(name, partial(measure, name)) for name in chosen(options.only, MODELS)]
    rows = resumed("attacks", cases, resume=options.resume)
    print("\n" + table(rows, next(iter(rows.values()))))
    record("attacks", rows, bars(rows), seed=SEED, keep=not options.only)


def bars(rows: Mapping[str, Row]) -> list[Bar]:
    """Whether the attack takes less from circuits than from float models, and whether approximation defends."""
    lost = {
        label: 100 * float(np.mean([row[label] - row[f"{label} attacked"] for row in rows.values()]))
        for label in ("float", "exact", "approximate")
    }
    certain, base = (
        float(np.mean([row[f"{each} certain"] for row in rows.values()])) for each in ("approximate", "exact")
    )
    return [
        Bar("points lost by exact circuits, by float models", lost["exact"], lost["float"]),
        Bar("points lost by approximate circuits, by exact ones", lost["approximate"], lost["exact"]),
        Bar("certain accuracy of approximate circuits, of exact ones", certain, base, at_most=False),
    ]


if __name__ == "__main__":
    main()
