"""`bench check`: what is wrong with photos is found, named with the photo, and weighed as `bench run` would."""

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import run_benchmark
from facebench.checks.photos import Finding, Mark, PhotoReport, check_photos, photo_report_text
from facebench.checks.photos._amounts import amounts
from facebench.data import Dataset, choose_targets, me_and_others, orl_faces, photos_folder
from facebench.data._dataset import Item
from facebench.data.decoding import _photo
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rich.console import Console

#: People of ORL on whose first photo HOG finds exactly one face, in place of photos of different moments.
FACES = [item.path for item in orl_faces().items if item.path.stem == "1"]
Compose = Callable[..., np.ndarray]
Check = Callable[[Dataset], PhotoReport]


def save(picture: np.ndarray | Path, path: Path, **options: object) -> Path:
    """Save a picture, an array or a photo of ORL, under a name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(picture) if isinstance(picture, Path) else Image.fromarray(picture)
    image.convert("RGB").save(path, **options)
    return path


def found(report: PhotoReport) -> dict[str, list[str]]:
    """Return the names that each kind of finding is about, without what depends on numbers alone."""
    return {
        finding.kind: [mark.name for mark in finding.marks]
        for finding in report.findings
        if finding.kind not in ("few_of_me", "few_others", "few_people", "people")
    }


def severities(report: PhotoReport) -> dict[str, str]:
    return {finding.kind: finding.severity for finding in report.findings}


def details(report: PhotoReport, kind: str) -> dict[str, str]:
    return {mark.name: mark.detail for finding in report.findings if finding.kind == kind for mark in finding.marks}


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """A folder with two sound photos, for what is wrong to be put beside."""
    for number in range(2):
        save(FACES[number], tmp_path / "flat" / f"sound{number}.png")
    return tmp_path / "flat"


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Check]:
    """Check photos with a store: what was searched for faces once is not searched again in the next test."""
    store = VectorStore(tmp_path_factory.mktemp("store") / "vectors.sqlite")
    yield lambda dataset: check_photos(dataset, store)
    store.close()


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Twenty photos of me (of twenty people: only the pictures matter here) and one each of twelve others."""
    root = tmp_path_factory.mktemp("sides")
    for number, path in enumerate(FACES[:32]):
        side = "me" if number < 20 else f"others/p{number}"
        save(path, root / side / f"{number}.png")
    return root / "me", root / "others"


def test_sound_photos_give_no_other_findings(check: Check, sides: tuple[Path, Path]) -> None:
    report = check(me_and_others(*sides))
    assert severities(report) == {"several_people": "should look"}  # "me" is twenty people here
    assert (report.photos, report.readable, report.with_face) == (32, 32, 32)
    assert "Nothing was found" in photo_report_text(replace(report, findings=[]), "md")


