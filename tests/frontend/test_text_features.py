"""Features that are texts, coded by the encoders of the user's own pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import call
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from bespoke import compile_model
from bespoke.errors import BespokeError
from bespoke.frontend import save_model, text_codes

RNG = np.random.default_rng(0)
PEOPLE = pd.DataFrame(
    {
        "history": RNG.choice(["Absent", "Present"], 200),
        "age": RNG.integers(20, 84, 200),
        "colour": RNG.choice(["red", "green", "blue"], 200),
    }
)
SICK = ((PEOPLE.age > 50).astype(int) + (PEOPLE.history == "Present") + (PEOPLE.colour == "red") > 1).astype(int)
CODES = {"Absent": 0, "Present": 1, "blue": 0, "green": 1, "red": 2}
ENCODERS: dict[str, Any] = {
    "one hot": OneHotEncoder(),
    "without the first": OneHotEncoder(drop="if_binary"),
    "others are nothing": OneHotEncoder(handle_unknown="ignore"),
    "ordinal": OrdinalEncoder(),
    "imputed": make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
}


def fitted(encoder: Any, estimator: Any) -> Any:
    columns = make_column_transformer((encoder, ["history", "colour"]), (MinMaxScaler(), ["age"]))
    return make_pipeline(columns, estimator).fit(PEOPLE, SICK)


def as_numbers(people: pd.DataFrame) -> np.ndarray:
    return np.column_stack([people.history.map(CODES), people.age, people.colour.map(CODES)])


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_tree_sees_what_its_encoder_saw(encoder: str) -> None:
    model = fitted(ENCODERS[encoder], DecisionTreeClassifier(max_depth=5, random_state=0))
    design = compile_model(model, PEOPLE, SICK, input_bits=6)
    assert np.array_equal(design.predict(as_numbers(PEOPLE)), model.predict(PEOPLE))
    assert design.model.coding.names == ("history", "age", "colour")
    assert [
        note for note in design.provenance.notes if "'history' is read as the model's encoder does: 0 for 'Abs" in note
    ]


@pytest.mark.slow
def test_arrays_of_objects_and_models_without_names() -> None:
    cells = PEOPLE.to_numpy(dtype=object)
    columns = make_column_transformer((OneHotEncoder(), [0, 2]), (MinMaxScaler(), [1]))
    model = make_pipeline(columns, LogisticRegression()).fit(cells, SICK)
    design = compile_model(model, cells, SICK, input_bits=6)
    assert np.array_equal(design.predict(as_numbers(PEOPLE)), model.predict(cells))
    assert [codes.feature for codes in text_codes(model)] == [0, 2]


@pytest.mark.slow_if("Present-True")
@pytest.mark.parametrize(("text", "agrees"), [("Perhaps", False), ("?", False), ("Present", True)])
def test_a_file_with_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, agrees: bool) -> None:
    monkeypatch.chdir(tmp_path)
    save_model(fitted(ENCODERS["one hot"], DecisionTreeClassifier(max_depth=3)), "model.skops")
    people = PEOPLE.assign(sick=SICK)
    people.loc[3, "history"] = text
    people.to_csv("people.csv", index=False)
    found = call("compile", "model.skops", "--data", "people.csv", "-o", "out", "--no-verify")
    if agrees:
        assert found.exit_code == 0, found.output
        return
    wanted = {
        "?": "values are missing",
        "Perhaps": "a text that the model's encoder does not know; got 'Perhaps'; allowed: Absent, Present",
    }
    assert wanted[text] in found.stderr
    assert not Path("out").exists()


def test_other_texts_where_the_encoder_ignores_them() -> None:
    model = fitted(ENCODERS["others are nothing"], DecisionTreeClassifier(max_depth=5, random_state=0))
    others = PEOPLE.assign(colour=["mauve", *PEOPLE.colour[1:]])
    design = compile_model(model, others, SICK, input_bits=6)
    numbers = as_numbers(PEOPLE)
    numbers[0, 2] = 3
    assert np.array_equal(design.predict(numbers), model.predict(others))


@pytest.mark.parametrize(
    ("encoder", "people", "message"),
    [
        (OneHotEncoder(), PEOPLE.assign(colour="mauve"), "X, column 'colour': a text that the model's encoder"),
        (OneHotEncoder(), PEOPLE.assign(age="old"), "the features are not numbers"),
        (OneHotEncoder(), PEOPLE.assign(age=np.nan), "not finite"),
        (make_pipeline(OrdinalEncoder(), StandardScaler(), OneHotEncoder()), PEOPLE.drop(columns="colour"), "colour"),
        (OneHotEncoder(max_categories=2), PEOPLE, "infrequent categories"),
    ],
)
def test_refusals(encoder: Any, people: pd.DataFrame, message: str) -> None:
    model = fitted(encoder, DecisionTreeClassifier(max_depth=3, random_state=0))
    with pytest.raises(BespokeError, match=message):
        compile_model(model, people, SICK)
