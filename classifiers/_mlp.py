"""`mlp`: the original report's dense network on frozen features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import expit
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from ._base import Head
from ._head import BY_EPOCH, HeadCard, Labels, Scores, Vectors
from .dense import TRAINERS, Architecture, forward
from .frozen import Dense, FrozenHead

if TYPE_CHECKING:
    from numpy.typing import NDArray


class MLP(Head):
    """Dense network d-512-128-1: ReLU, dropout after the first layer, sigmoid; its score is a probability.

    On 1280 inputs it has the 721,665 trainable parameters of the report's table. The report's text (64 nodes,
    batch normalisation) is `mlp(hidden=(64, 128), batch_norm=True)`.

    Args:
        hidden: widths of the two or more hidden layers.
        batch_norm: normalise the first layer's output.
        dropout: share of the first layer's units left out at each step.
        epochs, batch_size, learning_rate: of Adam on binary cross-entropy.
        class_weight: "balanced" gives both classes the same weight, None every photo.
        trainer: "numpy", or "keras": the same network trained by Keras, on a GPU where TensorFlow sees one. It is the
            reference for the first, draws other random numbers, and waits for TensorFlow.
        seed: of initial weights, order of photos and dropout; the same seed gives the same network.

    Attributes:
        history_: {"loss": [...], "val_loss": [...]} per epoch, weighted as in training; "val_loss" only if
            validation data was given.
        weights_: the trained arrays, in layer order.

    Source: original report (2023), section 4, parameter table.
    """

    cheap_to_refit = False
    #: `fit` takes several variants of each photo, and uses another one in each epoch.
    trains_by_epoch = True

    card = HeadCard(
        name="mlp",
        method="dense network d-512-128-1, Adam 1e-4, 15 epochs, batch 30, dropout 0.5",
        score="probability",
        citation="original report (2023), section 4",
        augmentation=BY_EPOCH,
    )

    def __init__(
        self,
        hidden: tuple[int, ...] = (512, 128),
        batch_norm: bool = False,
        dropout: float = 0.5,
        epochs: int = 15,
        batch_size: int = 30,
        learning_rate: float = 1e-4,
        class_weight: str | None = "balanced",
        trainer: str = "numpy",
        seed: int = 0,
    ) -> None:
        self.hidden = hidden
        self.batch_norm = batch_norm
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.class_weight = class_weight
        self.trainer = trainer
        self.seed = seed

    def fit(self, X: Vectors, y: Labels, validation: tuple[Vectors, Labels] | None = None) -> Self:
        """Fit on vectors and labels (n,), True for me.

        Args:
            X: (n, d), or (variants, n, d): epoch e trains on variant e, cyclically; a variant without a vector is
                NaN, and left out of its epoch.
            y: (n,).
            validation: vectors (m, d) and labels (m,) to monitor losses on; never trained on.
        """
        X = np.asarray(X, dtype=np.float32)
        variants = X if X.ndim == 3 else X[None]
        targets = self._learn_classes(y)
        self.n_features_in_ = variants.shape[2]
        weights = compute_sample_weight(self.class_weight, targets)
        rng = np.random.default_rng(self.seed)
        self.history_: dict[str, list[float]] = {"loss": []}
        watched = self._weighted(validation, targets) if validation is not None and len(validation[1]) else None
        with (
            threadpool_limits(1, user_api="blas"),  # a second thread would only spin: these matrices are small
            np.errstate(over="ignore", invalid="ignore"),  # scores that are not finite tell of training that diverged
        ):
            training = self._training(variants.shape[2])
            for epoch in range(self.epochs):
                vectors = variants[epoch % len(variants)]
                order = rng.permutation(len(vectors))
                order = order[~np.isnan(vectors[order, 0])]
                self.history_["loss"].append(training.train_epoch(vectors, targets, weights, order))
                if watched:
                    self.history_.setdefault("val_loss", []).append(training.loss(*watched))
        self.weights_ = training.weights()
        return self

    @property
    def uses_all_cores(self) -> bool:
        """Whether a fit is best alone: TensorFlow takes all cores, and its fits share a compiled network."""
        return self.trainer == "keras"

    def predict_proba(self, X: Vectors) -> Scores:
        """Return probabilities, float64 (n, 2): not me, me."""
        check_is_fitted(self, "weights_")
        logits = forward(self.architecture(self.n_features_in_), self.weights_, np.asarray(X, dtype=np.float32))
        mine = expit(logits.astype(np.float64))
        return np.column_stack([1 - mine, mine])

    def frozen_as(self) -> type[FrozenHead]:
        """Return the frozen form of the network."""
        return Dense

    def freeze(self) -> FrozenHead:
        """Return the network's weights."""
        return Dense(
            weights=np.concatenate([array.ravel() for array in self.weights_]),
            inputs=self.n_features_in_,
            hidden=tuple(self.hidden),
            batch_norm=self.batch_norm,
        )

    def architecture(self, inputs: int) -> Architecture:
        """Return the network's shape for vectors of `inputs` components."""
        return Architecture(inputs, tuple(self.hidden), self.batch_norm, self.dropout)

    def _training(self, inputs: int) -> Any:
        """Return a network of vectors of `inputs` components with its first weights, ready to be trained."""
        if self.trainer not in TRAINERS:
            raise ValueError(f"trainer is one of {', '.join(TRAINERS)}, not {self.trainer!r}")
        return TRAINERS[self.trainer](self.architecture(inputs), self.batch_size, self.learning_rate, self.seed)

    def _weighted(self, validation: tuple[Vectors, Labels], targets: NDArray[np.intp]) -> tuple[Any, ...]:
        """Return validation vectors, labels and weights: classes are weighted as in training."""
        X, y = validation
        labels = np.searchsorted(self.classes_, y)
        of_class = dict(zip(targets, compute_sample_weight(self.class_weight, targets), strict=True))
        return np.asarray(X, dtype=np.float32), labels, np.array([of_class[label] for label in labels])
