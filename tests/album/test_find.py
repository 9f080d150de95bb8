"""`bench find`: who is proposed, who is grouped, what is taken over; on ORL, and on an album of LFW if it is there."""

import csv
import io
import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.album import BANDS, Album, AlbumFace, AlbumPhoto, find_faces, labels_of
from facebench.album._people import group_people
from facebench.cli import app
from facebench.data import ME, photos_folder
from facebench.data.labels import Draw, Label, read_labels, write_labels
from facebench.embeddings import VectorStore
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

LFW = Path(__file__).parents[3] / "shared/data/lfw-powell"
#: Of the person who is looked for there.
EXAMPLES = [LFW / f"Colin_Powell/Colin_Powell_{number:04}.jpg" for number in (1, 2, 3)]


def b_cubed(people: Sequence[str], groups: Sequence[int]) -> tuple[float, float]:
    """Return precision and recall of groups of faces.

    Source: Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing Using the Vector Space Model", 1998.
    """
    one_person = np.array(people)[:, None] == np.array(people)
    together = np.array(groups)[:, None] == np.array(groups)
    right = (one_person & together).sum(axis=1)
    return float((right / together.sum(axis=1)).mean()), float((right / one_person.sum(axis=1)).mean())


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> VectorStore:
    return VectorStore(tmp_path_factory.mktemp("store") / "vectors.sqlite")


