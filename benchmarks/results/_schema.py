"""The result of a run: every key typed and explained. Tables and reports are computed from it alone."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .._settings import Settings

#: Raised whenever a reader of the old schema would misread the new one.
SCHEMA_VERSION: Literal[1] = 1


class _Model(BaseModel):
    # JSON knows no NaN: the losses of a network that went astray are written as text, and read back.
    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")


class Interval(_Model):
    """A 95 % interval."""

    low: float = Field(description="its lower limit")
    high: float = Field(description="its upper limit")


class Metrics(_Model):
    """The figures of one test of one target."""

    photos_of_me: int = Field(description="test photos of the target")
    photos_of_others: int = Field(description="test photos of everybody else")
    false_rejects: int = Field(description='photos of me decided "not me"')
    false_accepts: int = Field(description='photos of others decided "me"')
    accuracy: float = Field(description="share of right decisions, 0..1")
    balanced_accuracy: float = Field(description="mean of the two classes' shares of right decisions, 0..1")
    auc: float = Field(description="area under the ROC curve, 0..1")
    eer: float = Field(description="error rate where false accepts and false rejects are equally frequent, 0..1")
    balanced_accuracy_seen: float | None = Field(
        default=None, description="on photos with a vector only; None where a class has none"
    )
    balanced_accuracy_strict: float | None = Field(default=None, description="every photo without a vector is an error")
    no_face_me: int = Field(description='test photos of me without a vector, decided "not me"')
    no_face_others: int = Field(description='test photos of others without a vector, decided "not me"')


class Estimate(_Model):
    """A figure over all targets and repeats, and its 95 % interval."""

    value: float = Field(description="the mean over targets and repeats")
    interval: Interval | None = Field(description="from independent units; None where there are too few")
    units: int = Field(description="of evidence: targets, or independent photos and people of the smaller class")


class OperatingPoint(_Model):
    """What a threshold costs that is to accept a given share of strangers, chosen on validation."""

    far: float = Field(description="false accept rate asked for, 0..1")
    threshold: float | None = Field(description="None where validation or test is too small to tell")
    tar: float | None = Field(description="share of photos of the target that the test accepts, 0..1")
    measured_far: float | None = Field(description="share of photos of others that the test accepts, 0..1")


class Roc(_Model):
    """The receiver operating characteristic of a test, corners only; 1 - tar against far is its DET curve."""

    far: list[float] = Field(description="share of photos of others accepted, ascending, 0..1")
    tar: list[float] = Field(description="share of photos of the target accepted with it, 0..1")


class Evidence(_Model):
    """How much independent evidence there is of one target."""

    photos: int = Field(description="of the target, that can be decoded")
    groups: int = Field(description="copies and bursts taken together")


#: The rule of a threshold where there was too little to train on.
UNTRAINED = "untrained"


class TargetResult(_Model):
    """One target under one pairing in one split."""

    target: str = Field(description='the person who is "me"')
    split_seed: int = Field(default=0, description="of the split")
    train_me: int = Field(description="photos of me trained on")
    train_others: int = Field(description="photos of others trained on")
    threshold: float = Field(description='a photo is "me" from this score on')
    threshold_rule: str = Field(
        description='"balanced", "accuracy", "far=..." (all on validation), "natural" or "untrained"'
    )
    metrics: Metrics = Field(description="what the test gave")
    operating: list[OperatingPoint] = Field(default=[], description="thresholds for false accept rates asked for")
    roc: Roc | None = Field(default=None, description="None where nothing could be trained")
    fit_seconds: float = Field(description="training of the head, wall clock")
    history: dict[str, list[float]] = Field(default={}, description="losses per epoch, of heads that have epochs")


class Skipped(_Model):
    """A target that could not be tested under an extractor."""

    target: str = Field(description="the person")
    reason: str = Field(description="why")


class PairingResult(_Model):
    """One extractor with one head."""

    extractor: str = Field(description='its call string; empty for the row that always answers "not me"')
    head: str = Field(description="its call string")
    audit: bool = Field(default=False, description="whether it only looks for shortcuts")
    targets: list[TargetResult] = Field(description="one per target and repeat")
    skipped: list[Skipped] = Field(default=[], description="targets that could not be tested")
    estimates: dict[str, Estimate] = Field(default={}, description="by metric, over all targets and repeats")


class AugmentationResult(_Model):
    """The variants of training photos under one extractor."""

    variants: int = Field(description="of all training photos together")
    stored: int = Field(description="variants whose vectors were in the store; the time is of the others")
    lost: int = Field(description="variants without a vector: no face was found again")
    seconds: float = Field(description="making and embedding them, wall clock")


class ExtractorResult(_Model):
    """One extractor at work on the data set."""

    extractor: str = Field(description="its call string")
    card: dict[str, str | int] = Field(description="what is known about it")
    photos: int = Field(description="that it was given")
    stored: int = Field(default=0, description="photos whose vectors were in the store; the times are of the others")
    failures: dict[str, int] = Field(description="photos without a vector, by reason")
    load_seconds: float = Field(description="reading weights and building networks, wall clock")
    extract_seconds: float = Field(description="photos to vectors, wall clock")
    augmentation: AugmentationResult | None = Field(default=None, description="of training photos, if augmented")


class UnreadablePhoto(_Model):
    """A photo that could not be decoded: left out for every extractor."""

    path: str = Field(description="relative to the data root")
    reason: str = Field(description="a short word")
    detail: str = Field(description="for people")


class DatasetSummary(_Model):
    """The photos of a run."""

    title: str = Field(description="one line")
    slug: str = Field(description="short name for folders")
    photos: int = Field(description="listed")
    people: int = Field(description="known people")
    skipped_files: dict[str, int] = Field(description="files that are no photos, by ending")
    fingerprint: str = Field(description="sha256 over names, people and file sizes")
    limit_others: int | None = Field(default=None, description="people other than the target who were drawn; None: all")
    sources: dict[str, str] = Field(
        default={}, description='absolute folders by option ("data", "me", "others"); none for the ORL faces'
    )


class RunResult(_Model):
    """One run: what was asked, of which photos, on which machine, and what came out."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, description="of this file")
    created: str = Field(description="UTC, ISO 8601")
    status: Literal["partial", "complete"] = Field(default="partial", description="partial: ended early")
    command: str = Field(description="repeats the run")
    dataset: DatasetSummary = Field(description="the photos")
    settings: Settings = Field(description="what was asked for")
    targets: list[str] = Field(description='the people who are "me" in turn')
    evidence: dict[str, Evidence] = Field(default={}, description="by target")
    split_hash: str = Field(description="sha256 over who is in which part, for every target")
    test_hash: str = Field(default="", description="sha256 over the test photos of every target")
    unreadable: list[UnreadablePhoto] = Field(default=[], description="photos left out for every extractor")
    warnings: list[str] = Field(default=[], description="what a reader must know; a word in brackets names the kind")
    assumptions: list[str] = Field(default=[], description="what a preset takes for granted")
    extractors: list[ExtractorResult] = Field(default=[], description="one per extractor")
    pairings: list[PairingResult] = Field(default=[], description="one per extractor and head")
    versions: dict[str, str] = Field(description="of Python and of the packages that decide what comes out")
    machine: dict[str, str | int] = Field(description="system, processor, cores")
    seconds: float = Field(default=0.0, description="the whole run so far, wall clock")