def test_what_cannot_be_read_must_be_fixed(check: Check, flat: Path) -> None:
    whole = save(FACES[3], flat / "cut.jpg", quality=95).read_bytes()
    (flat / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (flat / "empty.jpg").write_bytes(b"")
    (flat / "text.jpg").write_text("a text")
    (flat / "huge.pgm").write_bytes(b"P5\n10000 10000\n255\n")
    report = check(photos_folder(flat))
    expected = {
        "truncated": ["cut.jpg"],
        "unreadable": ["empty.jpg"],
        "unsupported": ["text.jpg"],
        "too_large": ["huge.pgm"],
    }
    assert found(report) == expected
    assert all(severities(report)[kind] == "must fix" for kind in expected)
    assert details(report, "unreadable") == {"empty.jpg": "empty file"}
    assert "10000x10000 pixels" in details(report, "too_large")["huge.pgm"]
    assert (report.photos, report.readable, report.must_fix) == (6, 2, True)


def test_a_folder_of_nothing_readable_is_told(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("text")
    report = check(photos_folder(tmp_path))
    assert found(report) == {"unsupported": ["a.jpg"]}
    assert (report.readable, report.with_face) == (0, 0)


def test_heic_says_what_to_install(flat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pillow_heif

    pillow_heif.from_pillow(Image.open(FACES[4]).convert("RGB")).save(flat / "phone.heic")
    assert found(check_photos(photos_folder(flat))) == {}
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    report = check_photos(photos_folder(flat))
    assert found(report) == {"heic": ["phone.heic"]}
    assert [finding.advice for finding in report.findings if finding.kind == "heic"] == [
        "Install it: pip install 'pillow-heif<2,>=0.22'"
    ]
    assert report.must_fix


@pytest.mark.parametrize(("width", "tiny"), [(63, True), (64, False)])
def test_a_side_under_64_pixels_is_tiny(check: Check, width: int, tiny: bool, flat: Path) -> None:
    save(np.array(Image.open(FACES[5]).resize((width, 78))), flat / "small.png")
    report = check(photos_folder(flat))
    assert found(report).get("tiny", []) == (["small.png"] if tiny else [])
    if tiny:
        assert details(report, "tiny") == {"small.png": "63x78 pixels"}
        assert "no_face" not in found(report)  # one fault is told once


def test_photos_without_a_face_and_with_several(
    check: Check, flat: Path, scenes: dict[str, Path], compose: Compose
) -> None:
    shutil.copy(scenes["china"], flat / "palace.jpg")
    save(compose((240, 130), (FACES[6], (5, 5), 1), (FACES[7], (130, 5), 1)), flat / "two.png")
    report = check(photos_folder(flat))
    assert found(report) == {"no_face": ["palace.jpg"], "several_faces": ["two.png"]}
    assert details(report, "several_faces") == {"two.png": "2 faces"}
    assert (report.with_face, report.must_fix) == (3, False)


def test_tight_crops_are_told_what_hog_lacks(check: Check, flat: Path, scenes: dict[str, Path]) -> None:
    save(np.array(Image.open(scenes["flower"]).resize((112, 112))), flat / "crop.png")
    report = check(photos_folder(flat))
    assert found(report) == {"tight_crop": ["crop.png"]}
    [finding] = [finding for finding in report.findings if finding.kind == "tight_crop"]
    assert "face_recognition(pad=0.2)" in finding.advice


def test_a_face_of_hogs_smallest_window_is_small(check: Check, flat: Path, compose: Compose) -> None:
    save(compose((200, 200), (FACES[9], (60, 60), 0.4)), flat / "far.png")
    save(compose((200, 200), (FACES[10], (60, 60), 0.6)), flat / "near.png")
    report = check(photos_folder(flat))
    assert found(report) == {"small_face": ["far.png"]}
    assert details(report, "small_face") == {"far.png": "face of 36 pixels"}


@pytest.mark.parametrize(("size", "odd"), [((200, 400), True), ((400, 200), True), ((200, 399), False)])
def test_long_photos_are_told(check: Check, size: tuple[int, int], odd: bool, flat: Path, compose: Compose) -> None:
    save(compose(size, (FACES[8], (40, 40), 1)), flat / "long.png")
    report = check(photos_folder(flat))
    assert found(report) == ({"elongated": ["long.png"]} if odd else {})


def test_size_is_that_of_the_upright_photo(check: Check, flat: Path, compose: Compose) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn to the right
    picture = np.rot90(compose((150, 310), (FACES[8], (20, 40), 1)))
    save(picture, flat / "turned.jpg", quality=95, exif=exif)
    report = check(photos_folder(flat))
    assert details(report, "elongated") == {"turned.jpg": "150x310 pixels"}
    assert "no_face" not in found(report)


# The same picture twice


def test_the_same_bytes_and_the_same_picture_under_two_names(check: Check, flat: Path) -> None:
    save(FACES[0], flat / "saved_again.jpg", quality=70)
    shutil.copy(flat / "sound1.png", flat / "sound1 copy.png")
    report = check(photos_folder(flat))
    assert found(report) == {"same_file": ["sound1.png"], "same_picture": ["sound0.png"]}
    assert details(report, "same_file") == {"sound1.png": "as sound1 copy.png"}
    assert severities(report) | {} == {
        "same_file": "should look",
        "same_picture": "good to know",
        "people": "good to know",
    }


@pytest.mark.parametrize("again", ["bytes", "jpeg"])
@pytest.mark.parametrize("whose", ["known", "unknown"])
def test_my_photo_among_the_others_must_be_fixed_as_bench_run_refuses_it(
    check: Check, again: str, whose: str, sides: tuple[Path, Path], tmp_path: Path
) -> None:
    me, others = (Path(shutil.copytree(side, tmp_path / side.name)) for side in sides)
    target = others / "p20" if whose == "known" else others
    if again == "bytes":
        shutil.copy(me / "7.png", target / "z.png")
    else:
        save(FACES[7], target / "z.jpg", quality=70)
    dataset = me_and_others(me, others)
    report = check(dataset)
    (name,) = found(report)["two_people"]
    assert name.startswith("others/")
    assert details(report, "two_people") == {name: "as me/7.png"}
    assert report.must_fix
    with pytest.raises(FacebenchError, match=r"same (file|picture), once as"):
        run_benchmark(dataset, Settings(), lambda *_: None)


def test_a_picture_under_two_strangers_is_not_refused(check: Check, sides: tuple[Path, Path], tmp_path: Path) -> None:
    others = Path(shutil.copytree(sides[1], tmp_path / "others"))
    shutil.copy(others / "p20" / "20.png", others / "p21" / "z.png")
    report = check(me_and_others(sides[0], others))
    assert severities(report) == {"two_strangers": "should look", "several_people": "should look"}
    assert details(report, "two_strangers") == {"others/p21/z.png": "as others/p20/20.png"}


@pytest.mark.parametrize(("photos", "kind"), [(5, "two_people"), (4, "two_strangers")])
def test_without_me_only_possible_targets_are_refused(
    check: Check, photos: int, kind: str, orl: list[Path], tmp_path: Path
) -> None:
    for number in range(photos):
        save(orl[number], tmp_path / "ann" / f"{number}.png")
    for number in range(2):
        save(orl[20 + number], tmp_path / "bob" / f"{number}.png")
    save(orl[0], tmp_path / "bob" / "z.jpg", quality=70)
    assert found(check(photos_folder(tmp_path)))[kind] == ["bob/z.jpg"]


def test_whoever_is_not_known_may_be_the_same_person(check: Check, orl: list[Path], tmp_path: Path) -> None:
    for number in range(5):
        save(orl[number], tmp_path / "ann" / f"{number}.png")
    save(orl[20], tmp_path / "bob" / "0.png")
    shutil.copy(tmp_path / "ann" / "0.png", tmp_path / "copy.png")
    report = check(photos_folder(tmp_path))
    assert found(report)["same_file"] == ["copy.png"]
    assert not {"two_people", "two_strangers"} & set(found(report))


def test_bursts_count_once(check: Check, sides: tuple[Path, Path], tmp_path: Path) -> None:
    me = Path(shutil.copytree(sides[0], tmp_path / "me"))
    for number in range(3):
        save(FACES[2], me / f"burst{number}.jpg", quality=90 - 10 * number)
    report = check(me_and_others(me, sides[1]))
    assert details(report, "bursts") == {"me": "23 photos, 20 independent"}
    (me / "2.png").unlink()
    (me / "3.png").unlink()  # 21 photos, of which three are one
    report = check(me_and_others(me, sides[1]))
    assert severities(report)["few_of_me"] == "should look"
    assert any("19 independent photos of me" in finding.what for finding in report.findings)


# Numbers


def amounts_of(me: int | None, people: dict[str, int]) -> tuple[Dataset, list[Finding]]:
    """Return the findings about numbers of photos that nobody looks at: (me, people with so many photos each)."""
    counts = people if me is None else {"me": me, **people}
    items = [Item(Path(f"{who}/{n}"), f"{who}/{n}", who) for who, count in counts.items() for n in range(count)]
    dataset = Dataset("made up", "made-up", tuple(items), me=None if me is None else "me")
    seen = SimpleNamespace(dataset=dataset, groups=np.arange(len(items)))
    return dataset, amounts(dataset, seen)


@given(me=st.none() | st.integers(1, 25), people=st.lists(st.integers(1, 8), min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_numbers_must_be_fixed_just_where_bench_run_refuses_them(me: int | None, people: list[int]) -> None:
    if me is None and len(people) < 2:
        people = [*people, 1]
    dataset, findings = amounts_of(me, {f"p{number}": photos for number, photos in enumerate(people)})
    try:
        choose_targets(dataset, min_photos=Settings().min_photos)
        refused = False
    except FacebenchError:
        refused = True
    assert any(finding.severity == "must fix" for finding in findings) == refused


@pytest.mark.parametrize(
    ("me", "people", "expected"),
    [
        (4, 12, {"few_of_me": "must fix"}),
        (5, 12, {"few_of_me": "should look"}),
        (19, 12, {"few_of_me": "should look"}),
        (20, 10, {}),
        (20, 9, {"few_people": "should look"}),
        (20, 4, {"few_others": "must fix"}),
        (None, 11, {"few_of_me": "must fix"}),
    ],
)
def test_how_grave_small_numbers_are(me: int | None, people: int, expected: dict[str, str]) -> None:
    _, findings = amounts_of(me, {f"p{number}": 1 for number in range(people)})
    assert {finding.kind: finding.severity for finding in findings} == expected


def test_photos_that_cannot_be_read_do_not_count(check: Check, sides: tuple[Path, Path], tmp_path: Path) -> None:
    for number in range(4):
        save(FACES[number], tmp_path / "me" / f"{number}.png")
    (tmp_path / "me" / "z.jpg").write_bytes(b"")
    report = check(me_and_others(tmp_path / "me", sides[1]))
    assert severities(report)["few_of_me"] == "must fix"


@pytest.mark.parametrize(("photos", "kinds"), [(10, []), (9, ["few_people"])])
def test_strangers_who_are_not_known_are_a_person_each(photos: int, kinds: list[str]) -> None:
    items = [Item(Path(f"me/{n}"), f"me/{n}", "me") for n in range(20)]
    items += [Item(Path(f"others/{n}"), f"others/{n}", None) for n in range(photos)]
    dataset = Dataset("made up", "made-up", tuple(items), me="me")
    findings = amounts(dataset, SimpleNamespace(dataset=dataset, groups=np.arange(len(items))))
    assert [finding.kind for finding in findings] == kinds


def test_a_flat_folder_is_no_fault(check: Check, flat: Path) -> None:
    report = check(photos_folder(flat))
    assert severities(report) == {"people": "good to know"}
    assert not report.must_fix


def test_photos_outside_a_persons_folder_and_files_passed_over(check: Check, orl: list[Path], tmp_path: Path) -> None:
    for number in (0, 1, 2, 3, 4, 10):
        save(orl[number], tmp_path / f"p{number // 10}" / f"{number}.png")
    save(orl[30], tmp_path / "beside.png")
    (tmp_path / "p0" / "film.mov").write_bytes(b"film")
    (tmp_path / "p0" / "notes").write_text("text")
    report = check(photos_folder(tmp_path))
    assert details(report, "outside") == {"beside.png": ""}
    (passed,) = (finding.what for finding in report.findings if finding.kind == "passed_over")
    assert passed == "2 files passed over (1 .mov, 1 no ending)"


# The store, and the text


def test_the_second_look_decodes_nothing(
    sides: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = VectorStore(tmp_path / "vectors.sqlite")
    dataset = me_and_others(*sides)
    first = check_photos(dataset, store)
    monkeypatch.setattr(_photo, "decode_with_header", lambda _: pytest.fail("a photo was decoded again"))
    assert check_photos(dataset, store) == first
    store.close()


def shown(report: PhotoReport, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(photo_report_text(report, "table"))
    return console.file.getvalue()


def made_up(names: list[str], severity: str = "should look") -> PhotoReport:
    marks = [Mark(name, f"as {name}", f"/photos/{name}") for name in names]
    finding = Finding("same_file", severity, f"{len(names)} photos there already", "Delete them", marks)
    return PhotoReport("made up", len(names), len(names), 0, 0, [finding])


def test_people_see_five_photos_and_programs_all() -> None:
    report = made_up([f"{number}.jpg" for number in range(12)], "must fix")
    for text in (shown(report), photo_report_text(report, "md")):
        assert "4.jpg: as 4.jpg" in text
        assert "5.jpg" not in text
        assert "and 7 more (--format csv lists all)" in text
        assert "1 thing must be fixed before bench run." in text
    rows = list(csv.DictReader(io.StringIO(photo_report_text(report, "csv"))))
    assert [row["path"] for row in rows] == [f"/photos/{number}.jpg" for number in range(12)]
    content = json.loads(photo_report_text(report, "json"))
    assert content["must_fix"] is True
    assert [mark["name"] for mark in content["findings"][0]["marks"]] == [f"{number}.jpg" for number in range(12)]


def test_a_finding_without_photos_is_a_row_of_csv() -> None:
    _, findings = amounts_of(3, {"p": 1})
    report = PhotoReport("t", 4, 4, 1, 0, findings)
    rows = list(csv.DictReader(io.StringIO(photo_report_text(report, "csv"))))
    assert [(row["kind"], row["severity"], row["path"]) for row in rows] == [
        ("few_of_me", "must fix", ""),
        ("few_others", "must fix", ""),
    ]


def test_the_gravest_comes_first(check: Check, flat: Path) -> None:
    (flat / "a.mov").write_text("")
    (flat / "z.jpg").write_text("text")
    save(np.array(Image.open(FACES[5]).resize((50, 60))), flat / "small.png")
    order = [finding.severity for finding in check(photos_folder(flat)).findings]
    assert order == sorted(order, key=["must fix", "should look", "good to know"].index)
    assert len(set(order)) == 3


def test_evil_names_harm_neither_terminal_nor_table_nor_spreadsheet(check: Check, flat: Path) -> None:
    names = ["=1+1.jpg", "[red]x.jpg", "a|b<c.jpg", "evil\x1b[2J.jpg", "two\nlines.jpg"]
    for name in names:
        (flat / name).write_text("text")
    Path(os.fsdecode(os.fsencode(flat) + b"/z\xff.jpg")).write_text("text")
    report = check(photos_folder(flat))
    text = shown(report)
    assert "\x1b" not in text
    assert "[red]x.jpg" in text
    assert "evil\\x1b[2J.jpg" in text
    markdown = photo_report_text(report, "md")
    assert r"a\|b\<c.jpg" in markdown
    assert "\x1b" not in markdown
    rows = list(csv.DictReader(io.StringIO(photo_report_text(report, "csv"))))
    assert rows[0]["name"] == "'=1+1.jpg"
    assert "two\\nlines.jpg" in [row["name"] for row in rows]
    assert json.loads(photo_report_text(report, "json"))["findings"][0]["marks"][0]["name"] == "=1+1.jpg"
    for style in ("md", "csv", "json"):
        photo_report_text(report, style).encode()


@given(st.lists(st.text(max_size=20), min_size=1, max_size=7))
@settings(max_examples=80, deadline=None)
def test_any_name_can_be_shown(names: list[str]) -> None:
    report = made_up(names)
    assert not {"\x1b", "\x07", "\r"} & set(shown(report))
    assert len(photo_report_text(report, "csv").encode().decode().split("\n")) == len(names) + 1
    photo_report_text(report, "md").encode()
