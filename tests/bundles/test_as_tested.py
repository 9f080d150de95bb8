"""`--as-tested`: the very head and threshold of a run, trained again; equal to what the run says, or refused."""

import json
import shutil
from importlib.metadata import entry_points
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.examples import choose_pairing
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import PairingResult, Prediction, RunFolder, read_predictions, read_run
from facebench.bundles import Bundle, bundle_as_tested, choose_winner, train_winner
from facebench.classifiers.frozen import Linear
from facebench.data import Augmentation, Dataset, people_folder
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError

#: Every head of this project's own: one that is added is tested without being named here.
BUILT_IN = sorted(point.name for point in entry_points(group="facebench.heads") if point.value.startswith("facebench."))
HEADS = ["mlp(epochs=3)" if name == "mlp" else name for name in BUILT_IN]
EXTRACTORS = ["mobilenet", "face_recognition"]
#: dlib's tolerance says nothing of other networks.
REFUSED = ("mobilenet", "tolerance")
PAIRINGS = [pairing for pairing in product(EXTRACTORS, HEADS) if pairing != REFUSED]


@pytest.fixture(scope="module")
def run(folder: Path, store: VectorStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of both extractors with every head on s1, in two splits."""
    settings = Settings(extractors=EXTRACTORS, heads=HEADS, target="s1", repeats=2, seed=3, threshold="balanced")
    return _run(people_folder(folder), settings, tmp_path_factory.mktemp("runs"), store)


@pytest.fixture
def small(folder: Path, store: VectorStore, tmp_path: Path) -> Path:
    """The folder of a quick run on photos that a test may change: a copy of `folder` at `tmp_path / "album"`."""
    shutil.copytree(folder, tmp_path / "album")
    settings = Settings(extractors=["face_recognition"], heads=["logreg"], target="s3", repeats=1)
    return _run(people_folder(tmp_path / "album"), settings, tmp_path / "runs", store)


@pytest.mark.parametrize(("extractor", "head"), PAIRINGS)
def test_what_is_kept_answers_as_the_run_did(
    extractor: str, head: str, run: Path, folder: Path, store: VectorStore, tmp_path: Path
) -> None:
    result, rows, pairing = read_run(run), read_predictions(run), _pairing(run, extractor, head)
    bundle_as_tested(result, rows, pairing, "s1", store).save(tmp_path / "me.facebench")
    me = Bundle.load(tmp_path / "me.facebench")
    tested = [row for row in rows if (row.extractor, row.head, row.split_seed) == (extractor, head, 3)]
    answers = me.predict([folder / row.path for row in tested], store=store)
    assert len(answers) > 16
    before = [np.nan if row.score is None else row.score for row in tested]
    after = [np.nan if answer.score is None else answer.score for answer in answers]
    np.testing.assert_allclose(after, before, rtol=1e-5, atol=1e-5)
    assert [answer.is_me for answer in answers] == [row.decision == "me" for row in tested]
    said = {"me": "embedded", "not me": "embedded"}
    assert [said.get(answer.answer, answer.answer.replace(" ", "_")) for answer in answers] == [
        row.outcome for row in tested
    ]
    boxes = [" ".join(map(str, answer.faces[0].box or ())) if answer.faces else "" for answer in answers]
    assert boxes == [row.box for row in tested]
    if extractor == "face_recognition":
        assert "no face" in [answer.answer for answer in answers]


@pytest.mark.parametrize("head", HEADS)
def test_a_manifest_says_which_test_was_passed(head: str, run: Path, store: VectorStore) -> None:
    result, pairing = read_run(run), _pairing(run, "face_recognition", head)
    manifest = bundle_as_tested(result, read_predictions(run), pairing, "s1", store).manifest
    [first] = [tested for tested in pairing.targets if tested.split_seed == 3]
    assert (manifest.threshold, manifest.threshold_rule) == (first.threshold, first.threshold_rule)
    assert manifest.as_tested is not None
    assert (manifest.as_tested.test_hash, manifest.as_tested.split_seed) == (result.test_hash, 3)
    assert manifest.out_of_fold is None
    assert manifest.calibration is not None
    assert manifest.calibration.scores == "validation"
    training = manifest.training
    assert (training.photos_of_me, training.photos_of_others) == (first.train_me, first.train_others)
    assert training.fingerprint == result.dataset.fingerprint


def test_the_winner_trained_on_all_photos_has_seen_more(run: Path, folder: Path, store: VectorStore) -> None:
    result, pairing = read_run(run), _pairing(run, "face_recognition", "logreg")
    bundle = train_winner(result, pairing, "s1", store)
    assert bundle.manifest.training.photos_of_me == 7
    assert bundle.manifest.training.people == 11
    assert bundle.manifest.as_tested is None
    assert bundle.manifest.threshold_rule == "balanced"
    answers = bundle.predict(sorted((folder / "s1").iterdir()), store=store)
    assert sum(answer.is_me for answer in answers) >= 6


def test_photos_that_are_no_longer_those_of_the_run_are_refused(
    small: Path, orl: list[Path], store: VectorStore
) -> None:
    album = small.parents[1] / "album"
    shutil.copy(orl[29], album / "s3" / "10.pgm")
    _refused(
        small, store, "Photos of album were added, removed or changed since the run: make the run again: bench run"
    )
    (album / "s3" / "10.pgm").unlink()
    (album / "s5" / "1.pgm").unlink()
    _refused(small, store, "were added, removed or changed since the run")
    shutil.rmtree(album)
    _refused(small, store, "The photos of this run are not where they were. --data .*album does not exist")


def test_a_photo_of_the_same_size_and_another_content_is_refused(small: Path, store: VectorStore) -> None:
    # Listing sees names and sizes only: what is different is what the head makes of it.
    album = small.parents[1] / "album"
    _turn_upside_down(album / "s3/5.pgm")
    _refused(
        small, store, "Trained again, the head does not reproduce the scores of the run|split otherwise than in the run"
    )
    for number in (1, 2, 3, 4, 6, 7, 8):
        _turn_upside_down(album / f"s3/{number}.pgm")
    _refused(
        small, store, "have changed since the run: too few of s3 or of others have a vector now. Make the run again"
    )


def test_scores_that_were_not_the_run_s_are_refused(small: Path, store: VectorStore) -> None:
    result, rows, pairing = read_run(small), read_predictions(small), _pairing(small, "face_recognition", "logreg")
    bundle_as_tested(result, rows, pairing, "s3", store)
    changed = result.model_copy(update={"versions": {**result.versions, "numpy": "0.1", "scipy": "0.2"}})
    for wrong in _tampered(rows):
        with pytest.raises(FacebenchError, match=r"Trained again, .* \(made by facebench 0[.\d]+\)\. Make"):
            bundle_as_tested(result, wrong, pairing, "s3", store)
        with pytest.raises(FacebenchError, match=r"made by facebench 0[.\d]+; numpy, scipy changed since\)"):
            bundle_as_tested(changed, wrong, pairing, "s3", store)


def test_a_head_without_numbers_that_an_older_facebench_tested_is_not_saved(
    small: Path, store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, pairing = read_run(small), _pairing(small, "face_recognition", "logreg")
    rows = [row.model_copy(update={"score": None, "decision": "other"}) for row in read_predictions(small)]
    monkeypatch.setattr(Linear, "score", lambda self, X: np.full(len(X), np.nan))
    with pytest.raises(FacebenchError, match="gives scores that are not finite numbers"):
        bundle_as_tested(result, rows, pairing, "s3", store)


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (1, r"reproduce the scores of the run \(made by facebench 0\.0\.9, with another augmentation\)"),
        (99, r"made by facebench 0\.0\.9, whose augmentation is not known here: .* make the run again: bench run"),
    ],
)
def test_a_run_of_another_augmentation_is_not_told_to_be_of_another_machine(
    version: int, says: str, small: Path, store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, rows, pairing = read_run(small), read_predictions(small), _pairing(small, "face_recognition", "logreg")
    settings = {"augment": 1, "augmentation": Augmentation(version=version)}
    monkeypatch.setattr("facebench.bundles._as_tested.versions", lambda: {"facebench": "0.0.9"})
    of_another = {"settings": result.settings.model_copy(update=settings), "versions": {"facebench": "0.0.9"}}
    with pytest.raises(FacebenchError, match=says):
        bundle_as_tested(result.model_copy(update=of_another), rows, pairing, "s3", store)


def test_another_split_is_refused(small: Path, store: VectorStore) -> None:
    result = read_run(small).model_copy(update={"split_hash": "0" * 64})
    pairing = _pairing(small, "face_recognition", "logreg")
    with pytest.raises(FacebenchError, match="are split otherwise than in the run: make the run again: bench run"):
        bundle_as_tested(result, read_predictions(small), pairing, "s3", store)
    with pytest.raises(FacebenchError, match="are split otherwise than in the run"):
        train_winner(result, pairing, "s3", store)


def test_a_run_with_unknown_settings_is_refused(small: Path, store: VectorStore) -> None:
    content = json.loads((small / "result.json").read_text(encoding="utf-8"))
    content["settings"]["colour_space"] = "lab"
    (small / "result.json").write_text(json.dumps(content), encoding="utf-8")
    result, pairing, target = choose_winner(small)
    says = "a setting that this facebench does not know, 'colour_space', .*: update facebench"
    with pytest.raises(FacebenchError, match=says):
        bundle_as_tested(result, read_predictions(small), pairing, target, store)
    with pytest.raises(FacebenchError, match=says):
        train_winner(result, pairing, target, store)


def test_a_target_that_could_not_be_trained_is_refused(small: Path, store: VectorStore) -> None:
    pairing = _pairing(small, "face_recognition", "logreg")
    untrained = pairing.targets[0].model_copy(update={"threshold_rule": "untrained"})
    with pytest.raises(
        FacebenchError, match="face_recognition x logreg could not be trained on s3: there is nothing to save"
    ):
        bundle_as_tested(read_run(small), [], pairing.model_copy(update={"targets": [untrained]}), "s3", store)


def test_a_target_without_a_test_in_the_first_split_is_kept_as_its_own_first_one(
    folder: Path, store: VectorStore, tmp_path: Path
) -> None:
    settings = Settings(extractors=["face_recognition"], heads=["logreg"], target="s3", repeats=2)
    path = _run(people_folder(folder), settings, tmp_path, store)
    pairing = _pairing(path, "face_recognition", "logreg")
    first, second = pairing.targets
    other = first.model_copy(update={"target": "s4"})
    pairing = pairing.model_copy(update={"targets": [other, second]})
    kept = bundle_as_tested(read_run(path), read_predictions(path), pairing, "s3", store)
    assert kept.manifest.as_tested is not None
    assert kept.manifest.as_tested.split_seed == second.split_seed == 1


def test_of_several_targets_one_must_be_named(folder: Path, store: VectorStore, tmp_path: Path) -> None:
    settings = Settings(extractors=["face_recognition"], heads=["logreg"], max_targets=3)
    path = _run(people_folder(folder), settings, tmp_path, store)
    targets = read_run(path).targets
    with pytest.raises(
        FacebenchError, match=f"tested 3 people in turn, and a file knows one: give --target, .*{targets[0]}"
    ):
        choose_winner(path)
    with pytest.raises(FacebenchError, match="face_recognition x logreg was not tested on 's99'"):
        choose_winner(path, target="s99")
    result, pairing, target = choose_winner(path, target=targets[1])
    assert target == targets[1]
    kept = bundle_as_tested(result, read_predictions(path), pairing, target, store)
    assert kept.manifest.target == targets[1]


def test_heads_that_cannot_be_kept_or_carry_vectors_are_refused(
    folder: Path, store: VectorStore, tmp_path: Path
) -> None:
    heads = ["sklearn.naive_bayes.GaussianNB", "svm", "knn", "tolerance", "svm(kernel='linear')"]
    settings = Settings(extractors=["face_recognition"], heads=heads, target="s3", repeats=1)
    path = _run(people_folder(folder), settings, tmp_path, store)
    with pytest.raises(FacebenchError, match=r"'sklearn.naive_bayes.GaussianNB' cannot be saved: only facebench's own"):
        choose_winner(path, head=heads[0], include_vectors=True)
    for head in heads[1:4]:
        with pytest.raises(
            FacebenchError, match=f"The head '{head}' carries vectors of .*: personal data. Give --incl"
        ):
            choose_winner(path, head=head)
        assert choose_winner(path, head=head, include_vectors=True)[1].head == head
    assert choose_winner(path, head=heads[4])[1].head == heads[4]


def test_an_older_run_with_the_tolerance_of_another_network_is_reproduced(
    folder: Path, store: VectorStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facebench.benchmarks.protocol._runner.refuse_unfit", lambda *_: None)  # as it was
    settings = Settings(extractors=["colour"], heads=["tolerance"], target="s3", repeats=1)
    path = _run(people_folder(folder), settings, tmp_path, store)
    monkeypatch.undo()
    result, pairing, target = choose_winner(path, head="tolerance", include_vectors=True)
    assert bundle_as_tested(result, read_predictions(path), pairing, target, store).manifest.target == "s3"


def _run(dataset: Dataset, settings: Settings, runs: Path, store: VectorStore) -> Path:
    folder = RunFolder(runs, dataset.slug)
    run_benchmark(dataset, settings, folder.save, store=store)
    assert folder.path is not None
    return folder.path


def _pairing(run: Path, extractor: str, head: str) -> PairingResult:
    return choose_pairing(read_run(run), extractor, head)


def _refused(run: Path, store: VectorStore, what: str) -> None:
    result, rows, pairing = read_run(run), read_predictions(run), _pairing(run, "face_recognition", "logreg")
    with pytest.raises(FacebenchError, match=what):
        bundle_as_tested(result, rows, pairing, "s3", store)


def _turn_upside_down(photo: Path) -> None:
    """Leave a photo its name and size, and take the face that is found."""
    content = photo.read_bytes()
    photo.write_bytes(content[: -92 * 112] + content[: -92 * 112 - 1 : -1])


def _tampered(rows: list[Prediction]) -> list[list[Prediction]]:
    """Return rows of which one has another score, no score, another decision, another photo; and none."""
    changes: list[dict[str, Any]] = [
        {"score": (rows[0].score or 0) + 1e-4},
        {"score": None},
        {"decision": "me" if rows[0].decision == "other" else "other"},
        {"path": "s5/99.pgm"},
    ]
    return [[rows[0].model_copy(update=change), *rows[1:]] for change in changes] + [[]]
