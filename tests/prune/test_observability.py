import numpy as np
import pytest
from random_models import all_words, random_netlist

from bespoke.numeric import count_ones
from bespoke.prune.judge import Judge, expect_words
from bespoke.prune.network import PruningNetwork
from bespoke.prune.observability import Observability
from bespoke.prune.similarity import ValueTable
from bespoke.sim import pack_words

WORDS = all_words((2, 2, 2))


@pytest.mark.parametrize("seed", range(20))
def test_flips_and_cones(seed):
    rng = np.random.default_rng(seed)
    netlist = random_netlist(rng, gates=120)
    network = PruningNetwork(netlist, pack_words(WORDS, netlist.inputs), len(WORDS))
    judge = Judge(netlist, [expect_words(rng.integers(0, 32, len(WORDS)))])
    effects = Observability(network, judge)
    for net in network.gates():
        cone = sorted(network.fanout_cone(net), key=network.positions.__getitem__)
        assert effects.fanout_cone(net).tolist() == cone
        assert effects.flipped(net) == judge.wrong(network.flipped_outputs(net, cone))


@pytest.mark.parametrize("count", [1, 64, 100, 200])
def test_changes_of_the_loss(count):
    rng = np.random.default_rng(count)
    vectors = [int.from_bytes(rng.bytes(25), "little") % (1 << count) for _ in range(9)]
    values = [value for vector in vectors for value in (vector, vector ^ (1 << count) - 1)]
    table = ValueTable([0, 3, 5, 8], values, count)
    table.update([3], values)
    worse, better = vectors[1], vectors[2] & ~vectors[1]
    changes = table.changes(vectors[4], [worse], [better], [0.5])
    for complement in (0, 1):
        for column, net in enumerate((0, 3, 5, 8)):
            differing = vectors[4] ^ values[2 * net + complement]
            expected = (differing & worse).bit_count() - (differing & better).bit_count()
            assert changes[complement, column] == pytest.approx(0.5 * expected)


def test_ones_without_numpy_2(monkeypatch):
    words = np.random.default_rng(0).integers(0, 2**63, (3, 4), dtype=np.uint64)
    expected = [[int(word).bit_count() for word in row] for row in words]
    assert count_ones(words).tolist() == expected
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    assert count_ones(words).tolist() == expected
