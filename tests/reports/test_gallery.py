"""The gallery: which decisions, the nearest training photos by brute force, and what is said where they are gone."""

import base64
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks.comparison import Row, compare_runs
from facebench.benchmarks.examples import EACH
from facebench.benchmarks.protocol._replay import replay
from facebench.benchmarks.results import read_run, read_runs
from facebench.data import Photo, people_folder
from facebench.embeddings import load_extractor
from facebench.embeddings.store import VectorStore
from facebench.reports._gallery import Gallery, gallery_of
from PIL import Image


def gallery(run: Path, *, photos: bool = False) -> Gallery:
    return gallery_of(best_row(run), run, VectorStore(run.parents[1] / "vectors.sqlite"), photos=photos)


def best_row(run: Path) -> Row:
    results, predictions = read_runs([run])
    [group] = compare_runs(results, predictions=predictions)
    return group.rows[0]


def tiles(shown: Gallery) -> list:
    return [tile for shelf in shown.shelves for _, tiles in shelf.parts for tile in tiles]


def test_wrong_decisions_come_first_and_right_ones_are_parted_by_certainty(run: Path) -> None:
    shown = gallery(run)
    assert [shelf.title.split()[0] for shelf in shown.shelves] == ["Others", "Me", "Me,", "Others,"]
    assert [shelf.right for shelf in shown.shelves] == [False, False, True, True]
    (least_title, least), (most_title, most) = shown.shelves[3].parts
    assert (least_title, most_title) == ("the least certain", "the most certain")
    assert len(least) == len(most) == EACH
    assert [tile.certainty for tile in least] == sorted(tile.certainty for tile in least)
    assert max(tile.certainty for tile in least) <= min(tile.certainty for tile in most)
    for tile in least + most:
        assert tile.score < tile.threshold
        assert tile.person != tile.target
    assert shown.several


def test_every_false_accept_asks_whether_it_is_the_target(mistaken: Path) -> None:
    store = VectorStore(mistaken / "vectors.sqlite")
    run = mistaken / "0001-faces"
    accepts, *others = gallery_of(best_row(run), run, store, photos=False).shelves
    asked = [tile for _, shown in accepts.parts for tile in shown]
    assert len(asked) == 2 * EACH
    for tile in asked:
        assert tile.question == f"could this be {tile.target}?"
        assert tile.person != tile.target
    assert "correct its label or folder, and run again" in accepts.advice
    for shelf in others:
        assert not any(tile.question for _, shown in shelf.parts for tile in shown)
        assert shelf.advice == ""


def test_the_nearest_training_photos_are_those_of_a_brute_force(
    run: Path, faces: Path, training: dict[str, set[str]]
) -> None:
    row, shown = best_row(run), gallery(run)
    readable = [item for item in people_folder(faces).items if not item.path.name.startswith("damaged")]
    vectors = load_extractor(row.pairing.extractor).transform([item.path for item in readable])
    index = {item.name: number for number, item in enumerate(readable)}
    assert shown.nearest
    compared = 0
    for tile in tiles(shown):
        tested = {made.path for made in row.predictions if made.target == tile.target}
        assert tile.file in tested
        distances = np.linalg.norm(vectors - vectors[index[tile.file]], axis=1)
        assert [near.distance for near in tile.nearest] == sorted(near.distance for near in tile.nearest)
        assert len(tile.nearest) == 3
        train = training[tile.target]
        expected = sorted(distances[index[name]] for name in train if name in index)[:3]
        assert [near.distance for near in tile.nearest] == pytest.approx(expected, abs=1e-5)
        for near in tile.nearest:
            assert near.file in train - tested
            assert near.distance == pytest.approx(distances[index[near.file]], abs=1e-5)
            assert near.is_me == (near.person == tile.target)
            assert near.file.startswith(near.person)
            compared += 1
    assert compared > 20


@pytest.fixture(scope="module")
def training(runs: Path) -> dict[str, set[str]]:
    """The names of each target's training photos."""
    plan = replay(read_run(runs / "0001-faces"), [], [])
    return {trial.target: {plan.dataset.items[index].name for index in trial.train} for trial in plan.trials}


def test_faces_are_shown_only_if_asked_for(run: Path, faces: Path) -> None:
    assert {tile.picture.source for tile in tiles(gallery(run))} == {""}
    shown = gallery(run, photos=True)
    assert shown.photos
    for tile in tiles(shown):
        for picture, side in ((tile.picture, 110), *((near.picture, 64) for near in tile.nearest)):
            header, _, content = picture.source.partition(",")
            assert header == "data:image/jpeg;base64"
            with Image.open(io.BytesIO(base64.b64decode(content))) as image:
                assert image.format == "JPEG"
                assert image.size == (picture.width, picture.height)
                assert max(image.size) == side
    tile = tiles(shown)[0]
    with Image.open(io.BytesIO(base64.b64decode(tile.picture.source.partition(",")[2]))) as image:
        expected = Image.fromarray(Photo(faces / tile.file).pixels).resize(image.size)
        assert np.abs(np.asarray(image, float) - np.asarray(expected, float)).mean() < 8


def test_photos_that_have_changed_are_told_and_have_no_nearest(
    run: Path, faces: Path, tmp_path: Path, change: Callable[..., None]
) -> None:
    moved = Path(shutil.copytree(faces, tmp_path / "faces"))

    def elsewhere(content: dict) -> None:
        content["dataset"]["sources"] = {"data": str(moved)}

    change(run, elsewhere)
    first = tiles(gallery(run, photos=True))[0]
    assert first.nearest
    Image.new("RGB", (9, 9)).save(moved / first.file)
    shown = gallery(run, photos=True)
    assert not shown.nearest
    assert len(shown.notes) == 1
    assert "No nearest training photos: Photos of" in shown.notes[0]
    assert "were added, removed or changed since the run" in shown.notes[0]
    by_file = {tile.file: tile.picture for tile in tiles(shown)}
    assert by_file[first.file].missing == "changed"
    assert sum(bool(picture.source) for picture in by_file.values()) == len(by_file) - 1
    shutil.rmtree(moved)
    shown = gallery(run, photos=True)
    assert [note.split(":")[0] for note in shown.notes] == ["No nearest training photos", "No photos"]
    assert not shown.photos
    assert tiles(shown)


def test_a_run_with_unknown_settings_shows_its_photos_without_their_nearest(
    run: Path, change: Callable[..., None]
) -> None:
    change(run, lambda content: content["settings"].update(colour_space="lab"))
    shown = gallery(run, photos=True)
    assert [note.split(":")[0] for note in shown.notes] == ["No nearest training photos"]
    assert "'colour_space'" in shown.notes[0]
    assert all(tile.picture.source and not tile.nearest for tile in tiles(shown))


def test_a_run_without_rows_has_no_gallery(run: Path) -> None:
    (run / "predictions.csv").unlink()
    assert gallery(run) is None


def test_of_several_splits_the_first_is_shown(runs: Path) -> None:
    row = best_row(runs / "0002-faces")
    assert {made.split_seed for made in row.predictions} == {0, 1}
    shown = gallery_of(row, runs / "0002-faces", VectorStore(runs / "vectors.sqlite"), photos=False)
    first = {made.path for made in row.predictions if made.split_seed == 0}
    assert {tile.file for tile in tiles(shown)} <= first
    assert not shown.several
