"""What would do instead of an estimator or a step that no circuit computes exactly, by the name of its class."""

from __future__ import annotations

_DISTANCES = "NearestCentroid, or a decision tree"
_KERNELS = "an MLP with relu, or a forest; or train such a model on the answers of this one"
_TARGETS = "a model for each target"
_OUTLIERS = "a classifier that was trained on labelled outliers"
_COUNTS = "Ridge, or TweedieRegressor(power=0)"

ESTIMATORS_INSTEAD = {
    **dict.fromkeys(("KNeighborsClassifier", "RadiusNeighborsClassifier"), _DISTANCES),
    **dict.fromkeys(("KNeighborsRegressor", "RadiusNeighborsRegressor"), "a decision tree"),
    **dict.fromkeys(("GaussianProcessClassifier", "GaussianProcessRegressor"), _KERNELS),
    **dict.fromkeys(("LabelPropagation", "LabelSpreading"), _DISTANCES),
    **dict.fromkeys(("PoissonRegressor", "GammaRegressor"), _COUNTS),
    **dict.fromkeys(("MultiOutputClassifier", "MultiOutputRegressor", "ClassifierChain", "RegressorChain"), _TARGETS),
    **dict.fromkeys(("OneClassSVM", "SGDOneClassSVM", "IsolationForest", "LocalOutlierFactor"), _OUTLIERS),
    **dict.fromkeys(("StackingClassifier", "StackingRegressor"), "its best estimator alone, or a forest"),
    "KernelRidge": "Ridge, an MLP with relu, or a forest",
    "QuadraticDiscriminantAnalysis": "LinearDiscriminantAnalysis, or an MLP with relu",
}
STEPS_INSTEAD = {
    "Normalizer": "MinMaxScaler, or StandardScaler; a norm is a division by a function of the whole row",
    "PolynomialFeatures": "a tree, or an MLP with relu, without it; or columns of products in the data",
    "SplineTransformer": "KBinsDiscretizer",
    "TargetEncoder": "OneHotEncoder, or OrdinalEncoder",
    "KernelPCA": "PCA",
    **dict.fromkeys(("NMF", "SparsePCA", "MiniBatchSparsePCA", "DictionaryLearning", "FactorAnalysis"), "PCA"),
    **dict.fromkeys(("Nystroem", "RBFSampler", "AdditiveChi2Sampler", "SkewedChi2Sampler"), _KERNELS),
    **dict.fromkeys(("Isomap", "LocallyLinearEmbedding"), "PCA"),
    **dict.fromkeys(
        ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer", "TfidfTransformer"), "numbers in the data"
    ),
}
