"""The experiment on real faces: every extractor with every head, each photo embedded once, nothing finished lost."""

import hashlib
import os
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.comparison import compare_runs, render
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import Prediction, RunFolder, RunResult, find_runs, read_predictions, read_run
from facebench.benchmarks.results._schema import Evidence
from facebench.benchmarks.statistics import measure
from facebench.data import Dataset, people_folder, split
from facebench.errors import FacebenchError
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info, threadpool_limits

Outcome = tuple[RunResult, list[Prediction]]


@pytest.fixture(scope="module")
def real(people: Callable[..., Dataset]) -> Outcome:
    """Both extractors with two heads on two people among eleven."""
    settings = {"extractors": ["mobilenet", "face_recognition"], "heads": ["mlp", "logreg"], "max_targets": 2}
    return _run(people(11, photos=5), **settings)


def test_every_extractor_meets_every_head_after_the_majority_row(real: Outcome) -> None:
    result, _ = real
    assert [(pairing.extractor, pairing.head) for pairing in result.pairings] == [
        ("", "majority"),
        ("mobilenet", "mlp"),
        ("mobilenet", "logreg"),
        ("face_recognition", "mlp"),
        ("face_recognition", "logreg"),
    ]
    assert result.status == "complete"
    assert len(result.targets) == 2
    for pairing in result.pairings:
        assert [target.target for target in pairing.targets] == result.targets
        assert not pairing.skipped


def test_real_faces_are_recognised(real: Outcome) -> None:
    result, _ = real
    auc = {
        (pairing.extractor, pairing.head): np.mean([target.metrics.auc for target in pairing.targets])
        for pairing in result.pairings
    }
    assert auc["face_recognition", "logreg"] == auc["face_recognition", "mlp"] == 1
    assert min(auc["mobilenet", "logreg"], auc["mobilenet", "mlp"]) > 0.9


def test_the_losses_of_the_mlp_are_kept(real: Outcome) -> None:
    for pairing in real[0].pairings:
        for target in pairing.targets:
            lengths = {key: len(losses) for key, losses in target.history.items()}
            assert lengths == ({"loss": 15, "val_loss": 15} if pairing.head == "mlp" else {})


def test_what_was_asked_and_what_it_ran_on_is_in_the_result(real: Outcome, people: Callable[..., Dataset]) -> None:
    result, _ = real
    dataset = people(11, photos=5)
    assert result.settings == Settings(
        extractors=["mobilenet", "face_recognition"], heads=["mlp", "logreg"], max_targets=2
    )
    assert result.command == "bench run"
    assert (result.dataset.photos, result.dataset.people) == (55, 11)
    assert result.dataset.fingerprint == dataset.fingerprint
    assert {"python", "facebench", "numpy", "tensorflow", "dlib-bin"} <= set(result.versions)
    assert result.machine["cores"] >= 1
    mobilenet, face_recognition = result.extractors
    assert (mobilenet.card["dimension"], face_recognition.card["dimension"]) == (1280, 128)
    assert mobilenet.photos == face_recognition.photos == 55
    assert mobilenet.failures == {}
    assert 0 < mobilenet.extract_seconds + face_recognition.extract_seconds < result.seconds


def test_each_row_names_its_photo_by_path_and_hash(real: Outcome, people: Callable[..., Dataset]) -> None:
    _, rows = real
    paths = {item.name: item.path for item in people(11, photos=5).items}
    for row in rows:
        assert row.sha256 == hashlib.sha256(paths[row.path].read_bytes()).hexdigest()
        assert row.path.split("/")[0] == row.person


def test_faces_have_a_box_and_whole_photos_have_none(real: Outcome) -> None:
    for row in real[1]:
        if row.extractor == "mobilenet" or row.outcome == "no_face":
            assert row.box == ""
        else:
            left, top, right, bottom = map(int, row.box.split())
            assert left < right
            assert top < bottom


