"""LFW's protocol: thresholds against brute force, figures against scikit-learn, and the command as a person uses it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.spatial.distance
from facebench.benchmarks.verification import VerifyReport, verify_pairs, verify_text
from facebench.benchmarks.verification._protocol import best_threshold
from facebench.cli import app
from facebench.data import Pair, Photo, orl_faces, read_pairs
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.metrics import accuracy_score, roc_auc_score
from typer.testing import CliRunner

FOLDS, PAIRS = 4, 6
PEOPLE = 8


@pytest.fixture(scope="module")
def lfw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """ORL faces of 8 people laid out as LFW, and a list of 4 folds with 6 pairs of each kind."""
    root = tmp_path_factory.mktemp("data")
    for item in orl_faces().items:
        if int(item.path.parent.name[1:]) <= PEOPLE:
            name = f"Zoë_{item.person}"
            photo = root / "lfw" / name / f"{name}_{int(item.path.stem):04}.jpg"
            photo.parent.mkdir(parents=True, exist_ok=True)
            Image.open(item.path).save(photo, quality=95)
    rng = np.random.default_rng(0)
    lines = [f"{FOLDS}\t{PAIRS}"]
    for _ in range(FOLDS):
        for _ in range(PAIRS):
            first, second = rng.choice(10, 2, replace=False) + 1
            lines.append(f"Zoë_s{rng.integers(PEOPLE) + 1}\t{first}\t{second}")
        for _ in range(PAIRS):
            one, other = rng.choice(PEOPLE, 2, replace=False) + 1
            lines.append(f"Zoë_s{one}\t{rng.integers(10) + 1}\tZoë_s{other}\t{rng.integers(10) + 1}")
    (root / "pairs.txt").write_text("\n".join(lines) + "\n")
    return root


@pytest.fixture(scope="module")
def pairs(lfw: Path) -> list[Pair]:
    return read_pairs(lfw / "pairs.txt", lfw)


# The threshold

DISTANCES = st.one_of(st.integers(0, 6).map(float), st.floats(0, 2), st.just(np.inf))


def rights(distances: Any, same: Any, threshold: float) -> int:
    return int(((distances <= threshold) == same).sum())


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(DISTANCES, st.booleans()), min_size=1, max_size=40))
def test_no_threshold_is_better_than_the_chosen_one(drawn: list[tuple[float, bool]]) -> None:
    distances, same = np.array([d for d, _ in drawn]), np.array([s for _, s in drawn])
    chosen = best_threshold(distances, same)
    assert np.isfinite(chosen)
    every = [-1.0, *distances[np.isfinite(distances)]]
    assert rights(distances, same, chosen) == max(rights(distances, same, threshold) for threshold in every)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(DISTANCES, st.booleans()), min_size=1, max_size=40), st.randoms())
def test_the_order_of_pairs_and_pairs_without_a_face_do_not_move_it(drawn: Any, random: Any) -> None:
    def chosen(rows: list[tuple[float, bool]]) -> float:
        return best_threshold(np.array([d for d, _ in rows]), np.array([s for _, s in rows]))

    before = chosen(drawn)
    mixed = [*drawn, (np.inf, True), (np.inf, True), (np.inf, False)]
    random.shuffle(mixed)
    assert chosen(mixed) == before


@pytest.mark.parametrize(
    ("genuine", "impostors", "threshold"),
    [
        ([0.25, 0.5], [0.75, 1.0], 0.625),
        ([0.25], [0.5, 0.5, 1.0], 0.375),
        ([0.0, 3.0], [1.0, 5.0], 4.0),
        ([0.0, 1.0, 5.0], [2.0, 2.5, 6.0], 1.5),
        ([1.0], [np.nextafter(1.0, 2)], 1.0),
        ([1.0, np.inf], [np.inf], 1.0),
        ([2.0], [1.0, 1.5], np.nextafter(1.0, 0)),
        ([np.inf], [np.inf], 0.0),
    ],
    ids=["gap", "first gap", "widest of equals", "better of two", "neighbours", "no face", "never", "nothing"],
)
def test_thresholds_by_hand(genuine: list[float], impostors: list[float], threshold: float) -> None:
    same = np.arange(len(genuine) + len(impostors)) < len(genuine)
    assert best_threshold(np.array(genuine + impostors), same) == threshold


# The protocol


@pytest.mark.parametrize("distance", ["euclidean", "cosine"])
def test_figures_equal_those_of_brute_force_and_scikit_learn(
    pairs: list[Pair], extractor: Callable[..., Any], distance: Any
) -> None:
    made = extractor()
    (found,) = verify_pairs(pairs, ["blocks"], distance=distance).extractors

    def apart(pair: Pair) -> float:
        one, other = (made._outcome(Photo(path)).vector.astype(float) for path in (pair.first, pair.second))
        return getattr(scipy.spatial.distance, distance)(one, other)

    distances = np.array([apart(pair) for pair in pairs])
    same, folds = np.array([pair.same for pair in pairs]), np.array([pair.fold for pair in pairs])
    accuracies = []
    for fold, tested in enumerate(found.folds):
        training = folds != fold
        best = max(rights(distances[training], same[training], t) for t in distances[training])
        assert rights(distances[training], same[training], tested.threshold) == best
        decided = distances[~training] <= tested.threshold
        assert tested.accuracy == accuracy_score(same[~training], decided)
        accuracies.append(tested.accuracy)
    assert len(found.folds) == FOLDS
    assert found.accuracy == pytest.approx(sum(accuracies) / FOLDS)
    deviation = (sum((a - found.accuracy) ** 2 for a in accuracies) / (FOLDS - 1)) ** 0.5
    assert found.standard_error == pytest.approx(deviation / FOLDS**0.5)
    assert found.auc == pytest.approx(roc_auc_score(same, -distances))
    wrong = found.false_accepts + found.false_rejects
    assert found.accuracy == pytest.approx(1 - wrong / len(pairs))


def test_each_photo_is_embedded_once_and_not_at_all_the_second_time(
    pairs: list[Pair], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    made = extractor()
    store = VectorStore(tmp_path / "vectors.sqlite")
    first = verify_pairs(pairs, ["blocks"], store=store)
    photos = {path for pair in pairs for path in (pair.first, pair.second)}
    assert made.given == dict.fromkeys(photos, 1)
    assert verify_pairs(pairs, ["blocks"], store=store) == first
    assert made.given == dict.fromkeys(photos, 1)
    assert first.photos == len(photos)
    assert (first.genuine, first.impostors) == (FOLDS * PAIRS, FOLDS * PAIRS)


def test_pairs_without_a_face_are_counted_and_different_never_dropped(
    pairs: list[Pair], extractor: Callable[..., Any]
) -> None:
    missing = pairs[0].first
    extractor(without_face=[missing])
    report = verify_pairs(pairs, ["blocks"])
    (found,) = report.extractors
    hit = [pair.same for pair in pairs if missing in (pair.first, pair.second)]
    assert (found.no_face_genuine, found.no_face_impostors) == (sum(hit), len(hit) - sum(hit))
    assert found.false_rejects >= sum(hit) >= 1
    assert found.failures == {"no_face": 1}
    assert 'no vector for 1 photo (1 no_face): pairs with one of them are decided "different".' in verify_text(report)


def test_a_photo_that_cannot_be_read_counts_alike(
    pairs: list[Pair], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    extractor()
    broken = replace(pairs[0], first=tmp_path / "gone.jpg")
    (found,) = verify_pairs([broken, *pairs[1:]], ["blocks"]).extractors
    assert found.failures == {"unreadable": 1}
    assert (found.no_face_genuine, found.no_face_impostors) == (1, 0)


def test_a_single_fold_has_no_threshold(pairs: list[Pair]) -> None:
    with pytest.raises(FacebenchError, match="a single fold"):
        verify_pairs([pair for pair in pairs if pair.fold == 0], ["blocks"])


def test_an_unknown_extractor_is_refused_before_any_photo_is_read(
    pairs: list[Pair], extractor: Callable[..., Any]
) -> None:
    made = extractor()
    with pytest.raises(FacebenchError, match="Did you mean 'mobilenet'"):
        verify_pairs(pairs, ["blocks", "mobilnet"])
    assert not made.given


def test_no_vector_at_all_is_refused(pairs: list[Pair], extractor: Callable[..., Any]) -> None:
    extractor(without_face=[path for pair in pairs for path in (pair.first, pair.second)])
    with pytest.raises(FacebenchError, match=r"no vector for any of the \d+ photos \(\d+ no_face\)"):
        verify_pairs(pairs, ["blocks"])


# The command


def bench(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from facebench.cli import main; main()", "verify", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_command_prints_a_table_and_json(
    lfw: Path, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lfw)
    options = ("verify", "--pairs", "pairs.txt", "--data", "lfw", "--extractor", "face_recognition")
    code, shown, message = command(*options)
    assert code == 0, message
    assert shown.startswith("24 genuine and 24 impostor pairs of ")
    assert "euclidean distance; accuracy: mean of 4 folds" in shown
    assert "| face_recognition | " in shown
    report = json.loads(command(*options, "--format", "json", "--distance", "cosine")[1])
    (found,) = report["extractors"]
    assert report["distance"] == "cosine"
    assert len(found["folds"]) == FOLDS
    assert found["accuracy"] > 0.85


MISTAKES = {
    "no such folder": ({"--data": "nowhere"}, "--data nowhere does not exist"),
    "a file for a folder": ({"--data": "pairs.txt"}, "--data pairs.txt is a file"),
    "another folder": ({"--data": "other"}, "pairs.txt, line 2: there is no photo other/"),
    "no such list": ({"--pairs": "nothing.txt"}, "nothing.txt cannot be read (No such file or directory): it says"),
    "a damaged list": ({"--pairs": "cut.txt"}, "cut.txt announces 4 x 6 pairs of one person"),
    "a single fold": ({"--pairs": "single.txt"}, "a single fold"),
    "unknown extractor": ({"--extractor": "mobilnet"}, "Did you mean 'mobilenet'?"),
}


@pytest.mark.parametrize(("options", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_message(
    lfw: Path, tmp_path: Path, options: dict[str, str], says: str, refused: Callable[..., str]
) -> None:
    text = (lfw / "pairs.txt").read_text()
    (tmp_path / "pairs.txt").write_text(text)
    (tmp_path / "cut.txt").write_text(text[: len(text) // 2])
    single = [f"{PAIRS}", *text.splitlines()[1 : 1 + 2 * PAIRS]]
    (tmp_path / "single.txt").write_text("\n".join(single))
    (tmp_path / "other").mkdir()
    (tmp_path / "lfw").symlink_to(lfw / "lfw")
    given = {"--pairs": "pairs.txt", "--data": "lfw", **options}
    assert says in refused("verify", *(word for option in given.items() for word in option), cwd=tmp_path)


def test_control_characters_of_a_name_do_not_reach_the_terminal(lfw: Path, tmp_path: Path) -> None:
    (tmp_path / "evil.txt").write_text("1\t1\nevil\x1b[2J\t1\t2\na\t1\tb\t1\n")
    done = bench("--pairs", "evil.txt", "--data", os.fspath(lfw), cwd=tmp_path)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "evil\\x1b[2J" in done.stderr


def test_help_shows_an_example() -> None:
    shown = CliRunner().invoke(app, ["verify", "--help"])
    assert shown.exit_code == 0
    assert "bench verify --pairs pairs.txt --data lfw" in shown.output


def test_the_report_is_the_same_in_both_formats(pairs: list[Pair], extractor: Callable[..., Any]) -> None:
    extractor()
    report: VerifyReport = verify_pairs(pairs, ["blocks"])
    (found,) = json.loads(verify_text(report, "json"))["extractors"]
    assert f"| blocks | {100 * found['accuracy']:.2f} ±{100 * found['standard_error']:.2f} |" in verify_text(report)
