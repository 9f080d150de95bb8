"""The audit from end to end, on JPEG photos of real faces: a planted shortcut is caught, and none is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.comparison import compare_runs
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.protocol._audit import EXTRACTORS
from facebench.benchmarks.results import Prediction, RunResult
from facebench.data import me_and_others, orl_faces
from facebench.embeddings.store import VectorStore
from PIL import Image, ImageOps

Outcome = tuple[RunResult, list[Prediction]]


@pytest.fixture
def audited(tmp_path: Path) -> Callable[..., Outcome]:
    """Return a function that saves photos of me (four people's) and of 36 others, and runs an audit on them."""

    def audited(
        *,
        audit: bool = True,
        save: Callable[..., None] | None = None,
        photos: tuple[int, int] = (10, 2),
        **asked: Any,
    ) -> Outcome:
        for item in orl_faces().items:
            number, photo = int(item.person[1:]), int(item.path.stem)
            if photo <= photos[number > 4]:
                folder = tmp_path / ("me" if number <= 4 else f"others/{item.person}")
                folder.mkdir(parents=True, exist_ok=True)
                (save or plain)(Image.open(item.path), folder / f"{item.person}-{photo}.jpg", number <= 4)
        rows: list[Prediction] = []
        settings = Settings(**{"extractors": ["colour"], "heads": ["centroid"], "audit": audit, **asked})
        store = VectorStore(tmp_path / "vectors.sqlite")
        dataset = me_and_others(tmp_path / "me", tmp_path / "others")
        result = run_benchmark(dataset, settings, lambda _, found: rows.__setitem__(slice(None), found), store=store)
        store.close()
        return result, rows

    return audited


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the networks out of the audit."""
    for module in ("_audit.EXTRACTORS", "_plan.AUDIT_EXTRACTORS"):
        monkeypatch.setattr(f"facebench.benchmarks.protocol.{module}", ("metadata", "colour"))


@pytest.mark.parametrize("shortcut", ["quality", "frame"])
def test_how_one_class_was_saved_is_caught_by_metadata(
    shortcut: str, cheap: None, audited: Callable[..., Outcome]
) -> None:
    result, _ = audited(save={"quality": coarser, "frame": framed}[shortcut])
    [text] = [text for text in result.warnings if "metadata reaches" in text]
    assert text.endswith("[shortcut]")
    assert "reaches an AUC of 1.000 (at least 0.8" in text
    assert "Save both sides alike, or add strangers from the same camera" in text


def test_where_all_photos_were_saved_alike_metadata_is_silent(cheap: None, audited: Callable[..., Outcome]) -> None:
    result, _ = audited()
    [metadata] = [pairing for pairing in result.pairings if pairing.extractor == "metadata"]
    assert metadata.estimates["auc"].value == 0.5
    assert not [text for text in result.warnings if "metadata" in text]


def test_without_being_asked_nothing_is_audited(cheap: None, audited: Callable[..., Outcome]) -> None:
    result, rows = audited(audit=False, save=coarser)
    assert [pairing.extractor for pairing in result.pairings] == ["", "colour"]
    assert {(row.extractor, row.head) for row in rows} == {("colour", "centroid")}
    assert not any(text.endswith("[shortcut]") for text in result.warnings)


def test_the_whole_audit_stands_beside_what_is_compared(audited: Callable[..., Outcome]) -> None:
    result, rows = audited(extractors=["mobilenet"], photos=(5, 1))
    pairs = [(pairing.extractor, pairing.head, pairing.audit) for pairing in result.pairings]
    assert pairs[:2] == [("", "majority", False), ("mobilenet", "centroid", False)]
    assert pairs[2:] == [(extractor, "logreg", True) for extractor in EXTRACTORS]
    assert [extractor.extractor for extractor in result.extractors] == ["mobilenet", *EXTRACTORS]
    tests = {extractor: {row.path for row in rows if row.extractor == extractor} for extractor in EXTRACTORS}
    assert all(paths == {row.path for row in rows} for paths in tests.values())
    # Faces are there to be recognised; with the face covered, or before one looks, little is.
    auc = {pairing.extractor: pairing.estimates["auc"].value for pairing in result.pairings[1:]}
    assert auc["mobilenet(view='face')"] > max(auc["metadata"], auc["background"]) + 0.2
    assert not [text for text in result.warnings if "metadata" in text or "background" in text]


def test_rows_of_an_audit_are_flagged_and_never_best(cheap: None, audited: Callable[..., Outcome]) -> None:
    result, rows = audited(save=coarser, extractors=["colour"], heads=["centroid"])
    [group] = compare_runs([("0001", result)], predictions={"0001": rows})
    audits = [row for row in group.rows if row.pairing.audit]
    assert [row.pairing.extractor for row in audits] == ["metadata", "colour"]
    assert all(row.rank is None and not row.competes for row in audits)
    assert [row.pairing.extractor for row in group.rows if row.rank == 1] == ["colour"]
    auc = {row.title: row.pairing.estimates["auc"].value for row in group.rows if not row.is_majority}
    assert auc["metadata x logreg"] > auc["colour x centroid"]


def test_an_audit_that_is_compared_with_the_same_head_comes_once_and_warns_all_the_same(
    cheap: None, audited: Callable[..., Outcome]
) -> None:
    result, rows = audited(save=coarser, extractors=["metadata"], heads=["logreg"])
    pairs = [(pairing.extractor, pairing.head) for pairing in result.pairings]
    assert pairs == [("", "majority"), ("metadata", "logreg"), ("colour", "logreg")]
    assert len({(row.extractor, row.head, row.split_seed, row.path) for row in rows}) == len(rows)
    assert len([text for text in result.warnings if "metadata reaches" in text]) == 1


def test_an_audit_sees_photos_as_they_are_where_the_others_see_variants(
    cheap: None, audited: Callable[..., Outcome]
) -> None:
    result, _ = audited(save=coarser, extractors=["mobilenet"], augment=1, photos=(5, 1))
    mobilenet, metadata, colour = result.extractors
    assert (metadata.augmentation, colour.augmentation) == (None, None)
    assert mobilenet.augmentation is not None
    [metadata] = [pairing for pairing in result.pairings if pairing.extractor == "metadata"]
    assert metadata.estimates["auc"].value == 1


def plain(photo: Image.Image, path: Path, mine: bool) -> None:
    photo.save(path, quality=90)


def coarser(photo: Image.Image, path: Path, mine: bool) -> None:
    photo.save(path, quality=75 if mine else 90)


def framed(photo: Image.Image, path: Path, mine: bool) -> None:
    (ImageOps.expand(photo, border=8) if mine else photo).save(path, quality=90)
