"""Model files: skops without running code, pickles on request, IntegerModel JSON."""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from bespoke.errors import ModelFileError, NotFittedModelError, OutputError, UntrustedFileError
from bespoke.files import write_file
from bespoke.frontend.archive import best_of_search, maker
from bespoke.frontend.attributes import Estimator, malformed
from bespoke.frontend.composition import compose
from bespoke.frontend.lightgbm import read_lightgbm
from bespoke.frontend.predicting import check_predicts
from bespoke.frontend.tree_file import TreeFile
from bespoke.frontend.trusted import STEP_TYPES
from bespoke.frontend.truth_table import read_pla, read_truth
from bespoke.frontend.xgboost import looks_like_xgboost, read_xgboost
from bespoke.model import IntegerModel, model_from_text, model_to_text

# Internals of scikit-learn inside supported estimators and searches that skops does not trust by itself. None runs
# code when it is built; node tables are checked after loading, and nothing else here is ever called.
TRUSTED_TYPES = (
    *STEP_TYPES,
    "sklearn.tree._tree.Tree",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils._bunch.Bunch",
    # Of an encoder of categories; what is inside a partial must be trusted, too.
    "functools.partial",
    "sklearn.utils.validation.check_array",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.model_selection._search_successive_halving.HalvingGridSearchCV",
    "sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.metrics._classification.accuracy_score",
    "sklearn.metrics._classification.balanced_accuracy_score",
    "sklearn.metrics._classification.f1_score",
    "sklearn.metrics._regression.r2_score",
    "sklearn.metrics._regression.mean_absolute_error",
    "sklearn.metrics._regression.mean_squared_error",
    "sklearn.model_selection._split.GroupKFold",
    "sklearn.model_selection._split.KFold",
    "sklearn.model_selection._split.LeaveOneOut",
    "sklearn.model_selection._split.RepeatedKFold",
    "sklearn.model_selection._split.RepeatedStratifiedKFold",
    "sklearn.model_selection._split.ShuffleSplit",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.model_selection._split.StratifiedShuffleSplit",
)
MAX_FILE_BYTES = 1 << 30


@dataclass(frozen=True)
class Loaded:
    """A model and what was noticed when it was read.

    Attributes
    ----------
    model : object
        A fitted estimator, Pipeline or search, or an IntegerModel.
    notes : tuple of str
        Warnings, such as another version of scikit-learn.
    """

    model: Any
    notes: tuple[str, ...]


def read_model(path: str | Path, *, trust_pickle: bool = False) -> Loaded:
    """Model in a file, checked.

    Parameters
    ----------
    path : str or Path
        ``.skops``, ``.json`` (IntegerModel, or of XGBoost), ``.txt`` (of LightGBM), ``.truth`` or ``.pla`` (tables), or
        with ``trust_pickle`` also ``.joblib``, ``.pkl``, ``.pickle``.
    trust_pickle : bool
        Whether code inside a pickle may run.

    Returns
    -------
    Loaded

    Raises
    ------
    ModelFileError
        If the file is missing, empty, damaged, of an unknown suffix or holds forged arrays.
    UntrustedFileError
        If reading could run code that was not allowed.
    ModelError
        If the model is not supported.
    """
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    if reader is None and not file.is_dir():
        raise ModelFileError("unknown kind of model file", where=str(file), allowed=", ".join(_READERS))
    _check_file(file)
    if file.suffix.lower() in _PICKLES and not trust_pickle:
        raise UntrustedFileError(
            "a pickle runs any code in it when it is read",
            where=str(file),
            allowed="a .skops file, or --trust-pickle if you trust whoever made this one",
        )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with _naming_its_maker(file):
            model = _READERS[file.suffix.lower()](file)
            if not is_integer_model(model):
                compose(model)
    return Loaded(model, tuple(dict.fromkeys(" ".join(str(warning.message).split()) for warning in caught)))


def load_estimator(path: str | Path) -> Estimator:
    """Fitted estimator in a ``.skops`` file that may predict; see `check_predicts`.

    Raises
    ------
    ModelError
        As `read_model`, or if its predictions cannot be trusted to end.
    """
    file = Path(path)
    if file.suffix.lower() != ".skops" or file.is_dir():
        raise ModelFileError("no model file of this kind", where=str(file), allowed="a .skops file")
    _check_file(file)
    with _naming_its_maker(file):
        model = _read_skops(file)
        check_predicts(model)
    return model


def is_integer_model(model: object) -> TypeGuard[IntegerModel]:
    """Whether a loaded model is quantised already."""
    return type(model) is IntegerModel


def _check_file(file: Path) -> None:
    if not file.exists():
        raise ModelFileError("no such file", where=str(file))
    if file.is_dir():
        raise ModelFileError("a directory, not a model file", where=str(file), allowed=", ".join(_READERS))
    size = file.stat().st_size
    if size == 0:
        raise ModelFileError("empty file", where=str(file))
    _check_size(file, size)


