"""A run's photos, splits and vectors, had again from what the run says; refused where they are no longer the same."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks._settings import settings_for
from facebench.benchmarks.protocol import make_plan, run_benchmark
from facebench.benchmarks.protocol._provenance import hash_of_parts
from facebench.benchmarks.protocol._replay import dataset_of, replay
from facebench.benchmarks.results import RunFolder, RunResult, read_run
from facebench.benchmarks.results._reading import parse_result
from facebench.data import Dataset, dataset_from, orl_faces
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError
from PIL import Image
from pydantic import ValidationError

Run = Callable[..., RunResult]


@pytest.fixture
def album(people: Callable[..., Dataset], tmp_path: Path) -> Path:
    """A folder per person, 13 of them with 6 photos each, on a different day each; a test may change it."""
    root = tmp_path / "album"
    for item in people(13, photos=6).items:
        path = (root / item.name).with_suffix(".jpg")
        path.parent.mkdir(exist_ok=True, parents=True)
        exif = Image.Exif()
        exif[306] = f"2020:01:{int(item.path.stem):02d} 12:00:00"
        Image.open(item.path).save(path, exif=exif, quality=95)
    return root


@pytest.fixture
def run(store: VectorStore, tmp_path: Path, extractor: Callable[..., Any]) -> Run:
    """Return a function that runs a cheap extractor, and gives the run as it is read from its folder."""
    extractor()

    def run(listed: dict[str, Any], **settings: Any) -> RunResult:
        asked = Settings(**{"extractors": ["blocks"], "heads": ["centroid"], **settings})
        folder = RunFolder(tmp_path / "runs", "album")
        dataset = dataset_from(**listed, target=asked.target, seed=asked.seed)
        run_benchmark(dataset, asked, folder.save, store=store, command="bench run --again")
        assert folder.path is not None
        return read_run(folder.path)

    return run


SETTINGS: list[dict[str, Any]] = [
    {},
    {"target": "s3", "repeats": 3},
    {"target": "s3", "strangers": "equal", "seed": 5},
    {"target": "s3", "split": "time"},
    {"max_targets": 2, "seed": 7, "min_photos": 6},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_splits_are_those_of_the_run(settings: dict[str, Any], album: Path, run: Run, store: VectorStore) -> None:
    dataset = dataset_from(data=album)
    result = run({"data": album}, **settings)
    _same_plan(result, dataset, store)


def test_the_same_others_are_drawn(album: Path, run: Run, store: VectorStore) -> None:
    result = run({"data": album, "limit_others": 10}, target="s3", seed=4, repeats=2)
    plan = replay(result, ["blocks"], ["logreg"], store)
    assert len(plan.dataset.people) == 11
    _same_plan(result, dataset_from(data=album, limit_others=10, target="s3", seed=4), store)


def test_the_only_other_person_is_the_same(album: Path, run: Run, store: VectorStore) -> None:
    result = run({"data": album, "against": "s5"}, target="s3", repeats=2)
    assert (result.dataset.against, result.dataset.people) == ("s5", 2)
    [warning] = [text for text in result.warnings if text.endswith("[against]")]
    assert warning.startswith("Trained on photos of s5 and tested on others of the same person")
    assert not any("only 1 other people" in text for text in result.warnings)
    _same_plan(result, dataset_from(data=album, against="s5", target="s3"), store)


def test_photos_of_me_and_of_others_are_found_again(album: Path, run: Run, store: VectorStore, tmp_path: Path) -> None:
    shutil.move(album / "s3", tmp_path / "mine")
    listed = {"me": tmp_path / "mine", "others": album}
    result = run(listed)
    assert result.targets == ["me"]
    _same_plan(result, dataset_from(**listed), store)


def test_the_built_in_faces_need_no_folder(store: VectorStore, run_of: Callable[..., RunResult]) -> None:
    result = run_of({}, title=orl_faces().title)
    assert dataset_of(result).fingerprint == orl_faces().fingerprint
    with pytest.raises(FacebenchError, match="The run does not say where the photos of Faces are: make it again"):
        dataset_of(run_of({}, title="Faces"))


def test_the_vectors_come_from_the_store(
    album: Path, store: VectorStore, run: Run, extractor: Callable[..., Any]
) -> None:
    result = run({"data": album}, target="s3")
    again = extractor()
    [vectors] = replay(result, ["blocks"], [], store).vectors
    assert again.given == {}
    assert vectors.stored.sum() == 78
    np.testing.assert_array_equal(vectors.matrix, replay(result, ["blocks"], []).vectors[0].matrix)
    assert again.given.total() == 78


def test_heads_have_the_parameters_that_they_had(store: VectorStore, album: Path, run: Run) -> None:
    result = run({"data": album}, target="s3", heads=["ridge", "ridge(alpha=3.0)", "svm(kernel='linear')"], repeats=1)

    def again(result: RunResult) -> list[Any]:
        return [head.get_params() for _, head in replay(result, ["blocks"], result.settings.heads, store).heads]

    assert result.heads["svm(kernel='linear')"] == {
        "C": 10.0,
        "kernel": "linear",
        "gamma": "scale",
        "class_weight": "balanced",
    }
    assert [head.get("alpha") for head in again(result)] == ["auto", 3.0, None]
    # Runs of 6cc0e70 list no parameters.
    older = result.model_copy(update={"heads": {}})
    assert [head.get("alpha") for head in again(older)] == [1.0, 3.0, None]
    other = result.model_copy(update={"heads": {**result.heads, "ridge": {"alpha": 7.0, "forgotten": 1}}})
    assert again(other)[0] == {"alpha": 7.0, "class_weight": "balanced"}


def test_a_network_that_keras_trained_is_trained_by_keras_again(store: VectorStore, album: Path, run: Run) -> None:
    network = "mlp(hidden=(8, 4), epochs=1)"
    result = run({"data": album}, target="s3", heads=[network], repeats=1)
    assert result.heads[network]["trainer"] == "numpy"
    # Before there was a choice, runs listed no trainer, and those of 6cc0e70 no parameters at all.
    without = {key: value for key, value in result.heads[network].items() if key != "trainer"}
    for heads, trainer in ((result.heads, "numpy"), ({network: without}, "keras"), ({}, "keras")):
        [(_, head)] = replay(result.model_copy(update={"heads": heads}), ["blocks"], [network], store).heads
        assert (head.trainer, head.epochs) == (trainer, 1)


def test_a_rule_of_a_newer_facebench_is_not_replayed(store: VectorStore, album: Path, run: Run) -> None:
    result = run({"data": album}, target="s3")
    assert result.threshold_version == 2
    newer = result.model_copy(update={"threshold_version": 3, "versions": {"facebench": "9.9"}})
    _refused(newer, store, "The run was made by facebench 9.9, whose choice of thresholds is not known here: update")


def test_photos_that_are_not_the_run_s_are_refused(album: Path, run: Run, store: VectorStore) -> None:
    result = run({"data": album}, target="s3")
    again = "of album were added, removed or changed since the run: make the run again: bench run --again"
    shutil.copy(album / "s1/1.jpg", album / "s1/more.jpg")
    _refused(result, store, again)
    (album / "s1/more.jpg").unlink()
    replay(result, ["blocks"], ["logreg"], store)
    before = (album / "s1/1.jpg").read_bytes()
    (album / "s1/1.jpg").write_bytes(before + b"\0")
    _refused(result, store, again)
    (album / "s1/1.jpg").rename(album / "s1/7.jpg")
    _refused(result, store, again)
    album.rename(album.with_name("elsewhere"))
    _refused(result, store, "The photos of this run are not where they were. --data .*album does not exist")


def test_a_photo_that_can_no_longer_be_read_changes_the_splits(album: Path, run: Run, store: VectorStore) -> None:
    result = run({"data": album}, target="s3")
    photo = album / "s3/1.jpg"
    photo.write_bytes(bytes(photo.stat().st_size))
    _refused(result, store, "The photos of album are split otherwise than in the run: make the run again: bench run --")


def test_a_run_that_grouped_by_the_first_rules_is_reproduced_by_them(
    orl: list[Path], tmp_path: Path, run: Run, store: VectorStore
) -> None:
    # Of s22 the first, eighth and ninth photos are copies by the first rules, and three moments by those of today.
    for path in orl[:130] + orl[210:220]:
        shutil.copytree(path.parent, tmp_path / "faces" / path.parent.name, dirs_exist_ok=True)
    result = run({"data": tmp_path / "faces"}, target="s22", repeats=2)
    assert result.grouping == 2
    dataset = dataset_from(data=tmp_path / "faces")
    before = make_plan(dataset, result.settings, store, grouping=1)
    assert hash_of_parts(before.trials, before.dataset) != result.split_hash
    older = json.loads(result.model_dump_json())
    del older["grouping"]
    older["split_hash"] = hash_of_parts(before.trials, before.dataset)
    again = replay(parse_result(RunResult, json.dumps(older)), ["blocks"], [], store)
    for first, second in zip(before.trials, again.trials, strict=True):
        np.testing.assert_array_equal(first.groups, second.groups)
        np.testing.assert_array_equal(first.test, second.test)


def test_a_run_that_groups_by_rules_to_come_is_refused_and_says_who_made_it(
    album: Path, run: Run, store: VectorStore
) -> None:
    result = run({"data": album}, target="s3", repeats=1)
    newer = result.model_copy(update={"grouping": 99, "versions": {"facebench": "9.9"}})
    _refused(
        newer,
        store,
        "made by facebench 9.9, whose grouping of doubles is not known here: update facebench, or make the run again",
    )


@pytest.mark.parametrize("changed", [{"seed": 1}, {"repeats": 2}, {"strangers": "equal"}, {"target": "s4"}], ids=str)
def test_settings_that_are_not_the_run_s_are_refused(
    changed: dict[str, Any], album: Path, run: Run, store: VectorStore
) -> None:
    result = run({"data": album}, target="s3", repeats=1)
    other = result.settings.model_copy(update=changed)
    _refused(result.model_copy(update={"settings": other}), store, "are split otherwise than in the run")


def test_a_run_with_settings_that_are_not_known_is_not_made_again(album: Path, run: Run, store: VectorStore) -> None:
    result = run({"data": album}, target="s3", repeats=1)
    content = json.loads(result.model_dump_json())
    content["settings"]["colour_space"] = "lab"
    newer = parse_result(RunResult, json.dumps(content))
    _refused(newer, store, "a setting that this facebench does not know, 'colour_space', .*: update facebench")
    assert dataset_of(newer).fingerprint == result.dataset.fingerprint  # its photos are there to be seen


@pytest.mark.parametrize("make", [Settings, settings_for], ids=["made", "asked for"])
def test_settings_that_are_made_know_no_others(make: Callable[..., Settings]) -> None:
    with pytest.raises((ValidationError, FacebenchError), match="colour_space"):
        make(colour_space="lab")


def _same_plan(result: RunResult, dataset: Dataset, store: VectorStore) -> None:
    """Check a plan that is made again against the one of the data set, part by part."""
    expected, again = make_plan(dataset, result.settings, store), replay(result, ["blocks"], ["logreg"], store)
    assert again.targets == result.targets
    assert [item.name for item in again.dataset.items] == [item.name for item in expected.dataset.items]
    assert len(again.trials) == len(expected.trials) > 0
    for first, second in zip(expected.trials, again.trials, strict=True):
        assert (first.target, first.seed) == (second.target, second.seed)
        for part in ("train", "validation", "test", "groups", "people"):
            np.testing.assert_array_equal(getattr(first, part), getattr(second, part))


def _refused(result: RunResult, store: VectorStore, what: str) -> None:
    with pytest.raises(FacebenchError, match=what):
        replay(result, ["blocks"], ["logreg"], store)
