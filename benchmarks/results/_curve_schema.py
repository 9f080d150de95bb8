"""The learning curve as it is kept: every key typed and explained."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .._settings import Settings
from ._schema import DatasetSummary, Interval


class CurvePoint(BaseModel):
    """One pairing with one number of photos of the target."""

    model_config = ConfigDict(extra="forbid")

    extractor: str = Field(description="its call string")
    head: str = Field(description="its call string")
    photos_of_me: int = Field(description="photos of the target outside the test, training and validation together")
    draws: int = Field(description="random choices of these photos that could be tested")
    balanced_accuracy: float | None = Field(description="mean over draws, 0..1; None where none could be tested")
    balanced_interval: Interval | None = Field(description="what 95 % of draws lie between; None for one draw")
    accuracy: float | None = Field(description="mean over draws, 0..1")
    accuracy_interval: Interval | None = Field(description="as for balanced accuracy")


class CurveResult(BaseModel):
    """A learning curve: what was asked, of which photos, and what came out."""

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[1] = Field(default=1, description="of this file")
    command: str = Field(description="repeats the curve")
    dataset: DatasetSummary = Field(description="the photos")
    settings: Settings = Field(description="what was asked for")
    target: str = Field(description='the person who is "me"')
    draws: int = Field(description="random choices of photos at each number")
    points: list[CurvePoint] = Field(description="one per pairing and number of photos")
    versions: dict[str, str] = Field(description="of Python and of the packages that decide what comes out")
