"""Made-up results for the tests of the experiment."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.results import PairingResult, Prediction, RunResult, TargetResult
from facebench.benchmarks.results._schema import DatasetSummary, ExtractorResult, Skipped

from ..made_up import result_of


@pytest.fixture(scope="session")
def tested() -> Callable[..., TargetResult]:
    """Return a function that makes the result of one target: errors among 10 photos of it and 10 of others."""

    @cache
    def tested(
        target: str = "ann", *, rejects: int = 0, accepts: int = 0, rule: str = "natural", seed: int = 0
    ) -> TargetResult:
        truth = np.arange(20) < 10
        decisions = truth.copy()
        decisions[:rejects] = False
        decisions[10 : 10 + accepts] = True
        fields = {"target": target, "threshold_rule": rule, "split_seed": seed}
        return result_of(truth, decisions, decisions, fit_seconds=0.25, history={"loss": [0.7, 0.4]}, **fields)

    return tested


@pytest.fixture(scope="session")
def run_of() -> Callable[..., RunResult]:
    """Return a function that makes a run from {(extractor, head): [targets' results]} and what differs."""

    def run_of(
        pairings: dict[tuple[str, str], list[TargetResult]],
        *,
        skipped: dict[tuple[str, str], list[Skipped]] | None = None,
        targets: Sequence[str] = ("ann",),
        fingerprint: str = "photos",
        test_hash: str = "test",
        title: str = "Faces",
        status: str = "complete",
        warnings: Sequence[str] = (),
        **settings: Any,
    ) -> RunResult:
        extractors = dict.fromkeys(extractor for extractor, _ in pairings if extractor)
        return RunResult(
            created="2026-01-01T00:00:00+00:00",
            status=status,
            command="bench run",
            dataset=DatasetSummary(
                title=title, slug="faces", photos=100, people=10, skipped_files={}, fingerprint=fingerprint
            ),
            settings=Settings(**settings),
            targets=list(targets),
            split_hash="split",
            test_hash=test_hash,
            warnings=list(warnings),
            extractors=[
                ExtractorResult(
                    extractor=extractor,
                    card={"name": extractor},
                    photos=100,
                    failures={"no_face": 3},
                    load_seconds=1.0,
                    extract_seconds=2.0,
                )
                for extractor in extractors
            ],
            pairings=[
                PairingResult(extractor=pair[0], head=pair[1], targets=results, skipped=(skipped or {}).get(pair, []))
                for pair, results in pairings.items()
            ],
            versions={"python": "3.11"},
            machine={"cores": 2},
        )

    return run_of


@pytest.fixture(scope="module")
def rows_of() -> Callable[..., list[Prediction]]:
    """Return a function that makes the rows of `tested`, of pairings by their rejects; each stranger is somebody."""

    def rows_of(errors: dict[tuple[str, str], int]) -> list[Prediction]:
        return [
            Prediction(
                extractor=extractor,
                head=head,
                target="ann",
                path=f"{photo}.jpg",
                sha256="",
                person="ann" if photo < 10 else f"stranger {photo}",
                split_seed=0,
                truth="me" if photo < 10 else "other",
                score=0.5,
                decision="me" if rejects <= photo < 10 else "other",
                outcome="embedded",
                box="",
            )
            for (extractor, head), rejects in errors.items()
            for photo in range(20)
        ]

    return rows_of
