"""Matrices and integer models as alkaid programs, traced with its own operators, and from there as netlists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from adder_graph import Fixed, build_graph

from bespoke.arith import Word, argmax
from bespoke.model import LEAF, Affine, Argmax, Decision, InputCoding, IntArray, IntegerModel, Sign, Trees
from bespoke.netlist import Netlist, NetlistBuilder
from bespoke.numeric import Interval

SOLVERS = ("wmc", "mc")  # its choices of the next common sub-expression; the better circuit counts


HYBRID = "alkaid and bespoke"  # name of netlists that are not alkaid's alone


def matrix_netlists(weights: IntArray, bits: int) -> Iterator[tuple[Netlist, int]]:
    """Netlists of ``weights @ x``, one per solver, and their numbers of adders."""
    for solver in SOLVERS:
        inputs = _inputs([bits] * weights.shape[1], solver)
        program = _trace(inputs, inputs @ weights.T)
        builder, words = _ports([(f"x{i}", bits) for i in range(weights.shape[1])])
        for row, word in enumerate(build_graph(builder, program, words)):
            low = min(word.exponent, 0)
            literals = word.field(low, word.exponent + len(word.bits)) or [0]
            builder.add_output(f"y{row}", literals, signed=word.signed)
        yield builder.build(), sum(op.opcode in (0, 1) for op in program.ops)


def mlp_netlists(model: IntegerModel) -> Iterator[Netlist]:
    """Netlists of a model with an ``argmax`` or ``sign`` decision: all alkaid's, and its scores with our argmax."""
    for solver in SOLVERS:
        inputs = _inputs(model.coding.bits, solver)
        scores = inputs
        for layer in model.all_stages(Affine, "alkaid"):
            scores = scores @ layer.weights.T + layer.biases
            scores = scores.relu() if layer.activation == "relu" else scores
        yield _netlist(model.coding, _trace(inputs, _decide(list(np.asarray(scores)), model.decision)))
        if isinstance(model.decision, Argmax):
            yield _with_our_argmax(model, _trace(inputs, scores))


def tree_netlists(model: IntegerModel) -> Iterator[Netlist]:
    """Netlists of a classification tree, as multiplexers and as sums of leaves."""
    for form in (_muxes, _leaf_sums):
        inputs = _inputs(model.coding.bits, SOLVERS[0])
        yield _netlist(model.coding, _trace(inputs, form(model.only_stage(Trees, "alkaid"), list(np.asarray(inputs)))))


def _inputs(bits: Sequence[int], solver: str) -> Any:  # noqa: ANN401  FVArray
    from alkaid.trace import FVArray

    zeros = np.zeros(len(bits), dtype=int)
    return FVArray.from_kif(zeros, np.array(bits), zeros, solver_options={"method0": solver})


def _trace(inputs: Any, outputs: Any) -> Any:  # noqa: ANN401  FVArray to CombLogic
    from alkaid.trace import trace

    return trace(inputs, outputs, keep_dead_inputs=True)


def _decide(scores: list[Any], decision: Decision) -> Any:  # noqa: ANN401  FVariable
    if isinstance(decision, Sign):
        return scores[0] >= 0 if decision.inclusive else scores[0] > 0
    best, index = scores[0], 0
    for number, score in enumerate(scores[1:], start=1):
        wins = score > best
        index = wins.msb_mux(float(number), index)
        best = wins.msb_mux(score, best)
    return index


def _muxes(model: Trees, inputs: list[Any]) -> Any:  # noqa: ANN401  FVariable
    outputs: dict[int, Any] = {}
    for node in reversed(range(model.node_count)):
        if model.feature[node] == LEAF:
            outputs[node] = float(model.values[node, 0])
            continue
        goes_left = inputs[model.feature[node]] <= float(model.threshold[node])
        left, right = outputs.pop(int(model.left[node])), outputs.pop(int(model.right[node]))
        outputs[node] = left if left is right else goes_left.msb_mux(left, right)
    return outputs[0]


def _leaf_sums(model: Trees, inputs: list[Any]) -> list[Any]:
    """Per bit of the output: OR over leaves of AND over the path."""
    width = max(1, int(model.values.max()).bit_length())
    reached: dict[int, Any] = {0: None}
    bits: list[Any] = [None] * width
    for node in range(model.node_count):
        here = reached.pop(node)
        if model.feature[node] == LEAF:
            for bit in range(width):
                if model.values[node, 0] >> bit & 1:
                    bits[bit] = here if bits[bit] is None else bits[bit] | here
            continue
        goes_left = inputs[model.feature[node]] <= float(model.threshold[node])
        reached[int(model.left[node])] = goes_left if here is None else here & goes_left
        reached[int(model.right[node])] = ~goes_left if here is None else here & ~goes_left
    return [0.0 if bit is None else bit for bit in bits]


def _ports(ports: Sequence[tuple[str, int]], name: str = "alkaid") -> tuple[NetlistBuilder, list[Fixed]]:
    builder = NetlistBuilder(name)
    return builder, [Fixed(builder.add_input(name, bits).bits, signed=False, exponent=0) for name, bits in ports]


def _netlist(coding: InputCoding, program: Any) -> Netlist:  # noqa: ANN401  CombLogic
    builder, words = _ports(list(zip(coding.names, coding.bits, strict=True)))
    outputs = build_graph(builder, program, words)
    literals = [word.bit(0) for word in outputs] if len(outputs) > 1 else outputs[0].field(0, _top(outputs[0]))
    builder.add_output("prediction", literals)
    return builder.build()


def _with_our_argmax(model: IntegerModel, program: Any) -> Netlist:  # noqa: ANN401  CombLogic
    builder, words = _ports(list(zip(model.coding.names, model.coding.bits, strict=True)), HYBRID)
    scores = []
    for word, interval in zip(build_graph(builder, program, words), model.ranges[-1], strict=True):
        width = max(interval.width, _top(word))
        signed = interval.signed or word.signed
        span = Interval(-(1 << width - 1), (1 << width - 1) - 1) if signed else Interval.unsigned(width)
        scores.append(Word(tuple(word.field(0, width)), span))
    index, _ = argmax(builder, scores)
    builder.add_output("prediction", index.bits)
    return builder.build()


def _top(word: Fixed) -> int:
    return max(1, word.exponent + len(word.bits))
