"""False hints in the certificate are never believed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.model import Index, InputCoding, IntegerModel, Trees, replaced
from bespoke.netlist import Adder, Certificate, Contest, NetlistBuilder
from bespoke.proof import prove_lowered
from bespoke.proof.vectors import Comparison
from bespoke.sim import literal_values, pack_words

COSTS = GateCosts.of(load_library("egfet"))


def values_of(netlist, literals, words):
    values = literal_values(netlist, pack_words(words, netlist.inputs), len(words))
    return [values[literal] for literal in literals]


def differs(netlist, before, after, words):
    width = max(len(before), len(after))
    padded = [(*word, *[0] * (width - len(word))) for word in (before, after)]
    return values_of(netlist, padded[0], words) != values_of(netlist, padded[1], words)


def other_word(rng, literals, net_count):
    """The word with one literal replaced."""
    changed = list(literals)
    changed[int(rng.integers(len(changed)))] = int(rng.integers(2 * net_count))
    return tuple(changed)


def with_last(model, **fields):
    """The model with fields of its last stage changed."""
    last = len(model.stages) - 1
    return replace(model, stages=replaced(model.stages, {last: replace(model.stages[last], **fields)}))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["argmax", "votes", "label", "value", "sign", "forest", "lookup", "compare", "step"])
def test_false_word_is_not_proven(kind, make_model, all_inputs, monkeypatch):
    # There is no counterexample to find.
    monkeypatch.setattr("bespoke.proof.chain._SEARCH_S", 0.5)
    rng = np.random.default_rng(7)
    tried = 0
    for seed in range(16):
        model = make_model(kind, seed, features=3, most_bits=4)
        netlist, certificate, *_ = lower(model, COSTS)
        words = all_inputs(model)
        names = [("sums", n) for n, hint in certificate.sums.items() if hint.result]
        names += [("words", n) for n, word in certificate.words.items() if word]
        if not names:
            continue
        table, name = names[int(rng.integers(len(names)))]
        entries = dict(getattr(certificate, table))
        before = entries[name].result if table == "sums" else entries[name]
        after = other_word(rng, before, netlist.net_count)
        if not differs(netlist, before, after, words):
            continue
        tried += 1
        entries[name] = replace(entries[name], result=after) if table == "sums" else after
        verdict = prove_lowered(model, netlist, replace(certificate, **{table: entries}))
        assert verdict.status == "not finished", (kind, seed, name)
        if tried == 6:
            return
    raise AssertionError(tried)


@pytest.mark.oracle
def test_false_adder_cannot_make_a_wrong_sum_right(make_model, all_inputs, require_program):
    """Adders are invented that would explain a sum that is one off."""
    require_program("yosys-abc")
    tried = 0
    for seed in range(20):
        model = make_model("value", seed, features=3, most_bits=4)
        netlist, certificate, *_ = lower(model, COSTS)
        name = next(n for n in certificate.sums if n[1] == len(model.stages) - 1)
        hint = certificate.sums[name]
        if not hint.result:
            continue
        # 1 = result[0] + 2 * 0 is false; subtracted once it would turn the bias into bias + 1.
        liar = replace(hint, adders=(*hint.adders, Adder((1, hint.result[0]), hint.result[0], 0)))
        other = with_last(model, biases=model.stages[-1].biases + 1)
        words = all_inputs(model)
        if other.output_interval().width != model.output_interval().width or not other.predict(words).any():
            continue
        verdict = prove_lowered(other, netlist, replace(certificate, sums={**certificate.sums, name: liar}))
        assert verdict.status == "refuted", seed
        tried += 1
    assert tried >= 5


def argmax_case(make_model):
    for seed in range(50):
        model = make_model("argmax", seed, features=3, most_bits=4)
        lowered = lower(model, COSTS)
        contests = lowered.certificate.contests
        if len(contests) >= 3 and contests[0].right_wins > 1 and contests[0].value and contests[0].index:
            return model, *lowered[:2]
    raise AssertionError


@pytest.mark.oracle
@pytest.mark.parametrize("field", ["right_wins", "index", "value"])
def test_false_contest_is_not_proven(field, make_model, require_program):
    require_program("yosys-abc")
    model, netlist, certificate = argmax_case(make_model)
    contest = certificate.contests[0]
    lie = contest.right_wins ^ 1 if field == "right_wins" else tuple(bit ^ 1 for bit in getattr(contest, field))
    liar = replace(certificate, contests=(replace(contest, **{field: lie}), *certificate.contests[1:]))
    assert prove_lowered(model, netlist, certificate).status == "proven"
    assert prove_lowered(model, netlist, liar).status == "not finished"


@pytest.mark.oracle
@pytest.mark.parametrize("contests", [(), (Contest(1, 0, 0, (), ()),), (Contest(0, 99, 0, (), ()),)])
def test_useless_contests_leave_a_proof_over_the_scores(contests, make_model, require_program):
    require_program("yosys-abc")
    model, netlist, certificate = argmax_case(make_model)
    assert prove_lowered(model, netlist, replace(certificate, contests=contests)).status == "proven"


@pytest.mark.slow
def test_empty_value_before_the_final_is_not_vacuously_true(make_model):
    model, netlist, certificate = argmax_case(make_model)
    first = replace(certificate.contests[0], value=())
    liar = replace(certificate, contests=(first, *certificate.contests[1:]))
    assert prove_lowered(model, netlist, liar).status == "not finished"


@pytest.mark.parametrize("kind", ["argmax", "votes", "label", "value"])
def test_missing_hints_are_named(kind, make_model):
    model = next(m for m in (make_model(kind, seed) for seed in range(30)) if lower(m, COSTS).certificate.sums)
    verdict = prove_lowered(model, lower(model, COSTS).netlist, Certificate({}, {}))
    assert verdict.status == "not finished"
    assert "certificate does not say where" in verdict.detail


def test_hints_about_nets_that_do_not_exist(make_model):
    model = next(m for m in (make_model("value", seed) for seed in range(30)) if lower(m, COSTS).certificate.sums)
    netlist, certificate, *_ = lower(model, COSTS)
    far = 10 * netlist.net_count
    sums = {name: replace(hint, result=tuple(far for _ in hint.result)) for name, hint in certificate.sums.items()}
    assert prove_lowered(model, netlist, replace(certificate, sums=sums)).status == "not finished"
    sums = {name: replace(hint, adders=(Adder((far, 0), far, 0),)) for name, hint in certificate.sums.items()}
    assert prove_lowered(model, netlist, replace(certificate, sums=sums)).status in ("not finished", "proven")


def hand_made_tree():
    """x <= 1 ? 0 : (x <= 2 ? 1 : 2) for two bits x, and its netlist."""
    coding = InputCoding(("x",), (2,), (0.0,), (1.0,))
    nodes = ([0, -1, 0, -1, -1], [1, 0, 2, 0, 0], [1, -1, 3, -1, -1], [2, -1, 4, -1, -1], [0, 0, 0, 1, 2])
    model = IntegerModel(coding, (Trees(*(np.array(column) for column in nodes)),), Index((0, 1, 2)))
    builder = NetlistBuilder("classifier")
    low, high = builder.add_input("x", 2).bits
    both = builder.and_(low, high)
    builder.add_output("prediction", (builder.and_(high, both ^ 1), both))
    return model, builder.build()


@pytest.mark.slow
def test_false_leaf_is_not_proven():
    model, netlist = hand_made_tree()
    word = netlist.outputs[0].bits
    key = ("inner", 0, 0)
    assert prove_lowered(model, netlist, Certificate()).status == "proven"
    assert prove_lowered(model, netlist, Certificate({}, {key: word})).status == "proven"
    for bit in range(len(word)):
        for lie in range(2 * netlist.net_count):
            if lie != word[bit]:
                words = {key: (*word[:bit], lie, *word[bit + 1 :])}
                assert prove_lowered(model, netlist, Certificate({}, words)).status == "not finished", (bit, lie)
    assert prove_lowered(model, netlist, Certificate({}, {key: word[:1]})).status == "not finished"
    assert prove_lowered(model, netlist, Certificate({}, {key: (10 * netlist.net_count,)})).status == "not finished"


@pytest.mark.slow
def test_tree_without_hints_is_proven(make_model):
    for seed in range(10):
        model = make_model("tree leaf", seed, most_bits=3, features=4)
        assert prove_lowered(model, lower(model, COSTS).netlist, Certificate({}, {})).status == "proven"


def changed_weight(rng, model):
    """The model with one coefficient of its last layer changed."""
    weights, biases = model.stages[-1].weights.copy(), model.stages[-1].biases.copy()
    if rng.random() < 0.3:
        biases[rng.integers(len(biases))] += int(rng.choice([-3, -1, 1, 3]))
    elif weights.size:
        most = 1 + abs(weights).max()
        weights[tuple(rng.integers(weights.shape))] += int(rng.choice([-1, 1]) * rng.integers(1, most + 1))
    return with_last(model, weights=weights, biases=biases)


def other_terms(rng, hint):
    """The hint with one term's shift or sign, or one part's shift, changed."""
    terms, parts = list(hint.terms), list(hint.parts)
    if parts and rng.random() < 0.5:
        place = int(rng.integers(len(parts)))
        parts[place] = replace(parts[place], shift=parts[place].shift + int(rng.choice([-1, 1])))
    elif terms:
        place = int(rng.integers(len(terms)))
        shift, sign = terms[place].shift, terms[place].sign
        terms[place] = terms[place]._replace(
            shift=shift + int(rng.integers(2)), sign=int(rng.choice([-1, 1, 3])) * sign
        )
    return replace(hint, terms=tuple(terms), parts=tuple(parts))


def other_certificate(rng, certificate, model):
    """The certificate with one to three lies of any sort."""
    sums, beaten, common = dict(certificate.sums), dict(certificate.beaten), certificate.common
    rows, columns = model.stages[-1].weights.shape
    for _ in range(int(rng.integers(0, 4))):
        lie = rng.integers(5)
        if lie == 0:
            beaten[int(rng.integers(-1, rows + 1))] = tuple(rng.integers(-1, 9, rows).tolist())
        elif lie == 1:
            common = tuple(int(c) for c in rng.choice([0, 1, -7, 2**61, 2**63, -(2**70)], columns + 1))
        elif sums:
            name = list(sums)[int(rng.integers(len(sums)))]
            if lie == 2:
                del sums[name]
            else:
                sums[name] = other_terms(rng, sums[name])
    return replace(certificate, sums=sums, beaten=beaten, common=common)


@pytest.mark.oracle
@pytest.mark.parametrize("kind", ["argmax", "votes", "label", "value", "sign"])
def test_lies_do_not_make_a_wrong_circuit_right(kind, make_model, all_inputs, monkeypatch, require_program):
    """No simulation in advance, so that the algebra alone has to see through them."""
    require_program("yosys-abc")
    monkeypatch.setattr(Comparison, "difference", lambda *_: None)
    rng = np.random.default_rng(11)
    tried = 0
    for seed in range(80):
        model = make_model(kind, seed, features=3, most_bits=3)
        other = changed_weight(rng, model)
        words = all_inputs(model)
        if np.array_equal(model.predict(words), other.predict(words)):
            continue
        netlist, certificate, *_ = lower(other, COSTS)
        if netlist.outputs[0].width != lower(model, COSTS).netlist.outputs[0].width:
            continue
        tried += 1
        verdict = prove_lowered(model, netlist, other_certificate(rng, certificate, model), timeout_s=20)
        assert verdict.status == "not finished", (kind, seed)
        if tried == 6:
            return
    raise AssertionError(tried)
