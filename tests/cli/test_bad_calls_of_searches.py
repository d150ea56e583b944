"""Bad calls of searches, training, analyses, operators and other commands: one clear line, and nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_call_files import Places, check_bad_call, write_places
from command_line import call

COMPILE = "compile {good} --data {iris} -o {out}"
DESIGN = "design {iris} -o {out}"
AWARE = "train {iris} -o {out}.json --model mlp --aware qat"
SEARCH = "approximate {good} --data {iris} -o {out}"
SWEEP = "sweep --datasets {iris} --models tree -o {out}"
ESTIMATE = "estimate {techs}/good.v"
ANALYSE = "analyse {folders}/compiled"

# Name, command line, a part of the message.
CALLS = (
    ("design unknown data", "design irris -o {out}", "no such data set or file; got 'irris'; did you mean 'iris'?"),
    ("design no output", "design {iris}", "missing option '-o' / '--output'"),
    (
        "design family",
        DESIGN + " --families tre",
        "families: unknown family; got tre; allowed: arithmetic, symmetric, evolved, votes",
    ),
    (
        "design families gap",
        DESIGN + " --families tree,,forest",
        "families: unknown family; got ; allowed: arithmetic, symmetric, evolved, votes",
    ),
    ("design family twice", DESIGN + " --families tree,tree", "families: named twice; got tree"),
    ("design no candidates", DESIGN + " --candidates 0", "candidates: too small; got 0; allowed: 1 or more"),
    (
        "design candidates word",
        DESIGN + " --candidates many",
        "invalid value for '--candidates': 'many' is not a valid",
    ),
    ("design budget", DESIGN + " --budget 0", "budget_s: must be positive; got 0.0; allowed: s, above 0"),
    ("design budget negative", DESIGN + " --budget=-3", "budget_s: must be positive; got -3.0; allowed: s, above 0"),
    (
        "design float budget",
        DESIGN + " --float-budget=-1",
        "float_budget_s: out of range; got -1.0; allowed: 0 or more",
    ),
    ("design finalists", DESIGN + " --finalists 0", "finalists: too small; got 0; allowed: 1 or more"),
    ("design jobs", DESIGN + " --jobs 0", "jobs: out of range; got 0; allowed: 1 to 1024, or the address of"),
    ("design race seed", DESIGN + " --race-seed=-1", "invalid value for '--race-seed': -1 is not in the range"),
    ("design source", DESIGN + " --source sun", "invalid value for '--source': 'sun' is not one of"),
    (
        "design source and power",
        DESIGN + " --source molex --max-power-mw 3",
        "both a power source and a power are given; allowed: one of",
    ),
    ("design power", DESIGN + " --max-power-mw 0", "max_power_mw: must be positive; got 0.0; allowed: above 0"),
    ("design power nan", DESIGN + " --max-power-mw nan", "max_power_mw: must be positive; got nan; allowed: above 0"),
    ("design area", DESIGN + " --max-area-cm2=-2", "max_area_cm2: must be positive; got -2.0; allowed: above 0"),
    ("design delay", DESIGN + " --max-delay-ms 0", "max_delay_ms: must be positive; got 0.0; allowed: above 0"),
    ("design gates", DESIGN + " --max-gates=-1", "max_gates: too small; got -1; allowed: 0 or more"),
    ("design accuracy", DESIGN + " --min-accuracy 95", "min_accuracy: out of range; got 95.0; allowed: 0 to 1"),
    ("design loss", DESIGN + " --max-loss 2", "max_loss: out of range; got 2.0; allowed: 0 to 1"),
    (
        "design loss without float models",
        DESIGN + " --max-loss 0.01 --float-budget 0 --candidates 2 --families tree --no-verify",
        "float_budget_s: a loss is one against the best float model",
    ),
    ("design minimise", DESIGN + " --minimise cost", "invalid value for '--minimise': 'cost' is not one of 'area'"),
    ("design yield", DESIGN + " --min-yield 1.5", "min_yield: out of range; got 1.5; allowed: 0 to 1"),
    (
        "design yield without defects",
        DESIGN + " --min-yield 0.9",
        "min_yield: a yield is one at a density of defects; got 0.9",
    ),
    ("design defects", DESIGN + " --defects=-1", "defects: must be positive; got -1.0; allowed: per cm2, above 0"),
    (
        "design clustering",
        DESIGN + " --defects 1 --clustering 0",
        "clustering: must be positive; got 0.0; allowed: above 0",
    ),
    ("design tolerance", DESIGN + " --defects 1 --tolerance 2", "tolerance: out of range; got 2.0; allowed: 0 to 1"),
    ("design samples", DESIGN + " --defects 1 --samples 0", "samples: out of range; got 0; allowed: 10 to 1000000"),
    (
        "design defect seed",
        DESIGN + " --defects 1 --defect-seed=-1",
        "invalid value for '--defect-seed': -1 is not in the range",
    ),
    ("design inputs", DESIGN + " --inputs ternary", "inputs: unknown choice; got ternary; allowed: binary, unary"),
    (
        "design inputs of a feature",
        DESIGN + " --inputs petals=unary",
        "inputs: unknown feature; got petals; allowed: sepal_length",
    ),
    ("design converters", DESIGN + " --converters flash99", "no such converters; got flash99; allowed: date24, esl24"),
    (
        "design converters file",
        DESIGN + " --converters {folders}/none.toml",
        "cannot be read; got No such file or directory",
    ),
    (
        "design converters prose",
        DESIGN + " --converters {folders}/prose.toml",
        "not TOML; got Expected '=' after a key in a key/value pair",
    ),
    ("design bits", DESIGN + " --input-bits 0", "input_bits: no feature has a bit; got 0; allowed: 1 or more"),
    ("design targets", DESIGN + " --target species", "no such target column; got 'species'; allowed: sepal_length"),
    (
        "design regression",
        "design {data}/fractions.csv -o {out}",
        "fractions: the targets are values; got regression; allowed",
    ),
    (
        "design one class",
        "design {data}/one_class.csv -o {out}",
        "/data/one_class.csv, target 'target': the target has one",
    ),
    ("design gaps", "design {data}/gaps.csv -o {out}", "values are missing; got 1 of 151 rows ('sepal_width' 1)"),
    ("design missing", DESIGN + " --missing mean", "invalid value for '--missing': 'mean' is not one of 'error'"),
    (
        "design into other files",
        "design {iris} -o {folders}/notes",
        "the folder holds other files, and no list of those that",
    ),
    ("design scheduler", DESIGN + " --scheduler here", "scheduler: not the address of a scheduler; got 'here'"),
    ("compile truth table", "compile {models}/text.truth -o {out}", "no such file"),
    ("compile inputs", COMPILE + " --inputs ternary", "inputs: unknown choice; got ternary; allowed: binary, unary"),
    (
        "compile inputs twice",
        COMPILE + " --inputs petal_width=unary,petal_width=binary",
        "invalid value for '--inputs'",
    ),
    (
        "compile converters",
        COMPILE + " --converters flash99",
        "no such converters; got flash99; allowed: date24, esl24",
    ),
    (
        "compile thresholds",
        COMPILE + " --thresholds columns",
        "invalid value for '--thresholds': 'columns' is not one of",
    ),
    (
        "compile words",
        COMPILE + " --input-words petals",
        "input words: unknown feature; got petals; allowed: all, none",
    ),
    (
        "compile activation bits",
        COMPILE + " --activation-bits 0",
        "activation bits: out of range; got 0; allowed: whole numbers",
    ),
    ("compile leaf bits", COMPILE + " --leaf-bits 99", "leaf bits: out of range; got 99; allowed: whole numbers 1 to"),
    ("compile table ends", COMPILE + " --table-ends clip", "invalid value for '--table-ends': 'clip' is not one of"),
    ("compile voltages", COMPILE + " --vdd 0.9..0.6", "vdd: the best supply voltage depends on the period; allowed"),
    ("compile voltage range", COMPILE + " --vdd 1..", "invalid value for '--vdd': '1..' is not a voltage; allowed"),
    ("compile missing", COMPILE + " --missing mean", "invalid value for '--missing': 'mean' is not one of 'error'"),
    ("compile target", COMPILE + " --target ''", "no such target column; got ''; allowed: sepal_length"),
    (
        "compile two models",
        "compile {good} {good} --data {iris} -o {out}",
        "got unexpected extra argument",
    ),
    (
        "aware kind",
        "train {iris} -o {out}.json --model mlp --aware dorefanet",
        "invalid value for '--aware': 'dorefanet' is not one of 'qat'",
    ),
    (
        "aware tree",
        "train {iris} -o {out}.json --model tree --aware ternary",
        "only an MLP is trained as a circuit; got 'tree'; allowed: mlp",
    ),
    (
        "aware regression",
        "train {iris} -o {out}.json --model mlp --task regression --aware ternary --inputs unary",
        "networks for circuits give classes; got task regression; allowed: classification",
    ),
    (
        "aware suffix",
        "train {iris} -o {out}.skops --model mlp --aware ternary",
        "another kind of file; got .skops; allowed: .json",
    ),
    ("weight bits", AWARE + " --weight-bits 0", "weight_bits: out of range; got 0; allowed: whole numbers 1 to"),
    (
        "weight bits of layers",
        AWARE + " --weight-bits 4,4,4",
        "weight bits: one entry per layer is needed; got 3; allowed: 2",
    ),
    ("weight range", AWARE + " --weight-range full", "invalid value for '--weight-range': 'full' is not one of"),
    ("clipping", AWARE + " --clipping learnt", "invalid value for '--clipping': 'learnt' is not one of 'rms'"),
    ("activation bits", AWARE + " --activation-bits 0", "activation_bits: out of range; got 0; allowed: 1 to 8"),
    ("cost weight", AWARE + " --cost-weight=-1", "cost_weight: out of range; got -1.0; allowed: 0 or more"),
    ("cost weights", AWARE + " --cost-weight 0.1,x", "invalid value for '--cost-weight': '0.1,x' is not a list of"),
    ("resilience", AWARE + " --resilience strong", "invalid value for '--resilience': 'strong' is not one of"),
    (
        "disturbance",
        AWARE + " --resilience both --disturbance noise",
        "invalid value for '--disturbance': 'noise' is not one of",
    ),
    ("strength", AWARE + " --resilience both --strength=-1", "strength: out of range; got -1.0; allowed: 0 or more"),
    (
        "aware converters",
        "train {iris} -o {out}.json --model tree --aware converters --converters flash99",
        "no such converters; got flash99; allowed: date24, esl24",
    ),
    (
        "aware power negative",
        "train {iris} -o {out}.json --model tree --aware converters --max-power-mw=-1",
        "max_power_mw: must be positive; got -1.0; allowed: mW, above 0",
    ),
    (
        "aware power",
        "train {iris} -o {out}.json --model tree --aware converters --max-power-mw 0.0001",
        "iris: no tree draws as little; got 0.0001 mW; allowed: more power",
    ),
    (
        "teacher",
        "train {iris} -o {out}.skops --model tree --teacher oracle",
        "no such teacher; got oracle; allowed: forest, boosting, rbf",
    ),
    (
        "teacher file",
        "train {iris} -o {out}.skops --model tree --teacher {models}/none.skops",
        "no such teacher",
    ),
    (
        "teacher share",
        "train {iris} -o {out}.skops --model tree --teacher forest --teacher-share 2",
        "option teacher_share is out of range; got 2.0; allowed: 0 to 1",
    ),
    (
        "neighbours",
        "train {iris} -o {out}.skops --model tree --teacher forest --neighbours=-1",
        "option neighbours is out of range; got -1; allowed: 0 to 100",
    ),
    (
        "kernel parameter",
        "train {iris} -o {out}.skops --model svm --c 0",
        "option c is out of range; got 0.0; allowed: above 0 and below",
    ),
    (
        "iterations",
        "train {iris} -o {out}.skops --model svm --max-iter 0",
        "option max_iter is out of range; got 0; allowed: 1 to 10000000",
    ),
    (
        "restarts",
        "train {iris} -o {out}.skops --model mlp --restarts 0",
        "option restarts is out of range; got 0; allowed: 1 to 100",
    ),
    (
        "candidates",
        "train {iris} -o {out}.skops --model tree --search=-1",
        "option search is out of range; got -1; allowed: 0 to 10000",
    ),
    (
        "train bits",
        "train {iris} -o {out}.skops --model tree --input-bits 99",
        "option input_bits is out of range; got 99; allowed: 1 to 16",
    ),
    ("approximate searcher", SEARCH + " --searcher random", "invalid value for '--searcher': 'random' is not one of"),
    ("approximate yield", SEARCH + " --min-yield 0.9", "min_yield: a yield is one at a density of defects; got 0.9"),
    ("approximate defects", SEARCH + " --defects nan", "defects: must be positive; got nan; allowed: per cm2, above 0"),
    ("approximate delay", SEARCH + " --max-delay-ms=-1", "max_delay_ms: must be positive; got -1.0; allowed: above 0"),
    (
        "approximate minimise",
        SEARCH + " --minimise gates",
        "invalid value for '--minimise': 'gates' is not one of 'area'",
    ),
    (
        "approximate recipe and search",
        SEARCH + " --recipe tc23 --epochs 4",
        "tc23: needs other stages; got trees; allowed: affine",
    ),
    ("design over notes", "design {iris} -o {folders}/mine", "mine.search.jsonl: bespoke did not write this file"),
    ("search over notes", "approximate {good} --data {iris} -o {folders}/mine", "bespoke did not write this file"),
    ("design address", DESIGN + " --scheduler 'tcp://[::1'", "scheduler: not the address of a scheduler"),
    ("analyse spread", ANALYSE + " --variation --global-spread 1000", "global_spread: out of range; got 1000"),
    ("sweep families", SWEEP + " --families tree", "families: needs models with design; got tree"),
    ("approximate no modes", SEARCH + " --modes 0", "modes: out of range; got 0; allowed: 1 to 16"),
    ("approximate modes of a tree", SEARCH + " --modes 2", "modes: no smaller modes; got trees; allowed: wei"),
    (
        "approximate cascade of a tree",
        SEARCH + " --cascade",
        "cascade: no cascade; got trees, then index; allowed: wei",
    ),
    ("approximate cascade and modes", SEARCH + " --cascade --modes 2", "do not go together; got modes and cascade"),
    ("approximate mode loss", SEARCH + " --mode-loss=-1", "mode_loss: out of range; got -1.0; allowed: 0 or more"),
    (
        "approximate modes of hardened circuits",
        SEARCH + " --modes 2 --defects 1 --harden",
        "approximate: do not go together; got modes and harden; allowed: one of them",
    ),
    ("recipe searcher", SEARCH + " --recipe alwann --searcher greedy", "searcher: alwann searches as its paper does"),
    ("sweep searcher", SWEEP + " --searcher random", "invalid value for '--searcher': 'random' is not one of"),
    ("sweep aware", SWEEP + " --aware dorefanet", "aware: unknown choice; got dorefanet; allowed: none, qat"),
    ("sweep figure", "plot {folders}/notes -o {out}.svg", "no front and no sweep is there; allowed: a folder that"),
    ("analyse nothing", ANALYSE, "no analysis is asked for; allowed: --faults --several --shorts"),
    ("analyse no folder", "analyse {out} --faults", "no such folder; allowed: a folder that `bespoke compile` wrote"),
    (
        "analyse other files",
        "analyse {folders}/notes --faults",
        "not a compiled design: it has no manifest.json; allowed: a",
    ),
    (
        "analyse defects",
        ANALYSE + " --yield --defects=-2",
        "defects: must be positive; got -2.0; allowed: per cm2, above 0",
    ),
    ("analyse samples", ANALYSE + " --yield --samples 0", "samples: out of range; got 0; allowed: 10 to 1000000"),
    ("analyse radius", ANALYSE + " --robustness --radius=-1", "radius: out of range; got -1; allowed: 1 to 1000"),
    ("analyse rows", ANALYSE + " --robustness --rows 0", "certified_rows: out of range; got 0; allowed: 1 to 1000000"),
    (
        "analyse exact",
        ANALYSE + " --errors --exact {out}",
        "no such folder; allowed: a folder that `bespoke compile` wrote",
    ),
    (
        "analyse inputs",
        ANALYSE + " --errors --inputs all",
        "invalid value for '--inputs': 'all' is not one of 'uniform'",
    ),
    ("analyse data", ANALYSE + " --faults --data irris", "no such data set or file; got 'irris'; did you mean 'iris'?"),
    (
        "export nothing",
        "export {out} --format blif -o {out}",
        "no such folder; allowed: a folder that `bespoke compile` wrote",
    ),
    (
        "export format",
        "export {folders}/compiled --format edif -o {out}",
        "--format: unknown format; got edif; allowed: blif",
    ),
    ("export no format", "export {folders}/compiled -o {out}", "missing option '--format'"),
    ("plot nothing", "plot {out} -o {out}.svg", "no front and no sweep is there; allowed: a folder that"),
    ("plot kind", "plot {folders}/front -o {out}.gif", "no front and no sweep is there; allowed: a folder that"),
    (
        "plot width",
        "plot {folders}/front -o {out}.svg --width 0",
        "invalid value for '--width': 0.0 is not in the range 1<=x<=20",
    ),
    (
        "plot figure",
        "plot {folders}/front -o {out}.svg --figure curve",
        "invalid value for '--figure': 'curve' is not one of 'gain'",
    ),
    ("operator", "operators show lao width=8", "unknown family of operators; got lao; allowed: truncated"),
    ("operator parameter", "operators show loa widht=8", "loa: unknown parameter; got widht; allowed: width, low"),
    ("operator value", "operators show loa width=x", "invalid value for '[PARAMETERS]...': 'x' is not a list of"),
    ("operator range", "operators show loa width=8 low=99", "low: out of range; got 99; allowed: 0 to 8"),
    ("operator form", "operators show loa width", "invalid value for '[PARAMETERS]...': 'width' is not of the"),
    (
        "operator export",
        "operators export gear -o {folders}/notes",
        "the folder holds other files, and no list of those that",
    ),
    (
        "operator technology",
        "operators show loa width=8 --tech egfeet",
        "unknown technology; got egfeet; did you mean 'egfet'?",
    ),
    ("activity file", ESTIMATE + " --activity {techs}/none.vcd", "cannot be read; got No such file or directory"),
    (
        "activity and stimuli",
        ESTIMATE + " --activity {techs}/prose.v --stimuli {techs}/none.csv",
        "both stimuli and an activity are given; allowed: --stimuli or",
    ),
    ("estimate voltage", ESTIMATE + " --vdd 9", "egfet: no figures for this supply voltage; got 9 V; allowed"),
    ("estimate technology", ESTIMATE + " --tech egfeet", "unknown technology; got egfeet; did you mean 'egfet'?"),
    ("estimate table ends", ESTIMATE + " --table-ends clip", "invalid value for '--table-ends': 'clip' is not one of"),
    (
        "vector time",
        ESTIMATE + " --activity {techs}/none.vcd --vector-time 0",
        "invalid value for '--vector-time': 0 is not in the range x>=1",
    ),
    ("tech converters", "tech show date99", "unknown technology; got date99; allowed: cnt_tft, egfet, or"),
    ("verify option", "verify {folders}/compiled --formel", "no such option '--formel'; did you mean '--formal'?"),
    ("doctor option", "doctor --jsn", "no such option '--jsn'; did you mean '--json'?"),
    (
        "compile inputs of a feature",
        COMPILE + " --inputs petals=unary",
        "inputs: unknown feature; got petals; allowed: sepal_length",
    ),
    (
        "analyse several exact",
        ANALYSE + " --errors --exact {folders}/notes",
        "not a compiled design: it has no manifest.json; allowed: a",
    ),
    ("analyse tolerance", ANALYSE + " --yield --tolerance=-1", "tolerance: out of range; got -1.0; allowed: 0 to 1"),
    (
        "analyse other rows",
        ANALYSE + " --faults --data {data}/narrow.csv",
        "model and data differ in the number of features; got 2",
    ),
    ("analyse seed", ANALYSE + " --faults --seed=-1", "invalid value for '--seed': -1 is not in the range"),
    (
        "export twice",
        "export {folders}/compiled --format blif,blif2 -o {out}",
        "--format: unknown format; got blif2; did you mean 'blif'?",
    ),
    (
        "export stimuli",
        "export {folders}/compiled --format saif --stimuli {techs}/none.csv -o {out}",
        "cannot be read; got No such file or directory",
    ),
    (
        "export over a file",
        "export {folders}/compiled --format blif -o {folders}/a_file/x",
        "cannot be written; got Not a directory",
    ),
    ("operator pair", "operators show loa width=8,x", "invalid value for '[PARAMETERS]...': '8,x' is not a list of"),
    ("operator none", "operators show", "missing argument 'FAMILY'"),
    ("operator export no output", "operators export loa", "missing option '-o' / '--output'"),
    ("operator negative", "operators show gear width=8 result=0", "result: out of range; got 0; allowed: 1 to 8"),
    (
        "tech import suffix",
        "tech import {data}/iris.csv --name mine",
        "iris.csv:1: sepal_length must be followed by ':' or '('; got ,",
    ),
    (
        "tech import twice",
        "tech import {techs}/none.lib --name mine",
        "the file cannot be read; got No such file or directory",
    ),
    (
        "plot over a folder",
        "plot {folders}/compiled -o {models}/folder.skops",
        "no front and no sweep is there; allowed: a folder that",
    ),
    ("datasets subcommand", "datasets ftch", "no such command 'ftch'; did you mean 'fetch'?"),
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    places = write_places(tmp_path_factory.mktemp("bad"))
    made = call(
        *("compile", str(places["good"]), "--data", str(places["iris"])),
        *("-o", str(places["folders"] / "compiled"), "--no-verify"),
    )
    assert made.exit_code == 0, made.output
    return places


@pytest.mark.slow_if("aware power")
@pytest.mark.parametrize(("line", "message"), [call[1:] for call in CALLS], ids=[call[0] for call in CALLS])
def test_bad_call(line: str, message: str, places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_bad_call(line, message, places, tmp_path, monkeypatch)


def test_the_table_is_long_and_its_names_differ() -> None:
    assert len(CALLS) >= 140
    assert len({call[0] for call in CALLS}) == len(CALLS)
