"""Seeded random models of every kind through every executor: `make fuzz`.

    python benchmarks/fuzz.py [--inputs unary]

By default a quarter of the models has binary inputs, a quarter unary ones, and the others either by feature.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from fuzzing import check_everything, check_icarus
from record import Bar, record

from bespoke.model import INPUT_CODES


def main() -> None:
    """Check models by number, print what disagrees and record the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="models")
    parser.add_argument("--icarus-every", type=int, default=20, help="one model in so many also through Icarus Verilog")
    parser.add_argument("--seed", type=int, default=0, help="number of the first model")
    parser.add_argument("--inputs", choices=INPUT_CODES, help="code of all features of all models")
    options = parser.parse_args()
    problems: list[str] = []
    icarus = 0
    for seed in range(options.seed, options.seed + options.count):
        found = check_everything(np.random.default_rng(seed), inputs=options.inputs)
        if seed % options.icarus_every == 0:
            icarus += 1
            found += check_icarus(np.random.default_rng(seed), inputs=options.inputs)
        for problem in found:
            print(f"model {seed}: {problem}", flush=True)
        problems += found
        if (seed + 1) % 200 == 0:
            print(f"{seed + 1} models, {len(problems)} problems", flush=True)
    rows = {"all": {"models": options.count, "through Icarus": icarus, "problems": len(problems)}}
    name = f"fuzz_{options.inputs}" if options.inputs else "fuzz"
    record(name, rows, [Bar("problems", len(problems), 0)], seed=options.seed)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
