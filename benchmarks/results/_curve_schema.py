"""The learning curve as it is saved: every key typed and documented."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .._settings import Settings
from ._schema import DatasetSummary, Heads, Interval

#: Balanced accuracy by which fewer photos may be worse than all, and are still enough.
ENOUGH_MARGIN = 0.02


class CurvePoint(BaseModel):
    """One pairing with one number of photos of the target."""

    model_config = ConfigDict(extra="forbid")

    extractor: str = Field(description="its call string")
    head: str = Field(description="its call string")
    photos_of_me: int = Field(description="training and validation photos of the target together")
    draws: int = Field(description="random draws of these photos that could be tested")
    balanced_accuracy: float | None = Field(description="mean over draws, 0..1; None if none could be tested")
    balanced_interval: Interval | None = Field(
        description="95 % interval; None if the test has too few independent units (clusters)"
    )
    accuracy: float | None = Field(description="mean over draws, 0..1")
    accuracy_interval: Interval | None = Field(description="as for balanced accuracy")
    refused: str = Field(default="", description="what the head does if it could not be tested, after its name")


class CurveStep(BaseModel):
    """The best pairing with one number of photos of the target, against the best with all on the same test photos."""

    model_config = ConfigDict(extra="forbid")

    photos_of_me: int = Field(description="training and validation photos of the target together")
    extractor: str = Field(description="its call string")
    head: str = Field(description="its call string")
    balanced_accuracy: float = Field(description="mean over draws, 0..1")
    difference: float | None = Field(
        default=None, description="of balanced accuracies, minus the best with all photos; None for all photos"
    )
    interval: Interval | None = Field(
        default=None, description="95 % interval of the difference; None if the test has too few units"
    )
    p: float | None = Field(
        default=None,
        description="one-sided, of the hypothesis that this number or a larger one is worse than all photos by 2 "
        "points or more (fixed sequence from the largest down); None for all photos",
    )


class CurveResult(BaseModel):
    """A learning curve: its settings and photos, and its results."""

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[1] = Field(default=1, description="of this file")
    command: str = Field(description="reproduces the curve")
    dataset: DatasetSummary = Field(description="the photos")
    settings: Settings = Field(description="as requested")
    heads: Heads = Field(default={}, description="every parameter of each head, by call string")
    threshold_version: int = Field(default=1, description='what the rule "auto" means; 1 also if it is absent')
    intervals: Literal["draws", "draws and test"] = Field(
        default="draws",
        description='"draws": the central 95 % of draws; "draws and test": with the error of the test, too',
    )
    grouping: int = Field(
        default=1, description="number of the rules by which doubles and photos of one moment were grouped"
    )
    target: str = Field(description='the person who is "me"')
    draws: int = Field(description="random draws of photos at each number")
    points: list[CurvePoint] = Field(description="one per pairing and number of photos")
    steps: list[CurveStep] = Field(
        default=[], description="the best pairing with each number of photos, ascending; empty in older curves"
    )
    versions: dict[str, str] = Field(description="of Python, the decoder of photos and packages that affect results")