class Prediction(_Model):
    """One test photo under one pairing: a row of predictions.csv."""

    extractor: str = Field(description="its call string")
    head: str = Field(description="its call string")
    target: str = Field(description='the person who is "me"')
    path: str = Field(description="relative to the data root")
    sha256: str = Field(description="of the photo's bytes")
    person: str = Field(description="empty where not known")
    group: str = Field(default="", description="photos of one person with the same one are copies or a burst")
    split_seed: int = Field(description="of the split")
    truth: Literal["me", "other"] = Field(description="who is on it")
    score: float | None = Field(description="empty where there is no vector, or too little to train on")
    decision: Literal["me", "other"] = Field(description="what the pairing says")
    outcome: str = Field(description='"embedded" or the reason why there is no vector')
    box: str = Field(description="left top right bottom of the face in pixels, empty where there is none")

    @classmethod
    def unchecked(cls, *values: str | float | None) -> Prediction:
        """Return the row of right values, in the order of the fields: one of very many, so it is kept small."""
        row = cls.__new__(cls)
        # Attributes that are set one by one share their names' table with all other rows.
        for name, value in zip(_COLUMNS, values, strict=True):
            object.__setattr__(row, name, value)
        for name, own in (("extra", None), ("private", None), ("fields_set", _COLUMN_SET)):
            object.__setattr__(row, f"__pydantic_{name}__", own)
        return row


_COLUMNS = tuple(Prediction.model_fields)
_COLUMN_SET = set(_COLUMNS)