def test_all_figures_can_be_computed_anew_from_the_rows(real: Outcome) -> None:
    result, rows = real
    tested = [(pairing, target) for pairing in result.pairings[1:] for target in pairing.targets]
    assert tested
    for pairing, target in tested:
        pair = (pairing.extractor, pairing.head, target.target)
        mine = [row for row in rows if (row.extractor, row.head, row.target) == pair]
        truth = np.array([row.truth == "me" for row in mine])
        scores = np.array([np.nan if row.score is None else row.score for row in mine])
        decisions = np.array([row.decision == "me" for row in mine])
        assert measure(truth, scores, decisions) == target.metrics
        np.testing.assert_array_equal(scores >= target.threshold, decisions)


def test_majority_is_exactly_half_right_for_every_person(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    extractor()
    result, rows = _run(people(12), heads=["svm"])
    majority = result.pairings[0]
    assert (majority.extractor, majority.head, len(majority.targets)) == ("", "majority", 12)
    assert {target.metrics.balanced_accuracy for target in majority.targets} == {0.5}
    assert "majority" not in {row.head for row in rows}


def test_each_photo_is_embedded_once_however_many_heads_and_people(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    counting = [extractor("first"), extractor("second")]
    dataset = people(5, photos=5)
    result, _ = _run(dataset, extractors=["first", "second"], heads=["svm", "svm(C=3)", "svm(kernel='linear')"])
    assert len(result.pairings) == 7
    assert [len(pairing.targets) for pairing in result.pairings] == [5] * 7
    for made in counting:
        assert made.given == dict.fromkeys([item.path for item in dataset.items], 1)


def test_every_pairing_is_tested_on_the_same_photos(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    dataset = people(12, photos=5)
    extractor("all")
    extractor("some", without_face=[item.path for item in dataset.items[::7]])
    _, rows = _run(dataset, extractors=["all", "some"], heads=["logreg", "svm"], max_targets=3)
    tests: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for row in rows:
        tests.setdefault((row.extractor, row.head), []).append((row.target, row.path, row.truth))
    first, *others = tests.values()
    assert len(tests) == 4
    assert all(other == first for other in others)


def test_photos_without_a_face_are_left_out_of_training_and_not_me_in_the_test(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    dataset = people(12)
    faceless = {item.name: item.path for item in dataset.items if item.name.endswith(("/1.pgm", "/2.pgm"))}
    extractor("blocks", without_face=list(faceless.values()))
    result, rows = _run(dataset, heads=["svm"])
    assert result.extractors[0].failures == {"no_face": 24}
    for row in rows:
        assert (row.score is None) == (row.outcome == "no_face") == (row.path in faceless)
        assert row.decision == "other" or row.path not in faceless
    for target in result.pairings[1].targets:
        lost_in_test = sum(row.target == target.target and row.path in faceless for row in rows)
        assert target.metrics.no_face_me + target.metrics.no_face_others == lost_in_test
        assert target.train_me in (4, 5, 6)
    # By person: whoever is in training is there with all photos but two.
    assert {target.train_others for target in result.pairings[1].targets} == {7 * 8}


def test_a_person_with_too_few_faces_is_never_recognised_and_counted(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    dataset = people(12, photos=5)
    extractor("blocks", without_face=[item.path for item in dataset.items if item.person == "s3"])
    result, rows = _run(dataset, heads=["svm", "svm(C=3)"])
    for pairing in result.pairings[1:]:
        assert not pairing.skipped
        assert [target.target for target in pairing.targets] == result.targets
        [lost] = [target for target in pairing.targets if target.target == "s3"]
        assert (lost.train_me, lost.train_others, lost.threshold_rule) == (0, 0, "untrained")
        assert (lost.metrics.balanced_accuracy, lost.metrics.auc, lost.metrics.eer) == (0.5, 0.5, 0.5)
        # Others in this test have faces, and they are not counted as if they had none.
        assert (lost.metrics.no_face_me, lost.metrics.no_face_others) == (lost.metrics.photos_of_me, 0)
        others = [target.metrics.balanced_accuracy for target in pairing.targets if target is not lost]
        mean = pairing.estimates["balanced_accuracy"]
        assert (mean.value, mean.units) == (pytest.approx((0.5 + sum(others)) / 12), 12)
    of_lost = [row for row in rows if row.target == "s3"]
    assert {(row.score, row.decision) for row in of_lost} == {(None, "other")}
    assert all((row.outcome == "no_face") == (row.person == "s3") for row in of_lost)
    [group] = compare_runs([("0001-few", result)])
    assert (
        "blocks has fewer than 2 training photos with a vector of s3: never recognised, and counted so" in group.notes
    )


@pytest.mark.parametrize("style", ["table", "md", "csv", "json"])
def test_an_extractor_that_finds_no_face_anywhere_is_a_row_that_never_recognises(
    style: str, people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    dataset = people(12, photos=5)
    extractor("blind", without_face=[item.path for item in dataset.items])
    extractor("blocks")
    result, rows = _run(dataset, extractors=["blind", "blocks"], heads=["svm"])
    _, blind, seeing = result.pairings
    assert {target.metrics.balanced_accuracy for target in blind.targets} == {0.5}
    assert (len(blind.targets), len(seeing.targets)) == (12, 12)
    assert {(row.score, row.decision) for row in rows if row.extractor == "blind"} == {(None, "other")}
    [group] = compare_runs([("0001-few", result)])
    assert group.rows[0].pairing is seeing
    assert group.sentence.startswith("Best: blocks x svm")
    assert any(note.startswith("blind has fewer than 2 training photos") for note in group.notes)
    assert any(note.endswith("of s1 and 11 more: never recognised, and counted so") for note in group.notes)
    assert render([group], [], style)


def test_nothing_but_a_person_who_is_never_recognised_is_still_a_table(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    dataset = people(12, photos=5)
    extractor("blind", without_face=[item.path for item in dataset.items])
    result, rows = _run(dataset, extractors=["blind"], heads=["svm"], target="s3")
    assert {row.score for row in rows} == {None}
    [group] = compare_runs([("0001-few", result)])
    assert group.sentence == "Best: blind x svm with a balanced accuracy of 50.0 %."
    assert "| blind | svm | 50.0 |" in render([group], ["balanced"], "md")
    assert "untrained" not in group.caption


def test_undecodable_photos_are_left_out_for_every_extractor_and_told(
    people: Callable[..., Dataset], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    copies = _copy(people(12, photos=5), tmp_path)
    damaged = tmp_path / "s3" / "2.pgm"
    damaged.write_bytes(damaged.read_bytes()[:500])
    extractor("first")
    extractor("second")
    result, rows = _run(copies, extractors=["first", "second"], heads=["svm"])
    [unreadable] = result.unreadable
    assert (unreadable.path, unreadable.reason) == ("s3/2.pgm", "truncated")
    assert any(warning.startswith("1 photo left out") and "s3/2.pgm" in warning for warning in result.warnings)
    assert "s3/2.pgm" not in {row.path for row in rows}
    assert {row.outcome for row in rows} == {"embedded"}
    for pairing in result.pairings[1:]:
        for target in pairing.targets:
            assert (target.metrics.no_face_me, target.metrics.no_face_others) == (0, 0)


def test_no_readable_photo_at_all_is_refused_by_name(
    people: Callable[..., Dataset], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    copies = _copy(people(2, photos=5), tmp_path)
    for number, item in enumerate(copies.items):
        item.path.write_text(f"not a photo {number}")
    extractor()
    with pytest.raises(FacebenchError, match=r"None of the 10 photos .* can be read.*s1/1\.pgm: not a JPEG"):
        _run(copies, heads=["svm"])


@pytest.mark.parametrize("heads", [["mlp"], ["logreg", "svm"]], ids=" ".join)
def test_the_same_seed_repeats_every_figure_and_every_row(
    heads: list[str], people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    extractor()
    (first, rows), (second, again) = (_run(people(11, photos=5), heads=heads, seed=3, max_targets=3) for _ in "12")
    assert again == rows
    assert _figures(second) == _figures(first)
    assert (second.split_hash, second.test_hash) == (first.split_hash, first.test_hash)


@pytest.mark.parametrize("head", ["logreg", "svm"])
def test_heads_in_threads_give_the_figures_of_one_at_a_time(
    head: str, people: Callable[..., Dataset], extractor: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    extractor()
    results = []
    for cores in (1, 4):
        monkeypatch.setattr(os, "cpu_count", lambda cores=cores: cores)
        results.append(_run(people(12, photos=5), heads=[head]))
    (alone, rows), (together, same_rows) = results
    assert same_rows == rows
    assert _figures(together) == _figures(alone)


class Watched(LogisticRegression):
    """Notes in which thread each fit ran, on how many threads of BLAS; the first fits take the longest."""

    threads: ClassVar[list[str]]
    blas: ClassVar[list[int]]
    active: ClassVar[list[int]]

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Watched":
        self.active.append(1)
        self.blas.extend(_blas_threads())
        time.sleep(0.05 / (1 + len(self.threads)))
        self.threads.append(f"{threading.current_thread().name} {len(self.active)}")
        self.active.pop()
        return super().fit(X, y)


class WatchedAlone(Watched):
    """The same for a head that takes all cores by itself, as the MLP does."""

    uses_all_cores = True


@pytest.fixture
def four_cores(monkeypatch: pytest.MonkeyPatch, register: Callable[..., Any]) -> None:
    """Register the watched heads on a machine of four cores."""
    for name in ("threads", "blas", "active"):
        monkeypatch.setattr(Watched, name, [], raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    register("heads", "watched", lambda: Watched)
    register("heads", "alone", lambda: WatchedAlone)


@pytest.mark.usefixtures("four_cores")
def test_targets_are_fitted_at_once_and_stay_in_order(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    extractor()
    result, rows = _run(people(12, photos=5), heads=["watched"])
    assert any(watched.endswith(" 4") for watched in Watched.threads)
    assert "MainThread" not in {watched.split()[0] for watched in Watched.threads}
    assert [target.target for target in result.pairings[1].targets] == result.targets
    assert list(dict.fromkeys(row.target for row in rows)) == result.targets


class Careless(LogisticRegression):
    """Leaves the process without warning filters, as scikit-learn's forests do once in a while in threads."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Careless":
        warnings.resetwarnings()
        return super().fit(X, y)


def test_warning_filters_are_those_of_before(
    people: Callable[..., Dataset], extractor: Callable[..., Any], register: Callable[..., Any]
) -> None:
    extractor()
    register("heads", "careless", lambda: Careless)
    before = list(warnings.filters)
    _run(people(12, photos=5), heads=["careless"])
    assert list(warnings.filters) == before != []


@pytest.mark.usefixtures("four_cores")
def test_a_head_that_takes_all_cores_is_fitted_once_at_a_time_in_the_main_thread(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    extractor()
    _run(people(12, photos=5), heads=["alone"])
    assert Watched.threads == ["MainThread 1"] * 12


@pytest.mark.usefixtures("four_cores")
def test_blas_has_one_thread_during_fits_in_threads_and_all_before_and_after(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    extractor()
    with threadpool_limits(2):
        before = _blas_threads()
        assert max(before) == 2
        _run(people(11, photos=5), heads=["watched"], max_targets=2)
        assert set(Watched.blas) == {1}
        assert _blas_threads() == before
        Watched.blas.clear()
        _run(people(11, photos=5), heads=["alone"], max_targets=2)
        assert max(Watched.blas) == 2


@pytest.mark.usefixtures("four_cores")
def test_an_error_in_a_thread_ends_the_run_with_its_message(
    people: Callable[..., Dataset], extractor: Callable[..., Any], register: Callable[..., Any]
) -> None:
    class Refusing(Watched):
        def fit(self, X: np.ndarray, y: np.ndarray) -> "Refusing":
            super().fit(X, y)
            if len(self.threads) >= 3:
                raise ValueError("one of these will not do")
            return self

    extractor()
    register("heads", "refusing", lambda: Refusing)
    with threadpool_limits(2):
        with pytest.raises(FacebenchError, match=r"The head refusing cannot be fitted: one of these will not do"):
            _run(people(12, photos=5), heads=["refusing"])
        assert max(_blas_threads()) == 2


def test_another_seed_splits_otherwise(people: Callable[..., Dataset], extractor: Callable[..., Any]) -> None:
    extractor()
    (first, _), (second, rows) = (_run(people(12, photos=5), heads=["svm"], seed=seed) for seed in (0, 1))
    assert second.split_hash != first.split_hash
    assert second.test_hash != first.test_hash
    assert {row.split_seed for row in rows} == {1}


def test_one_person_is_tested_in_the_splits_of_five_seeds(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    made, dataset = extractor(), people(12)
    result, rows = _run(dataset, heads=["svm"], target="s3", seed=2)
    assert result.evidence == {"s3": Evidence(photos=10, groups=10)}
    for pairing in result.pairings:
        assert [repeat.split_seed for repeat in pairing.targets] == [2, 3, 4, 5, 6]
        assert {repeat.target for repeat in pairing.targets} == {"s3"}
    for seed in range(2, 7):
        tested = [row.path for row in rows if row.split_seed == seed]
        assert tested == [dataset.items[index].name for index in split(dataset, "s3", seed).test]
    assert set(made.given.values()) == {1}


@pytest.mark.parametrize(("repeats", "seeds"), [(None, [0, 0]), (3, [0, 1, 2, 0, 1, 2])])
def test_several_people_are_tested_once_each_unless_asked(
    repeats: int | None, seeds: list[int], people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    extractor()
    result, rows = _run(people(12, photos=5), heads=["svm"], max_targets=2, repeats=repeats)
    [pairing] = result.pairings[1:]
    assert [repeat.split_seed for repeat in pairing.targets] == seeds
    assert list(dict.fromkeys(repeat.target for repeat in pairing.targets)) == result.targets
    assert sorted({row.split_seed for row in rows}) == sorted(set(seeds))


@pytest.mark.parametrize("asked", [{"target": "s3"}, {"max_targets": 3, "repeats": 2}], ids=["one person", "three"])
def test_estimates_are_means_over_repeats_and_then_over_people(
    asked: dict[str, Any], people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    dataset = people(12)
    extractor(without_face=[item.path for item in dataset.items if item.name.endswith(("/1.pgm", "/3.pgm"))])
    result, rows = _run(dataset, heads=["svm"], **asked)
    [pairing] = result.pairings[1:]
    for figure in ("balanced_accuracy", "accuracy", "auc", "eer"):
        of_people = [
            [getattr(repeat.metrics, figure) for repeat in pairing.targets if repeat.target == target]
            for target in result.targets
        ]
        assert len({len(repeats) for repeats in of_people}) == 1
        estimate = pairing.estimates[figure]
        assert estimate.value == pytest.approx(np.mean([np.mean(repeats) for repeats in of_people]))
        assert estimate.interval is None  # too few photos, or people
    # A photo that is tested again is no new evidence.
    photos = len({row.path for row in rows if row.truth == "me"})
    assert pairing.estimates["balanced_accuracy"].units == (photos if "target" in asked else 3)
    strangers = len({row.person for row in rows if row.truth == "other"})
    assert strangers > 3
    assert pairing.estimates["false_reject_rate"].units == (photos if "target" in asked else 3)
    assert pairing.estimates["false_accept_rate"].units == (strangers if "target" in asked else 3)


def test_heads_are_given_the_seed(
    people: Callable[..., Dataset], extractor: Callable[..., Any], register: Callable[..., Any]
) -> None:
    fitted_with = []

    class Seeded(LogisticRegression):
        def __init__(self, seed: int = 0) -> None:
            super().__init__()
            self.seed = seed

        def fit(self, X: np.ndarray, y: np.ndarray) -> "Seeded":
            fitted_with.append(self.seed)
            return super().fit(X, y)

    extractor()
    register("heads", "seeded", lambda: Seeded)
    _run(people(11, photos=5), heads=["seeded"], seed=5, max_targets=2)
    assert fitted_with == [5, 5]


def test_extractors_and_heads_do_not_change_the_hash_of_the_test(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    dataset = people(12, photos=5)
    extractor("blocks")
    extractor("some", without_face=[item.path for item in dataset.items[::3]])
    (first, _), (second, _) = (
        _run(dataset, extractors=[name], heads=[head], max_targets=3)
        for name, head in [("blocks", "svm"), ("some", "logreg")]
    )
    assert second.test_hash == first.test_hash


def test_finished_pairings_survive_an_interruption(
    people: Callable[..., Dataset], extractor: Callable[..., Any], register: Callable[..., Any], tmp_path: Path
) -> None:
    class Interrupted(LogisticRegression):
        def fit(self, X: np.ndarray, y: np.ndarray) -> "Interrupted":
            raise KeyboardInterrupt

    extractor()
    register("heads", "interrupted", lambda: Interrupted)
    settings = Settings(extractors=["blocks"], heads=["logreg", "interrupted", "svm"], max_targets=3)
    with pytest.raises(KeyboardInterrupt):
        run_benchmark(people(12, photos=5), settings, RunFolder(tmp_path, "few").save)
    [folder] = find_runs(tmp_path)
    result, rows = read_run(folder), read_predictions(folder)
    assert result.status == "partial"
    assert [pairing.head for pairing in result.pairings] == ["majority", "logreg"]
    assert {row.head for row in rows} == {"logreg"}
    assert len(rows) == sum(
        target.metrics.photos_of_me + target.metrics.photos_of_others for target in result.pairings[1].targets
    )
    [group] = compare_runs([(folder.name, result)])
    assert "Run 0001-few ended early" in group.notes


def test_an_interruption_before_the_first_pairing_leaves_no_run(
    people: Callable[..., Dataset], blocks: type, register: Callable[..., Any], tmp_path: Path
) -> None:
    class Interrupted(blocks):
        def embed(self, photos: object) -> list[Any]:
            raise KeyboardInterrupt

    register("extractors", "interrupted", lambda: Interrupted)
    folder = RunFolder(tmp_path, "few")
    with pytest.raises(KeyboardInterrupt):
        run_benchmark(people(12, photos=5), Settings(extractors=["interrupted"], heads=["svm"]), folder.save)
    assert list(tmp_path.iterdir()) == []
    assert folder.name == ""


def test_the_last_save_holds_what_is_returned(people: Callable[..., Dataset], extractor: Callable[..., Any]) -> None:
    extractor()
    saved = []
    settings = Settings(extractors=["blocks"], heads=["svm", "svm(C=3)"], max_targets=3)
    result = run_benchmark(
        people(11, photos=5), settings, lambda result, rows: saved.append((result.model_copy(), len(rows)))
    )
    assert [save.status for save, _ in saved] == ["partial", "partial", "complete"]
    assert [rows for _, rows in saved] == [saved[0][1], 2 * saved[0][1], 2 * saved[0][1]]
    assert saved[-1][0] == result


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"heads": ["logreg", "smv"]}, "No head is named 'smv'"),
        ({"heads": ["svm(c=1)"]}, "takes no parameter 'c'"),
        ({"extractors": ["blocks", "mobilnet"]}, "No extractor is named 'mobilnet'"),
        ({"target": "s77"}, "named 's77'"),
    ],
)
def test_a_wrong_name_is_refused_before_a_photo_is_embedded(
    settings: dict[str, Any], complaint: str, people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    made = extractor()
    with pytest.raises(FacebenchError, match=complaint):
        _run(people(11, photos=5), **settings)
    assert not made.given


def test_a_photo_that_is_both_me_and_a_stranger_is_refused(
    people: Callable[..., Dataset], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    copies = _copy(people(11, photos=5), tmp_path)
    (tmp_path / "s2" / "1.pgm").write_bytes((tmp_path / "s1" / "1.pgm").read_bytes())
    made = extractor()
    with pytest.raises(FacebenchError, match="are the same file"):
        _run(copies, heads=["svm"])
    assert not made.given


@pytest.mark.parametrize(
    ("count", "warned"), [(12, []), (10, ["There are only 9 other people: strangers are split by photo"])]
)
def test_few_strangers_are_split_by_photo_with_a_warning(
    count: int, warned: list[str], people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    extractor()
    result, _ = _run(people(count, photos=5), heads=["svm"], target="s2")
    assert [warning.split(", and")[0] for warning in _without_few_units(result)] == warned


def test_strangers_nobody_knows_are_split_by_photo_with_a_warning(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    items = [
        type(item)(item.path, item.name, "me" if item.person == "s1" else None) for item in people(12, photos=5).items
    ]
    extractor()
    result, rows = _run(Dataset("Me against others", "me", tuple(items), me="me"), heads=["svm"])
    assert result.targets == ["me"]
    assert [warning.split(":")[0] for warning in _without_few_units(result)] == [
        "It is not known who is on the photos of strangers",
        "Whether metadata or colour would tell you apart could not be checked",
    ]
    assert {row.person for row in rows} == {"me", ""}


def test_files_that_are_no_photos_are_counted_in_a_warning(
    people: Callable[..., Dataset], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    _copy(people(12, photos=5), tmp_path)
    for name in ("notes.txt", "more.txt", "film.mp4"):
        (tmp_path / "s1" / name).touch()
    extractor()
    result, _ = _run(people_folder(tmp_path), heads=["svm"], target="s2")
    [warning] = _without_few_units(result)
    assert warning.startswith("3 files ")
    assert warning.endswith("(2 .txt, 1 .mp4)")
    assert result.dataset.skipped_files == {".txt": 2, ".mp4": 1}


def test_names_that_are_not_utf_8_do_not_stop_a_run(
    people: Callable[..., Dataset], extractor: Callable[..., Any], tmp_path: Path
) -> None:
    dataset = people(12, photos=5)
    extractor()
    folder = RunFolder(tmp_path, "few")
    odd = Dataset("caf\udce9", "caf", dataset.items, skipped=Counter([".caf\udce9"]))
    settings = Settings(extractors=["blocks"], heads=["svm"], target="s2")
    run_benchmark(odd, settings, folder.save, command="bench run --data caf\udce9")
    result = read_run(folder.path)
    assert (result.dataset.title, result.dataset.skipped_files) == (r"caf\udce9", {r".caf\udce9": 1})


def test_progress_is_quiet_where_there_is_no_terminal(
    people: Callable[..., Dataset], extractor: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    extractor()
    _run(people(11, photos=5), heads=["svm"])
    assert tuple(capsys.readouterr()) == ("", "")


def test_progress_shows_counts_rate_and_time_left_on_a_terminal(
    people: Callable[..., Dataset],
    extractor: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    extractor()
    _run(people(11, photos=5), heads=["svm"])
    printed, shown = capsys.readouterr()
    assert printed == ""
    for part in (
        "screening, blocks",
        "blocks: loading",
        "55/55",
        "photos/s",
        "blocks x svm",
        "11/11",
        "splits/s",
        "0:00:00",
    ):
        assert part in shown


def _run(dataset: Dataset, *, extractors: list[str] | None = None, **settings: Any) -> Outcome:
    """Run and return the result and its rows."""
    saved: list[Prediction] = []

    def save(result: RunResult, rows: list[Prediction]) -> None:
        saved[:] = rows

    asked = Settings(extractors=extractors or ["blocks"], **settings)
    return run_benchmark(dataset, asked, save, command="bench run"), saved


def _without_few_units(result: RunResult) -> list[str]:
    """Return the warnings of a run with fewer photos of its one target than intervals need, less that one."""
    [few] = [warning for warning in result.warnings if warning.endswith("[few-units]")]
    return [warning for warning in result.warnings if warning != few]


def _copy(dataset: Dataset, folder: Path) -> Dataset:
    """Copy the photos to a folder per person and return that folder's data set."""
    for item in dataset.items:
        path = folder / item.name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(item.path.read_bytes())
    return people_folder(folder)


def _figures(result: RunResult) -> list[dict[str, Any]]:
    """Return the pairings without what differs from run to run: the time that fitting took."""
    return [
        {
            **pairing.model_dump(exclude={"targets"}),
            "targets": [target.model_dump(exclude={"fit_seconds"}) for target in pairing.targets],
        }
        for pairing in result.pairings
    ]


def _blas_threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
