"""The parts of a result known before any measurement: photos, settings, machine, and warnings."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from ...classifiers import parameters_of
from ...data import DECODER, GROUPING, LISTING, MARGIN, Dataset, Proposal, spelled_out
from ...data.labels import MOST_MISSED, missed_share
from ...embeddings.built_in import Measured
from ...embeddings.extraction import Variants, Vectors
from ...errors import printable
from .._settings import assumptions
from ..results import (
    THRESHOLD_VERSION,
    AugmentationResult,
    DatasetSummary,
    Evidence,
    ExtractorResult,
    Heads,
    Interval,
    PhotoProperties,
    Properties,
    ProposalResult,
    RunResult,
    UnreadablePhoto,
    VectorsFile,
)
from ._plan import Plan
from ._trials import Trial
from ._warnings import warnings_of


def new_result(dataset: Dataset, plan: Plan, command: str) -> RunResult:
    """Return the result of a run that has measured nothing yet."""
    return RunResult(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=printable(command),
        dataset=dataset_summary(dataset),
        settings=plan.settings,
        grouping=GROUPING,
        heads=parameters_of_heads(plan),
        threshold_version=THRESHOLD_VERSION,
        targets=plan.targets,
        evidence={trial.target: _evidence(trial) for trial in plan.trials},
        split_hash=hash_of_parts(plan.trials, plan.dataset),
        test_hash=_hash_of_tests(plan),
        unreadable=[
            UnreadablePhoto(path=name, reason=failure.reason, detail=failure.detail)
            for name, failure in plan.screening.unreadable.items()
        ],
        warnings=warnings_of(dataset, plan),
        assumptions=assumptions(plan.settings),
        versions=versions(),
        machine={"system": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count() or 0},
    )


def parameters_of_heads(plan: Plan) -> Heads:
    """Return the parameters of the heads that are compared, by call string."""
    return {name: parameters_of(head) for name, head in plan.heads}


def properties_of(plan: Plan) -> Properties:
    """Return what was measured of the photos of a plan, with the categories that somebody gave them."""
    photos: list[PhotoProperties] = []
    if plan.measured:
        vectors, detector = plan.measured
        measured = map(Measured.of, vectors.matrix)
        photos = [_properties(item.name, of, detector) for item, of in zip(plan.dataset.items, measured, strict=True)]
    names = [item.name for item in plan.dataset.items]
    own = {column: [of.get(name, "") for name in names] for column, of in plan.dataset.categories.items()}
    return Properties(photos, own)


def _properties(path: str, of: Measured, detector: str) -> PhotoProperties:
    return PhotoProperties.unchecked(
        path,
        _rounded(of.megapixels, 3),
        of.device,
        detector,
        _rounded(of.face_size, 1) or None,
        _rounded(of.sharpness, 4),
        _rounded(of.brightness, 3),
        _rounded(of.yaw, 1),
        _rounded(of.score, 3),
    )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _evidence(trial: Trial) -> Evidence:
    return Evidence(photos=int(trial.mine.sum()), groups=len(np.unique(trial.groups[trial.mine])))


def hash_of_parts(trials: Sequence[Trial], dataset: Dataset) -> str:
    """Return the sha256 over who is in which part, for every target and repeat."""
    digest = hashlib.sha256()
    for trial in trials:
        for part in (trial.train, trial.validation, trial.test):
            names = "\n".join(dataset.items[index].name for index in part)
            digest.update(f"{trial.target}\0{names}\0".encode())
    return digest.hexdigest()


def _hash_of_tests(plan: Plan) -> str:
    digest, hashes = hashlib.sha256(), plan.screening.hashes
    for trial in plan.trials:
        digest.update(f"{trial.target}\n".encode())
        digest.update("".join(sorted(f"{hashes[i]} {trial.mine[i]}\n" for i in trial.test)).encode())
    return digest.hexdigest()


def dataset_summary(dataset: Dataset) -> DatasetSummary:
    """Return the summary of a result's photos."""
    crops = sum(item.crop is not None for item in dataset.items)
    return DatasetSummary(
        title=printable(dataset.title),
        slug=dataset.slug,
        photos=len(dataset.items),
        people=len(dataset.people),
        skipped_files={printable(ending): count for ending, count in dataset.skipped.items()},
        fingerprint=dataset.fingerprint,
        limit_others=dataset.limit_others,
        against=dataset.against,
        any_name=dataset.any_name,
        layout=dataset.layout,
        listing=LISTING,
        # JSON takes no bytes that are not UTF-8.
        view=dataset.view,
        crops=crops,
        margin=MARGIN if crops else None,
        proposal=_proposal(dataset.proposal) if dataset.proposal else None,
        sources={option: spelled_out(str(folder)) for option, folder in dataset.sources.items()},
    )


def _proposal(proposal: Proposal) -> ProposalResult:
    share = missed_share(proposal)
    return ProposalResult(
        extractors=list(proposal.extractors),
        mine=proposal.mine,
        not_proposed=sum(stratum.size for stratum in proposal.strata),
        looked=sum(stratum.looked for stratum in proposal.strata),
        found=sum(stratum.mine for stratum in proposal.strata),
        missed=share.value,
        interval=Interval(low=share.low, high=share.high),
        complete=share.high <= MOST_MISSED,
    )


def extractor_result(vectors: Vectors) -> ExtractorResult:
    """Return the record of an extractor's work."""
    return ExtractorResult(
        extractor=vectors.extractor,
        card=asdict(vectors.card),
        photos=len(vectors.hashes),
        stored=int(vectors.stored.sum()),
        failures=vectors.reasons,
        load_seconds=vectors.load_seconds,
        extract_seconds=vectors.extract_seconds,
        seconds_per_photo=vectors.seconds_per_photo,
        augmentation=_augmentation(vectors.variants),
        file=VectorsFile(**asdict(vectors.origin)) if vectors.origin else None,
    )


def _augmentation(made: Variants | None) -> AugmentationResult | None:
    if made is None:
        return None
    count = made.matrix.shape[0] * made.matrix.shape[1]
    return AugmentationResult(variants=count, stored=made.stored, lost=made.lost, seconds=made.seconds)


def versions() -> dict[str, str]:
    """Return the versions of Python, of the decoder of photos, and of the packages that affect results."""
    packages = (
        "facebench",
        "numpy",
        "pillow",
        "scipy",
        "scikit-learn",
        "tensorflow",
        "keras",
        "openvino",
        "dlib-bin",
        "opencv-python-headless",
    )
    found = {"python": platform.python_version(), "decoder of photos": str(DECODER)}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
