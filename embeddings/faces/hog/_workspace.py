"""Memory that is used again: the system takes longer to give fresh pages than the search takes to fill them."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Workspace(threading.local):
    """Arrays by name, each thread's own; one is valid until its name is asked for again."""

    def __init__(self) -> None:
        self._held: dict[str, NDArray[Any]] = {}

    def empty(self, name: str, shape: tuple[int, ...], dtype: type) -> NDArray[Any]:
        """Return an array with any content."""
        count = math.prod(shape)
        if name not in self._held or self._held[name].size < count:
            self._held[name] = np.empty(count, dtype)
        return self._held[name][:count].reshape(shape)

    def zeros(self, name: str, shape: tuple[int, ...], dtype: type) -> NDArray[Any]:
        """Return an array of zeros."""
        array = self.empty(name, shape, dtype)
        array.fill(0)
        return array
