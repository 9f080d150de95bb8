"""`svm`: support vector machine with an RBF kernel on standardised vectors."""

from __future__ import annotations

from typing import Any

from sklearn.svm import SVC

from ._choose import Strength
from ._head import HeadCard, Scores, Vectors
from ._standardised import RegularisedHead
from .frozen import FrozenHead, Kernel, Linear


class SVM(RegularisedHead):
    """Support vector machine on standardised vectors; its score is the margin, 0 between the classes.

    Args:
        C: inverse strength of the regularisation. 10, because with few photos of one person the classes are nearly
            separable: on validation parts of ORL and LFW it ranks as well as 1 or better. "auto" chooses by
            cross-validation inside the training photos.
        kernel: "rbf", "linear", "poly" or "sigmoid".
        gamma: width of the kernel, a number, "scale" or "auto".
        class_weight: "balanced" gives both classes the same weight, None every photo.

    Source: scikit-learn, `SVC` (LIBSVM, Chang and Lin, 2011).
    """

    card = HeadCard(
        name="svm",
        method="support vector machine (RBF), standardised vectors",
        score="margin",
        citation="Chang and Lin, LIBSVM, 2011",
    )

    default_strength = 10.0

    def __init__(
        self,
        C: Strength = 10.0,
        kernel: str = "rbf",
        gamma: float | str = "scale",
        class_weight: str | None = "balanced",
    ) -> None:
        self.C = C
        self.kernel = kernel
        self.gamma = gamma
        self.class_weight = class_weight

    def decision_function(self, X: Vectors) -> Scores:
        """Return margins, float64 (n,): positive for me."""
        margins: Scores = self.pipeline_.decision_function(X)
        return margins

    def frozen_as(self) -> type[FrozenHead]:
        """Return the frozen form of a machine with this kernel."""
        return Linear if self.kernel == "linear" else Kernel

    def freeze(self) -> FrozenHead:
        """Return the hyperplane of a linear machine; else the support vectors, photos of me and of others."""
        if self.kernel == "linear":
            return super().freeze()
        scaler, machine = self.pipeline_["scaler"], self.pipeline_["classifier"]
        return Kernel(
            mean=scaler.mean_,
            scale=scaler.scale_,
            support=machine.support_vectors_,
            weights=machine.dual_coef_[0],
            intercept=float(machine.intercept_[0]),
            kernel=self.kernel,  # type: ignore[arg-type]  # checked when it is made
            gamma=float(machine._gamma),
        )

    def _classifier(self) -> Any:
        return SVC(C=self.C_, kernel=self.kernel, gamma=self.gamma, class_weight=self.class_weight)
