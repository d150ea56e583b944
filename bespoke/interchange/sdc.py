"""Constraints of the circuit for synthesis and timing tools.

Format: "Synopsys Design Constraints (SDC)", application note, version 2.1, which OpenSTA reads, too. The circuit is
combinational: a virtual clock stands for the sampling period.
"""

from __future__ import annotations

from bespoke.estimate import TableEnds, analyse_timing, default_boundary
from bespoke.interchange.circuit import Circuit

CLOCK = "sampling"
_NS_PER_MS = 1e6


def sdc_text(circuit: Circuit, period_ms: float | None = None, *, table_ends: TableEnds = "hold") -> str:
    """Sampling period and the boundary under which `bespoke estimate` measures.

    Parameters
    ----------
    circuit : Circuit
    period_ms : float, optional
        Time between two input vectors; by default the estimated delay.
    table_ends : {"hold", "extrapolate"}
        Rule of that delay.
    """
    library = circuit.library
    timing = analyse_timing(circuit.mapped, library, table_ends=table_ends)
    boundary = default_boundary(library)
    period = _ns(timing.delay_ms if period_ms is None else period_ms)
    timed = all(library[name].states_delay for name in circuit.mapped.cell_histogram())
    delay = f"estimated delay {timing.delay_ms:.6g} ms" if timed else "delay not stated by the library"
    lines = [
        f"# {circuit.mapped.name}: {library.name} at {library.vdd:g} V, {delay}.",
        "# Units: ns, pF, V, as in the Liberty file that bespoke exports.",
        "set_units -time ns -capacitance pF -voltage V",
        f"# Combinational: the virtual clock {CLOCK} is the time between two input vectors.",
        f"create_clock -name {CLOCK} -period {period}",
        f"set_input_delay 0 -clock {CLOCK} [all_inputs]",
        f"set_output_delay 0 -clock {CLOCK} [all_outputs]",
        f"set_max_delay {period} -from [all_inputs] -to [all_outputs]",
        f"set_input_transition {_ns(boundary.input_slew_ms)} [all_inputs]",
        "# Each output drives one inverter.",
        f"set_load -pin_load {boundary.output_load_pf:.9g} [all_outputs]",
    ]
    return "\n".join(lines) + "\n"


def _ns(time_ms: float) -> str:
    return f"{time_ms * _NS_PER_MS:.9g}"
