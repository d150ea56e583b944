"""Bad calls: each gives one line that says what is wrong, an exit code of 2, and leaves nothing behind."""

from __future__ import annotations

import shlex
from pathlib import Path

import bad_call_files
import pytest
from command_line import call

COMPILE = "compile {good} --data {iris} -o {out}"
MODEL = "compile {models}/%s --data {iris} -o {out}"
DATA = "compile {good} --data {data}/%s -o {out}"
SEARCH = "approximate {good} --data {iris} -o {out}"
SWEEP = "sweep --datasets {iris} --models tree -o {out}"
TRAIN = "train {data}/%s --model tree -o {out}.skops"

# Name, command line, a part of the message.
CALLS = (
    # The command line itself.
    ("unknown command", "comple x", "did you mean 'compile'?"),
    ("unknown subcommand", "tech lst", "list"),
    ("unknown option", COMPILE + " --efort high", "--effort"),
    ("no model", "compile", "missing argument 'MODEL'"),
    ("no output", "compile {good} --data {iris}", "missing option '-o'"),
    # Model files.
    ("missing model", MODEL % "none.skops", "no such file"),
    ("folder as model", MODEL % "folder.skops", "folder"),
    ("empty model", MODEL % "empty.skops", "empty"),
    ("text as model", MODEL % "text.skops", "text.skops"),
    ("truncated model", MODEL % "truncated.skops", "truncated.skops"),
    ("other archive", MODEL % "other_zip.skops", "other_zip.skops"),
    ("unknown suffix", MODEL % "model.onnx", "unknown kind of model file; allowed: .skops"),
    ("pickle", MODEL % "model.pkl", "--trust-pickle"),
    ("joblib", MODEL % "model.joblib", "--trust-pickle"),
    ("damaged pickle", MODEL % "model.pkl" + " --trust-pickle", "model.pkl"),
    ("damaged joblib", MODEL % "model.joblib" + " --trust-pickle", "model.joblib"),
    # Models that are not supported.
    ("dictionary", MODEL % "dictionary.skops", "dict"),
    ("neighbours", MODEL % "neighbours.skops", "types that are not trusted"),
    ("quadratic", MODEL % "quadratic.skops", "QuadraticDiscriminantAnalysis"),
    ("unfitted", MODEL % "unfitted.skops", "not fitted"),
    ("unfitted pipeline", MODEL % "unfitted_pipeline.skops", "not fitted"),
    ("unknown activation", MODEL % "sine.skops", "relu"),
    ("normalizer", MODEL % "normalizer.skops", "MinMaxScaler"),
    ("rbf kernel", MODEL % "rbf.skops", "linear"),
    ("two outputs", MODEL % "two_outputs.skops", "several targets; got 2"),
    ("NaN coefficient", MODEL % "nan.skops", "not a finite number; got nan"),
    ("infinite scale", MODEL % "infinite.skops", "finite"),
    ("PCA", MODEL % "pca.skops", "PCA"),
    ("function in pipeline", MODEL % "function.skops", "log1p"),
    ("search without refit", MODEL % "no_refit.skops", "refit"),
    ("feature count", MODEL % "wide.skops", "number of features"),
    # IntegerModel files.
    ("broken JSON", MODEL % "broken.json", "not JSON"),
    ("JSON list", MODEL % "list.json", "not an IntegerModel"),
    ("JSON version", MODEL % "version.json", "unknown version; got 99"),
    ("JSON kind", MODEL % "kind.json", "unknown kind; got forest"),
    ("JSON without layers", MODEL % "no_layers.json", "malformed"),
    ("JSON bits", MODEL % "bits.json", "input bits out of range"),
    ("JSON span", MODEL % "span.json", "positive span"),
    ("JSON decision", MODEL % "decision.json", "unknown decision; got guess"),
    ("JSON huge weights", MODEL % "huge.json", "62 bits"),
    ("JSON ragged", MODEL % "ragged.json", "do not fit"),
    ("JSON labels", MODEL % "labels.json", "no target is a class of the model"),
    # Data.
    ("unknown data set", "compile {good} --data irris -o {out}", "did you mean 'iris'?"),
    ("data set not fetched", "compile {good} --data arrhythmia -o {out}", "bespoke datasets fetch arrhythmia"),
    ("missing CSV", DATA % "none.csv", "no such file"),
    ("folder as CSV", DATA % "folder.csv", "folder"),
    ("empty CSV", DATA % "empty.csv", "empty.csv"),
    ("header alone", DATA % "header.csv", "header.csv"),
    ("words in a feature", DATA % "words.csv", "red"),
    ("missing values", DATA % "gaps.csv", "values are missing"),
    ("ragged row", DATA % "ragged.csv", "ragged.csv"),
    ("infinite value", DATA % "infinite.csv", "finite"),
    ("one class", DATA % "one_class.csv", "one class"),
    ("too few rows", DATA % "two_rows.csv", "class"),
    ("columns of another model", DATA % "narrow.csv", "number of features"),
    ("labels of another model", DATA % "other_labels.csv", "none of the targets is a class of the model"),
    ("same names", DATA % "same_names.csv", "same_names.csv"),
    ("no feature", DATA % "only_target.csv", "only_target.csv"),
    ("binary file", DATA % "binary.csv", "binary.csv"),
    ("wrong target", COMPILE + " --target species", "species"),
    ("no data", "compile {good} -o {out}", "data are needed"),
    # Options.
    ("input bits too many", COMPILE + " --input-bits 17", "input bits: out of range; got 17"),
    ("input bits negative", COMPILE + " --input-bits=-1", "input bits: out of range; got -1"),
    ("input bits no number", COMPILE + " --input-bits four", "'four' is not a number of bits"),
    ("input bits unknown feature", COMPILE + " --input-bits petals=3", "unknown feature; got petals"),
    ("input bits twice", COMPILE + " --input-bits petal_width=3,petal_width=4", "named twice"),
    ("input bits no name", COMPILE + " --input-bits petal_width=3,4", "not of the form name=B"),
    ("weight bits too few", COMPILE + " --weight-bits 1", "weight bits: out of range; got 1"),
    ("weight bits no number", COMPILE + " --weight-bits x", "'x' is not a number of bits"),
    (
        "weight bits per layer",
        "compile {models}/mlp.skops --data {iris} -o {out} --weight-bits 8,8,8",
        "one entry per layer",
    ),
    ("value bits", COMPILE + " --value-bits 99", "value bits: out of range; got 99"),
    ("encoding", COMPILE + " --input-encoding ceil", "'ceil' is not one of"),
    ("model inputs", COMPILE + " --model-inputs scaled", "'scaled' is not one of"),
    ("regressor output", COMPILE + " --regressor-output class", "'class' is not one of"),
    (
        "labels of real targets",
        "compile {models}/real.skops --data {data}/fractions.csv -o {out} --regressor-output label",
        "the targets are no labels",
    ),
    ("effort", COMPILE + " --effort max", "'max' is not one of"),
    ("objective", COMPILE + " --objective speed", "'speed' is no objective; allowed: area, power"),
    ("objective share", COMPILE + " --objective 1.5", "allowed: area, power, or a share of power from 0 to 1"),
    ("unknown technology", COMPILE + " --tech egfeet", "unknown technology; got egfeet"),
    ("voltage", COMPILE + " --vdd 9", "no figures for this supply voltage; got 9 V"),
    ("cells", COMPILE + " --dont-use ZZ*", "library egfet: no cell has such a name; got ZZ*"),
    ("no name of cells", COMPILE + " --dont-use INVX1,", "'INVX1,' is not a list of names of cells"),
    ("cells that all else needs", COMPILE + " --dont-use INV*", "library egfet: lacks an inverter"),
    ("voltage no number", COMPILE + " --vdd high", "'high' is not a voltage"),
    ("best voltage without period", COMPILE + " --vdd best", "depends on the period"),
    ("best voltage too slow", COMPILE + " --vdd best --period-ms 0.001", "too slow at every supply voltage"),
    ("period negative", COMPILE + " --period-ms=-5", "period_ms: must be positive"),
    ("period infinite", COMPILE + " --period-ms inf", "period_ms: must be positive"),
    ("test share", COMPILE + " --test-size 1.5", "--test-size"),
    ("seed", COMPILE + " --seed=-1", "--seed"),
    # Technologies.
    ("missing Liberty", COMPILE + " --tech {techs}/none.lib", "none.lib"),
    ("folder as Liberty", COMPILE + " --tech {techs}/folder.lib", "folder.lib"),
    ("empty Liberty", COMPILE + " --tech {techs}/empty.lib", "empty.lib"),
    ("prose as Liberty", COMPILE + " --tech {techs}/prose.lib", "prose.lib"),
    ("truncated Liberty", COMPILE + " --tech {techs}/truncated.lib", "truncated.lib"),
    ("Liberty without cells", COMPILE + " --tech {techs}/no_cells.lib", "cell"),
    ("Liberty function", COMPILE + " --tech {techs}/bad_function.lib", "bad_function.lib"),
    ("Liberty without a gate", COMPILE + " --tech {techs}/only_inverter.lib", "cell"),
    ("import name", "tech import {techs}/only_inverter.lib --name 'Bad Name'", "bad technology name"),
    ("import built-in name", "tech import {techs}/only_inverter.lib --name egfet", "built-in technology"),
    ("show unknown technology", "tech show egfeet", "unknown technology"),
    # Folders.
    ("output is a file", "compile {good} --data {iris} -o {folders}/a_file", "a_file"),
    ("output below a file", "compile {good} --data {iris} -o {folders}/a_file/design", "a_file"),
    ("output holds other files", "compile {good} --data {iris} -o {folders}/notes", "other files"),
    ("output has another manifest", "compile {good} --data {iris} -o {folders}/other_manifest", "other files"),
    ("output has our manifest", "compile {good} --data {iris} -o {folders}/bare_manifest", "no list of those that"),
    ("output was edited", "compile {good} --data {iris} -o {folders}/edited", "report.json: was edited since bespoke"),
    ("output is a front", "compile {good} --data {iris} -o {folders}/front", "holds a front of circuits, of which"),
    ("list of files is none", "compile {good} --data {iris} -o {folders}/bad_list", ".bespoke.json: not JSON"),
    ("list leads elsewhere", "compile {good} --data {iris} -o {folders}/wide_list", "not a list of files"),
    ("verify deep manifest", "verify {folders}/deep_manifest", "manifest.json: not JSON; got brackets nested too"),
    ("verify twice a key", "verify {folders}/twice_manifest", "the key 'version' stands twice"),
    ("verify nothing", "verify {out}", "no such folder"),
    ("verify a file", "verify {folders}/a_file", "no such folder"),
    ("verify other files", "verify {folders}/notes", "no manifest.json"),
    ("verify broken manifest", "verify {folders}/broken_manifest", "not JSON"),
    ("verify other manifest", "verify {folders}/other_manifest", "not a manifest of bespoke"),
    ("verify future manifest", "verify {folders}/future_manifest", "unknown version; got 99"),
    ("verify missing files", "verify {folders}/bare_manifest", "a file of the design is missing"),
    # Approximation.
    ("approximate nothing", "approximate", "missing argument 'MODEL'"),
    ("approximate without data", "approximate {good} -o {out}", "missing option '--data'"),
    ("approximate missing model", "approximate {models}/none.skops --data {iris} -o {out}", "no such file"),
    ("approximate pickle", "approximate {models}/model.pkl --data {iris} -o {out}", "--trust-pickle"),
    ("approximate feature count", "approximate {models}/wide.skops --data {iris} -o {out}", "number of features"),
    ("approximate unknown data", "approximate {good} --data irris -o {out}", "did you mean 'iris'?"),
    ("approximate technology", SEARCH + " --tech egfeet", "unknown technology; got egfeet"),
    ("approximate option", SEARCH + " --max-los 0.1", "--max-loss"),
    ("loss too large", SEARCH + " --max-loss 1.5", "max_loss: out of range; got 1.5; allowed: 0 to 1"),
    ("loss negative", SEARCH + " --max-loss=-0.01", "max_loss: out of range"),
    ("loss no number", SEARCH + " --max-loss little", "'little' is not a valid float"),
    ("accuracy in percent", SEARCH + " --min-accuracy 95", "min_accuracy: out of range; got 95"),
    ("no power", SEARCH + " --max-power-mw 0", "max_power_mw: must be positive"),
    ("no area", SEARCH + " --max-area-cm2=-1", "max_area_cm2: must be positive"),
    ("area not a number", SEARCH + " --max-area-cm2 nan", "max_area_cm2: must be positive"),
    ("unknown source", SEARCH + " --source sun", "'sun' is not one of"),
    ("source and power", SEARCH + " --source molex --max-power-mw 3", "both a power source and a power"),
    (
        "recipe",
        SEARCH + " --recipe date99",
        "recipe: unknown choice; got date99; allowed: alwann, date22, isqed22, tc23",
    ),
    ("search metric", SEARCH + " --metric r2", "'r2' is not one of"),
    ("budget", SEARCH + " --budget 0", "budget_s: must be positive"),
    ("no epochs", SEARCH + " --epochs 0", "epochs: too small"),
    ("no generations", SEARCH + " --generations 0", "generations: too small"),
    ("small population", SEARCH + " --population 2", "population: too small; got 2; allowed: 4 or more"),
    ("no finalists", SEARCH + " --finalists 0", "finalists: too small"),
    ("caution", SEARCH + " --caution=-1", "caution: out of range"),
    ("no jobs", SEARCH + " --jobs 0", "jobs: too small"),
    ("search seed", SEARCH + " --search-seed=-1", "--search-seed"),
    ("approximate into other files", "approximate {good} --data {iris} -o {folders}/notes", "other files"),
    (
        "resume from garbage",
        "approximate {good} --data {iris} -o {folders}/bad_search --resume --force",
        "bad_search/search.json: not a search state",
    ),
    (
        "resume another search",
        "approximate {good} --data {iris} -o {folders}/other_search --resume --force",
        "other_search/search.json: the search state is of another model",
    ),
    # Sweeps.
    ("sweep of nothing", "sweep --models tree -o {out}", "missing option '--datasets'"),
    ("sweep of no name", "sweep --datasets {data}/...csv --models tree -o {out}", "datasets: no name for a folder"),
    ("sweep without models", "sweep --datasets iris -o {out}", "missing option '--models'"),
    ("sweep kind", "sweep --datasets iris --models tre -o {out}", "did you mean 'tree'?"),
    ("sweep data", "sweep --datasets iris,wines --models tree -o {out}", "did you mean 'wine'?"),
    ("sweep missing file", "sweep --datasets {data}/none.csv --models tree -o {out}", "no such file"),
    ("sweep gap in a list", "sweep --datasets iris,,wine --models tree -o {out}", "not a list of names"),
    ("sweep twice", "sweep --datasets iris,iris --models tree -o {out}", "datasets: named twice; got iris"),
    ("sweep seeds", SWEEP + " --seeds 1,x", "'x' is not a seed; allowed: numbers and ranges"),
    ("sweep seed range", SWEEP + " --seeds 5-1", "'5-1' is out of range"),
    ("sweep technology", SWEEP + " --tech egfet,egfeet", "unknown technology; got egfeet"),
    ("sweep voltages", SWEEP + " --vdd 1,low", "'1,low' is not a list of voltages"),
    ("sweep voltage", SWEEP + " --vdd 9", "no figures for this supply voltage"),
    ("sweep layers", SWEEP + " --hidden published,3", "not a list of layer sizes"),
    ("sweep comparison", SWEEP + " --compare mine", "'mine' is not 'published'"),
    ("sweep jobs", SWEEP + " --jobs 0", "--jobs"),
    ("sweep population", SWEEP + " --population 1", "population: too small"),
    ("sweep without test", SWEEP + " --test-size 0", "--test-size"),
    ("sweep into other files", "sweep --datasets {iris} --models tree -o {folders}/notes --resume", "other files"),
    ("sweep over a file", "sweep --datasets {iris} --models tree -o {folders}/a_file/x", "a_file"),
    ("sweep missing config", SWEEP + " --config {folders}/none.toml", "none.toml: No such file"),
    ("sweep config is no TOML", SWEEP + " --config {folders}/prose.toml", "prose.toml: not TOML"),
    (
        "sweep config name",
        SWEEP + " --config {folders}/name.toml",
        "no such option 'max-los'; did you mean 'max-loss'?",
    ),
    ("sweep config flag", SWEEP + " --config {folders}/flag.toml", "verify: 'no' is neither true nor false"),
    ("sweep config table", SWEEP + " --config {folders}/table.toml", "epochs: neither text, a number nor a list"),
    ("sweep config value", SWEEP + " --config {folders}/value.toml", "'many' is not a valid integer"),
    # Netlists.
    ("estimate nothing", "estimate {techs}/none.v", "none.v"),
    ("estimate prose", "estimate {techs}/prose.v", "prose.v"),
    ("estimate unknown cell", "estimate {techs}/unknown_cell.v", "NAND9"),
    ("estimate unknown pin", "estimate {techs}/unknown_pin.v", "Q"),
    ("estimate undriven", "estimate {techs}/undriven.v", "y"),
    ("estimate loop", "estimate {techs}/loop.v", "loop"),
    ("estimate driven twice", "estimate {techs}/twice.v", "y"),
    ("estimate behaviour", "estimate {techs}/behaviour.v", "behaviour.v"),
    ("stimuli missing", "estimate {techs}/good.v --stimuli {techs}/none.csv", "none.csv: cannot be read"),
    (
        "stimuli column",
        "estimate {techs}/good.v --stimuli {techs}/stimuli_other.csv",
        "no column for an input port; got b",
    ),
    ("stimuli range", "estimate {techs}/good.v --stimuli {techs}/stimuli_range.csv", "line 3, a: out of range; got 3"),
    ("stimuli word", "estimate {techs}/good.v --stimuli {techs}/stimuli_word.csv", "not a whole number; got 'x'"),
    ("no stimuli", "estimate {techs}/good.v --stimuli {techs}/stimuli_none.csv", "no vectors"),
    ("estimate period", "estimate {techs}/good.v --period-ms 0", "the period must be positive"),
    # Training.
    ("unknown kind", "train {iris} --model svmm -o {out}.skops", "did you mean 'svm'?"),
    ("hidden layers", "train {iris} --model mlp --hidden 3,x -o {out}.skops", "'3,x' is not a list of layer sizes"),
    ("no hidden unit", "train {iris} --model mlp --hidden 0 -o {out}.skops", "hidden layers out of range"),
    ("depth", "train {iris} --model tree --max-depth 0 -o {out}.skops", "max_depth is out of range; got 0"),
    ("model suffix", "train {iris} --model tree -o {out}.pkl", "does not end in .skops"),
    ("model is a folder", "train {iris} --model tree -o {models}/folder.skops", "is a folder"),
    ("task of kind", "train {data}/fractions.csv --model perceptron -o {out}.skops", "cannot do regression"),
    ("folds", "train {iris} --model tree --search 2 --folds 99 -o {out}.skops", "too few rows for the folds"),
    ("train on gaps", TRAIN % "gaps.csv", "values are missing"),
    ("train on one class", TRAIN % "one_class.csv", "one class"),
    # The catalogue.
    ("show unknown data set", "datasets show wines", "did you mean 'wine'?"),
    ("fetch unknown data set", "datasets fetch wines", "did you mean 'wine'?"),
    ("fetch nothing", "datasets fetch", "missing argument"),
    ("retries", "datasets fetch wine --retries 99", "--retries"),
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("bad")
    places = {name: root / name for name in ("models", "data", "techs", "folders")}
    for place in places.values():
        place.mkdir()
    bad_call_files.write_models(places["models"])
    bad_call_files.write_data(places["data"])
    bad_call_files.write_technologies(places["techs"])
    bad_call_files.write_folders(places["folders"])
    return {**places, "good": places["models"] / "good.skops", "iris": places["data"] / "iris.csv"}


def tree(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.mark.parametrize(("line", "message"), [call[1:] for call in CALLS], ids=[call[0] for call in CALLS])
def test_bad_call(
    line: str, message: str, places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BESPOKE_DATASETS", str(tmp_path / "no_copies"))
    monkeypatch.setenv("BESPOKE_TECHNOLOGIES", str(tmp_path / "no_technologies"))
    before = tree(places["folders"])
    out = tmp_path / "work" / "design"
    out.parent.mkdir()
    args = shlex.split(line.format(**places, out=out))
    result = call(*args)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("bespoke: error: "), result.stderr
    assert message in result.stderr
    assert result.stderr.count("\n") == 1, "more than one line"
    assert "Traceback" not in result.output
    assert not result.stdout
    assert not list(out.parent.iterdir()), "something was left behind"
    assert tree(places["folders"]) == before


def test_the_table_is_long_and_its_names_differ() -> None:
    assert len(CALLS) >= 60
    assert len({call[0] for call in CALLS}) == len(CALLS)
