"""The manifest of a bundle: every key typed and documented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..benchmarks.results import Estimate, Metrics
from ..errors import printable
from ._archive import BundleError

FORMAT: Literal["facebench-bundle"] = "facebench-bundle"
#: Raised whenever a reader of the old schema would misread the new one.
SCHEMA_VERSION: Literal[2] = 2


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Calibration(_Model):
    """From a score to a probability, 1 / (1 + exp(-z)): one half at the threshold.

    z is slope * score + intercept below the threshold, slope_above * (score - threshold) from it on.
    """

    slope: float = Field(ge=0, description="factor of the score; never negative")
    intercept: float = Field(description="added to it")
    slope_above: float | None = Field(
        default=None,
        ge=0,
        description="factor from the threshold on; None in bundles of schema 1: slope and intercept hold there, too",
    )
    scores: Literal["out-of-fold", "validation"] = Field(
        description="the scores that it was fitted to, of photos not used for training"
    )
    prior: float = Field(default=0.5, gt=0, lt=1, description="prior probability of the target")


class HeadPart(_Model):
    """The head: how its arrays become scores."""

    name: str = Field(description="its call string")
    kind: str = Field(description="how its arrays become scores")
    options: dict[str, Any] = Field(description="parameters of the kind")
    carries: str = Field(description="whose vectors of individual photos are among the arrays; empty if there are none")


class ExtractorPart(_Model):
    """The extractor, described so that its vectors are those that the head was trained on."""

    name: str = Field(description="its call string")
    card: dict[str, str | int | bool] = Field(
        description="its description; dimension, network, weights and preprocessing must match the installed extractor"
    )
    architecture: str = Field(description="of its network; empty if it has none")


class Training(_Model):
    """What the head was trained on."""

    data: str = Field(description="title of the data set")
    fingerprint: str = Field(description="of the photos that took part: sha256 of names, people, file sizes and crops")
    photos_of_me: int = Field(description="with a vector")
    photos_of_others: int = Field(description="with a vector")
    groups_of_me: int = Field(description="of photos: doubles and photos of one moment count as one")
    people: int = Field(description="other people, or groups of their photos if people are unknown")
    without_vector: int = Field(description="photos left out of training because they have none")
    augment: int = Field(description="random variants of each photo; 0: the photo itself")
    seed: int = Field(description="for folds and head")


class OutOfFold(_Model):
    """What to expect on new photos, estimated by cross-validation."""

    folds: int = Field(description="of the cross-validation")
    metrics: Metrics = Field(description="each photo decided by a head and a threshold that did not see its fold")
    estimates: dict[str, Estimate] = Field(description="the same metrics with 95 % intervals")


class AsTested(_Model):
    """The test that this very head was given."""

    test_hash: str = Field(description="sha256 of the run's test photos")
    split_seed: int = Field(description="of the split")


class Part(_Model):
    """A member of the file."""

    sha256: str = Field(description="of its bytes")
    bytes: int = Field(description="its size")


class Manifest(_Model):
    """A bundle: the person, the extractor, the head and the threshold."""

    format: Literal["facebench-bundle"] = Field(default=FORMAT, description="distinguishes a bundle from any other zip")
    schema_version: Literal[1, 2] = Field(default=SCHEMA_VERSION, description="of this file")
    created: str = Field(description="UTC, ISO 8601")
    target: str = Field(description='the person who is "me"')
    extractor: ExtractorPart = Field(description="what turns photos into vectors")
    head: HeadPart = Field(description="what turns vectors into scores")
    threshold: float = Field(description='a photo is "me" if its score is at least this')
    threshold_rule: str = Field(description="how the threshold was chosen")
    calibration: Calibration | None = Field(
        description="None if a threshold other than auto and balanced was requested, or photos were too few"
    )
    training: Training = Field(description="what the head was trained on")
    out_of_fold: OutOfFold | None = Field(description="None for a head exported as tested")
    as_tested: AsTested | None = Field(description="the test of the head; None for a head trained on all photos")
    versions: dict[str, str] = Field(description="of Python, the decoder of photos and packages that affect results")
    parts: dict[str, Part] = Field(description="the other members of the file, by name")


def parse_manifest(path: Path, text: bytes) -> Manifest:
    """Return the manifest in a file's bytes.

    Raises:
        BundleError: not JSON, not of a bundle, of a newer facebench, or keys that are missing or wrong.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleError(path, "is damaged: its manifest is no JSON") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BundleError(path, f"is no bundle: its manifest does not say {FORMAT}")
    version = content.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise BundleError(path, "was written by a newer facebench: update facebench to use it")
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "the manifest"
        raise BundleError(path, f"is damaged: {printable(where)} in its manifest: {printable(first['msg'])}") from error
