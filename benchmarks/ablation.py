"""What each technique of the exact compiler is worth: each switched off in turn on the published models.

    python benchmarks/ablation.py [--only NAME,...]

A technique is switched off by putting a plain stand-in in its place; the function of every circuit is checked against
the integer model. Figures are geometric means of ours over published; above them stand forms that trade area
for power or take more time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from record import Row, geometric_mean, record, table
from reference import MODELS, chosen, published, reference_model

from bespoke.arith.sharing import SharedSums, Summand
from bespoke.flow import compile_model
from bespoke.numeric import csd

Change = tuple[str, Any]


def unshared(weights: Any, *_: Any) -> SharedSums:  # noqa: ANN401  as in the function replaced
    """Signed digits only."""
    rows = [[Summand(i, *digit) for i, weight in enumerate(row) for digit in csd(weight)] for row in weights]
    return SharedSums((), tuple(map(tuple, rows)))


def undecided_pairs(_: Any, ranges: Any) -> tuple[int, ...]:  # noqa: ANN401  as in the function replaced
    """All pairs that their range leaves open."""
    return tuple(pair for pair, interval in enumerate(ranges) if interval.low < 0 <= interval.high)


def plain_xor(subject: Any, a: int, b: int) -> int:  # noqa: ANN401  as in the function replaced
    """The XOR cell or two products, no four-NAND form."""
    complement, a, b = (a ^ b) & 1, a & ~1, b & ~1
    left, right = subject.and_node(a, b ^ 1), subject.and_node(a ^ 1, b)
    subject.forms.append([(1, a, b), (~0, left ^ 1, right ^ 1)])
    return 2 * (len(subject.forms) - 1) ^ complement


TECHNIQUES: dict[str, tuple[Change, ...]] = {
    "shared sub-sums": (("bespoke.arith.sharing_search.share", unshared),),
    "common part of scores": (
        ("bespoke.lowering.scores.choose_common_part", lambda rows, *_: (0,) * (len(rows[0]) + 1)),
    ),
    "classes that never win": (("bespoke.lowering.scores.beaten_by", lambda *_: None),),
    "pairs that cannot matter": (("bespoke.lowering.decisions.deciding_pairs", undecided_pairs),),
    "diagram of votes": (("bespoke.lowering.votes.DIAGRAM_PAIRS", -1),),
    "two-level rules": (("bespoke.opt.optimise.simplify", lambda netlist: netlist),),
    "search once more": (("bespoke.flow.compile.searched_gates", lambda *_: []),),
    "four-NAND XOR": (("bespoke.techmap.subject._xor_node", plain_xor),),
    "exact local area": (("bespoke.techmap.cover.EXACT_PASSES", 0),),
}
FORMS = {"--objective 0.5": {"power_share": 0.5}, "--objective power": {"power_share": 1.0}}
FORMS |= {"--effort high": {"effort": "high"}}


@contextmanager
def without(changes: tuple[Change, ...]) -> Iterator[None]:
    """The package with stand-ins in place."""
    with ExitStack() as stack:
        for target, stand_in in changes:
            stack.enter_context(patch(target, stand_in))
        yield


def main() -> None:
    """Print and record the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="parts of model names, separated by commas")
    options = parser.parse_args()
    names = [name for name in chosen(options.only, MODELS) if name in published("exact")]
    rows: dict[str, Row] = {}

    def add(label: str, ratios: Callable[[str], tuple[float, float]]) -> None:
        found = [ratios(name) for name in names]
        row = {"area ratio": geometric_mean(a for a, _ in found), "power ratio": geometric_mean(p for _, p in found)}
        if rows:
            base = rows["everything"]
            row |= {f"{key} change": row[f"{key} ratio"] / base[f"{key} ratio"] - 1 for key in ("area", "power")}
        rows[label] = row
        print(label, row, flush=True)

    add("everything", measure)
    for technique, changes in TECHNIQUES.items():
        with without(changes):
            add(f"without {technique}", measure)
    for label, settings in FORMS.items():
        add(label, lambda name, settings=settings: measure(name, **settings))
    print("\n" + table(rows, ("area ratio", "area change", "power ratio", "power change")))
    record("ablation", rows, [], seed=42, keep=options.only is None)


def measure(name: str, **settings: Any) -> tuple[float, float]:  # noqa: ANN401  options of compile_model
    """Area and static power of a model over the published ones."""
    reference, known = reference_model(name), published("exact")[name]
    design = compile_model(reference.estimator, dataset=reference.dataset, **(reference.settings | settings))
    return design.estimate.area_mm2 / 100 / known["area"], design.estimate.static_power_mw / known["power"]


if __name__ == "__main__":
    main()
