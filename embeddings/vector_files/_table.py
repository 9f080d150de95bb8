"""A table of vectors, a row per photo: what is written, and what was found in a file before it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import printable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: How a file of vectors is known again, and its layout: the array `format`, or the schema's "facebench.format".
MARK = "facebench vectors 1"
#: The columns of text.
TEXTS = ("path", "sha256", "person", "outcome", "box")


@dataclass(frozen=True, eq=False)
class VectorTable:
    """Columns of equal length.

    Attributes:
        path: of each photo, relative to its folder.
        sha256: of its bytes; "" where they cannot be read, or the file has none.
        person: on it; "" where not known.
        outcome: "embedded", or why there is no vector; "" where the file does not say.
        box: of the face, "left top right bottom" in pixels of the upright photo; "" without.
        vectors: float32 (n, dimension), NaN where there is none.
    """

    path: list[str]
    sha256: list[str]
    person: list[str]
    outcome: list[str]
    box: list[str]
    vectors: NDArray[np.float32]

    def texts(self) -> dict[str, list[str]]:
        """Return the columns of text by name."""
        return {name: getattr(self, name) for name in TEXTS}


@dataclass(frozen=True, eq=False)
class Found:
    """What a file holds, before anything is checked.

    Attributes:
        mark: of its layout; "" where facebench did not write it.
        texts: those columns of text that it has, by name.
        vectors: an array of any shape and type, NaN where there is no vector.
    """

    mark: str
    texts: dict[str, list[str]]
    vectors: NDArray[Any]


class NoVectors(ValueError):  # noqa: N818 (it is no error of this program)
    """Why a file cannot be used, in the words that follow its name."""


def row_called(row: int, texts: dict[str, list[str]]) -> str:
    """Return how a message names a row: by its number from 1, and its photo.

    >>> row_called(2, {"path": ["a.jpg", "b.jpg", "c.jpg"]})
    'row 3 (c.jpg)'
    """
    names = [texts[name][row] for name in ("path", "sha256") if row < len(texts.get(name, ())) and texts[name][row]]
    return f"row {row + 1}" + (f" ({printable(names[0])})" if names else "")
