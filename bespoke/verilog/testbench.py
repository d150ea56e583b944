"""Self-checking testbench, and the file of vectors that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import StimuliError
from bespoke.model import IntArray
from bespoke.verilog.ports import MODULE, Ports, Word, module_identifier

VECTORS_FILE = "vectors.hex"
TESTBENCH_MODULE = "testbench"
_CHUNK_BITS = 1 << 24


def write_testbench(ports: Ports, vector_count: int, *, module: str = MODULE, vectors_file: str = VECTORS_FILE) -> str:
    """A testbench for `write_netlist` (with `write_cells`) and for `write_rtl`.

    It reads ``vectors_file`` from the folder in which the simulator runs, applies each vector, compares the
    outputs (a bit that is x or z differs) and ends with the line ``PASS <vectors>`` or, after a line about
    the first mismatch, ``FAIL <mismatches> of <vectors>``. The plusargs ``+first=`` and ``+last=`` (numbers
    from 0) choose a part of the vectors.

    Parameters
    ----------
    ports : Ports
        Ports of the module.
    vector_count : int
        Lines of the vectors file, at least 1.
    module : str
        Name of the module under test.
    vectors_file : str

    Raises
    ------
    StimuliError
        If there is no vector or no output.
    """
    if vector_count < 1 or not ports.outputs:
        raise StimuliError("a testbench needs vectors and outputs", got=f"{vector_count} vectors")
    # A vector register has a bit for the inputs of a circuit without any, too: it is 0.
    in_width, out_width = max(1, _total(ports.inputs)), _total(ports.outputs)
    connections = [f"    .{name}({part})" for name, part in _connections(ports)]
    return _TEMPLATE.format(
        testbench=TESTBENCH_MODULE,
        file=vectors_file,
        in_width=in_width,
        in_high=in_width - 1,
        in_low=out_width,
        out_high=out_width - 1,
        high=in_width + out_width - 1,
        last=vector_count - 1,
        module=module_identifier(module),
        connections=",\n".join(connections),
    )


def write_vectors(ports: Ports, words: IntArray, outputs: IntArray) -> str:
    """Vectors and the outputs expected for them, one hexadecimal number a line.

    From the most significant end a line holds the input words in port order, then the output words in port
    order; a word of 0 bits counts as one bit that is 0.

    Parameters
    ----------
    ports : Ports
    words : ndarray of int64, shape (n_vectors, n_inputs)
    outputs : ndarray of int64, shape (n_vectors, n_outputs) or (n_vectors,)

    Raises
    ------
    StimuliError
        If the shapes do not fit the ports or a number does not fit its word.
    """
    table = np.column_stack([np.asarray(words, dtype=np.int64), np.asarray(outputs, dtype=np.int64)])
    if table.shape[1] != len(ports.words):
        raise StimuliError(
            "wrong number of columns", where="vectors", got=table.shape[1], allowed=str(len(ports.words))
        )
    for column, word in zip(table.T, ports.words, strict=True):
        _check_range(column, word)
    total = _total(ports.words)
    step = max(1, _CHUNK_BITS // total)
    chunks = (_hex_lines(table[first : first + step], ports.words) for first in range(0, len(table), step))
    return "".join(line + "\n" for chunk in chunks for line in chunk)


def _total(words: Sequence[Word]) -> int:
    return sum(word.port_width for word in words)


def _connections(ports: Ports) -> Iterator[tuple[str, str]]:
    for bus, words in (("in", ports.inputs), ("out", ports.outputs)):
        high = _total(words) - 1
        for word in words:
            low = high - word.port_width + 1
            yield word.identifier, f"{bus}[{high}:{low}]" if low < high else f"{bus}[{high}]"
            high = low - 1


def _check_range(column: NDArray[np.int64], word: Word) -> None:
    low = -(1 << word.width >> 1) if word.signed else 0
    high = low + (1 << word.width) - 1
    if len(column) and not (low <= column.min() and column.max() <= high):
        got = f"{column.min()} to {column.max()}"
        raise StimuliError("a number does not fit its word", where=word.name, got=got, allowed=f"{low} to {high}")


def _hex_lines(table: IntArray, words: Sequence[Word]) -> Iterator[str]:
    positions = [(column, bit) for column, word in enumerate(words) for bit in range(word.port_width - 1, -1, -1)]
    columns, shifts = np.array(positions, dtype=np.int64).T
    bits = ((table[:, columns] >> shifts) & 1).astype(np.uint8)
    digits = -(-len(positions) // 4)
    padded = np.pad(bits, ((0, 0), (8 * -(-digits // 2) - len(positions), 0)))
    skip = digits % 2
    for row in np.packbits(padded, axis=1):
        yield row.tobytes().hex()[skip:]


_TEMPLATE = """\
// Applies {file} (a line: {in_width} input bits, then the expected output bits) to {module}.
`default_nettype none

module {testbench};
  reg [{high}:0] vectors [0:{last}];
  reg [{high}:0] vector;
  wire [{in_high}:0] in = vector[{high}:{in_low}];
  wire [{out_high}:0] expected = vector[{out_high}:0];
  wire [{out_high}:0] out;
  integer index;
  integer first;
  integer last;
  integer mismatches;

  {module} dut (
{connections}
  );

  initial begin
    $readmemh("{file}", vectors);
    if (!$value$plusargs("first=%d", first)) first = 0;
    if (!$value$plusargs("last=%d", last)) last = {last};
    mismatches = 0;
    #1;
    for (index = first; index <= last; index = index + 1) begin
      vector = vectors[index];
      #1;
      if (out !== expected) begin
        if (mismatches == 0)
          $display("MISMATCH vector %0d inputs %h expected %b got %b", index, in, expected, out);
        mismatches = mismatches + 1;
      end
    end
    if (mismatches == 0)
      $display("PASS %0d", last - first + 1);
    else
      $display("FAIL %0d of %0d", mismatches, last - first + 1);
    $finish;
  end
endmodule

`default_nettype wire
"""
