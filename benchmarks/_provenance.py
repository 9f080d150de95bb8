"""What a result says before anything is measured: the photos, the settings, the machine, and what to be wary of."""

from __future__ import annotations

import hashlib
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from ..data import Dataset, Split
from ..errors import counted, printable
from ._schema import DatasetSummary, RunResult, Settings


def new_result(dataset: Dataset, settings: Settings, splits: list[Split], command: str) -> RunResult:
    """Return the result of a run that has measured nothing yet."""
    digest = hashlib.sha256()
    for parts in splits:
        for part in (parts.train, parts.validation, parts.test):
            names = "\n".join(dataset.items[index].name for index in part)
            digest.update(f"{parts.target}\0{names}\0".encode())
    return RunResult(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=printable(command),
        dataset=DatasetSummary(
            title=printable(dataset.title),
            slug=dataset.slug,
            photos=len(dataset.items),
            people=len(dataset.people),
            skipped_files={printable(ending): count for ending, count in dataset.skipped.items()},
            fingerprint=dataset.fingerprint,
        ),
        settings=settings,
        targets=[parts.target for parts in splits],
        split_hash=digest.hexdigest(),
        warnings=_warnings(dataset, splits),
        versions=_versions(),
        machine={"system": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count() or 0},
    )


def _warnings(dataset: Dataset, splits: list[Split]) -> list[str]:
    warnings = []
    if dataset.skipped:
        counts = ", ".join(f"{count} {printable(ending)}" for ending, count in dataset.skipped.most_common(5))
        warnings.append(f"{counted(dataset.skipped.total(), 'file')} skipped, not photos ({counts})")
    if not all(parts.strangers_by_person for parts in splits):
        if any(item.person is None for item in dataset.items):
            why = "It is not known who is on the photos of strangers"
        else:
            why = f"There are only {len(dataset.people) - 1} other people"
        warnings.append(
            f"{why}: strangers are split by photo, and the test may show somebody who was seen in training. "
            "A folder per person, 10 at least, makes a stricter test"
        )
    return warnings


def _versions() -> dict[str, str]:
    packages = ("facebench", "numpy", "pillow", "scipy", "scikit-learn", "tensorflow", "keras", "openvino", "dlib-bin")
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
