"""The result of a run: every key typed and explained. Tables and reports are computed from it alone."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...data import Layout, View
from .._settings import Settings

#: Raised whenever a reader of the old schema would misread the new one.
SCHEMA_VERSION: Literal[1] = 1


class _Model(BaseModel):
    # JSON has no NaN: non-finite losses of a network that diverged are written as text, and read back.
    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")


class Interval(_Model):
    """A 95 % interval."""

    low: float = Field(description="its lower limit")
    high: float = Field(description="its upper limit")


class Metrics(_Model):
    """The metrics of one test of one target."""

    photos_of_me: int = Field(description="test photos of the target")
    photos_of_others: int = Field(description="test photos of everybody else")
    false_rejects: int = Field(description='photos of me decided "not me"')
    false_accepts: int = Field(description='photos of others decided "me"')
    accuracy: float = Field(description="share of correct decisions, 0..1")
    balanced_accuracy: float = Field(description="mean of the two classes' shares of correct decisions, 0..1")
    auc: float = Field(description="area under the ROC curve, 0..1")
    eer: float = Field(description="error rate where false accepts and false rejects are equally frequent, 0..1")
    balanced_accuracy_seen: float | None = Field(
        default=None, description="on photos with a vector only; None if a class has none"
    )
    balanced_accuracy_strict: float | None = Field(
        default=None, description="with every photo without a vector counted as an error"
    )
    no_face_me: int = Field(description='test photos of me without a vector, decided "not me"')
    no_face_others: int = Field(description='test photos of others without a vector, decided "not me"')

    @property
    def false_accept_rate(self) -> float:
        """The share of other people's photos decided "me", 0..1."""
        return self.false_accepts / self.photos_of_others

    @property
    def false_reject_rate(self) -> float:
        """The share of the target's photos decided "not me", 0..1."""
        return self.false_rejects / self.photos_of_me


class Estimate(_Model):
    """A metric over all targets and repeats, and its 95 % interval."""

    value: float = Field(description="the mean over targets and repeats")
    interval: Interval | None = Field(
        description="from independent units (clusters); None if there are too few, and for false accept and reject "
        "rates over several targets"
    )
    units: int = Field(
        description="number of independent units. One target: groups of its photos for false rejects, other people for "
        "false accepts, the smaller of both otherwise. Several: targets, for false accepts other people if fewer"
    )


class OperatingPoint(_Model):
    """The rates at a threshold chosen on validation to accept a given share of impostors (other people)."""

    far: float = Field(description="requested false accept rate, 0..1")
    threshold: float | None = Field(description="None if validation or test is too small")
    tar: float | None = Field(description="true accept rate: share of the target's test photos accepted, 0..1")
    measured_far: float | None = Field(description="share of other people's test photos accepted, 0..1")


class Roc(_Model):
    """The receiver operating characteristic of a test, corners only; 1 - tar against far is its DET curve."""

    far: list[float] = Field(description="false accept rates, ascending, 0..1")
    tar: list[float] = Field(description="the true accept rate at each, 0..1")


class Evidence(_Model):
    """How many photos and independent units there are of one target."""

    photos: int = Field(description="decodable photos of the target")
    groups: int = Field(description="of photos: doubles and photos of one moment count as one")


#: The threshold's rule if there was too little to train on.
UNTRAINED = "untrained"
#: The threshold's rule if it was chosen on training photos that were left out in turn.
OUT_OF_FOLD = "out-of-fold"
#: Of what `auto` means. 1: with few validation photos of me, the head's own threshold.
THRESHOLD_VERSION = 2


class TargetResult(_Model):
    """One target under one pairing in one split."""

    target: str = Field(description='the person who is "me"')
    split_seed: int = Field(default=0, description="of the split")
    train_me: int = Field(description="training photos of me")
    train_others: int = Field(description="training photos of others")
    threshold: float = Field(description='a photo is "me" if its score is at least this')
    threshold_rule: str = Field(
        description='"balanced", "accuracy", "far=..." (all on validation), "out-of-fold" (best balanced accuracy on '
        'training photos left out in turn), "natural" or "untrained"'
    )
    threshold_folds: int = Field(default=0, description='folds of the training photos, if the rule is "out-of-fold"')
    metrics: Metrics = Field(description="results of the test")
    operating: list[OperatingPoint] = Field(default=[], description="at requested false accept rates")
    roc: Roc | None = Field(default=None, description="None if nothing could be trained")
    fit_seconds: float = Field(description="training of the head, wall clock")
    history: dict[str, list[float]] = Field(default={}, description="losses per epoch, if the head has epochs")


