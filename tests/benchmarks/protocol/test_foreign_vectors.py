"""Vectors of a file are judged as those of the extractor that made them, and never as if they were made here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings, settings_for
from facebench.benchmarks.comparison import compare_runs
from facebench.benchmarks.protocol import needs_of, run_benchmark
from facebench.benchmarks.results import Predictions, RunResult
from facebench.data import Dataset
from facebench.embeddings.extraction import export_vectors
from facebench.errors import FacebenchError

HEADS = ["svm", "centroid"]
Ran = tuple[RunResult, Predictions]


def run(dataset: Dataset, **settings: Any) -> Ran:
    kept: list[Predictions] = []
    asked = {"target": "s3", "heads": HEADS, **settings}
    result = run_benchmark(dataset, settings_for(**asked), lambda _, rows: kept.append(rows))
    return result, kept[-1]


@pytest.fixture
def embedded(people: Callable[..., Dataset], tmp_path: Path, extractor: Callable[..., Any]) -> Dataset:
    """120 photos; the vectors of all in mine.npz and mine.parquet, except two without a face."""
    dataset = people(12)
    extractor(without_face=[dataset.items[number].path for number in (0, 25)])
    for ending in ("npz", "parquet"):
        export_vectors(dataset, tmp_path / f"mine.{ending}", "blocks")
    return dataset


def changed(file: Path, made: Path, change: Callable[[dict[str, np.ndarray]], None]) -> str:
    """Write a file of vectors that differs from another one."""
    with np.load(file) as arrays:
        columns = {name: arrays[name] for name in ("path", "sha256", "outcome", "box", "vectors")}
    change(columns)
    np.savez(made, **columns)
    return str(made)


def cells(ran: Ran) -> list[tuple[Any, ...]]:
    return [row[1:] for row in ran[1].cells()]  # all but the extractor's name


@pytest.mark.parametrize("ending", ["npz", "parquet"])
def test_a_round_trip_changes_nothing_but_the_name(ending: str, embedded: Dataset, tmp_path: Path) -> None:
    ours = run(embedded, extractors=["blocks"])
    theirs = run(embedded, vectors=[str(tmp_path / f"mine.{ending}")])
    assert cells(theirs) == cells(ours)
    assert set(theirs[1].column("extractor")) == {f"vectors(mine.{ending})"}
    assert set(theirs[1].column("outcome")) == {"embedded", "no_face"}
    for ran in (ours, theirs):  # all but the times
        for pairing in ran[0].pairings:
            pairing.extractor = ""
            pairing.targets = [target.model_copy(update={"fit_seconds": 0}) for target in pairing.targets]
    assert theirs[0].pairings == ours[0].pairings
    assert theirs[0].test_hash == ours[0].test_hash
    assert theirs[0].extractors[0].failures == ours[0].extractors[0].failures


def test_the_order_of_rows_does_not_matter(embedded: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "mine.npz"
    expected = cells(run(embedded, vectors=[str(file)]))
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(120)

        def shuffle(columns: dict[str, np.ndarray], order: np.ndarray = order) -> None:
            columns.update({name: column[order] for name, column in columns.items()})

        assert cells(run(embedded, vectors=[changed(file, tmp_path / "shuffled.npz", shuffle)])) == expected


def test_paths_do_as_well_as_hashes(embedded: Dataset, tmp_path: Path) -> None:
    file = tmp_path / "mine.npz"
    by_path = changed(file, tmp_path / "paths.npz", lambda columns: columns.pop("sha256"))
    assert cells(run(embedded, vectors=[by_path])) == cells(run(embedded, vectors=[str(file)]))


def test_the_result_says_that_vectors_were_not_made_here(embedded: Dataset, tmp_path: Path) -> None:
    file = str(tmp_path / "mine.npz")
    result, rows = run(embedded, vectors=[file], extractors=["blocks"])
    assert result.settings.vectors == [file]
    made, given = result.extractors
    assert made.file is None
    assert (given.extractor, given.file.name, len(given.file.sha256)) == ("vectors(mine.npz)", "mine.npz", 64)
    assert given.card["weights_sha256"] == ""
    assert "vectors(mine.npz): vectors not made here [foreign-vectors]" in result.warnings
    [group] = compare_runs([("1", result)], predictions={"1": rows})
    assert {row.title for row in group.rows if row.extraction and row.extraction.file} == {
        f"vectors(mine.npz) x {head}" for head in HEADS
    }


def test_by_default_no_extractor_is_compared_with_a_file(tmp_path: Path) -> None:
    assert settings_for(vectors=["mine.npz"]).extractors == []
    assert settings_for("improved", vectors=["mine.npz"]).extractors == settings_for("improved").extractors
    assert settings_for(vectors=["mine.npz"], extractors=["colour"]).extractors == ["colour"]
    assert settings_for().extractors == Settings().extractors


def test_photos_that_the_file_lacks_count_as_those_without_a_face(embedded: Dataset, tmp_path: Path) -> None:
    mine = [number for number, item in enumerate(embedded.items) if item.person == "s3"]
    kept = sorted({*range(0, 120, 3), *mine[:8]})

    def leave_out(columns: dict[str, np.ndarray]) -> None:
        columns.update({name: column[kept] for name, column in columns.items()})

    file = changed(tmp_path / "mine.npz", tmp_path / "few.npz", leave_out)
    result, rows = run(embedded, vectors=[file])
    lacking = 120 - len(kept)
    assert result.extractors[0].failures["no_vector"] == lacking
    told = [warning for warning in result.warnings if warning.startswith("vectors(few.npz)")]
    assert told == [
        f"vectors(few.npz): vectors not made here; {lacking} of 120 photos have none, and count as those without a "
        "face [foreign-vectors]",
        "vectors(few.npz) has vectors of less than half of the photos: is it the file of these photos, as they are "
        "now? [few-vectors]",
    ]
    missing = rows.where(outcome="no_vector")
    assert len(missing) > 0
    assert {(row.score, row.decision) for row in missing} == {(None, "other")}


def test_a_file_with_too_few_photos_of_the_target_or_of_others_is_refused(embedded: Dataset, tmp_path: Path) -> None:
    def keep(rows: list[int]) -> str:
        def change(columns: dict[str, np.ndarray]) -> None:
            columns.update({name: column[rows] for name, column in columns.items()})

        return changed(tmp_path / "mine.npz", tmp_path / "few.npz", change)

    mine = [number for number, item in enumerate(embedded.items) if item.person == "s3"]
    others = [number for number, item in enumerate(embedded.items) if item.person == "s4"]
    with pytest.raises(FacebenchError, match=r"few.npz\) has vectors of 3 photos of s3 and of 10 of others: 5 of the"):
        run(embedded, vectors=[keep([*mine[:3], *others])])
    with pytest.raises(FacebenchError, match=r"has vectors of 10 photos of s3 and of 0 of others"):
        run(embedded, vectors=[keep(mine)])


def test_what_does_not_go_with_files_is_refused_before_photos_are_looked_at(
    embedded: Dataset, tmp_path: Path, decoded: list[bytes]
) -> None:
    file = str(tmp_path / "mine.npz")
    with pytest.raises(FacebenchError, match="--augment makes variants of photos, and --vectors has none"):
        run(embedded, vectors=[file], augment=2)
    with pytest.raises(FacebenchError, match=r"--vectors: 2 files would be called vectors\(mine.npz\) in the table"):
        run(embedded, vectors=[file, file])
    (tmp_path / "bad.npz").write_bytes(b"no zip")
    with pytest.raises(FacebenchError, match="is damaged, or no"):
        run(embedded, vectors=[str(tmp_path / "bad.npz")])
    assert decoded == []


def test_the_librarys_tolerance_is_refused_as_with_any_network_that_is_not_known(
    embedded: Dataset, tmp_path: Path
) -> None:
    result, _ = run(embedded, vectors=[str(tmp_path / "mine.npz")], heads=["tolerance", "centroid"])
    assert [refused.head for refused in result.refused] == ["tolerance"]


def test_two_files_of_one_name_are_two_rows_in_a_comparison(embedded: Dataset, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    def negate(columns: dict[str, np.ndarray]) -> None:
        columns["vectors"] = -columns["vectors"]

    first = run(embedded, vectors=[str(tmp_path / "mine.npz")])
    second = run(embedded, vectors=[changed(tmp_path / "mine.npz", tmp_path / "other" / "mine.npz", negate)])
    for runs, rows in (([first, second], 4), ([first, first], 2)):
        named = {str(number): ran for number, ran in enumerate(runs)}
        [group] = compare_runs(
            [(name, ran[0]) for name, ran in named.items()], predictions={name: ran[1] for name, ran in named.items()}
        )
        assert len([row for row in group.rows if row.competes]) == rows


def test_what_a_file_needs_is_said_beforehand(embedded: Dataset, tmp_path: Path) -> None:
    without = needs_of(embedded, Settings(extractors=["colour"]))
    needs = needs_of(embedded, Settings(extractors=["colour"], vectors=[str(tmp_path / "mine.npz")]))
    assert needs.memory > without.memory
    assert needs.disk > without.disk
    with pytest.raises(FacebenchError, match=r"gone\.npz cannot be read"):
        needs_of(embedded, Settings(extractors=["colour"], vectors=[str(tmp_path / "gone.npz")]))
