"""The gallery: which decisions, the nearest training photos by brute force, and what is said where they are gone."""

import base64
import io
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.comparison import Row, compare_runs
from facebench.benchmarks.examples import EACH
from facebench.benchmarks.protocol._replay import replay
from facebench.benchmarks.results import read_run, read_runs
from facebench.data import Photo, people_folder
from facebench.embeddings import load_extractor
from facebench.embeddings.store import VectorStore
from facebench.errors import counted
from facebench.reports import _gallery as module
from facebench.reports import write_report
from facebench.reports._gallery import Gallery, Shelf, Tile, gallery_of
from PIL import Image


def gallery(run: Path, *, photos: bool = False) -> Gallery:
    return gallery_of(best_row(run), run, VectorStore(run.parents[1] / "vectors.sqlite"), photos=photos)


def best_row(run: Path) -> Row:
    results, predictions = read_runs([run])
    [group] = compare_runs(results, predictions=predictions)
    return group.rows[0]


def tiles(shown: Gallery) -> list[Tile]:
    return [tile for shelf in shown.shelves for tile in all_of(shelf)]


def all_of(shelf: Shelf) -> list[Tile]:
    return [tile for _, tiles in shelf.parts for tile in tiles] + shelf.folded


def test_errors_come_first_then_the_least_and_the_most_certain(run: Path) -> None:
    shown = gallery(run)
    assert [shelf.title for shelf in shown.shelves] == [
        "Others taken for me (false accept)",
        "Me taken for others (false reject)",
        "Right, the least certain",
        "Right, the most certain",
    ]
    assert [shelf.right for shelf in shown.shelves] == [False, False, True, True]
    least, most = (dict(shelf.parts)["others"] for shelf in shown.shelves[2:])
    assert len(least) == len(most) == EACH
    below = [[tile.threshold - tile.score for tile in tiles] for tiles in (least, most)]
    assert sorted(below[0]) == below[0]
    assert max(below[0]) <= min(below[1])
    for tile in least + most:
        assert tile.score < tile.threshold
        assert tile.person != tile.target
        assert tile.how_often == tile.question == ""
    assert shown.several


@pytest.mark.parametrize(("name", "several"), [("0001-faces", True), ("0002-faces", False)])
def test_every_error_of_every_split_is_in_the_report(
    name: str, several: bool, mistaken: Path, tmp_path: Path, page_of: Callable[[str], Any]
) -> None:
    row = best_row(mistaken / name)
    wrong = Counter((made.target, made.path) for made in row.predictions if made.truth != made.decision)
    tested = Counter((made.target, made.path) for made in row.predictions)
    shown = gallery_of(row, mistaken / name, VectorStore(mistaken / "vectors.sqlite"), photos=False)
    assert (shown.several, shown.splits) == (several, 1 if several else 2)
    errors = [tile for shelf in shown.shelves if not shelf.right for tile in all_of(shelf)]
    assert len(errors) == len(wrong)
    often = {
        photo: "" if several else f"wrong in {wrong[photo]} of {counted(tested[photo], 'split')}" for photo in wrong
    }
    assert {(tile.target, tile.file): tile.how_often for tile in errors} == often
    accepts, rejects, *_ = shown.shelves
    for shelf, truth in ((accepts, "other"), (rejects, "me")):
        of_class = [made for made in row.predictions if made.truth == truth]
        decisions = sum(made.decision != truth for made in of_class)
        assert f"{decisions} of {len(of_class)} decisions" in shelf.count
    write_report([mistaken / name], tmp_path / "report.html")
    text = page_of((tmp_path / "report.html").read_text(encoding="utf-8")).text
    for target, path in wrong:
        assert path in text
        assert not several or f"target {target}" in text or f"could this be {target}?" in text


def test_many_errors_of_several_targets_are_partly_a_list_of_names(
    mistaken: Path, tmp_path: Path, page_of: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OPEN", 8)
    accepts, *_ = gallery_of(best_row(mistaken / "0001-faces"), mistaken / "0001-faces", None, photos=True).shelves
    [(_, open_)] = accepts.parts
    assert len(open_) == 8
    assert all(tile.picture.source and tile.nearest for tile in open_)
    assert accepts.folded
    assert not any(tile.picture.source or tile.nearest for tile in accepts.folded)
    write_report([mistaken / "0001-faces"], tmp_path / "report.html")
    text = page_of((tmp_path / "report.html").read_text(encoding="utf-8")).text
    assert f"8 of {8 + len(accepts.folded)} shown: those farthest from their thresholds." in text
    for tile in accepts.folded:
        assert f"{tile.file}, target {tile.target}: " in text


def test_errors_of_one_target_are_folded_with_their_pictures(mistaken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN", 1)
    run = mistaken / "0002-faces"
    accepts, *_ = gallery_of(best_row(run), run, VectorStore(mistaken / "vectors.sqlite"), photos=True).shelves
    assert len(accepts.parts[0][1]) == 1
    assert all(tile.picture.source and tile.nearest for tile in accepts.folded)
    assert len(accepts.folded) > 3


def test_photos_without_a_face_are_marked(made_up: Callable[..., Any]) -> None:
    photos = [(f"{number}.jpg", "ann" if number < 4 else "bob") for number in range(12)]
    result, rows = made_up([("e", "h")], ["ann"], photos)
    for made in (rows[0], rows[-1]):
        made.score, made.decision, made.outcome = None, "other", "no_face"
    [group] = compare_runs([("0001", result)], predictions={"0001": rows})
    _, rejects, without, *_ = gallery_of(group.rows[0], Path("0001"), None, photos=False).shelves
    assert [(tile.file, tile.reason) for tile in all_of(rejects)][-1] == ("0.jpg", "no face")
    assert rejects.count.endswith("; 1 photo without a face")
    assert without.title == "Others without a face, so not me: right"
    assert [(tile.file, tile.reason) for tile in all_of(without)] == [("11.jpg", "no face")]


def test_every_false_accept_asks_whether_it_is_the_target(mistaken: Path) -> None:
    store = VectorStore(mistaken / "vectors.sqlite")
    run = mistaken / "0001-faces"
    accepts, *others = gallery_of(best_row(run), run, store, photos=False).shelves
    asked = all_of(accepts)
    assert len(asked) > 2 * EACH
    for tile in asked:
        assert tile.question == f"could this be {tile.target}?"
        assert tile.person != tile.target
    assert "correct its label or folder, and run again" in accepts.advice
    for shelf in others:
        assert not any(tile.question for tile in all_of(shelf))
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


def test_the_nearest_training_photos_are_of_the_split_that_is_shown(mistaken: Path) -> None:
    run = mistaken / "0002-faces"
    row = best_row(run)
    shown = gallery_of(row, run, VectorStore(mistaken / "vectors.sqlite"), photos=False)
    split_of = {(made.path, made.score): made.split_seed for made in row.predictions}
    tested = {seed: {made.path for made in row.predictions.where(split_seed=seed)} for seed in (0, 1)}
    seeds = {split_of[tile.file, tile.score] for tile in tiles(shown)}
    assert seeds == {0, 1}
    for tile in tiles(shown):
        assert len(tile.nearest) == 3
        assert not {near.file for near in tile.nearest} & tested[split_of[tile.file, tile.score]]
