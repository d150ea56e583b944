"""What to train, and how."""

from __future__ import annotations

from dataclasses import dataclass

from bespoke.data import CLASSIFICATION, REGRESSION
from bespoke.errors import OptionError
from bespoke.model import MAX_INPUT_BITS
from bespoke.options import JOBS, Rule, between, check_options, option, whole
from bespoke.training.network_options import LARGEST_LAYER, NetworkOptions
from bespoke.training.teachers import Teacher

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
LARGEST_DEPTH = 64
_NETWORK_SHARE = 0.5  # of a teacher, in what networks learn that are trained as circuits


def _fault(name: str, value: object, rule: Rule) -> OptionError:
    return OptionError(f"option {name} is {rule.fault}", got=repr(value), allowed=rule.allowed)


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
        gets, if it is compiled with the same bits. None fits it to the scaled inputs as they are; a network for a
        circuit has 4 bits then.
    networks : tuple of NetworkOptions
        If there are any, an MLP is trained as the circuit computes it, and is an integer model then
        (`bespoke.training.train_networks`). Layers and seeds are those above, and all are judged by ``folds``.
    max_loss : float
        Share of the rows that a smaller network may lose against the best one of ``networks``, by cross-validation.
    technology : str
        Whose gates the cost of a network is about.
    teacher : str, optional
        A classifier whose answers the model learns: a key of `TEACHERS`, or a file of a fitted one that takes raw
        features and has seen no test row. What is chosen is chosen by the true labels.
    teacher_share : float or None
        Of the teacher's probabilities in those that a row is to have; the rest is that of its label. Networks that are
        trained as circuits learn the mixture, and None is 0.5; other models learn the likeliest class of it, the label
        where it is one of several, and None is 1.
    neighbours : int
        Rows between each training row and others near it that the teacher alone labels.
    """

    kind: str
    task: str | None = None
    hidden_layer_sizes: tuple[int, ...] = (4,)
    max_depth: int = option(6, whole(1, LARGEST_DEPTH))
    c: float = option(1.0, Rule("out of range", "above 0 and below 1e12", lambda c: 0 < c < 1e12))
    max_iter: int | None = option(None, whole(1, 10**7))
    restarts: int = option(3, whole(1, 100))
    search: int = option(0, whole(0, 10_000))
    folds: int = option(5, whole(2, 100))
    seed: int = option(42, whole(0, 2**32 - 1))
    jobs: int = option(1, JOBS)
    input_bits: int | None = option(None, whole(1, MAX_INPUT_BITS))
    networks: tuple[NetworkOptions, ...] = ()
    max_loss: float = option(0.01, between(0, 1))
    technology: str = "egfet"
    teacher: str | None = None
    teacher_share: float | None = option(None, between(0, 1))
    neighbours: int = option(1, whole(0, 100))

    def __post_init__(self) -> None:
        if self.kind not in KINDS and self.kind not in ALIASES:
            allowed = ", ".join((*KINDS, *ALIASES))
            raise OptionError("unknown kind of model", got=repr(self.kind), allowed=allowed)
        if self.task not in (None, CLASSIFICATION, REGRESSION):
            raise OptionError("unknown task", got=repr(self.task), allowed=f"{CLASSIFICATION}, {REGRESSION}")
        layers = self.hidden_layer_sizes
        if not layers or not all(1 <= units <= LARGEST_LAYER for units in layers):
            raise OptionError("hidden layers out of range", got=layers, allowed=f"1 to {LARGEST_LAYER} units each")
        kind, task = self.resolve(CLASSIFICATION) if self.networks else ("mlp", CLASSIFICATION)
        if kind != "mlp":
            raise OptionError("only an MLP is trained as a circuit", got=repr(self.kind), allowed="mlp")
        if task != CLASSIFICATION:
            raise OptionError("networks for circuits give classes", got=f"task {task}", allowed=CLASSIFICATION)
        check_options(self, _fault)

    @property
    def teaching(self) -> Teacher | None:
        """The teacher, if there is one."""
        if self.teacher is None:
            return None
        usual = _NETWORK_SHARE if self.networks else 1.0
        return Teacher(self.teacher, usual if self.teacher_share is None else self.teacher_share, self.neighbours)

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
