"""`bench` where a shortcut is as good as the best pairing: the verdict obeys, in every format, and training stops."""

import json
import re
import shlex
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Card, Embedding, Extractor, Outcome
from PIL import Image

Bench = Callable[..., tuple[int, str, str]]


class Halves(Extractor):
    """How bright the left and the right half of a photo are."""

    card = Card(name="halves", dimension=2, view="whole photo")

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        return [Embedding(_halves(photo).astype(np.float32)) for photo in photos]


class Corner(Extractor):
    """An audit of a plug-in: one pixel."""

    card = Card(
        name="corner",
        dimension=1,
        view="audit: a corner",
        audit=True,
        advice="the corners tell you apart. Cut them off",
    )

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        return [Embedding(photo.pixels[0, 0, :1].astype(np.float32)) for photo in photos]


def _halves(photo: Photo) -> np.ndarray:
    return photo.pixels.reshape(32, 2, -1).mean(axis=(0, 2))


@pytest.fixture
def bench(command: Bench, register: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs `bench` in a folder of its own, with an extractor that needs no network."""
    register("extractors", "halves", lambda: Halves)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return command


def lay_out(count: int, me: int = 90, others: int = 90, *, alike: bool = False) -> None:
    """Save photos of me, brighter on the left, and of strangers, one each, brighter on the right, as JPEG.

    Args:
        count: of photos on each side.
        me, others: the quality of their JPEG files.
        alike: whether nothing but that tells the classes apart.
    """
    rng = np.random.default_rng(0)
    for folder, quality, left in (("me", me, 25), ("others", others, 0 if alike else -25)):
        for number in range(count):
            path = Path(folder, f"p{number}" if folder == "others" else "", f"{number}.jpg")
            path.parent.mkdir(parents=True, exist_ok=True)
            levels = np.full((6, 6, 3), 128 + left)
            levels[:, 3:] -= 2 * left
            noisy = levels + rng.integers(-90, 91, levels.shape)
            picture = Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).resize((32, 32), Image.Resampling.NEAREST)
            picture.save(path, quality=quality, subsampling=0)


def run(bench: Bench, *options: str) -> dict[str, Any]:
    """Return what `bench run` printed of its one table, as JSON."""
    arguments = ["--me", "me", "--others", "others", "--extractor", "halves", "--head", "logreg", *options]
    code, shown, _ = bench("run", *arguments, "--format", "json")
    assert code == 0
    [table] = json.loads(shown)
    return table


def kinds(table: dict[str, Any]) -> list[str]:
    return [note.rpartition("[")[2].rstrip("]") for note in table["notes"] if note.endswith("]")]


def check_report(bench: Bench, strangers: int, photos: int, *options: str) -> None:
    """Check the report's experiment, with so many strangers in the test, whose JPEG tables are not those of mine."""
    lay_out(photos, me=75)
    table = run(bench, "--preset", "report", "--augment", "0", *options)
    [row] = [row for row in table["rows"] if row["extractor"] == "halves"]
    assert row["balanced"] > 0.6
    assert f"test: {strangers} photos of the target, {strangers} of others" in table["caption"]
    assert ("unchecked" in kinds(table)) == (strangers < 14)
    assert ("shortcut" in kinds(table)) == (strangers >= 10)
    assert table["verdict"] == {3: "unchecked", 10: "suspicious"}.get(strangers, "shortcut")
    if strangers == 3:
        assert table["sentence"].endswith("; whether a shortcut explains it could not be checked.")
    elif strangers == 10:
        assert table["sentence"].endswith("; a shortcut may explain it, see the notes.")
    else:
        assert "Best" not in table["sentence"]
        assert table["sentence"].startswith("Not to be trusted: the files themselves (size, format, compression, ")


@pytest.mark.parametrize(("strangers", "photos"), [(3, 15), (10, 50), (60, 300)])
def test_the_report_s_experiment_on_files_that_differ(strangers: int, photos: int, bench: Bench) -> None:
    check_report(bench, strangers, photos)


@pytest.mark.slow
@pytest.mark.parametrize(("strangers", "photos"), [(3, 15), (10, 50), (300, 1500)])
def test_the_report_s_experiment_with_every_audit(strangers: int, photos: int, bench: Bench) -> None:
    check_report(bench, strangers, photos, "--audit")


def test_photos_from_two_folders_are_audited_unless_that_is_not_wanted(bench: Bench) -> None:
    lay_out(100, me=75)
    table = run(bench)
    assert [row["extractor"] for row in table["rows"] if row["audit"]] == ["metadata", "colour"]
    assert table["verdict"] == "shortcut"
    assert run(bench, "--no-audit")["sentence"].split(". ")[1].startswith("Best: halves x logreg")
    shutil.move("me", "others/me")
    code, shown, _ = bench("run", "--data", "others", "--target", "me", "--extractor", "halves", "--head", "logreg")
    assert code == 0
    assert "audit: " not in shown  # the people of one folder


def test_where_both_sides_are_saved_alike_the_best_row_is_trusted(bench: Bench) -> None:
    lay_out(100)
    table = run(bench)
    assert (table["verdict"], kinds(table)) == ("trusted", [])
    assert re.match(
        r"Recognises you on \d+ of \d+ different photos and lets in \d+ of \d+ strangers", table["sentence"]
    )
    assert ". Best: halves x logreg with a balanced accuracy of " in table["sentence"]


@pytest.mark.slow
def test_an_audit_of_a_plug_in_takes_part_in_its_own_words(bench: Bench, register: Callable[..., None]) -> None:
    register("extractors", "corner", lambda: Corner)
    lay_out(100)
    for path in Path("me").glob("*.jpg"):
        with Image.open(path) as picture:
            picture.paste((0, 0, 0), (0, 0, 8, 8))
            picture.save(path, quality=90, subsampling=0)
    table = run(bench, "--audit")
    assert "the corners tell you apart (AUC 1.000, at least 0.95" in table["sentence"]
    assert any(note.endswith("the corners tell you apart. Cut them off [shortcut]") for note in table["notes"])


def test_a_shortcut_is_in_every_format_and_stops_training_until_it_is_accepted(bench: Bench) -> None:
    lay_out(100, me=75)
    run(bench)
    result = json.loads(Path("runs/0001-me/result.json").read_text(encoding="utf-8"))
    assert result["verdict"] == "shortcut"
    assert {found["extractor"]: found["finding"] for found in result["shortcuts"]} == {
        "metadata": "decisive",
        "colour": "none",
    }
    says = "Not to be trusted: the files themselves (size, format, compression, camera) tell you apart (AUC 1.000"
    for style in ("table", "md", "json"):
        code, shown, hint = bench("compare", "--format", style)
        assert (code, says in shown, "Best:" in shown) == (0, True, False)
        assert "Recognises" not in shown
        assert "bench train" not in hint
    assert bench("report", "-o", "report.html")[0] == 0
    page = Path("report.html").read_text(encoding="utf-8")
    assert 'class="verdict">Not to be trusted: ' in page
    assert '<dl class="key">' not in page
    for options in ([], ["--as-tested"]):
        code, _, message = bench("train", "--from", "last", *options, "-o", "me.facebench")
        assert code == 2
        assert "is not to be trusted: the files themselves" in message
        assert not Path("me.facebench").exists()
    assert bench("train", "--me", "me", "--others", "others", "--accept-shortcut", "-o", "me.facebench")[0] == 2
    Path("runs/0001-me/predictions.csv").unlink()  # whoever shares a run may withhold its rows
    assert says in bench("compare")[1]


def test_rows_that_do_not_beat_chance_are_said_to(bench: Bench) -> None:
    lay_out(60, alike=True)
    for path in Path("me").glob("*.jpg"):  # as bright on both sides as the strangers
        rng = np.random.default_rng(int(path.stem) + 1000)
        blocks = rng.integers(38, 219, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(blocks).resize((32, 32), Image.Resampling.NEAREST).save(path, quality=90, subsampling=0)
    table = run(bench)
    assert table["verdict"] == "chance"
    assert table["sentence"].startswith("No pairing is shown to be better than chance: the best, halves x logreg, has")


def test_what_to_type_next_works_and_is_not_said_where_it_would_not(bench: Bench) -> None:
    lay_out(100)
    trusted = ["--me", "me", "--others", "others", "--extractor", "halves", "--head", "logreg", "--head", "svm"]
    code, shown, hint = bench("run", *trusted)
    assert (code, "Recognises you on " in shown) == (0, True)
    [commands] = re.findall(r"Next: (.+)", hint)
    reported, trained = re.findall(r"bench ([^;]+?) (?:shows|saves)", commands)
    assert trained.startswith("train --from last ")
    for command in (reported, trained):
        assert bench(*shlex.split(command))[0] == 0
    assert "Recognises you on " in Path("report.html").read_text(encoding="utf-8")
    _, _, hint = bench("compare", "1")
    assert f"Next: bench report 1 shows it; bench {trained}" in hint
    Path("runs/0001-me/predictions.csv").unlink()
    _, shown, hint = bench("compare")
    assert "Recognises" not in shown
    assert [line for line in hint.splitlines() if line.startswith("Next: ")] == ["Next: bench report shows it"]
