"""The facts about its training in a bundle, and which heads can be saved."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
from pydantic import ValidationError

from ..benchmarks.protocol import Plan, Trial, trained_on, versions
from ..classifiers import FrozenHead, load_head, unfit_for
from ..embeddings import extractors, terms_of
from ..embeddings.extraction import Vectors
from ..errors import FacebenchError, printable
from ..registry import parse_call
from ._extractor import extractor_part
from ._manifest import Training


def carries_nothing(name: str) -> bool:
    """Return whether a head, by its call string, can be saved without vectors of individual photos."""
    head = load_head(name)
    return hasattr(head, "frozen_as") and not head.frozen_as().carries


def refuse_head(name: str, include_vectors: bool, instead: str = "") -> None:
    """Refuse a head, by its call string, that cannot be saved, or would contain vectors of photos without consent.

    Raises:
        FacebenchError: with advice: `instead`, or another head.
    """
    head = load_head(name)
    if not hasattr(head, "frozen_as"):
        raise FacebenchError(
            f"The head '{name}' cannot be saved: only facebench's own can be stored without code that executes on "
            f"loading. Give {instead or '--head logreg, say'}."
        )
    carries = head.frozen_as().carries
    if carries and not include_vectors:
        raise FacebenchError(
            f"The head '{name}' carries vectors of {carries}, one per photo: personal data. Give --include-vectors to "
            f"save them in the file, or {instead or 'another --head: logreg, lda, ridge, centroid or mlp'}."
        )


def refuse_unfit_pair(extractor: str, head: str) -> None:
    """Refuse a head that says nothing about an extractor's vectors, by their call strings.

    Raises:
        FacebenchError: with what to use instead.
    """
    if why := unfit_for(load_head(head), extractors.create(extractor).card.weights_sha256):
        raise FacebenchError(f"The head '{head}' {why}.")


def why_not_carried(extractor: str) -> str:
    """Return why no bundle can carry an extractor, by its call string; "" where one can."""
    name, given = parse_call(extractor)
    if name != "fusion":
        return ""
    if given.get("by", "scores") == "scores":
        return "it fits a head to each of its parts, and a file holds one head (by='vectors' fits one)"
    if any("path" in parse_call(part)[1] for part in given["parts"]):
        return "one of its parts is in a file of its own"
    return ""


def refuse_fusion(extractor: str) -> None:
    """Refuse an extractor, by its call string, that no bundle can carry.

    Raises:
        FacebenchError: with the reason.
    """
    if why := why_not_carried(extractor):
        raise FacebenchError(f"'{extractor}' cannot be saved: {why}.")


def refuse_licence(extractor: str) -> None:
    """Refuse an extractor, by its call string, whose weights may not be used commercially.

    Raises:
        FacebenchError: with what to give to use it all the same.
    """
    terms = terms_of(asdict(extractors.create(extractor).card))
    if terms and terms.commercial == "no":
        raise FacebenchError(
            f"The weights of '{extractor}' may not be used commercially: {terms.why}. Give --accept-licence if your "
            "use is not, or another --extractor."
        )


def frozen(name: str, fitted: Any) -> FrozenHead:
    """Return a fitted head as numbers.

    Raises:
        FacebenchError: the numbers cannot be saved, such as those of a network that diverged.
    """
    try:
        head: FrozenHead = fitted.freeze()
    except ValidationError as error:
        what = printable(error.errors()[0]["msg"].removeprefix("Value error, "))
        raise FacebenchError(f"The head '{name}' cannot be saved: {what}. Choose other parameters.") from error
    return head


def facts_of(plan: Plan, trial: Trial, vectors: Vectors) -> dict[str, Any]:
    """Return the keys of a manifest that describe the training."""
    photos = trained_on(trial, vectors)
    mine = trial.mine[photos]
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "target": printable(trial.target),
        "extractor": extractor_part(vectors.extractor, plan.embedders[0].extractor),
        "training": Training(
            data=printable(plan.dataset.title),
            fingerprint=plan.dataset.fingerprint,
            photos_of_me=int(mine.sum()),
            photos_of_others=int((~mine).sum()),
            groups_of_me=len(np.unique(trial.units[photos[mine]])),
            people=len(np.unique(trial.units[photos[~mine]])),
            without_vector=len(trial.train) - len(photos),
            augment=plan.settings.augment,
            seed=plan.settings.seed,
        ),
        "versions": versions(),
    }
