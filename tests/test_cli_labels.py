"""Labels by the commands: from an album with several people on a photo to a file that recognises one."""

import json
import re
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Label, Photo, labelled_photos, orl_faces, read_labels, write_labels
from facebench.data.labels import Draw
from facebench.embeddings import VectorStore, extractors
from facebench.embeddings.cluster._cluster import _batches
from facebench.embeddings.extraction import Embedder, ForeignVectors, Photos, embed_photos
from facebench.errors import FacebenchError
from PIL import Image

Bench = Callable[..., tuple[int, str, str]]
RUN = ("run", "--labels", "album/labels.csv", "--extractor", "sface", "--head", "centroid", "--repeats", "1")
QUIET = ("--no-audit", "--format", "md")
PAGE = Path(__file__).parents[1] / "docs" / "labels.md"
#: Of a face twice as large as ORL's, in it.
FACE = (20, 40, 164, 204)
ORL = {item.name: item.path for item in orl_faces().items}


def moved(box: tuple[int, ...], left: int, top: int) -> tuple[int, int, int, int]:
    return box[0] + left, box[1] + top, box[2] + left, box[3] + top


@pytest.fixture
def bench(command: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs `bench` in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))
    return command


@pytest.fixture
def labels(tmp_path: Path, compose: Callable[..., np.ndarray]) -> list[Label]:
    """Labels of an album: eight photos of me beside somebody else, and photos of others alone; written beside it."""
    album = tmp_path / "album"
    album.mkdir()
    labels = []
    for number in range(1, 9):
        other = number + 1
        faces = ((f"s1/{number}.pgm", 40), (f"s{other}/{number}.pgm", 360))
        Image.fromarray(compose((600, 300), *((ORL[name], (left, 40), 2) for name, left in faces))).save(
            album / f"together{number}.png"
        )
        for (_, left), person in zip(faces, ("me", f"p{other}"), strict=True):
            labels.append(Label(f"together{number}.png", person, moved(FACE, left, 40), "confirmed"))
    for other in range(10, 22):
        shutil.copy(ORL[f"s{other}/1.pgm"], album / f"{other}.pgm")
        labels.append(Label(f"{other}.pgm", f"p{other}", None, "confirmed"))
    write_labels(album / "labels.csv", labels)
    return labels


def relabelled(labels: list[Label]) -> None:
    write_labels(Path("album/labels.csv"), labels)


def result(run: int = 1) -> dict:
    [file] = Path("runs").glob(f"{run:04}-*/result.json")
    return json.loads(file.read_text(encoding="utf-8"))


def refused(bench: Bench, *arguments: str) -> str:
    code, shown, message = bench(*arguments)
    assert (code, shown) == (2, "")
    return message


def drawn(labels: list[Label], *, seen: bool) -> list[Label]:
    """Return labels as `bench find` proposes them, with a sample of what was not proposed."""
    others = [label for label in labels if label.person != "me"]
    draws = {id(label): Draw("sface", "far", rank, len(others), seen) for rank, label in enumerate(others, start=1)}
    return [replace(label, draw=draws.get(id(label))) for label in labels]


def rows_of(done: tuple[int, str, str]) -> dict[str, dict]:
    """Return the rows of a run's only table by their extractors."""
    code, shown, message = done
    assert code == 0, message
    [table] = json.loads(shown)
    return {row["extractor"]: row for row in table["rows"]}


def test_who_proposed_the_labels_is_not_ranked_before_enough_was_looked_at(bench: Bench, labels: list[Label]) -> None:
    run = (*RUN, "--extractor", "mobilenet", "--no-audit", "--format", "json")
    relabelled(drawn(labels, seen=False))
    rows = rows_of(bench(*run))
    assert (rows["sface"]["rank"], rows["sface"]["difference"], rows["sface"]["p_adjusted"]) == (1, None, None)
    assert rows["mobilenet"]["rank"] == 1
    proposal = result()["dataset"]["proposal"]
    assert (proposal["extractors"], proposal["mine"], proposal["not_proposed"]) == (["sface"], 8, 20)
    assert (proposal["looked"], proposal["found"], proposal["complete"]) == (0, 0, False)
    [warning] = [text for text in result()["warnings"] if "[proposed]" in text]
    assert warning.startswith(
        "sface proposed these labels, which flatters it; nobody has looked at the 20 faces and photos that it did not "
        "propose. Its rows are not ranked against others until that is 5 % at most"
    )
    relabelled(drawn(labels, seen=True))
    rows = rows_of(bench(*run))
    assert 0.0 in {row["difference"] for row in rows.values()}  # of the best
    assert rows["sface"]["difference"] is not None
    assert [text for text in result(2)["warnings"] if "[proposed]" in text] == [
        "sface proposed these labels; of 20 faces and photos that it did not propose 20 were looked at, by which 0.0 % "
        "(0.0-0.0 %) of your faces are missed [proposed]"
    ]


