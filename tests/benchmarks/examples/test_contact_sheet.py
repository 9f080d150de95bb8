"""The contact sheet: which examples it shows, what stands where, and a file that is private and whole."""

import hashlib
import io
import json
import os
import re
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.comparison import describe_run
from facebench.benchmarks.examples import (
    EACH,
    Example,
    Examples,
    advice_on,
    choose_examples,
    choose_pairing,
    first_split,
    hardest_target,
    question_of,
    thresholds_of,
    write_contact_sheet,
)
from facebench.benchmarks.examples import _contact_sheet as drawing
from facebench.benchmarks.examples._thumbnails import (
    GAP,
    LINE,
    MARGIN,
    MIDDLE,
    PALE,
    TILE,
    _wrapped,
    draw_sheet,
    thumbnail_of,
)
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import Prediction, RunFolder, RunResult, TargetResult, read_predictions, read_run
from facebench.benchmarks.results._reading import parse_result
from facebench.benchmarks.results.tables._predictions import predictions_csv
from facebench.data import ME, Dataset, Item, Photo, me_and_others, orl_faces, people_folder
from facebench.errors import FacebenchError
from PIL import Image
from rich.console import Console

THRESHOLDS = {"ann": 0.5, "bob": -1.0}
FRAME = (255, 176, 0)


def row(path: str = "a/1.jpg", score: float | None = 0.75, **fields: Any) -> Prediction:
    """A prediction; the decision is what the score says, a photo is its path."""
    target = fields.get("target", "ann")
    values = {
        "extractor": "blocks",
        "head": "svm",
        "target": target,
        "sha256": hashlib.sha256(path.encode()).hexdigest(),
        "person": "",
        "split_seed": 0,
        "truth": "me",
        "decision": "me" if score is not None and score >= THRESHOLDS[target] else "other",
        "outcome": "no_face" if score is None else "embedded",
        "box": "",
    }
    return Prediction(path=path, score=score, **{**values, **fields})


@pytest.fixture
def several(run_of: Callable[..., RunResult], tested: Callable[..., TargetResult]) -> RunResult:
    return run_of(
        {
            ("", "majority"): [tested("ann")],  # would be the best
            ("mobilenet", "mlp"): [tested("ann", rejects=3), tested("bob", rejects=1)],
            ("mobilenet", "svm"): [tested("ann", rejects=1), tested("bob", rejects=1)],
            ("face_recognition", "mlp"): [tested("ann", rejects=2), tested("bob", rejects=4)],
            ("face_recognition", "svm"): [],
        }
    )


@pytest.mark.parametrize(
    ("chosen", "pairing"),
    [
        ({}, ("mobilenet", "svm")),
        ({"head": "mlp"}, ("mobilenet", "mlp")),
        ({"extractor": "face_recognition"}, ("face_recognition", "mlp")),
        ({"extractor": "mobilenet", "head": "mlp"}, ("mobilenet", "mlp")),
    ],
)
def test_the_best_pairing_of_those_that_are_asked_for_is_chosen(
    chosen: dict[str, str], pairing: tuple[str, str], several: RunResult
) -> None:
    best = choose_pairing(several, **chosen)
    assert (best.extractor, best.head) == pairing


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"extractor": "mobilnet"}, r"no such pairing: extractor 'mobilnet'\. Did you mean 'mobilenet'\?"),
        ({"head": "majority"}, r"no such pairing: head 'majority'\. There is: mlp, svm"),
        ({"extractor": "face_recognition", "head": "svm"}, r"head 'svm'\. There is: mlp"),
        ({"extractor": ""}, r"extractor ''\. There is: face_recognition, mobilenet"),
    ],
)
def test_a_pairing_that_was_not_tested_is_refused(chosen: dict[str, str], complaint: str, several: RunResult) -> None:
    with pytest.raises(FacebenchError, match=complaint):
        choose_pairing(several, **chosen)


def test_a_run_that_tested_nothing_has_no_examples(run_of: Callable[..., RunResult]) -> None:
    with pytest.raises(FacebenchError, match="holds no tested pairing"):
        choose_pairing(run_of({}))


def test_a_target_that_was_not_tested_is_refused(several: RunResult) -> None:
    best = choose_pairing(several)
    assert thresholds_of(best) == {("ann", 0): 0.5, ("bob", 0): 0.5}
    assert thresholds_of(best, "bob") == {("bob", 0): 0.5}
    with pytest.raises(FacebenchError, match=r"mobilenet x svm was not tested on 'bop'\. Did you mean 'bob'"):
        thresholds_of(best, "bop")


