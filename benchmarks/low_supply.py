"""Whether circuits keep their pace at a lower supply voltage.

    python benchmarks/low_supply.py

Of the exact MLP and a tree of depth 6 of four data sets, compiled for 1 V, the share of test rows whose outputs settle
late at a lower supply, and the accuracy if they are read all the same: at the delay of the slowest path at 1 V, the
*safe* period, and at the time after which all rows have settled at 1 V, the *tight* one.
"""

from __future__ import annotations

from typing import Any

from record import Row, record, table
from reference import Reference
from yields import MODELS, SEED, reference, settings

from bespoke import analyse
from bespoke.analysis import Settling
from bespoke.flow import Design, compile_model

USUAL_V, SUPPLIES = 1.0, (0.8, 0.6)


def settling(known: Reference, design: Design, vdd: float, period_ms: float | None) -> Settling:
    """When it settles on the test rows."""
    found = analyse(design, dataset=known.dataset, settling=True, vdd=vdd, period_ms=period_ms).analyses["settling"]
    assert isinstance(found, Settling)
    return found


def measure(name: str) -> Row:
    """Late rows of a circuit."""
    known = reference(name)
    design = compile_model(known.estimator, dataset=known.dataset, **settings(name), vdd=USUAL_V)
    usual = settling(known, design, USUAL_V, None)
    periods = {"safe": usual.delay_ms, "tight": usual.last_ms[1.0]}
    row: dict[str, Any] = {"accuracy": design.accuracies.test}
    row |= {f"{label} ms": period for label, period in periods.items()}
    for vdd in SUPPLIES:
        for label, period in periods.items():
            found = settling(known, design, vdd, period)
            row[f"late at {vdd:g} V, {label}"] = found.late
            row[f"accuracy at {vdd:g} V, {label}"] = found.at_times[period].score
        row[f"all settled at {vdd:g} V over tight"] = found.last_ms[1.0] / periods["tight"]
        low = compile_model(known.estimator, dataset=known.dataset, **settings(name), vdd=vdd)
        row[f"static power at {vdd:g} V over that at 1 V"] = power_mw(low) / power_mw(design)
    return row


def power_mw(design: Design) -> float:
    """Static power of the circuit."""
    return float(design.estimate.static_power_mw or 0.0)


def main() -> None:
    """Print and record a table."""
    rows = {}
    for name in MODELS:
        rows[name] = measure(name)
        print(name, rows[name], flush=True)
    print("\n" + table(rows, next(iter(rows.values()))))
    record("low_supply", rows, [], seed=SEED)


if __name__ == "__main__":
    main()