@pytest.fixture(scope="module")
def folder(orl: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An album: half of the photos of ORL under names that say nothing."""
    folder = tmp_path_factory.mktemp("Pictures")
    half = orl[:200]
    numbers = random.Random(0).sample(range(10**6), len(half))
    names = {}
    for number, path in zip(numbers, half, strict=True):
        shutil.copy(path, folder / f"IMG_{number:06d}.pgm")
        names[f"IMG_{number:06d}.pgm"] = path.parent.name
    (folder.parent / "who.json").write_text(json.dumps(names))
    return folder


@pytest.fixture(scope="module")
def who(folder: Path) -> dict[str, str]:
    """Who is on which photo."""
    found: dict[str, str] = json.loads((folder.parent / "who.json").read_text())
    return found


@pytest.fixture(scope="module")
def album(folder: Path, orl: list[Path], store: VectorStore) -> Album:
    return find_faces(photos_folder(folder), orl[:3], store)


def test_all_of_one_person_are_proposed_and_few_others(album: Album, who: dict[str, str]) -> None:
    bands = {band: [who[album.photos[f.photo].name] for f in album.of_band(band)] for band in ("surely", "perhaps")}  # type: ignore[arg-type]
    assert (bands["surely"] + bands["perhaps"]).count("s1") == 10
    assert sum(person != "s1" for person in bands["surely"]) <= 0.01 * 190
    assert sum(person != "s1" for person in bands["perhaps"]) <= 0.05 * 190


def test_what_looks_like_the_examples_to_another_extractor_is_proposed_too(
    folder: Path, orl: list[Path], store: VectorStore, album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = find_faces(photos_folder(folder), orl[:3], store, ["face_recognition"])
    assert both.extractor == "sface + face_recognition(detector='yunet')"
    order = ["surely not", "perhaps", "surely"]
    assert [face.box for face in both.faces] == [face.box for face in album.faces]
    assert [face.likeness for face in both.faces] == [face.likeness for face in album.faces]
    assert all(
        order.index(now.band) >= order.index(then.band) for now, then in zip(both.faces, album.faces, strict=True)
    )
    assert sum(face.band == "surely" for face in both.faces) <= 10 + 0.01 * 190
    monkeypatch.setitem(BANDS, "sface", (2.0, 2.0))  # to `sface` nothing looks like anything
    theirs = find_faces(photos_folder(folder), orl[:3], store, ["face_recognition"])
    assert not find_faces(photos_folder(folder), orl[:3], store).of_band("surely")
    assert sum(face.band != "surely not" for face in theirs.faces) >= 10
    draw = next(label.draw for label in labels_of(theirs) if label.draw)
    assert draw.extractor == both.extractor


def test_others_are_grouped_by_person(album: Album, who: dict[str, str]) -> None:
    others = [face for face in album.faces if face.person is not None]
    precision, recall = b_cubed([who[album.photos[f.photo].name] for f in others], [f.person or 0 for f in others])
    assert precision >= 0.98
    assert recall >= 0.9
    assert list(album.people) and max(album.people.values()) == album.people[0]


def test_a_second_time_nothing_is_searched(
    folder: Path, orl: list[Path], store: VectorStore, album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a photo was searched again")

    again = None
    with monkeypatch.context() as patch:
        patch.setattr("facebench.embeddings._staged.StagedExtractor.stage_faces", refuse)
        again = find_faces(photos_folder(folder), orl[:3], store)
    assert again == album


@given(st.integers(0, 60), st.integers(1, 7), st.randoms(use_true_random=False))
def test_groups_are_the_largest_first_and_in_no_order_of_faces(faces: int, people: int, chance: random.Random) -> None:
    of = [chance.randrange(people) for _ in range(faces)]
    groups = group_people(np.eye(8, dtype=np.float32)[of])
    assert b_cubed([str(person) for person in of], groups.tolist()) == (1, 1) if faces else len(groups) == 0
    counts = np.bincount(groups) if faces else np.empty(0)
    assert (np.diff(counts) <= 0).all()


# What was decided before


@pytest.fixture
def small(orl: list[Path], tmp_path: Path) -> Album:
    """Two photos: a face that is proposed, and two others, of one person."""
    for number in range(2):
        shutil.copy(orl[number], tmp_path / f"{number}.pgm")
    photos = tuple(AlbumPhoto(str(tmp_path / f"{n}.pgm"), f"{n}.pgm", f"{n}" * 64) for n in range(2))
    faces = (
        AlbumFace(0, (10, 10, 50, 50), 0.8, "surely"),
        AlbumFace(1, (10, 10, 50, 50), 0.1, "surely not", 0),
        AlbumFace(1, (60, 10, 90, 50), 0.1, "surely not", 0),
    )
    return Album(tmp_path, photos, faces, (), {}, "sface")


def test_proposals_are_nobodys_until_they_are_confirmed(small: Album) -> None:
    labels = labels_of(small)
    assert [label.person for label in labels] == [ME, "person 1", "person 1"]
    assert {label.state for label in labels} == {"unreviewed"}
    assert all(Path(label.path).is_absolute() for label in labels)


def test_what_was_decided_is_taken_over_by_face(small: Album, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    before = [
        Label("0.pgm", ME, (12, 9, 51, 50), "confirmed"),  # the same face, in nearly the same box
        Label("1.pgm", "Anna", (60, 10, 90, 50), "confirmed"),
        Label("1.pgm", "", (10, 10, 50, 50), "unreviewed"),
        Label("1.pgm", "", (0, 80, 20, 100), "rejected"),  # is not found any more
    ]
    write_labels(file, before)
    labels = labels_of(small, read_labels(file))
    assert [(Path(label.path).name, label.person, label.state) for label in labels] == [
        ("0.pgm", ME, "confirmed"),
        ("1.pgm", "person 1", "unreviewed"),
        ("1.pgm", "Anna", "confirmed"),
        ("1.pgm", "", "rejected"),
    ]
    assert labels[0].box == (10, 10, 50, 50)


def test_a_name_in_another_form_of_unicode_is_the_same_photo(
    orl: list[Path], store: VectorStore, tmp_path: Path
) -> None:
    shutil.copy(orl[0], tmp_path / "Zo\u00eb.pgm")
    file = tmp_path / "labels.csv"
    write_labels(file, [Label("Zoe\u0308.pgm", ME, None, "confirmed")])
    found = find_faces(photos_folder(tmp_path), orl[:1], store)
    assert [(row.person, row.state) for row in labels_of(found, read_labels(file))] == [(ME, "confirmed")]


def test_a_photo_that_was_moved_keeps_its_labels(
    folder: Path, orl: list[Path], store: VectorStore, tmp_path: Path
) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    first.mkdir()
    for path in orl[:2]:
        shutil.copy(path, first)
    file = tmp_path / "labels.csv"
    found = find_faces(photos_folder(first), orl[:1], store)
    write_labels(file, [Label(label.path, ME, label.box, "confirmed") for label in labels_of(found)])
    shutil.copytree(first, again)
    (again / "1.pgm").rename(again / "holiday.pgm")
    moved = labels_of(find_faces(photos_folder(again), orl[:1], store), read_labels(file))
    assert [(Path(label.path).name, label.state) for label in moved] == [
        ("2.pgm", "confirmed"),
        ("holiday.pgm", "confirmed"),
    ]


def test_of_two_copies_each_keeps_its_own_decision(small: Album, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "0.pgm", tmp_path / "2.pgm")
    copy = AlbumPhoto(str(tmp_path / "2.pgm"), "2.pgm", small.photos[0].key)
    faces = (*small.faces, replace(small.faces[0], photo=2))
    album = replace(small, photos=(*small.photos, copy), faces=faces)
    before = [Label(f"{name}.pgm", person, (10, 10, 50, 50), "confirmed") for name, person in ((2, ME), (0, "Anna"))]
    write_labels(tmp_path / "labels.csv", before)
    labels = labels_of(album, read_labels(tmp_path / "labels.csv"))
    assert [(label.person, label.state) for label in (labels[0], labels[3])] == [
        ("Anna", "confirmed"),
        (ME, "confirmed"),
    ]


def test_what_was_drawn_from_another_album_stays_drawn_and_what_is_not_found_any_more_does_not(
    small: Album, orl: list[Path], tmp_path: Path
) -> None:
    shutil.copy(orl[7], tmp_path / "elsewhere.pgm")
    draw = Draw("sface", "far", 1, 9)
    before = [Label(name, "", (0, 80, 20, 100), "confirmed", draw) for name in ("elsewhere.pgm", "1.pgm")]
    write_labels(tmp_path / "labels.csv", before)
    rest = labels_of(small, read_labels(tmp_path / "labels.csv"))[3:]
    assert {Path(row.path).name: row.draw for row in rest} == {"elsewhere.pgm": draw, "1.pgm": None}


# The command


def bench(*arguments: object) -> Any:
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_the_command_writes_a_table_that_a_run_takes(orl: list[Path], tmp_path: Path) -> None:
    pictures = tmp_path / "Pictures"
    pictures.mkdir()
    for path in orl[:80]:
        shutil.copy(path, pictures / f"{path.parent.name}-{path.name}")
    (pictures / "broken.jpg").write_bytes(b"no photo")
    table = tmp_path / "labels.csv"
    done = bench("find", "--me", orl[0], "--me", orl[1].parent, pictures, "-o", table)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "81 photos, 80 faces")
    assert "surely like the examples: 10" in done.stdout
    assert "photos without a face: 1 unsupported" in done.stdout
    assert table.stat().st_mode & 0o777 == 0o600
    rows = read_labels(table).rows
    refused = bench("run", "--labels", table)
    assert refused.exit_code != 0  # nobody is confirmed
    write_labels(table, [Label(row.path, row.person, row.box, "confirmed") for row in rows])
    run = bench("run", "--labels", table, "--extractor", "sface", "--head", "centroid", "--runs", tmp_path / "runs")
    assert run.exit_code == 0, run.stderr
    assert "sface" in run.stdout


@pytest.mark.parametrize(
    ("example", "output", "complaint"),
    [
        ("flower", "labels.csv", "is no example of you: no face found"),
        ("missing.jpg", "labels.csv", "missing.jpg is no example of you: No such file or directory"),
        ("orl", "labels.txt", "labels.txt does not end in .html or .csv"),
    ],
)
def test_a_mistake_gets_one_message(
    example: str, output: str, complaint: str, orl: list[Path], scenes: dict[str, Path], tmp_path: Path, spoken: Any
) -> None:
    photo = {"flower": scenes["flower"], "orl": orl[0]}.get(example, tmp_path / example)
    assert complaint in spoken("find", "--me", photo, orl[0].parent, "-o", tmp_path / output)
    assert not (tmp_path / output).exists()


@pytest.fixture
def spoken() -> Callable[..., str]:
    """Return a function from a command that is refused to what it says."""

    def spoken(*arguments: object) -> str:
        done = bench(*arguments)
        assert done.exit_code != 0
        return str(done.exception)

    return spoken


def test_decisions_are_never_written_over(orl: list[Path], tmp_path: Path, spoken: Any) -> None:
    pictures, table = tmp_path / "Pictures", tmp_path / "labels.csv"
    pictures.mkdir()
    shutil.copy(orl[0], pictures)
    write_labels(table, [Label(str(pictures / orl[0].name), "Anna", None, "confirmed")])
    before = table.read_bytes()
    arguments = ["find", "--me", orl[1], pictures, "-o", table]
    assert f"1 decision, which would be lost: give --labels {table}" in spoken(*arguments)
    assert table.read_bytes() == before
    assert bench(*arguments, "--labels", table).exit_code == 0
    assert [(row.person, row.state) for row in read_labels(table).rows] == [("Anna", "confirmed")]
    (tmp_path / "mine.html").write_text("my own page")
    assert "was not written by this command" in spoken(*arguments[:-1], tmp_path / "mine.html")


# An album of LFW


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """236 photos of one person, of others, twenty of three people side by side; flat, under random names.

    With it the people on each.
    """
    if not LFW.is_dir():
        pytest.skip("the photos are not there")
    chance, folder = random.Random(1), tmp_path_factory.mktemp("thousand")
    mine = sorted((LFW / "Colin_Powell").glob("*.jpg"))
    others = chance.sample(sorted(path for path in LFW.glob("*/*.jpg") if path not in mine), 744)
    numbers = iter(chance.sample(range(10**6), 1000))
    who: dict[str, list[str]] = {}
    for path in [*mine, *others]:
        name = f"IMG_{next(numbers):06d}.jpg"
        shutil.copy(path, folder / name)
        who[name] = [path.parent.name]
    for number in range(20):
        name, three = f"IMG_{next(numbers):06d}.jpg", [chance.choice(others[-60:]) for _ in range(3)]
        three[1] = chance.choice(mine) if number % 2 else three[1]
        collage = Image.new("RGB", (750, 250))
        for place, path in enumerate(three):
            collage.paste(Image.open(path), (250 * place, 0))
        collage.save(folder / name, quality=92)
        who[name] = [path.parent.name for path in three]
    return folder, who


@pytest.fixture(scope="module")
def found(thousand: tuple[Path, dict[str, list[str]]], store: VectorStore) -> Album:
    return find_faces(photos_folder(thousand[0]), EXAMPLES, store)


@pytest.mark.slow
def test_an_album_of_a_thousand_photos(thousand: tuple[Path, dict[str, list[str]]], found: Album) -> None:
    album, (_, who) = found, thousand
    known = _people_meant(album, who)
    mine_found = [face for face, person in known.items() if person == "Colin_Powell"]
    rest = set(range(len(album.faces))) - set(mine_found)
    bands = [face.band for face in album.faces]
    assert len(mine_found) == 246
    assert sum(bands[face] != "surely not" for face in mine_found) >= 0.99 * len(mine_found)
    assert sum(bands[face] == "surely" for face in rest) <= 0.01 * len(rest)
    assert sum(bands[face] == "perhaps" for face in rest) <= 0.05 * len(rest)
    grouped = [face for face in known if album.faces[face].person is not None]
    precision, _ = b_cubed([known[face] for face in grouped], [album.faces[face].person or 0 for face in grouped])
    assert precision >= 0.98


@pytest.mark.slow
def test_a_bundle_of_its_labels_knows_me_on_photos_kept_aside(
    thousand: tuple[Path, dict[str, list[str]]], found: Album, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, who = thousand
    names = sorted(name for name, people in who.items() if len(people) == 1)
    random.Random(2).shuffle(names)
    mine = [name for name in names if who[name] == ["Colin_Powell"]][:50]
    aside = {*mine, *[name for name in names if who[name] != ["Colin_Powell"]][:50]}
    known, rows = _people_meant(found, who), labels_of(found)
    for face, person in known.items():
        if Path(rows[face].path).name not in aside:
            rows[face] = replace(rows[face], person=ME if person == "Colin_Powell" else person, state="confirmed")
    monkeypatch.chdir(tmp_path)
    write_labels(tmp_path / "labels.csv", rows)
    for command in (
        "run --labels labels.csv --extractor sface --extractor mobilenet --head svm --head logreg",
        "train --from last -o me.facebench",
    ):
        done = bench(*command.split())
        assert done.exit_code == 0, done.stderr
    done = bench("predict", "me.facebench", *(folder / name for name in aside), "--format", "csv")
    answers = {Path(row["path"]).name: row["answer"] for row in csv.DictReader(io.StringIO(done.stdout))}
    accepted = {name for name, answer in answers.items() if answer == "me"}
    assert answers.keys() == aside
    right = len(accepted & {*mine}) / 50, 1 - len(accepted - {*mine}) / 50
    print(f"of 50 of me {right[0]:.0%}, of 50 of others {right[1]:.0%} right; {done.stderr}")
    assert sum(right) / 2 >= 0.99


def _people_meant(album: Album, who: dict[str, list[str]]) -> dict[int, str]:
    """Return the person of each face that its photo is of: LFW's are cut around them, and show bystanders beside."""
    nearest: dict[tuple[int, int], tuple[float, int]] = {}
    for number, face in enumerate(album.faces):
        people = who[album.photos[face.photo].name]
        across, down = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
        place = min(int(across // 250), len(people) - 1)
        apart = abs(across - 250 * place - 125) + abs(down - 125)
        best = nearest.get((face.photo, place), (np.inf, -1))
        nearest[face.photo, place] = min(best, (apart, number))
    return {number: who[album.photos[photo].name][place] for (photo, place), (_, number) in nearest.items()}
