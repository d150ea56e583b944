"""SAIF of the switching activity, out.

Format: IEEE Std 1801-2018, annex I, "Switching Activity Interchange Format", backward SAIF, version 2.0. Without
``LEAKAGE`` it is also what OpenSTA reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bespoke import __version__
from bespoke.cells import minterms
from bespoke.interchange.activity import is_determined
from bespoke.interchange.circuit import Circuit
from bespoke.netlist import Activity

_SPECIAL = re.compile(r"([^A-Za-z0-9_])")
_NS_PER_MS = 1e6


def saif_text(circuit: Circuit, activity: Activity, period_ms: float) -> str:
    """Times at 0 and 1 and toggles of every name in the netlist, for vectors that follow each other by the period.

    Instances whose power depends on more than the figures of their nets (some cells of three or more inputs) have the
    time in each state of their pins, too.

    Parameters
    ----------
    circuit : Circuit
    activity : Activity
        Of whole vectors, as a simulation here gives it.
    period_ms : float
        Time between two vectors; 0 counts as 1 ns.
    """
    step = max(1, round(period_ms * _NS_PER_MS))
    name = _escaped(circuit.mapped.name)
    lines = [
        "(SAIFILE",
        '(SAIFVERSION "2.0")',
        '(DIRECTION "backward")',
        f'(DESIGN "{circuit.mapped.name}")',
        '(DATE "")',
        '(VENDOR "bespoke")',
        f'(PROGRAM_NAME "bespoke, {step} ns a vector")',
        f'(VERSION "{__version__}")',
        "(DIVIDER / )",
        "(TIMESCALE 1 ns)",
        f"(DURATION {round(activity.vectors * step)})",
        f"(INSTANCE {name}",
        "  (NET",
        *_nets(circuit, activity, step),
        "  )",
        *_leakages(circuit, activity, step),
        ")",
        ")",
    ]
    return "\n".join(lines) + "\n"


def _nets(circuit: Circuit, activity: Activity, step: int) -> Iterator[str]:
    for name, net in (circuit.names.bits | circuit.open_pins()).items():
        one = activity.ones[net]
        zero = activity.vectors - one
        times = f"(T0 {round(zero * step)}) (T1 {round(one * step)}) (TX 0)"
        yield f"    ({_escaped(name)} {times} (TC {round(activity.toggles[net])}) (IG 0))"


def _leakages(circuit: Circuit, activity: Activity, step: int) -> Iterator[str]:
    needed = {name for name in circuit.mapped.cell_histogram() if not is_determined(circuit.library[name])}
    for place, instance in enumerate(circuit.mapped.instances):
        if instance.cell in needed:
            pins = [pin.name for pin in circuit.library[instance.cell].inputs]
            yield f"  (INSTANCE {_escaped(circuit.names.instances[place])}"
            yield "    (LEAKAGE"
            for state, count in enumerate(activity.states[place]):
                times = f"(T1 {round(count * step)}) (T0 {round((activity.vectors - count) * step)})"
                yield f"      (COND ({minterms(1 << state, pins, conjunction=' * ')[0]}) {times})"
            yield "    )"
            yield "  )"


def _escaped(name: str) -> str:
    """Identifier with a backslash before each character that is no letter, digit or underscore."""
    return _SPECIAL.sub(r"\\\1", name)
