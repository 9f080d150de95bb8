"""Outcomes of an extractor that may do anything: asked for with care, and compared."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from ...data import Photo
from ...embeddings import Embedding, Failure, Outcome
from ._finding import BrokenError
from ._photos import Source

#: Of a component, between two vectors of one photo.
TOLERANCE = 1e-4


def asked(embed: Callable[[list[Photo]], Sequence[Outcome]], sources: Iterable[Source]) -> list[Outcome]:
    """Return the outcomes of photos, each made anew.

    Raises:
        BrokenError: `embed` raised something, or gave anything but one outcome per photo.
    """
    photos = [Photo(source) for source in sources]
    try:
        outcomes = embed(photos)
    except (Exception, SystemExit) as error:
        raise BrokenError(raised(error)) from error
    if not isinstance(outcomes, list | tuple):
        raise BrokenError(f"gave {_kind(outcomes)} in place of a list")
    if len(outcomes) != len(photos):
        raise BrokenError(f"gave {len(outcomes)} outcomes for {len(photos)} photos")
    for outcome in outcomes:
        if not isinstance(outcome, Embedding | Failure):
            raise BrokenError(f"gave {_kind(outcome)}, neither an Embedding nor a Failure")
        if isinstance(outcome, Embedding) and np.asarray(outcome.vector).dtype.kind not in "iuf":
            raise BrokenError(f"gave an Embedding of {_kind(outcome.vector)}, which is no vector of numbers")
    return list(outcomes)


def raised(error: BaseException) -> str:
    """Return what was raised, and where, in words."""
    [*_, last] = traceback.extract_tb(error.__traceback__)
    return f"raised {type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"


def fault_of(outcome: Outcome, dimension: int) -> str:
    """Return what is wrong with a vector by itself, "" if nothing is."""
    if isinstance(outcome, Failure):
        return ""
    vector = np.asarray(outcome.vector)
    if vector.dtype != np.float32:
        return f"{vector.dtype}, not float32"
    if vector.shape != (dimension,):
        return f"of shape {vector.shape}; the card says {dimension} components"
    return "" if np.isfinite(vector).all() else "with values that are not finite"


def difference(one: Outcome, other: Outcome) -> str:
    """Return how two outcomes of one photo differ, "" if they are the same."""
    if isinstance(one, Embedding) and isinstance(other, Embedding):
        first, second = (np.asarray(outcome.vector, np.float64) for outcome in (one, other))
        if first.shape != second.shape:
            return f"a vector of shape {first.shape}, and one of {second.shape}"
        same = np.isclose(first, second, rtol=0, atol=TOLERANCE, equal_nan=True)
        return "" if same.all() else f"components differ by up to {np.abs(first - second)[~same].max():.2g}"
    told = [outcome.reason if isinstance(outcome, Failure) else "a vector" for outcome in (one, other)]
    return "" if told[0] == told[1] else f"{told[0]}, and {told[1]}"


def first_difference(names: Iterable[str], ones: Iterable[Outcome], others: Iterable[Outcome]) -> str:
    """Return the name of the first photo whose outcomes differ, and how; "" if none do."""
    differences = ((name, difference(*pair)) for name, *pair in zip(names, ones, others, strict=True))
    return next((f"{name}: {how}" for name, how in differences if how), "")


def _kind(thing: object) -> str:
    return f"a {type(thing).__name__}"