class Skipped(_Model):
    """A target that could not be tested under an extractor."""

    target: str = Field(description="the person")
    reason: str = Field(description="why")


class PairingResult(_Model):
    """One extractor with one head."""

    extractor: str = Field(description='its call string; empty for the row that always answers "not me"')
    head: str = Field(description="its call string")
    audit: bool = Field(default=False, description="whether it only tests for shortcuts and is not ranked")
    targets: list[TargetResult] = Field(description="one per target and repeat")
    skipped: list[Skipped] = Field(default=[], description="targets that could not be tested")
    estimates: dict[str, Estimate] = Field(
        default={}, description="by metric, false accept and reject rates too, over all targets and repeats"
    )


class RefusedPairing(_Model):
    """A pairing that was left out, because its head cannot be tested."""

    extractor: str = Field(description="its call string")
    head: str = Field(description="its call string")
    reason: str = Field(description='what the head does, after its name: "cannot be fitted: ..."')


class Shortcut(_Model):
    """What an audit found: how well the classes are told apart without looking at a face."""

    extractor: str = Field(description="of the audit: its call string")
    head: str = Field(description="of the audit, chosen on validation")
    finding: Literal["none", "suspicious", "decisive", "unchecked"] = Field(
        description="suspicious: the lower limit of its AUC is above .8, or its AUC is 1 where the test is too small "
        "for that; decisive: above .8, and the audit is not worse than the best pairing by 5 points; unchecked: the "
        "test is too small to say"
    )
    auc: Estimate = Field(description="area under the ROC curve")
    p: float | None = Field(
        default=None,
        description="of the hypothesis that the audit is worse than the best pairing by 5 points or more, adjusted for "
        "all audits that may be decisive; None for one that only warns",
    )
    advice: str = Field(default="", description="of the audit's card: what tells the person apart, and what to do")


#: What `RunResult.verdict` says.
Verdict = Literal["trusted", "chance", "shortcut", "suspicious", "unchecked"]


class AugmentationResult(_Model):
    """The variants of training photos under one extractor."""

    variants: int = Field(description="of all training photos together")
    stored: int = Field(description="variants whose vectors were in the store; the time is that of the others")
    lost: int = Field(description="variants without a vector: no face was found in them")
    seconds: float = Field(description="making and embedding them, wall clock")


class VectorsFile(_Model):
    """A file of vectors that were not made here."""

    name: str = Field(description="of the file, without its folders")
    sha256: str = Field(description="of its bytes")


class ExtractorResult(_Model):
    """One extractor's work on the data set, or what a file of vectors holds of it."""

    extractor: str = Field(description="its call string; `vectors(NAME)` of a file")
    card: dict[str, str | int] = Field(description="its description")
    photos: int = Field(description="given to it")
    stored: int = Field(
        default=0, description="photos whose vectors were in the store; the times are those of the others"
    )
    failures: dict[str, int] = Field(description="photos without a vector, by reason")
    load_seconds: float = Field(description="reading weights and building networks, wall clock")
    extract_seconds: float = Field(
        description="photos to vectors, wall clock; with several extractors that of this one as if it were alone, "
        "estimated from its share of the work"
    )
    seconds_per_photo: float | None = Field(
        default=None,
        description="photos to vectors, wall clock: the mean over all, as measured when each was extracted, in an "
        "earlier run where it was in the store; None where that is not known",
    )
    augmentation: AugmentationResult | None = Field(default=None, description="of training photos, if there was any")
    file: VectorsFile | None = Field(
        default=None, description="that the vectors came from if they were not made here; the times are 0 then"
    )


class UnreadablePhoto(_Model):
    """A photo that could not be decoded: left out for every extractor."""

    path: str = Field(description="relative to the data root")
    reason: str = Field(description="one short word")
    detail: str = Field(description="human-readable")


#: Parameters of heads by call string; a run of an older facebench lists none.
Heads = dict[str, dict[str, JsonValue]]


