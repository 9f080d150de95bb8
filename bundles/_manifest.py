"""What a bundle says about itself: every key typed and explained."""

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
SCHEMA_VERSION: Literal[1] = 1


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Calibration(_Model):
    """From a score to a probability: 1 / (1 + exp(-(slope * score + intercept)))."""

    slope: float = Field(ge=0, description="of the score; never negative")
    intercept: float = Field(description="added")
    scores: Literal["out-of-fold", "validation"] = Field(description="of photos that were not trained on")
    prior: float = Field(default=0.5, gt=0, lt=1, description="probability of the target before the photo is seen")


class HeadPart(_Model):
    """The head: how its arrays become scores."""

    name: str = Field(description="the call string that made it")
    kind: str = Field(description="how its arrays become scores")
    options: dict[str, Any] = Field(description="numbers and words that belong to the kind")
    carries: str = Field(description="whose vectors are among the arrays, one per photo; empty where there are none")


class ExtractorPart(_Model):
    """The extractor: what it must be, so that its vectors are those that the head was trained on."""

    name: str = Field(description="the call string that makes it")
    card: dict[str, str | int | bool] = Field(
        description="what is known about it; dimension, network, weights and preprocessing must be those installed"
    )
    architecture: str = Field(description="of its network, empty where it has none")


class Training(_Model):
    """What the head was trained on."""

    data: str = Field(description="title of the data set")
    fingerprint: str = Field(description="of the photos that took part: sha256 over names, people and file sizes")
    photos_of_me: int = Field(description="with a vector")
    photos_of_others: int = Field(description="with a vector")
    groups_of_me: int = Field(description="copies and bursts taken together")
    people: int = Field(description="others, or groups of their photos where people are not known")
    without_vector: int = Field(description="photos left out of training")
    augment: int = Field(description="random variants of each photo; 0: the photo itself")
    seed: int = Field(description="of folds and head")


class OutOfFold(_Model):
    """What to expect of photos that were not trained on, from cross-validation."""

    folds: int = Field(description="how many times photos were left out")
    metrics: Metrics = Field(description="every photo decided by a head, and a threshold, that did not see its fold")
    estimates: dict[str, Estimate] = Field(description="the same figures with 95 % intervals")


class AsTested(_Model):
    """The test that this very head passed."""

    test_hash: str = Field(description="sha256 over the run's test photos")
    split_seed: int = Field(description="of the split")


class Part(_Model):
    """A member of the file."""

    sha256: str = Field(description="of its bytes")
    bytes: int = Field(description="its size")


class Manifest(_Model):
    """A bundle: which person, by what features, with which head, from which score on."""

    format: Literal["facebench-bundle"] = Field(default=FORMAT, description="tells a bundle from any other zip")
    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, description="of this file")
    created: str = Field(description="UTC, ISO 8601")
    target: str = Field(description='the person who is "me"')
    extractor: ExtractorPart = Field(description="what turns photos into vectors")
    head: HeadPart = Field(description="what turns vectors into scores")
    threshold: float = Field(description='a photo is "me" from this score on')
    threshold_rule: str = Field(description="how the threshold was chosen")
    calibration: Calibration | None = Field(description="None where too few photos were left to calibrate on")
    training: Training = Field(description="what was trained on")
    out_of_fold: OutOfFold | None = Field(description="None for a head as tested")
    as_tested: AsTested | None = Field(
        description="the test that the head passed; None for a head trained on all photos"
    )
    versions: dict[str, str] = Field(description="of Python and of the packages that decide what comes out")
    parts: dict[str, Part] = Field(description="the other members of the file, by name")


def parse_manifest(path: Path, text: bytes) -> Manifest:
    """Return the manifest in a file's bytes.

    Raises:
        BundleError: no JSON, not of a bundle, of a newer facebench, or keys that are missing or wrong.
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