def _read_skops(file: Path) -> Estimator:
    import skops.io

    with _readable(file), zipfile.ZipFile(file) as archive:
        size = sum(member.file_size for member in archive.infolist())
        names = archive.namelist()
    if "schema.json" not in names:
        raise ModelFileError("not a skops file", where=str(file), got="no schema.json inside")
    _check_size(file, size)
    with _readable(file):
        content = file.read_bytes()
        unknown = _untrusted(content)
        best = best_of_search(content) if unknown else None
        if best is not None:
            warnings.warn("the best estimator of the search in the file is read, and nothing else of it", stacklevel=2)
            content, unknown = best, _untrusted(best)
    if unknown:
        raise UntrustedFileError(
            "the file holds types that are not trusted",
            where=str(file),
            got=", ".join(unknown),
            allowed="scikit-learn estimators, scalers and searches",
        )
    with _readable(file):
        return skops.io.loads(content, trusted=list(TRUSTED_TYPES))


def _untrusted(content: bytes) -> list[str]:
    import skops.io

    return sorted(set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED_TYPES))


def _read_pickle(file: Path) -> Estimator:
    import joblib

    with _readable(file):
        return joblib.load(file)


def _read_json(file: Path) -> IntegerModel | TreeFile:
    with _readable(file):
        text = file.read_text(encoding="utf-8")
    if not looks_like_xgboost(text):
        return model_from_text(text, where=str(file))
    with malformed(str(file)):
        return read_xgboost(json.loads(text))


def _read_text(file: Path) -> TreeFile:
    with _readable(file):
        text = file.read_text(encoding="utf-8")
    with malformed(str(file)):
        return read_lightgbm(text)


def _check_size(file: Path, size: int) -> None:
    if size > MAX_FILE_BYTES:
        raise ModelFileError("file too large", where=str(file), got=f"{size} bytes", allowed=f"{MAX_FILE_BYTES}")


@contextmanager
def _naming_its_maker(file: Path) -> Iterator[None]:
    """Name the version of scikit-learn that wrote the file, if it is another, in faults of what is inside."""
    try:
        yield
    except UntrustedFileError:
        raise
    except (ModelFileError, NotFittedModelError) as error:
        import sklearn

        version = maker(file.read_bytes())
        if version in ("", sklearn.__version__):
            raise
        allowed = "a model fitted with the version that is installed"
        made = f"{error.where or file}, made by scikit-learn {version} and read by {sklearn.__version__}"
        raise type(error)(error.what, where=made, got=error.got, allowed=error.allowed or allowed) from None


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Name whatever a damaged file leads to; readers, and code in a pickle, may raise anything."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  see above
        reason = (str(error).strip().splitlines() or [""])[0]
        got = f"{type(error).__name__}: {reason}"
        raise ModelFileError("cannot be read", where=str(file), got=got) from None


_PICKLES = (".joblib", ".pkl", ".pickle")
_READERS: dict[str, Callable[[Path], Any]] = {
    ".skops": _read_skops,
    ".json": _read_json,
    ".txt": _read_text,
    ".truth": read_truth,
    ".pla": read_pla,
    **dict.fromkeys(_PICKLES, _read_pickle),
}


_OBJECT_NUMBER = re.compile(r'(?<="__id__": )\d+|(?<=")\d+(?=\.npy")')
_ARCHIVE_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that zip knows


def save_model(estimator: Estimator, path: str | Path) -> None:
    """Write a fitted estimator as a skops file or an integer model as JSON; it appears whole or not at all.

    Memory addresses and times, which skops puts into its files, are replaced, so equal models give equal bytes.

    Parameters
    ----------
    estimator : object
        A fitted estimator, Pipeline or search, or an IntegerModel.
    path : str or Path
        Must end in ``.skops``, of an IntegerModel in ``.json``; its folder is made if need be.

    Raises
    ------
    OutputError
        Another ending, or the file cannot be written.
    """
    file = Path(path)
    suffix = ".json" if is_integer_model(estimator) else ".skops"
    if file.suffix != suffix:
        raise OutputError(f"such model files end in {suffix}", where=str(file), got=repr(file.suffix), allowed=suffix)
    if is_integer_model(estimator):
        write_file(file, model_to_text(estimator).encode())
        return
    import skops.io

    write_file(file, _with_stable_numbers(skops.io.dumps(estimator)))


def _with_stable_numbers(content: bytes) -> bytes:
    """A skops archive whose objects are numbered in the order in which its schema names them."""
    source = zipfile.ZipFile(io.BytesIO(content))
    numbers: dict[str, str] = {}
    schema = _OBJECT_NUMBER.sub(
        lambda match: numbers.setdefault(match[0], str(len(numbers) + 1)), source.read("schema.json").decode()
    )
    members = {"schema.json": schema.encode()}
    for name in source.namelist():
        stem = name.removesuffix(".npy")
        if name != "schema.json":
            members[f"{numbers.get(stem, stem)}.npy" if name.endswith(".npy") else name] = source.read(name)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _ARCHIVE_TIME), members[name], zipfile.ZIP_DEFLATED)
    return target.getvalue()
