"""What would do instead of an estimator or a step that no circuit computes exactly, by the name of its class."""

from __future__ import annotations

_DISTANCES = "NearestCentroid, or a decision tree"
_KERNELS = "an MLP with relu, or a forest; or train such a model on the answers of this one"
_TARGETS = "a model for each target"
_OUTLIERS = "a classifier that was trained on labelled outliers"
_COUNTS = "Ridge, or TweedieRegressor(power=0)"

_CLUSTERS = "NearestCentroid on the labels of the clusters"
_CONSTANT = "any other: a constant needs no circuit"
_THRESHOLD = "the estimator inside, with its intercept less the threshold of decision values"

ESTIMATORS_INSTEAD = {
    **dict.fromkeys(("KNeighborsClassifier", "RadiusNeighborsClassifier"), _DISTANCES),
    **dict.fromkeys(("KNeighborsRegressor", "RadiusNeighborsRegressor"), "a decision tree"),
    **dict.fromkeys(("GaussianProcessClassifier", "GaussianProcessRegressor"), _KERNELS),
    **dict.fromkeys(("LabelPropagation", "LabelSpreading"), _DISTANCES),
    **dict.fromkeys(("PoissonRegressor", "GammaRegressor"), _COUNTS),
    **dict.fromkeys(("MultiOutputClassifier", "MultiOutputRegressor", "ClassifierChain", "RegressorChain"), _TARGETS),
    **dict.fromkeys(("OneClassSVM", "SGDOneClassSVM", "IsolationForest", "LocalOutlierFactor"), _OUTLIERS),
    **dict.fromkeys(("StackingClassifier", "StackingRegressor"), "its best estimator alone, or a forest"),
    **dict.fromkeys(("DummyClassifier", "DummyRegressor"), _CONSTANT),
    **dict.fromkeys(("FixedThresholdClassifier", "TunedThresholdClassifierCV"), _THRESHOLD),
    **dict.fromkeys(("MultiTaskLasso", "MultiTaskLassoCV", "MultiTaskElasticNet", "MultiTaskElasticNetCV"), _TARGETS),
    **dict.fromkeys(("CCA", "PLSCanonical"), "PLSRegression"),
    **dict.fromkeys(("KMeans", "MiniBatchKMeans", "BisectingKMeans", "Birch", "GaussianMixture"), _CLUSTERS),
    **dict.fromkeys(("AffinityPropagation", "MeanShift", "DBSCAN", "HDBSCAN", "OPTICS"), _CLUSTERS),
    **dict.fromkeys(("AgglomerativeClustering", "SpectralClustering"), _CLUSTERS),
    "AdaBoostRegressor": "GradientBoostingRegressor, or a forest; a median of trees is no sum",
    "IsotonicRegression": "a decision tree",
    "KernelRidge": "Ridge, an MLP with relu, or a forest",
    "QuadraticDiscriminantAnalysis": "LinearDiscriminantAnalysis, or an MLP with relu",
}
STEPS_INSTEAD = {
    "Normalizer": "MinMaxScaler, or StandardScaler; a norm is a division by a function of the whole row",
    "PolynomialFeatures": "a tree, or an MLP with relu, without it; or columns of products in the data",
    "SplineTransformer": "KBinsDiscretizer",
    "TargetEncoder": "OneHotEncoder, or OrdinalEncoder",
    **dict.fromkeys(("KernelPCA", "SparsePCA", "MiniBatchSparsePCA", "FactorAnalysis", "PLSSVD"), "PCA"),
    **dict.fromkeys(("NMF", "MiniBatchNMF", "DictionaryLearning", "MiniBatchDictionaryLearning"), "PCA"),
    **dict.fromkeys(("SparseCoder", "LatentDirichletAllocation", "BernoulliRBM", "KernelCenterer"), "PCA"),
    **dict.fromkeys(("KMeans", "MiniBatchKMeans", "BisectingKMeans", "Birch"), "PCA; a distance is no sum of features"),
    **dict.fromkeys(("KNeighborsTransformer", "RadiusNeighborsTransformer"), _DISTANCES),
    **dict.fromkeys(("LabelEncoder", "LabelBinarizer", "MultiLabelBinarizer"), "OrdinalEncoder, or OneHotEncoder"),
    "MissingIndicator": "SimpleImputer without it; rows have no missing values",
    "RandomTreesEmbedding": "a forest",
    "PatchExtractor": "a column for each number",
    "PolynomialCountSketch": _KERNELS,
    **dict.fromkeys(("Nystroem", "RBFSampler", "AdditiveChi2Sampler", "SkewedChi2Sampler"), _KERNELS),
    **dict.fromkeys(("Isomap", "LocallyLinearEmbedding", "TSNE"), "PCA"),
    **dict.fromkeys(
        ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer", "TfidfTransformer"), "numbers in the data"
    ),
    **dict.fromkeys(("DictVectorizer", "FeatureHasher"), "numbers in the data"),
}