class ProposalResult(_Model):
    """Where labels come from that an extractor proposed, and what a sample of the rest says."""

    extractors: list[str] = Field(description="that proposed, their call strings")
    mine: int = Field(description="faces confirmed as me, found in whatever way")
    not_proposed: int = Field(description="faces that were not proposed, and photos without a face")
    looked: int = Field(description="of these, drawn at random in strata of likeness and looked at")
    found: int = Field(description="of these, confirmed as me")
    missed: float = Field(description="share of all faces of me that nobody has found, estimated, 0..1")
    interval: Interval = Field(description="of that share")
    complete: bool = Field(description="whether the upper limit is at most .05")

    def favours(self, extractor: str) -> bool:
        """Return whether an extractor proposed the labels, and may have missed too many of its own failures."""
        name, *_ = extractor.split("(")
        return not self.complete and name in {proposer.split("(")[0] for proposer in self.extractors}


class DatasetSummary(_Model):
    """The photos of a run."""

    title: str = Field(description="one line")
    slug: str = Field(description="short name for folders")
    photos: int = Field(description="listed")
    people: int = Field(description="known people")
    skipped_files: dict[str, int] = Field(description="files that are not photos, by extension")
    fingerprint: str = Field(description="sha256 of names, people, file sizes and crops")
    limit_others: int | None = Field(default=None, description="number of other people drawn; None: all")
    against: str = Field(default="", description="the only other person, if the run was asked for one; empty: all")
    any_name: bool = Field(default=False, description="whether files were photos by their content, whatever their name")
    layout: Layout = Field(
        default="auto",
        description="what the folders are: people, split (parts such as train and test, with people in them), flat "
        "(nobody is known), or auto: what the tree shows",
    )
    listing: int = Field(
        default=1,
        description="number of the rules by which folders were listed; by the first, the first folders are people",
    )
    view: View = Field(
        default="auto",
        description="what was seen of photos with a labelled face, as requested: photo, crop, or auto: a crop around "
        "the face where several faces have boxes",
    )
    crops: int = Field(default=0, description="photos of which a crop around a labelled face was seen")
    margin: float | None = Field(
        default=None,
        description="of crops, on each side of the face, as a share of the longer side of its box; None without crops",
    )
    proposal: ProposalResult | None = Field(
        default=None, description="where the labels come from, if an extractor proposed them"
    )
    sources: dict[str, str] = Field(
        default={},
        description='absolute folders by option ("data", "me", "others"), or the file of "labels"; none for the ORL '
        "faces",
    )


class RunResult(_Model):
    """One run: its settings, photos and machine, and its results."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, description="of this file")
    created: str = Field(description="UTC, ISO 8601")
    status: Literal["partial", "complete"] = Field(default="partial", description="partial: ended early")
    command: str = Field(description="reproduces the run")
    dataset: DatasetSummary = Field(description="the photos")
    settings: Settings = Field(description="as requested")
    grouping: int = Field(
        default=1, description="number of the rules by which doubles and photos of one moment were grouped"
    )
    heads: Heads = Field(default={}, description="every parameter of each head, by call string")
    threshold_version: int = Field(default=1, description='what the rule "auto" means; 1 also if it is absent')
    targets: list[str] = Field(description='the people who are "me" in turn')
    evidence: dict[str, Evidence] = Field(default={}, description="by target")
    split_hash: str = Field(
        description="sha256 of the assignment of photos to training, validation and test, for every target"
    )
    test_hash: str = Field(default="", description="sha256 of the test photos of every target")
    unreadable: list[UnreadablePhoto] = Field(default=[], description="photos left out for every extractor")
    warnings: list[str] = Field(default=[], description="what a reader must know; the word in brackets is the kind")
    assumptions: list[str] = Field(default=[], description="assumptions of the preset")
    extractors: list[ExtractorResult] = Field(default=[], description="one per extractor")
    pairings: list[PairingResult] = Field(default=[], description="one per extractor and head")
    refused: list[RefusedPairing] = Field(default=[], description="pairings left out")
    shortcuts: list[Shortcut] = Field(default=[], description="what the audits found, one per audit")
    verdict: Verdict | None = Field(
        default=None,
        description="trusted: nothing speaks against the best pairing; chance: no pairing is shown to be better than "
        "chance; shortcut: not to be trusted, an audit is as good; suspicious: an audit does well, and may be as good; "
        "unchecked: the test is too small for the audits; None: nothing was tested, or the run ended early",
    )
    versions: dict[str, str] = Field(description="of Python, the decoder of photos and packages that affect results")
    machine: dict[str, str | int] = Field(description="system, processor, cores")
    seconds: float = Field(default=0.0, description="of the whole run so far, wall clock")