def test_the_hardest_target_is_the_one_recognised_worst_in_that_split(
    run_of: Callable[..., RunResult], tested: Callable[..., TargetResult]
) -> None:
    results = [tested("ann", rejects=1), tested("bob", rejects=3), tested("cat", rejects=3)]
    [pairing] = run_of({("e", "h"): [*results, tested("ann", rejects=9, seed=1)]}).pairings
    assert (hardest_target(pairing, 0), hardest_target(pairing, 1)) == ("bob", "ann")


def test_every_test_has_its_threshold(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    splits = [tested("ann", seed=seed).model_copy(update={"threshold": seed / 10}) for seed in (3, 4, 5)]
    [pairing] = run_of({("a", "svm"): splits}).pairings
    assert first_split(pairing) == 3
    assert thresholds_of(pairing) == thresholds_of(pairing, "ann") == {("ann", seed): seed / 10 for seed in (3, 4, 5)}


def kind(title: str, *rows: Prediction, right: bool = True) -> Examples:
    shown = [Example(made, THRESHOLDS.get(made.target, 0.5), int(not right), 3) for made in rows]
    return Examples(title, right, f"{len(shown)} photos", len(shown), [("", shown)])


def the_target(example: Example) -> list[str]:
    """What stands below a tile where there are several targets."""
    return [] if question_of(example.row) else [f"target {example.row.target}"]


def nothing(_: Example) -> list[str]:
    """What stands below a tile where there is one target and one split."""
    return []


def drawn(kinds: list[Examples], **looks: Any) -> Any:
    """Return the pixels of a sheet whose photos are `looks` by path, or white."""
    white = Image.new("RGB", (TILE, TILE), "white")
    sheet, _ = draw_sheet("Title", ["note"], kinds, the_target, lambda made: looks.get(made.path, white))
    return np.asarray(sheet)


def test_every_tile_has_its_place() -> None:
    colours = {f"{place}": (10 + 20 * place, 0, 255 - 20 * place) for place in range(12)}
    looks = {path: Image.new("RGB", (TILE, TILE), colour) for path, colour in colours.items()}
    first = kind("first", *(row(str(place)) for place in range(10)))
    second = kind("second", row("10"), row("11"), right=False)
    pixels = drawn([kind("empty"), first, second], **looks)
    corners = []
    for colour in colours.values():
        ys, xs = np.nonzero((pixels == colour).all(axis=2))
        assert len(ys) == TILE * TILE, "whole, and nothing lies over it"
        assert (np.ptp(xs), np.ptp(ys)) == (TILE - 1, TILE - 1)
        corners.append((int(xs.min()), int(ys.min())))
    lefts = [MARGIN + place * (TILE + GAP) + (MIDDLE if place > 4 else 0) for place in range(10)]
    assert [left for left, _ in corners] == [*lefts, *lefts[:2]]
    assert len({top for _, top in corners[:10]}) == len({top for _, top in corners[10:]}) == 1
    assert corners[10][1] > corners[0][1] + TILE
    assert pixels.shape[1] == lefts[-1] + TILE + MARGIN


@pytest.mark.parametrize("size", [(TILE, 30), (30, TILE), (1, TILE)])
def test_a_photo_stands_in_the_middle_of_its_tile(size: tuple[int, int]) -> None:
    pixels = drawn([kind("one", row("red"))], red=Image.new("RGB", size, "red"))
    ys, xs = np.nonzero((pixels == (255, 0, 0)).all(axis=2))
    assert (np.ptp(xs) + 1, np.ptp(ys) + 1) == size
    assert xs.min() - MARGIN == (TILE - size[0]) // 2


def test_a_photo_that_cannot_be_seen_is_a_grey_tile_with_a_word_and_is_counted() -> None:
    looks = {"1": "changed", "2": "absent", "3": "changed"}
    kinds = [kind("me, right", row("1"), row("2")), kind("others, right", row("3"))]
    sheet, unseen = draw_sheet("Title", [], kinds, the_target, lambda made: looks[made.path])
    assert unseen == {"changed": 2, "absent": 1}
    grey = (np.asarray(sheet) == 0xB8).all(axis=2).sum()
    assert 0.9 * 3 * TILE * TILE < grey < 3 * TILE * TILE, "some of it is covered by the word"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "short.jpg",
        "s1/" + "long" * 60 + ".jpg",
        "i" * 4000,
        "W" * 300,
        "[red]bold[/red].jpg",
        "two\nlines\x1b[2J\r.jpg",
        "\u202egpj.exe",
        "caf\udce9.jpg",
        "Zoë 张 ☃ عربي 👨\u200d👩\u200d👧.jpg",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("truth", ["me", "other"])
def test_a_caption_stays_below_its_tile_whatever_the_name(truth: str, name: str) -> None:
    made = row("x", truth=truth).model_copy(update={"path": name, "target": name})
    sheet, _ = draw_sheet(name, [name], [kind("one", made)], the_target, lambda _: "absent")
    pixels = np.asarray(sheet)
    top = int(np.nonzero((pixels == 0xB8).all(axis=2))[0].max()) + 1
    below = (pixels[top:] != 255).any(axis=2)
    assert below[:, MARGIN : MARGIN + TILE].any()
    assert not below[:, MARGIN + TILE :].any()


def test_a_name_that_is_too_long_keeps_its_end() -> None:
    def captions(name: str) -> Any:
        pixels = drawn([kind("one", row("x").model_copy(update={"path": name}))])
        return pixels[:, MARGIN : MARGIN + TILE]

    assert (captions("a" * 90 + "/same.jpg") == captions("b/" + "a" * 90 + "/same.jpg")).all()
    assert (captions("a" * 90 + "/same.jpg") != captions("a" * 90 + "/other.jpg")).any()


def test_control_characters_of_a_name_are_spelled_out() -> None:
    def sheet(name: str) -> Image.Image:
        made = row("x").model_copy(update={"path": name, "target": name})
        return draw_sheet(name, [name], [kind("one", made)], the_target, lambda _: "absent")[0]

    assert sheet("a\nb\x1b.jpg") == sheet(r"a\nb\x1b.jpg")


def test_the_target_is_told_only_where_there_are_several() -> None:
    made = kind("one", row("x"))
    heights = [draw_sheet("", [], [made], captions, lambda _: "absent")[0].height for captions in (nothing, the_target)]
    assert heights[0] < heights[1]


def accept(target: str = "ann", place: int = 0) -> Prediction:
    return row(f"{place}.jpg", truth="other", decision="me").model_copy(update={"target": target})


@pytest.mark.parametrize(("target", "asks"), [(ME, "could this be you?"), ("Ann_Lee", "could this be Ann_Lee?")])
def test_a_false_accept_asks_whether_it_is_one(target: str, asks: str) -> None:
    assert question_of(accept(target)) == asks
    for truth, decision in (("me", "me"), ("me", "other"), ("other", "other")):
        made = accept(target).model_copy(update={"truth": truth, "decision": decision})
        assert question_of(made) == advice_on([made]) == ""


@pytest.mark.parametrize(
    ("targets", "whom"), [([ME], "you"), (["Ann_Lee", "Ann_Lee"], "Ann_Lee"), (["ann", "bob"], "the target")]
)
def test_a_heading_says_what_to_do_about_it_once(targets: list[str], whom: str) -> None:
    advice = advice_on([row("right.jpg", -3.0, truth="other"), *map(accept, targets)])
    assert f"A photo of {whom} among those of other people looks just like a false accept" in advice
    assert "correct its label or folder, and run again." in advice


@pytest.mark.parametrize("captions", [nothing, the_target])
def test_every_tile_of_a_false_accept_asks_below_its_photo(captions: Callable[[Example], list[str]]) -> None:
    rows = [accept(place=place) for place in range(2 * EACH)]
    sheet, _ = draw_sheet("", [], [kind("wrong", *rows, right=False)], captions, lambda _: "absent")
    pixels = np.asarray(sheet)
    bottom = top_of_tiles(pixels) + TILE
    third = pixels[bottom + 3 + 2 * LINE : bottom + 3 + 3 * LINE]
    asks = (third < int(PALE[1:3], 16)).any(axis=(0, 2))  # in ink, as a score
    for place in range(2 * EACH):
        left = MARGIN + place * (TILE + GAP) + (MIDDLE if place >= EACH else 0)
        assert asks[left : left + TILE].any()
    assert (pixels[bottom + 3 + 3 * LINE :] == 255).all(), "nobody is named twice"


def test_the_heading_of_false_accepts_is_a_line_higher() -> None:
    sheets = [draw_sheet("", [], [kind("one", made)], the_target, lambda _: "absent")[0] for made in (accept(), row())]
    wrong, right = (top_of_tiles(np.asarray(sheet)) for sheet in sheets)
    assert wrong == right + LINE


def top_of_tiles(pixels: Any) -> int:
    """Return where the first row of tiles without a photo begins."""
    grey = (pixels[:, MARGIN : MARGIN + TILE] == 0xB8).all(axis=(1, 2))
    return int(grey.argmax())


def test_a_question_that_is_too_long_goes_on_with_the_name() -> None:
    assert _wrapped("could this be you?") == ["could this be you?"]
    assert _wrapped("could this be Colin_Powell?") == ["could this be", "Colin_Powell?"]
    assert _wrapped("could this be " + "a" * 400 + "?") == ["could this be", "a" * 400 + "?"]
    short, long = (
        draw_sheet("", [], [kind("one", accept(target))], nothing, lambda _: "absent")[0].height
        for target in ("ann", "Colin_Powell")
    )
    assert long == short + LINE


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., tuple[Prediction, dict[str, Path]]]:
    """Return a function that writes a photo and gives its prediction and where it is."""

    def photo(image: Image.Image, name: str = "photo.png", box: str = "", **options: Any) -> Any:
        path = tmp_path / name
        image.save(path, **options)
        return row(name, sha256=Photo(path).sha256, box=box), {name: Item(path, name, None)}

    return photo


