"""What to train, and how."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

from bespoke.data import CLASSIFICATION, REGRESSION
from bespoke.errors import OptionError
from bespoke.model import MAX_INPUT_BITS

# Kind of model -> the scikit-learn class for each task.
KINDS: dict[str, dict[str, str]] = {
    "tree": {CLASSIFICATION: "DecisionTreeClassifier", REGRESSION: "DecisionTreeRegressor"},
    "extra_tree": {CLASSIFICATION: "ExtraTreeClassifier", REGRESSION: "ExtraTreeRegressor"},
    "svm": {CLASSIFICATION: "SVC", REGRESSION: "SVR"},
    "linear_svm": {CLASSIFICATION: "LinearSVC", REGRESSION: "LinearSVR"},
    "mlp": {CLASSIFICATION: "MLPClassifier", REGRESSION: "MLPRegressor"},
    "logistic": {CLASSIFICATION: "LogisticRegression"},
    "ridge": {CLASSIFICATION: "RidgeClassifier", REGRESSION: "Ridge"},
    "perceptron": {CLASSIFICATION: "Perceptron"},
    "sgd": {CLASSIFICATION: "SGDClassifier", REGRESSION: "SGDRegressor"},
    "linear": {REGRESSION: "LinearRegression"},
}

# Other names in use, with the task that they imply.
ALIASES: dict[str, tuple[str, str]] = {
    "svc": ("svm", CLASSIFICATION),
    "svr": ("svm", REGRESSION),
    "svm_regressor": ("svm", REGRESSION),
    "linear_svr": ("linear_svm", REGRESSION),
    "mlp_regressor": ("mlp", REGRESSION),
    "tree_regressor": ("tree", REGRESSION),
}

TREES = ("tree", "extra_tree")
LARGEST_LAYER = 1024
LARGEST_DEPTH = 64


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What to train; the defaults aim at small circuits.

    Attributes
    ----------
    kind : str
        A key of `KINDS` or `ALIASES`.
    task : {"classification", "regression"}, optional
        The task of the data by default; whole-number targets may be fitted by regression too.
    hidden_layer_sizes : tuple of int
        Units of each hidden layer of an MLP.
    max_depth : int
        Deepest path of a tree, in comparisons.
    c : float
        Inverse strength of regularisation of the SVMs and of logistic regression, above 0.
    max_iter : int, optional
        Iterations of the solver; by default 500 for MLPs and 10,000 for linear models.
    restarts : int
        MLPs trained from different starting weights without a search; the one of least training loss is kept.
    search : int
        Candidates of a randomised search with cross-validation; 0 fits the given options alone.
    folds : int
        Parts of the cross-validation.
    seed : int
        Of everything random.
    jobs : int
        Processes of the search.
    input_bits : int, optional
        The estimator is fitted, and judged by the cross-validation, on scaled inputs as a circuit of so many bits a
        feature (1 to 16) reads them: rounded down, see `bespoke.model.InputCoding`. Weights then suit what the circuit
        gets, if it is compiled with the same bits. None fits it to the scaled inputs as they are.
    """

    kind: str
    task: str | None = None
    hidden_layer_sizes: tuple[int, ...] = (4,)
    max_depth: int = 6
    c: float = 1.0
    max_iter: int | None = None
    restarts: int = 3
    search: int = 0
    folds: int = 5
    seed: int = 42
    jobs: int = 1
    input_bits: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS and self.kind not in ALIASES:
            allowed = ", ".join((*KINDS, *ALIASES))
            raise OptionError("unknown kind of model", got=repr(self.kind), allowed=allowed)
        if self.task not in (None, CLASSIFICATION, REGRESSION):
            raise OptionError("unknown task", got=repr(self.task), allowed=f"{CLASSIFICATION}, {REGRESSION}")
        layers = self.hidden_layer_sizes
        if not layers or not all(1 <= units <= LARGEST_LAYER for units in layers):
            raise OptionError("hidden layers out of range", got=layers, allowed=f"1 to {LARGEST_LAYER} units each")
        _check_range("max_depth", self.max_depth, 1, LARGEST_DEPTH)
        if not 0 < self.c < 1e12:
            raise OptionError("option c is out of range", got=self.c, allowed="above 0 and below 1e12")
        if self.max_iter is not None:
            _check_range("max_iter", self.max_iter, 1, 10**7)
        _check_range("restarts", self.restarts, 1, 100)
        _check_range("search", self.search, 0, 10_000)
        _check_range("folds", self.folds, 2, 100)
        _check_range("seed", self.seed, 0, 2**32 - 1)
        _check_range("jobs", self.jobs, 1, 1024)
        if self.input_bits is not None:
            _check_range("input_bits", self.input_bits, 1, MAX_INPUT_BITS)

    @property
    def is_tree(self) -> bool:
        """Whether the model compares single inputs; all other kinds are weighted sums."""
        return ALIASES.get(self.kind, (self.kind, ""))[0] in TREES

    def resolve(self, data_task: str) -> tuple[str, str]:
        """Kind and task for data of that task.

        Raises
        ------
        OptionError
            The kind cannot do the task.
        """
        kind, implied = ALIASES.get(self.kind, (self.kind, None))
        only = next(iter(KINDS[kind])) if len(KINDS[kind]) == 1 else None
        task = self.task or implied or (only if data_task == CLASSIFICATION else None) or data_task
        if task not in KINDS[kind] or (implied and task != implied):
            able = ", ".join(other for other, tasks in KINDS.items() if task in tasks)
            raise OptionError(f"this kind of model cannot do {task}", got=repr(self.kind), allowed=able)
        if task == CLASSIFICATION and data_task == REGRESSION:
            raise OptionError("the data are for regression", got=f"task {task}", allowed=f"task {REGRESSION}")
        return kind, task


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not isinstance(value, Integral) or isinstance(value, bool) or not low <= value <= high:
        raise OptionError(f"option {name} is out of range", got=repr(value), allowed=f"{low} to {high}")
