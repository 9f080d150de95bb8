"""Robustness as it is saved: every key typed and documented."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ._schema import Estimate, Interval


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RobustnessKind(_Model):
    """One kind of degradation."""

    kind: str = Field(description="its name")
    unit: str = Field(description="of the strengths")
    strengths: list[float] = Field(description="of steps 1 to 5")


class RobustnessStep(_Model):
    """One pairing on the test photos, all degraded alike."""

    step: int = Field(description="0: the photos themselves")
    balanced_accuracy: Estimate = Field(description="over all targets and repeats, with its 95 % interval")
    false_rejects: int = Field(description='photos of me decided "not me", all tests together')
    false_accepts: int = Field(description='photos of others decided "me", all tests together')
    no_vector_me: int = Field(description="photos of me without a vector (no face found), all tests together")
    no_vector_others: int = Field(description="photos of others without one")


class RobustnessCurve(_Model):
    """One pairing under one kind of degradation."""

    kind: str = Field(description="its name")
    area: Estimate = Field(
        description="under the balanced accuracy over steps 0 to 5 (trapezoids), divided by 5: 0..1, with its interval"
    )
    steps: list[RobustnessStep] = Field(description="0 to 5")


class AreaDifference(_Model):
    """An area minus that of the best pairing, on the same photos."""

    value: float = Field(description="-1..0")
    interval: Interval | None = Field(description="95 % interval; None if there are too few independent units")
    p: float | None = Field(description="two-sided, adjusted for all pairs of the rows")


class RobustnessRow(_Model):
    """One pairing under all kinds of degradation."""

    extractor: str = Field(description="its call string")
    head: str = Field(description="its call string")
    tests_of_me: int = Field(description="test photos of me, all tests together")
    tests_of_others: int = Field(description="test photos of others, all tests together")
    area: Estimate = Field(description="the mean of the areas of all kinds, with its interval")
    versus_best: AreaDifference | None = Field(default=None, description="None for the best pairing")
    changed: int = Field(
        default=0, description="decisions on the photos themselves that are not the run's, of the heads trained again"
    )
    curves: list[RobustnessCurve] = Field(description="one per kind")


class RobustnessResult(_Model):
    """The robustness of a run's pairings, the best first."""

    schema_version: Literal[1] = Field(default=1, description="of this file")
    created: str = Field(description="UTC, ISO 8601")
    command: str = Field(description="reproduces it")
    kinds: list[RobustnessKind] = Field(description="of degradation")
    photos: int = Field(description="different test photos that were degraded")
    without_box: int = Field(description="of these, photos in which no extractor of the run found a face")
    left_out: list[str] = Field(default=[], description="extractors that cannot be tested: vectors made elsewhere")
    rows: list[RobustnessRow] = Field(description="one per pairing, the largest area first")
    versions: dict[str, str] = Field(description="of Python, the decoder of photos and packages that affect results")
