"""Decision trees: each comparator by itself, then the selection over free comparators."""

from __future__ import annotations

from itertools import pairwise

from bespoke.model import LEAF, IntegerTree
from bespoke.netlist import TRUE, Certificate, NetlistBuilder, Port
from bespoke.numeric import Interval
from bespoke.proof.block import Block
from bespoke.proof.circuit import Reader, nets_of
from bespoke.proof.ledger import Ledger
from bespoke.proof.word import Word, constant_bits, greater_than, select

COMPARATORS = "comparators"
STEP = "tree"
Test = tuple[int, int]


def prove_tree(
    model: IntegerTree, inputs: tuple[Word, ...], certificate: Certificate, output: Port, ledger: Ledger
) -> None:
    """Walk a tree from its input words to the output port."""
    inner = model.feature != LEAF
    tests = sorted(set(zip(model.feature[inner].tolist(), model.threshold[inner].tolist(), strict=True)))
    literals: dict[Test, int] = {}
    for feature, threshold in tests:
        name = f"node.{feature}.{threshold}"
        hint = certificate.words.get(name)
        if hint is not None and len(hint) == 1 and ledger.circuit.has(hint[0]):
            _claim_comparator(name, hint[0], inputs[feature], threshold, ledger)
            literals[feature, threshold] = hint[0]
    _claim_selection(model, inputs, tests, literals, output, ledger)


def _claim_comparator(name: str, literal: int, word: Word, threshold: int, ledger: Ledger) -> None:
    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        return TRUE, [greater_than(builder, word.renamed(reader.word(word.literals)), threshold) ^ 1]

    ledger.claim(Block(COMPARATORS, name, (literal,), spec, (nets_of(word.literals),)))


def _claim_selection(
    model: IntegerTree,
    inputs: tuple[Word, ...],
    tests: list[Test],
    literals: dict[Test, int],
    output: Port,
    ledger: Ledger,
) -> None:
    """Claim the output over free comparators; those without a hint are built from the features."""

    def spec(builder: NetlistBuilder, reader: Reader) -> tuple[int, list[int]]:
        read = {}
        for feature, threshold in tests:
            if (feature, threshold) in literals:
                read[feature, threshold] = reader(literals[feature, threshold])
            else:
                word = inputs[feature].renamed(reader.word(inputs[feature].literals))
                read[feature, threshold] = greater_than(builder, word, threshold) ^ 1
        return _ordered(builder, tests, read), _selection(builder, model, read)

    unhinted = {feature for feature, threshold in tests if (feature, threshold) not in literals}
    cut = nets_of(tuple(literals.values()), *(inputs[feature].literals for feature in unhinted))
    block = Block(STEP, output.name, output.bits, spec, (cut,), signed=output.signed, is_output=True)
    ledger.claim(block)
    ledger.count(STEP, "leaves", int((model.feature == LEAF).sum()))


def _ordered(builder: NetlistBuilder, tests: list[Test], read: dict[Test, int]) -> int:
    """Literal of "whoever is at most the lower threshold is at most the higher one", for each feature."""
    steps = [builder.or_(read[low] ^ 1, read[high]) for low, high in pairwise(tests) if low[0] == high[0]]
    return builder.all_of(steps)


def _selection(builder: NetlistBuilder, model: IntegerTree, read: dict[Test, int]) -> list[int]:
    leaves = model.value[model.feature == LEAF]
    width = 1 + Interval(int(leaves.min()), int(leaves.max())).width
    words: dict[int, list[int]] = {}
    for node in reversed(range(model.node_count)):
        if model.feature[node] == LEAF:
            words[node] = list(constant_bits(int(model.value[node]), width))
        else:
            goes_left = read[int(model.feature[node]), int(model.threshold[node])]
            words[node] = select(
                builder, goes_left, words.pop(int(model.left[node])), words.pop(int(model.right[node]))
            )
    return words[0]