@pytest.mark.parametrize(
    ("size", "fitted"), [((300, 100), (150, 50)), ((30, 60), (75, 150)), ((1, 900), (1, 150)), ((900, 2), (150, 1))]
)
def test_a_photo_is_fitted_without_distortion(
    size: tuple[int, int], fitted: tuple[int, int], photo: Callable[..., Any]
) -> None:
    assert thumbnail_of(*photo(Image.new("RGB", size, "red"))).size == fitted


def test_a_photo_is_shown_upright(photo: Callable[..., Any]) -> None:
    image = Image.new("RGB", (60, 30), "blue")
    image.paste("red", (0, 0, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise: the left side is the top
    seen = thumbnail_of(*photo(image, "turned.png", exif=exif))
    assert seen.size == (75, 150)
    assert seen.getpixel((37, 20)) == (255, 0, 0)
    assert seen.getpixel((37, 130)) == (0, 0, 255)


def test_the_face_is_framed_where_it_is(photo: Callable[..., Any]) -> None:
    seen = np.asarray(thumbnail_of(*photo(Image.new("RGB", (300, 300), "blue"), box="100 60 200 260")))
    ys, xs = np.nonzero((seen == FRAME).all(axis=2))
    assert np.allclose((xs.min(), ys.min(), xs.max(), ys.max()), (50, 30, 100, 130), atol=1)
    assert tuple(seen[80, 75]) == (0, 0, 255)


@pytest.mark.parametrize("box", ["-40 -40 400 400", "200 200 100 100", "999999 0 0 -999999"])
def test_a_frame_may_reach_over_the_photo(box: str, photo: Callable[..., Any]) -> None:
    assert thumbnail_of(*photo(Image.new("RGB", (300, 300)), box=box)).size == (TILE, TILE)


@pytest.mark.parametrize("box", ["", "1 2 3", "a b c d", "1 2 3 4 5", "9" * 5000 + " 1 1 1"])
def test_what_is_no_box_frames_nothing(box: str, photo: Callable[..., Any]) -> None:
    seen = thumbnail_of(*photo(Image.new("RGB", (300, 300), "blue"), box=box))
    assert seen.getcolors() == [(TILE * TILE, (0, 0, 255))]


def test_a_photo_that_is_not_as_it_was_is_told_in_a_word(photo: Callable[..., Any]) -> None:
    made, items = photo(Image.effect_noise((50, 50), 50).convert("RGB"))
    assert thumbnail_of(made, {}) == "absent"
    path = items[made.path].path
    path.write_bytes(path.read_bytes()[:-200])
    assert thumbnail_of(made, items) == "changed"
    path.unlink()
    assert thumbnail_of(made, items) == "unreadable"


def test_a_tested_photo_that_cannot_be_decoded_any_more_is_told_in_a_word(tmp_path: Path) -> None:
    path = tmp_path / "photo.heic"
    path.write_bytes(b"no photo at all")
    made = row(path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    assert thumbnail_of(made, {path.name: Item(path, path.name, None)}) == "unsupported"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is run once."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def orl_run(people: Callable[..., Dataset], extractor: Callable[..., Any], kept: Path, tmp_path: Path) -> Path:
    """A copy of the folder of a run on ORL faces; one photo of each target's test has no face."""
    faces = people(12)
    extractor("blocks", [item.path for item in faces.items if item.name.endswith("/1.pgm")])
    if not list(kept.iterdir()):
        _run(replace(faces, title=orl_faces().title), kept)
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    [run] = (tmp_path / "runs").iterdir()
    return run


@pytest.fixture
def folders(people: Callable[..., Dataset], tmp_path: Path) -> Path:
    """A folder per person, of ORL."""
    for item in people(11, photos=6).items:
        path = tmp_path / "faces" / item.name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(item.path, path)
    return tmp_path / "faces"


def _run(dataset: Dataset, tmp_path: Path, **settings: Any) -> Path:
    folder = RunFolder(tmp_path / "runs", dataset.slug)
    asked = {"extractors": ["blocks"], "heads": ["logreg"], "max_targets": 3, **settings}
    run_benchmark(dataset, Settings(**asked), folder.save)
    assert folder.path is not None
    return folder.path


def _mistaken(run: Path) -> list[Prediction]:
    """Make a run wrong about every seventh row, and return its rows."""
    rows = list(read_predictions(run))
    for made in rows[::7]:
        made.decision = "other" if made.decision == "me" else "me"
    (run / "predictions.csv").write_bytes(predictions_csv(rows))
    return rows


def _tiles(file: Path) -> int:
    """Count the tiles of ORL photos by the stripe of background left of each."""
    with Image.open(file) as image:
        pixels = np.asarray(image)
    stripes = (pixels[:, MARGIN:] == 0xEC).all(axis=2)
    return (
        sum(int(stripes[:, (TILE + GAP) * place + (MIDDLE if place > 4 else 0) + 5].sum()) for place in range(10))
        // TILE
    )


def test_the_sheet_of_a_run_on_the_built_in_faces(orl_run: Path, tmp_path: Path) -> None:
    file = tmp_path / "sheet.png"
    sheet = write_contact_sheet(orl_run, file)
    with Image.open(file) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
    thresholds = thresholds_of(choose_pairing(read_run(orl_run)))
    kinds = choose_examples(read_predictions(orl_run), thresholds)
    assert len(thresholds) == 3
    assert (sheet.pairing, sheet.unseen) == ("blocks x logreg", {})
    assert sheet.photos == sum(len(kind.shown) for kind in kinds) == _tiles(file) > 15


@pytest.mark.parametrize("settings", [{"target": "s2"}, {}], ids=["five splits", "three targets"])
def test_every_error_of_every_split_has_a_tile(
    settings: dict[str, Any], people: Callable[..., Dataset], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    extractor()
    run = _run(replace(people(12), title=orl_faces().title), tmp_path, **settings)
    rows = [made for made in _mistaken(run) if made.extractor == "blocks"]
    wrong = {(made.target, made.path) for made in rows if made.truth != made.decision}
    assert len({made.split_seed for made in rows}) == (5 if settings else 1)
    sheet = write_contact_sheet(run, tmp_path / "sheet.png")
    shown = [(example.row.target, example.row.path) for kind in sheet.kinds if not kind.right for example in kind.shown]
    assert sorted(shown) == sorted(wrong)
    assert sheet.photos == _tiles(tmp_path / "sheet.png") > 10


def test_a_sheet_of_very_many_errors_says_where_the_others_are(
    orl_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _mistaken(orl_run)
    monkeypatch.setattr(drawing, "MOST", 4)
    accepts = write_contact_sheet(orl_run, tmp_path / "sheet.png").kinds[0]
    assert len(accepts.shown) == 4 < accepts.photos
    assert accepts.count.startswith(f"{accepts.photos} photos, ")
    assert accepts.count.endswith(
        "the 4 farthest from their thresholds are shown, predictions.csv of the run names all"
    )


def test_one_target_can_be_chosen(orl_run: Path, tmp_path: Path) -> None:
    target = read_run(orl_run).targets[1]
    every, one = (write_contact_sheet(orl_run, tmp_path / f"{who}.png", target=who) for who in (None, target))
    assert one.photos < every.photos
    with pytest.raises(FacebenchError, match="was not tested on 's99'"):
        write_contact_sheet(orl_run, tmp_path / "sheet.png", target="s99")
    assert not (tmp_path / "sheet.png").exists()


def test_other_pairings_of_a_run_leave_no_trace(orl_run: Path, people: Callable[..., Dataset], tmp_path: Path) -> None:
    both = _run(replace(people(12), title=orl_faces().title), tmp_path / "both", heads=["svm", "logreg"])
    write_contact_sheet(orl_run, tmp_path / "alone.png")
    write_contact_sheet(both, tmp_path / "chosen.png", head="logreg")
    assert (tmp_path / "alone.png").read_bytes() == (tmp_path / "chosen.png").read_bytes()


def test_the_same_run_gives_the_same_sheet(orl_run: Path, tmp_path: Path) -> None:
    for name in ("1.png", "2.png"):
        write_contact_sheet(orl_run, tmp_path / name)
    assert (tmp_path / "1.png").read_bytes() == (tmp_path / "2.png").read_bytes()


def test_a_run_says_where_its_photos_are(
    folders: Path, extractor: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extractor()
    monkeypatch.chdir(tmp_path)
    relative = Path("faces", "..", "faces")
    assert read_run(_run(people_folder(relative), tmp_path)).dataset.sources == {"data": str(folders)}
    shutil.copytree(folders / "s1", tmp_path / "mine")
    shutil.rmtree(folders / "s1")
    run = _run(me_and_others("mine", relative), tmp_path)
    assert read_run(run).dataset.sources == {"me": str(tmp_path / "mine"), "others": str(folders)}
    monkeypatch.chdir("/")
    sheet = write_contact_sheet(run, tmp_path / "sheet.png")
    assert sheet.unseen == {}
    assert sheet.photos > 5


def test_photos_that_are_gone_or_have_changed_are_counted(
    folders: Path, extractor: Callable[..., Any], tmp_path: Path
) -> None:
    extractor()
    run = _run(people_folder(folders), tmp_path, target="s2")
    kinds = choose_examples(read_predictions(run), thresholds_of(choose_pairing(read_run(run))))
    shown = {example.row.path for kind in kinds for example in kind.shown}
    gone, changed, damaged = sorted(shown)[:3]
    (folders / gone).unlink()
    shutil.copy(folders / sorted(shown)[3], folders / changed)
    (folders / damaged).write_bytes((folders / damaged).read_bytes()[:100])
    sheet = write_contact_sheet(run, tmp_path / "sheet.png")
    assert sheet.unseen == {"absent": 1, "changed": 2}
    assert sheet.photos == len(shown)


def test_photos_that_have_moved_are_told_with_their_folder(
    folders: Path, extractor: Callable[..., Any], tmp_path: Path
) -> None:
    extractor()
    run = _run(people_folder(folders), tmp_path)
    folders.rename(tmp_path / "elsewhere")
    with pytest.raises(FacebenchError, match=rf"not where they were\. .*{re.escape(str(folders))} does not exist"):
        write_contact_sheet(run, tmp_path / "sheet.png")


def test_an_old_run_is_read_but_its_photos_cannot_be_found(
    folders: Path, extractor: Callable[..., Any], tmp_path: Path
) -> None:
    extractor()
    run = _run(people_folder(folders), tmp_path)
    content = json.loads((run / "result.json").read_text())
    del content["dataset"]["sources"]
    (run / "result.json").write_text(json.dumps(content))
    assert read_run(run).dataset.sources == {}
    with pytest.raises(FacebenchError, match="does not say where the photos of faces are: make it again"):
        write_contact_sheet(run, tmp_path / "sheet.png")


@pytest.mark.skipif(os.name == "nt", reason="file names there are text")
def test_a_folder_whose_name_is_no_text_does_not_keep_a_run_from_being_written(
    folders: Path, extractor: Callable[..., Any], tmp_path: Path
) -> None:
    extractor()
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    try:
        folders.rename(odd)
    except OSError:
        pytest.skip("the file system takes no such name")
    run = _run(people_folder(odd), tmp_path)
    assert read_run(run).dataset.sources["data"].endswith("caf\\udce9")


@pytest.mark.parametrize("umask", [0o000, 0o022], ids=oct)
def test_a_sheet_is_for_its_owner_alone_and_takes_the_place_of_an_older_one(
    umask: int, orl_run: Path, tmp_path: Path
) -> None:
    file = tmp_path / "new" / "ContactSheet.PNG"
    file.parent.mkdir()
    before = os.umask(umask)
    try:
        for target in (None, read_run(orl_run).targets[0]):
            write_contact_sheet(orl_run, file, target=target)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
    write_contact_sheet(orl_run, tmp_path / "again.png", target=read_run(orl_run).targets[0])
    assert file.read_bytes() == (tmp_path / "again.png").read_bytes()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("sheet.jpg", "does not end in .png"),
        ("sheet", "does not end in .png"),
        ("nowhere/sheet.png", r"there is no folder .*nowhere\. Make it first"),
        ("text.png", "exists and was not written by this command: choose another name"),
        ("photo.png", "exists and was not written by this command"),
        ("folder.png", "exists and was not written by this command"),
        ("dangling.png", "exists and was not written by this command"),
        ("text.png/sheet.png", "there is no folder"),
        ("x" * 300 + ".png", "cannot be written .File name too long.: choose another place"),
        ("x" * 300 + "/sheet.png", "cannot be written .File name too long.: choose another place"),
    ],
)
def test_a_place_that_a_sheet_must_not_take_is_refused(
    name: str, complaint: str, orl_run: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.png").write_text("facebench")
    Image.new("RGB", (9, 9)).save(tmp_path / "photo.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "dangling.png").symlink_to(tmp_path / "none")
    before = {path: path.read_bytes() for path in tmp_path.glob("*.png") if path.is_file()}
    with pytest.raises(FacebenchError, match=complaint):
        write_contact_sheet(orl_run, tmp_path / name)
    assert {path: path.read_bytes() for path in tmp_path.glob("*.png") if path.is_file()} == before
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "Ctrl-C"])
def test_a_sheet_that_cannot_be_written_leaves_the_old_one_and_nothing_else(
    error: BaseException, orl_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "new" / "sheet.png"
    file.parent.mkdir()
    write_contact_sheet(orl_run, file)
    before = file.read_bytes()

    def fsync(handle: int) -> None:
        raise error

    monkeypatch.setattr("os.fsync", fsync)  # the picture is in the temporary file by then, half of it perhaps
    with pytest.raises(FacebenchError if isinstance(error, OSError) else KeyboardInterrupt):
        write_contact_sheet(orl_run, file, target=read_run(orl_run).targets[0])
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_the_facts_of_a_run(several: RunResult) -> None:
    result = several.model_copy(
        update={
            "status": "partial",
            "seconds": 12.4,
            "warnings": ["3 files [red]skipped[/red]\x1b[2J"],
            "dataset": several.dataset.model_copy(update={"sources": {"data": "/photos/[b]caf\n"}}),
        }
    )
    console = Console(width=100, file=io.StringIO())
    console.print(describe_run("0003-faces\x07", result))
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    for fact in (
        r"run       0003-faces\x07, partial: it ended early",
        "created   2026-01-01T00:00:00+00:00, in 12 s",
        "command   bench run",
        "data set  Faces: 100 photos, 10 people",
        r"--data    /photos/[b]caf\n",
        "targets   1: ann",
        "versions  python 3.11",
        "machine   cores 2",
        r"warning   3 files [red]skipped[/red]\x1b[2J",
    ):
        assert fact in lines
    assert not any(line.startswith("unknown settings") for line in lines)
    text = " ".join(" ".join(lines).split())
    assert "pairings 4: mobilenet x mlp, mobilenet x svm, face_recognition x mlp, face_recognition x svm" in text
    assert "heads mlp, logreg, svm; target all; seed 0;" in text


def test_settings_of_a_newer_facebench_are_shown_apart(several: RunResult) -> None:
    content = json.loads(several.model_dump_json())
    content["settings"]["colour_space"] = "[b]lab"
    console = Console(width=100, file=io.StringIO())
    console.print(describe_run("0003-faces", parse_result(RunResult, json.dumps(content))))
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert "unknown settings  colour space [b]lab (of a newer facebench)" in lines
    assert "colour" not in next(line for line in lines if line.startswith("settings"))