def test_an_album_of_several_people_becomes_a_file_that_recognises_me(bench: Bench, labels: list[Label]) -> None:
    code, shown, message = bench(*RUN, *QUIET)
    assert (code, "| sface | centroid |" in shown) == (0, True), message
    data = result()["dataset"]
    assert (data["photos"], data["crops"], data["margin"], data["view"]) == (28, 16, 0.5, "auto")
    assert data["sources"] == {"labels": str(Path("album/labels.csv").resolve())}
    assert result()["targets"] == ["me"]
    assert result()["evidence"]["me"]["photos"] == 8
    code, shown, message = bench("train", "--from", "last", "-o", "me.facebench")
    assert (code, "trained on 8 photos" in shown) == (0, True), message
    code, shown, _ = bench("predict", "me.facebench", str(ORL["s1/9.pgm"]), str(ORL["s30/1.pgm"]))
    assert [line.split(",")[1] for line in shown.splitlines()[1:]] == ["me", "not me"]
    code, shown, message = bench("train", "--from", "last", "--as-tested", "-o", "tested.facebench")
    assert (code, message) == (0, "")
    code, shown, message = bench("report", "last", "--photos", "-o", "report.html")
    assert (code, message) == (0, "")
    page = Path("report.html").read_text(encoding="utf-8")
    assert "together" in page
    assert not re.search(r">(absent|changed)<", page)
    code, shown, message = bench("show", "last", "--examples", "sheet.png")
    assert (code, message) == (0, "")
    assert "absent" not in shown + message


def test_a_file_may_be_trained_at_once_and_a_curve_drawn(bench: Bench, labels: list[Label]) -> None:
    given = ("--labels", "album/labels.csv", "--extractor", "sface", "--head", "centroid")
    code, shown, _ = bench("train", *given, "-o", "me.facebench")
    assert (code, "trained on 8 photos" in shown) == (0, True)
    code, shown, _ = bench("curve", *given, "--photos", "5", "--draws", "1", "--format", "csv")
    assert (code, "sface" in shown) == (0, True)
    [curve] = Path("runs").glob("*/curve.json")
    assert json.loads(curve.read_text())["dataset"]["crops"] == 16
    assert "--from RUN excludes --labels" in refused(bench, "train", "--from", "last", *given, "-o", "b.facebench")


