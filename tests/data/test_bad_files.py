"""Every bad data file ends in a one-line error of its own class."""

from __future__ import annotations

from pathlib import Path

import pytest

from bespoke.data import load_dataset
from bespoke.errors import (
    BespokeError,
    DataFileError,
    DatasetNotFoundError,
    MissingValuesError,
    NonNumericError,
    OptionError,
    SingleClassError,
    TargetError,
)

GOOD = "a,b,target\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n"

# Content, keyword arguments, class of the error, message with {path} for the file.
BAD = {
    "empty": (b"", {}, DataFileError, "{path}: the file is empty; allowed: a header line and rows of numbers"),
    "blank": (b"\n \n", {}, DataFileError, "{path}: the file is empty; allowed: a header line and rows of numbers"),
    "binary": (b"a,b\n\x00\x01", {}, DataFileError, "{path}: not a text table; got binary content; allowed: CSV text"),
    "workbook": (
        b"PK\x03\x04rest",
        {},
        DataFileError,
        "{path}: not a text table; got a zip archive or .xlsx workbook; allowed: CSV text; export it as CSV",
    ),
    "old workbook": (
        b"\xd0\xcf\x11\xe0rest",
        {},
        DataFileError,
        "{path}: not a text table; got an .xls workbook; allowed: CSV text; export it as CSV",
    ),
    "utf-16": (
        "a,b\n1,2\n".encode("utf-16"),
        {},
        DataFileError,
        "{path}: not a text table; got UTF-16 text; allowed: CSV text; export it as CSV",
    ),
    "latin-1": (b"\xe4,b\n1,2\n", {}, DataFileError, "{path}: not UTF-8 text; got byte 0; allowed: UTF-8 CSV"),
    "header alone": (
        b"a,b,target\n",
        {},
        DataFileError,
        "{path}: the table has no rows; got a header alone; allowed: at least two rows",
    ),
    "no header": (
        b"1,2,0\n3,4,1\n",
        {},
        DataFileError,
        (
            "{path}: the first line holds only numbers; got no header; "
            "allowed: a first line of column names, such as x0,x1,target"
        ),
    ),
    "repeated names": (b"a,a,target\n1,2,0\n", {}, DataFileError, "{path}: column names are repeated; got 'a'"),
    "unnamed column": (
        b"a,,target\n1,2,0\n",
        {},
        DataFileError,
        "{path}: a column has no name; got column 2 of 3; allowed: a name; pandas: to_csv(..., index=False)",
    ),
    "row as header": (
        b"5.1,3.5,setosa\n4.9,3.0,setosa\n6.1,2.8,other\n",
        {},
        DataFileError,
        (
            "{path}: the first line looks like a row; got numbers as names: 5.1, 3.5; "
            "allowed: a first line of column names, such as x0,x1,target"
        ),
    ),
    "one column": (
        b"target\n1\n2\n",
        {},
        DataFileError,
        (
            "{path}: the table has one column only; got 'target'; "
            "allowed: features and a target, divided by comma, semicolon, tab or space"
        ),
    ),
    "ragged": (
        b"a,b,target\n1,2,0\n3,4\n",
        {},
        DataFileError,
        "{path}, line 3: the row does not have as many cells as the header; got 2 cells; allowed: 3 cells",
    ),
    "too long": (
        b"a,b,target\n1,2,0,9\n",
        {},
        DataFileError,
        "{path}, line 2: the row does not have as many cells as the header; got 4 cells; allowed: 3 cells",
    ),
    "open quote": (
        b'a,b,target\n1,"2,0\n3,4,1\n',
        {},
        DataFileError,
        "{path}, line 3: the line is not CSV; got unexpected end of data; allowed: paired quotes",
    ),
    "text in a feature": (
        b"a,b,target\n1,2,0\n3,red,1\n",
        {},
        NonNumericError,
        (
            "{path}, line 3, column 'b': not a number; got 'red'; allowed: numbers in every row of the column, "
            "or texts in every one"
        ),
    ),
    "decimal comma": (
        b"a;b;target\n1;2;0\n3;4,5;1\n",
        {},
        NonNumericError,
        "{path}, line 3, column 'b': not a number; got '4,5'; allowed: a point as decimal mark",
    ),
    "digits grouped": (
        b"a,b,target\n1_000,2,0\n3,4,1\n",
        {},
        NonNumericError,
        "{path}, line 2, column 'a': not a number; got '1_000'; allowed: numbers in every row of the column",
    ),
    "infinite": (
        b"a,b,target\n1,inf,0\n3,4,1\n",
        {},
        NonNumericError,
        "{path}, line 2, column 'b': not a finite number; got inf; allowed: magnitudes up to 1e+100",
    ),
    "huge": (
        b"a,b,target\n1,2,0\n-1e200,4,1\n",
        {},
        NonNumericError,
        (
            "{path}, line 3, column 'a': not a finite number of sensible size; got -1e+200; "
            "allowed: magnitudes up to 1e+100"
        ),
    ),
    "missing": (
        b"a,b,target\n1,?,0\n3,4,1\n,NA,1\n",
        {},
        MissingValuesError,
        "{path}: values are missing; got 2 of 3 rows ('a' 1, 'b' 2); allowed: --missing drop, low or high",
    ),
    "missing target": (
        b"a,b,target\n1,2,\n3,4,1\n",
        {},
        MissingValuesError,
        "{path}: values are missing; got 1 of 2 rows ('target' 1); allowed: --missing drop, low or high",
    ),
    "all missing": (
        b"a,b,target\n1,?,0\n?,4,1\n",
        {"missing": "drop"},
        MissingValuesError,
        "{path}: every row has a missing value; got 2 of 2 rows ('a' 1, 'b' 1)",
    ),
    "no value at all": (
        b"a,b,target\n1,?,0\n3,,1\n",
        {"missing": "low"},
        MissingValuesError,
        "{path}, column 'b': there is no value at all; allowed: a file without the column",
    ),
    "one class": (
        b"a,b,target\n1,2,7\n3,4,7\n",
        {},
        SingleClassError,
        "{path}, target 'target': the target has one class only; got 7; allowed: at least two",
    ),
    "one value": (
        b"a,b,target\n1,2,0.5\n3,4,0.5\n",
        {},
        TargetError,
        "{path}, target 'target': the target has one value only; got 0.5; allowed: at least two",
    ),
    "mistyped target": (
        GOOD.encode(),
        {"target": "Taget"},
        TargetError,
        "{path}: no such target column; got 'Taget'; did you mean 'target'?",
    ),
    "unknown target": (
        GOOD.encode(),
        {"target": "xyzzy"},
        TargetError,
        "{path}: no such target column; got 'xyzzy'; allowed: a, b, target",
    ),
    "text for regression": (
        b"a,b,target\n1,2,x\n3,4,y\n",
        {"task": "regression"},
        TargetError,
        "{path}, target 'target': the target holds text; got 'x'; allowed: numbers",
    ),
    "fractions for classification": (
        b"a,b,target\n1,2,0\n3,4,0.5\n",
        {"task": "classification"},
        TargetError,
        (
            "{path}, target 'target': the target holds fractions; got 0.5; "
            "allowed: whole numbers or text as classes, or --task regression"
        ),
    ),
    "infinite target": (
        b"a,b,target\n1,2,inf\n3,4,1\n",
        {},
        TargetError,
        (
            "{path}, line 2, column 'target': not a finite number of sensible size; got 'inf'; "
            "allowed: magnitudes up to 1e+100"
        ),
    ),
    "unknown task": (
        GOOD.encode(),
        {"task": "clustering"},
        OptionError,
        "unknown task; got 'clustering'; allowed: classification, regression",
    ),
    "unknown missing": (
        GOOD.encode(),
        {"missing": "mean"},
        OptionError,
        "unknown handling of missing values; got 'mean'; allowed: error, drop, low, high",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_file_gives_its_message(case: str, tmp_path: Path) -> None:
    content, arguments, fault, message = BAD[case]
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(BespokeError) as caught:
        load_dataset(path, **arguments)
    assert type(caught.value) is fault
    assert str(caught.value) == message.format(path=path)
    assert "\n" not in str(caught.value)


def test_good_neighbour_loads(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text(GOOD)
    assert load_dataset(path).features.shape == (4, 2)


NOT_FOUND = {
    "redwin": "no such data set or file; got 'redwin'; did you mean 'redwine'?",
    "redwine": "{folder}: no copy of the data set 'redwine' is at hand; "
    "allowed: `bespoke datasets fetch redwine`, or put redwine.csv or winequality-red.csv there",
    "nowhere.csv": "nowhere.csv: no such file; allowed: a CSV file or a name of `bespoke datasets list`",
}


@pytest.mark.parametrize("name", NOT_FOUND)
def test_name_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetNotFoundError) as caught:
        load_dataset(name, folder=tmp_path)
    assert str(caught.value) == NOT_FOUND[name].format(folder=tmp_path)


def test_folder_instead_of_file(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="a folder is not a data file"):
        load_dataset(str(tmp_path))


def test_catalogue_set_keeps_its_target() -> None:
    with pytest.raises(TargetError) as caught:
        load_dataset("iris", target="petal_width")
    expected = "iris: a catalogue data set has a target of its own; got 'petal_width'; allowed: 'target' or 'species'"
    assert str(caught.value) == expected
