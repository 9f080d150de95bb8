"""A trained head as numbers: the same scores without scikit-learn or TensorFlow, and nothing that executes.

>>> import numpy as np
>>> Linear(coef=np.array([1.0, -2.0]), intercept=0.5, link="identity").score(np.ones((1, 2), np.float32)).tolist()
[-0.5]
"""

from ._arithmetic import logistic
from ._base import FrozenHead
from ._cosine import Cosine
from ._dense import Dense
from ._kernel import Kernel
from ._linear import Linear
from ._nearest import Nearest
from ._neighbours import Neighbours

#: Every form, by its kind.
KINDS: dict[str, type[FrozenHead]] = {form.kind: form for form in (Linear, Kernel, Neighbours, Cosine, Nearest, Dense)}

__all__ = ["KINDS", "Cosine", "Dense", "FrozenHead", "Kernel", "Linear", "Nearest", "Neighbours", "logistic"]