def test_a_table_that_a_spreadsheet_has_saved_gives_the_same_run(bench: Bench, labels: list[Label]) -> None:
    assert bench(*RUN, *QUIET)[0] == 0
    file = Path("album/labels.csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    text = "\r\n".join([lines[0], *lines[:0:-1]]).replace(",", ";")
    file.write_bytes(unicodedata.normalize("NFC", text).encode("utf-8-sig"))
    assert bench(*RUN, *QUIET)[0] == 0
    assert result(1)["split_hash"] == result(2)["split_hash"]
    assert bench("train", "--from", "1", "-o", "me.facebench")[0] == 0


def test_a_run_says_where_its_labels_have_changed(bench: Bench, labels: list[Label]) -> None:
    assert bench(*RUN, *QUIET)[0] == 0
    for changed in (labels[1:], [Label(labels[0].path, "me", FACE, "confirmed"), *labels[1:]]):
        relabelled(changed)
        assert "Photos of labels.csv were added, removed or changed" in refused(
            bench, "train", "--from", "last", "-o", "me.facebench"
        )
    Path("album/labels.csv").unlink()
    message = refused(bench, "train", "--from", "last", "-o", "me.facebench")
    assert "The photos of this run are not where they were. --labels" in message


def test_a_whole_photo_of_two_people_is_both_and_refused_or_left_out(bench: Bench, labels: list[Label]) -> None:
    whole = (*RUN, *QUIET, "--view", "photo")
    code, _, message = bench(*whole)
    assert code == 2
    assert (
        "together1.png is labelled once as p2 and once as me, and the same part of it would be seen both times"
        in message
    )
    assert bench(*whole, "--drop-shared")[0] == 0
    assert (result()["dataset"]["crops"], result()["dataset"]["margin"], result()["dataset"]["view"]) == (
        0,
        None,
        "photo",
    )
    assert bench("train", "--from", "last", "-o", "me.facebench")[0] == 0


def test_options_of_folders_do_what_makes_sense(bench: Bench, labels: list[Label]) -> None:
    assert bench(*RUN, *QUIET, "--limit-others", "15")[0] == 0
    assert result()["dataset"]["photos"] == 23
    assert bench("train", "--from", "last", "-o", "me.facebench")[0] == 0
    for options, complaint in (
        (("--any-name",), "--any-name is about folders"),
        (("--layout", "flat"), "--layout flat is about folders"),
        (("--data", "album"), "--labels and --data are two ways to name photos: use one of them."),
        (("--me", "album", "--others", "album"), "--labels and --me/--others are two ways to name photos"),
        (("--split", "official"), "has no official partition"),
    ):
        assert complaint in refused(bench, *RUN, *QUIET, *options)
    for command in (("run",), ("curve",), ("check",), ("check", "album"), ("train", "-o", "b.facebench")):
        assert "--view crop needs --labels FILE" in refused(bench, *command, "--view", "crop")
    assert "DATA and --labels are two ways" in refused(bench, "check", "album", "--labels", "album/labels.csv")


def test_a_problem_is_told_with_its_line_by_every_command(bench: Bench, labels: list[Label]) -> None:
    relabelled([*labels, Label("gone.png", "me", None, "confirmed")])
    for command in (("run",), ("curve",), ("check",), ("train", "-o", "b.facebench")):
        message = refused(bench, *command, "--labels", "album/labels.csv")
        assert message.startswith("Error: album/labels.csv, line 30: there is no photo ")


def test_a_check_looks_at_the_faces(bench: Bench, labels: list[Label]) -> None:
    relabelled([*labels, Label("10.pgm", "me", (1, 1, 9, 9), "unreviewed")])
    code, shown, _ = bench("check", "--labels", "album/labels.csv", "--format", "md")
    assert code == 0
    assert "28 photos of 21 known people, 28 can be read" in shown
    assert "1 unreviewed face of labels.csv takes no part" in shown
    assert "under two people" not in shown
    assert "several faces" not in shown
    relabelled([label for label in labels if label.person != "me"])
    assert "Nobody has 5 photos" in bench("check", "--labels", "album/labels.csv")[1]


def test_faces_of_one_person_on_one_photo_are_one_group(bench: Bench, labels: list[Label]) -> None:
    twins = [Label(row.path, "p2", row.box, row.state) if row.person == "p3" else row for row in labels]
    relabelled([*twins, *(Label(f"together{n}.png", "me", (10, 5, 90, 95), "confirmed") for n in (1, 2))])
    assert bench(*RUN, *QUIET)[0] == 0
    assert result()["evidence"]["me"] == {"photos": 10, "groups": 8}


def test_copies_of_a_group_photo_are_no_picture_of_two_people(bench: Bench, labels: list[Label]) -> None:
    Image.open("album/together1.png").save("album/copy.jpg", quality=90)
    close = [
        Label("copy.jpg", "p2", labels[1].box, "confirmed"),
        Label("together1.png", "me", labels[0].box, "confirmed"),
    ]
    relabelled([*labels[2:], *close, Label("copy.jpg", "", (500, 0, 560, 60), "unreviewed")])
    assert bench(*RUN, *QUIET, "--view", "crop")[0] == 0


@pytest.mark.parametrize("name", ["sface", "face_recognition", "mobilenet", "colour"])
def test_the_vectors_of_a_crop_are_those_of_its_pixels_in_a_file(
    labels: list[Label], tmp_path: Path, name: str
) -> None:
    store = VectorStore(tmp_path / "vectors.sqlite")
    items = labelled_photos(tmp_path / "album/labels.csv").items
    crops = [item for item in items if item.crop][:4]
    embedder = Embedder(name, extractors.create(name), store)
    whole = embed_photos(Photos([item.path for item in crops]), embedder)
    seen = embed_photos(Photos(crops), embedder)
    files = [tmp_path / f"{number}.png" for number in range(len(crops))]
    for crop, file in zip(crops, files, strict=True):
        Image.fromarray(crop.photo().pixels).save(file)
    saved = embed_photos(Photos(files), Embedder(name, extractors.create(name)))
    np.testing.assert_allclose(seen.matrix, saved.matrix, atol=1e-6)
    assert seen.boxes == saved.boxes
    assert not seen.stored.any()  # what is known of the whole photo is not taken for a crop's
    assert not np.allclose(seen.matrix[0], whole.matrix[0]) or not np.allclose(seen.matrix[1], whole.matrix[1])
    again = embed_photos(Photos(crops), embedder)
    assert again.stored.all()
    np.testing.assert_array_equal(again.matrix, seen.matrix)
    store.close()


def test_what_travels_to_a_cluster_is_the_crop(labels: list[Label], tmp_path: Path) -> None:
    [crop, *_] = labelled_photos(tmp_path / "album/labels.csv", view="crop").items[-1:]
    [[sent, whole]] = _batches([crop.photo(), Photo(crop.path)])
    np.testing.assert_array_equal(sent, crop.photo().pixels)
    assert whole == crop.path.read_bytes()


def test_vectors_made_elsewhere_of_whole_photos_are_not_those_of_crops(labels: list[Label], tmp_path: Path) -> None:
    dataset = labelled_photos(tmp_path / "album/labels.csv")
    crops = [item for item in dataset.items if item.crop]
    keys = [item.photo().key for item in dataset.items]
    paths = [str(item.path) for item in crops]
    np.savez(tmp_path / "whole.npz", path=np.array(paths), vectors=np.ones((16, 3), np.float32))
    with pytest.raises(FacebenchError, match="none is of a photo of labels"):
        ForeignVectors(tmp_path / "whole.npz").of(dataset, keys)
    np.savez(tmp_path / "crops.npz", path=np.array([item.name for item in crops]), vectors=np.ones((16, 3), np.float32))
    found = ForeignVectors(tmp_path / "crops.npz").of(dataset, keys)
    assert found.embedded.tolist() == [item.crop is not None for item in dataset.items]


def test_whoever_forgets_a_photo_forgets_its_crops(bench: Bench, labels: list[Label]) -> None:
    assert bench(*RUN, *QUIET)[0] == 0
    code, shown, _ = bench("cache", "forget", "album/together1.png")
    assert (code, shown.startswith("Forgot 1 of 1 photo: 6 stored outcomes")) == (0, True)
    key = Photo("album/together1.png").cropped((0, 0, 1, 1)).key[:32]
    assert key.encode() not in Path("cache/vectors.sqlite").read_bytes()


def test_the_page_tells_what_is_so(bench: Bench, labels: list[Label]) -> None:
    blocks = re.findall(r"^```(csv|sh)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    [table] = [block for kind, block in blocks if kind == "csv"]
    file = Path("example/labels.csv")
    for row in table.splitlines()[1:]:
        photo = file.parent / row.split(",")[0]
        photo.parent.mkdir(exist_ok=True, parents=True)
        Image.new("L", (4300, 2600)).save(photo)
    file.write_text(table)
    assert len(read_labels(file).rows) == 7
    seen = {item.name: (item.person, item.crop) for item in labelled_photos(file).items}
    assert seen == {
        "2023/beach.jpg [1200 800 2600 2500]": ("me", (200, 0, 3600, 2600)),
        "2023/beach.jpg [3010 760 4220 2210]": ("Anna", (2165, 35, 4300, 2600)),
        "2023/passport.jpg": ("me", None),
        "party/bob.jpg": ("Bob", None),
        "party/guest.jpg": (None, None),
    }
    [commands] = [block for kind, block in blocks if kind == "sh"]
    for command in commands.splitlines():
        arguments = command.replace("labels.csv", "album/labels.csv").split()[1:]
        fast = ["--extractor", "sface", "--head", "centroid"] if arguments[0] == "run" else []
        assert bench(*arguments, *fast)[0] == 0, command


def test_an_extractor_outside_chooses_hard_strangers_of_labelled_faces(
    bench: Bench, labels: list[Label], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = ("run", "--labels", "album/labels.csv", "--extractor", "colour", "--head", "centroid", "--repeats", "2")
    asked = ("--hard-by", "sface", "--format", "json")
    rows = rows_of(bench(*run, "--no-audit", *asked))
    assert len([label for label in labels if label.person != "me"]) == 20
    assert (rows["colour"]["hard_by"], rows["colour"]["hard"] is None) == ("sface", False)
    assert rows_of(bench("compare", *asked)) == rows
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "another"))  # so that the crops are embedded again
    assert rows_of(bench("compare", *asked)) == rows


def test_degraded_copies_are_of_the_crops_that_were_tested(bench: Bench, labels: list[Label]) -> None:
    relabelled(labels)
    assert bench(*RUN, *QUIET)[0] == 0
    code, shown, message = bench("robust", "last", "--kinds", "jpeg", "--format", "json")
    assert code == 0, message
    measured = json.loads(shown)
    [row] = measured["rows"]
    assert (measured["without_box"], row["changed"]) == (0, 0)
    [curve] = row["curves"]
    [stored] = [pairing for pairing in result()["pairings"] if pairing["extractor"]]
    assert curve["steps"][0]["false_rejects"] == sum(of["metrics"]["false_rejects"] for of in stored["targets"])
    assert [step["no_vector_me"] for step in curve["steps"][:4]] == [0] * 4
