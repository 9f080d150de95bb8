"""The learning curve as it is kept: every key typed and explained."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ._schema import DatasetSummary, Interval, Settings


class CurvePoint(BaseModel):
    """One pairing with one number of photos of the target."""

    model_config = ConfigDict(extra="forbid")

    extractor: str
    head: str
    photos_of_me: int = Field(description="photos of the target outside the test, training and validation together")
    draws: int = Field(description="random choices of these photos that could be tested")
    balanced_accuracy: float | None = Field(description="mean over draws, 0..1; None where none could be tested")
    balanced_interval: Interval | None = Field(description="what 95 % of draws lie between; None for one draw")
    accuracy: float | None
    accuracy_interval: Interval | None


class CurveResult(BaseModel):
    """A learning curve: what was asked, of which photos, and what came out."""

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[1] = 1
    command: str = Field(description="repeats the curve")
    dataset: DatasetSummary
    settings: Settings
    target: str
    draws: int
    points: list[CurvePoint]
    versions: dict[str, str]
