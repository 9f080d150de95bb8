"""What a result says before anything is measured: the photos, the settings, the machine, and what to be wary of."""

from __future__ import annotations

import hashlib
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from ..data import Dataset, Split
from ..errors import counted, printable
from ._plan import Plan
from ._presets import assumptions
from ._schema import DatasetSummary, RunResult


def new_result(dataset: Dataset, plan: Plan, command: str) -> RunResult:
    """Return the result of a run that has measured nothing yet."""
    digest = hashlib.sha256()
    for parts in plan.splits:
        for part in (parts.train, parts.validation, parts.test):
            names = "\n".join(plan.dataset.items[index].name for index in part)
            digest.update(f"{parts.target}\0{names}\0".encode())
    return RunResult(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        command=printable(command),
        dataset=dataset_summary(dataset),
        settings=plan.settings,
        targets=[parts.target for parts in plan.splits],
        split_hash=digest.hexdigest(),
        warnings=_warnings(dataset, plan.splits),
        assumptions=assumptions(plan.settings),
        versions=versions(),
        machine={"system": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count() or 0},
    )


def dataset_summary(dataset: Dataset) -> DatasetSummary:
    """Return what a result says of its photos."""
    return DatasetSummary(
        title=printable(dataset.title),
        slug=dataset.slug,
        photos=len(dataset.items),
        people=len(dataset.people),
        skipped_files={printable(ending): count for ending, count in dataset.skipped.items()},
        fingerprint=dataset.fingerprint,
        # JSON takes no bytes that are not UTF-8: a folder with such a name is spelled out, and not found again.
        sources={
            option: str(folder).encode("utf-8", "backslashreplace").decode()
            for option, folder in dataset.sources.items()
        },
    )


def _warnings(dataset: Dataset, splits: list[Split]) -> list[str]:
    warnings = []
    if dataset.skipped:
        counts = ", ".join(f"{count} {printable(ending)}" for ending, count in dataset.skipped.most_common(5))
        warnings.append(f"{counted(dataset.skipped.total(), 'file')} passed over ({counts})")
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


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide what comes out."""
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
    found = {"python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
