"""Augmented training photos: only these have variants, each is embedded once in its life, none in place of another."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.comparison import compare_runs
from facebench.benchmarks.comparison._columns import cell_of
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.protocol._screening import screen_and_embed
from facebench.benchmarks.results import Prediction, RunFolder, RunResult, find_runs, read_run
from facebench.classifiers.dense import Training
from facebench.data import Augmentation, Dataset, Photo, PhotoError, Split, Strangers, participants, split
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome
from facebench.embeddings.extraction._embedder import Embedder
from facebench.embeddings.extraction._one_pass import embed_photos
from facebench.embeddings.extraction._photos import Photos, key_each
from facebench.embeddings.extraction._variants import embed_variants
from facebench.embeddings.extraction._vectors import Variants
from facebench.embeddings.store import VectorStore
from sklearn.linear_model import LogisticRegression

People = Callable[..., Dataset]
Register = Callable[..., Any]


class Watching(Extractor):
    """Mean brightness of 7x4 blocks of an ORL photo or its variant; keeps the names of what it is given, in order."""

    card = Card(name="watching", dimension=28, view="whole photo")

    def __init__(self, loses: Callable[[str], bool] = lambda name: False) -> None:
        self.loses = loses
        self.given: list[str] = []

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        return [self._outcome(photo) for photo in photos]

    def _outcome(self, photo: Photo) -> Outcome:
        self.given.append(photo.name)
        try:
            return Failure("no_face") if self.loses(photo.name) else Embedding(blocks_of(photo))
        except PhotoError as error:
            return Failure(error.reason, error.detail)


def blocks_of(photo: Photo) -> np.ndarray:
    return photo.pixels.reshape(7, 16, 4, 69).mean(axis=(1, 3), dtype=np.float32).ravel() / 255


@pytest.fixture(autouse=True)
def _known(register: Register) -> None:
    """The store knows an extractor by its registered name."""
    register("extractors", "watching", lambda: Watching)


@pytest.fixture
def watching(register: Register) -> Callable[..., Watching]:
    """Return a function that makes a `Watching` and registers it."""

    def watching(loses: Callable[[str], bool] = lambda name: False) -> Watching:
        made = Watching(loses)
        register("extractors", "watching", lambda: lambda: made)
        return made

    return watching


@pytest.fixture
def fitted_on(register: Register) -> list[np.ndarray]:
    """Register the head `recorder`, which takes variants as they are; what it is fitted on is in this list."""
    fitted = []

    class Recorder(LogisticRegression):
        trains_by_epoch = True

        def fit(self, X: np.ndarray, y: np.ndarray) -> "Recorder":
            fitted.append(X)
            return super().fit(np.nan_to_num(X[0]), y)

    register("heads", "recorder", lambda: Recorder)
    return fitted


@pytest.mark.parametrize("strangers", ["all", "equal"])
@pytest.mark.parametrize("seed", [0, 1])
def test_only_training_photos_have_variants(
    strangers: Any, seed: int, people: People, watching: Callable[..., Watching]
) -> None:
    made, dataset = watching(), people(12)
    run(dataset, augment=2, strangers=strangers, seed=seed)
    parts = split_of(dataset, seed, strangers)
    assert made.given == [
        *(str(dataset.items[index].path) for index in parts.photos),
        *(f"{dataset.items[index].path}, variant {number}" for index in parts.train for number in range(2)),
    ]


def test_what_any_repeat_trains_on_has_its_variants_made_once(
    people: People, watching: Callable[..., Watching]
) -> None:
    made, dataset = watching(), people(12)
    result, _ = run(dataset, augment=2, repeats=3)
    training = sorted({index for seed in range(3) for index in split_of(dataset, seed).train})
    assert 0 < len(training) < len(dataset.items)
    assert [name for name in made.given if "variant" in name] == [
        f"{dataset.items[index].path}, variant {number}" for index in training for number in range(2)
    ]
    assert result.extractors[0].augmentation.variants == 2 * len(training)


def test_nothing_is_augmented_unless_asked(people: People, watching: Callable[..., Watching]) -> None:
    made = watching()
    result, _ = run(people(12))
    assert not [name for name in made.given if "variant" in name]
    assert result.extractors[0].augmentation is None


def test_vectors_are_those_of_the_variants(people: People) -> None:
    dataset, photos = people(1), np.array([2, 5, 7])
    variants = embed(dataset, photos, count=3)
    for column, photo in enumerate(photos):
        made = Augmentation().variants(Photo(dataset.items[photo].path), 3)
        np.testing.assert_array_equal(variants.matrix[:, column], [blocks_of(variant) for variant in made])
    np.testing.assert_array_equal(variants.of(np.array([7, 2])), variants.matrix[:, [2, 0]])
    assert np.flatnonzero(variants.embedded).tolist() == photos.tolist()
    assert len(variants.embedded) == len(dataset.items)


def test_a_second_run_decodes_nothing(
    people: People, watching: Callable[..., Watching], store: VectorStore, decoded: list[bytes]
) -> None:
    made = watching(lambda name: "/7.pgm" in name)
    (first, rows), _ = run(people(12), augment=3, store=store), made.given.clear()
    decoded.clear()
    second, again = run(people(12), augment=3, store=store)
    assert (decoded, made.given) == ([], [])
    assert again == rows
    counts = [result.extractors[0].augmentation.stored for result in (first, second)]
    assert counts == [0, second.extractors[0].augmentation.variants]


def test_more_variants_are_added_to_those_there_are(people: People, store: VectorStore, decoded: list[bytes]) -> None:
    embed(people(1), np.arange(10), count=2, store=store)
    decoded.clear()
    variants = embed(people(1), np.arange(10), count=3, store=store)
    assert (variants.matrix[:, :, 0].size, variants.stored) == (30, 20)
    assert len(decoded) == 10  # once for all variants of a photo
    np.testing.assert_array_equal(variants.matrix, embed(people(1), np.arange(10), count=3).matrix)


def test_another_augmentation_does_not_get_the_vectors_of_this_one(people: People, store: VectorStore) -> None:
    embed(people(1), np.arange(10), store=store)
    mild = embed(people(1), np.arange(10), store=store, augmentation=Augmentation(rotation=5))
    assert mild.stored == 0
    np.testing.assert_array_equal(
        mild.matrix, embed(people(1), np.arange(10), augmentation=Augmentation(rotation=5)).matrix
    )


def test_a_square_is_for_whole_photos_and_faces_keep_their_shape(people: People) -> None:
    dataset, shapes = people(1), {}

    class Shaped(Watching):
        def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
            shapes.setdefault(self.card.view, set()).update(photo.pixels.shape for photo in photos)
            return [Embedding(np.zeros(28, np.float32)) for _ in photos]

    class Face(Shaped):
        card = replace(Watching.card, view="face")

    embedders = [Embedder("watching", extractor) for extractor in (Shaped(), Face(), Shaped())]
    hashes = key_each([item.path for item in dataset.items])
    made = embed_variants(dataset, np.arange(4), hashes, embedders, Augmentation(side=224), 2)
    assert [variants.matrix.shape for variants in made] == [(2, 4, 28)] * 3
    assert shapes == {"whole photo": {(224, 224, 3)}, "face": {(112, 92, 3)}}


def test_variants_and_photos_are_not_mistaken_for_each_other(people: People, store: VectorStore) -> None:
    dataset = people(1)
    for _ in range(2):
        photos = embed_photos(Photos([item.path for item in dataset.items]), Embedder("watching", Watching(), store))
        variants = embed(dataset, np.arange(10), count=1, store=store)
    for item, outcome, variant in zip(dataset.items, photos.outcomes, variants.matrix[0], strict=True):
        np.testing.assert_array_equal(outcome.vector, blocks_of(Photo(item.path)))  # type: ignore[union-attr]
        assert np.abs(outcome.vector - variant).max() > 0.01  # type: ignore[union-attr]


def test_an_interrupted_run_keeps_its_batches(people: People, store: VectorStore) -> None:
    class Interrupted(Watching):
        def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
            if len(self.given) >= 64:
                raise KeyboardInterrupt
            return super().embed(photos)

    with pytest.raises(KeyboardInterrupt):
        embed(people(3), np.arange(30), count=4, store=store, extractor=Interrupted())
    assert embed(people(3), np.arange(30), count=4, store=store).stored == 64


def test_a_changed_file_has_the_variants_of_its_new_bytes(copies: Dataset, store: VectorStore) -> None:
    before = embed(copies, np.arange(10), store=store)
    copies.items[3].path.write_bytes(copies.items[30].path.read_bytes())
    after = embed(copies, np.arange(10), store=store)
    assert (after.matrix[:, :, 0].size, after.stored) == (20, 18)
    np.testing.assert_array_equal(after.matrix[:, 3], embed(copies, np.array([30])).matrix[:, 0])
    np.testing.assert_array_equal(np.delete(after.matrix, 3, 1), np.delete(before.matrix, 3, 1))


def test_a_file_replaced_after_it_was_hashed_is_stored_under_the_bytes_that_were_decoded(
    copies: Dataset, store: VectorStore
) -> None:
    first, last = copies.items[0].path, copies.items[39].path
    old, hashes = first.read_bytes(), key_each([item.path for item in copies.items])
    first.write_bytes(last.read_bytes())
    embedder = Embedder("watching", Watching(), store)
    [variants] = embed_variants(copies, np.array([0]), hashes, [embedder], Augmentation(), 2)
    np.testing.assert_array_equal(variants.matrix, embed(copies, np.array([39])).matrix)
    assert embed(copies, np.array([39]), store=store).stored == 2
    first.write_bytes(old)
    assert hashes == key_each([item.path for item in copies.items])  # of the bytes whose own vectors there are
    assert embed(copies, np.array([0]), store=store).stored == 0


@pytest.mark.parametrize("gone", [False, True], ids=["damaged", "gone"])
def test_a_photo_that_is_lost_meanwhile_has_no_variants_and_is_tried_again(
    gone: bool, copies: Dataset, store: VectorStore
) -> None:
    path, hashes = copies.items[1].path, key_each([item.path for item in copies.items])
    content = path.read_bytes()
    path.unlink()
    if not gone:
        path.write_bytes(content[:500])
    embedder = Embedder("watching", Watching(), store)
    [variants] = embed_variants(copies, np.arange(3), hashes, [embedder], Augmentation(), 2)
    assert np.isnan(variants.matrix).all(axis=2).tolist() == [[False, True, False]] * 2
    assert variants.lost == 2
    path.write_bytes(content)
    assert not np.isnan(embed(copies, np.arange(3), store=store).matrix).any()


def test_lost_variants_are_counted_and_told(people: People, watching: Callable[..., Watching]) -> None:
    watching(lambda name: name.endswith((", variant 1", "/4.pgm, variant 2")))
    dataset = people(12)
    result, rows = run(dataset, augment=4)
    training = split_of(dataset).train
    fourths = sum(dataset.items[index].path.name == "4.pgm" for index in training)
    lost, variants = len(training) + fourths, 4 * len(training)
    summary = result.extractors[0].augmentation
    assert (summary.variants, summary.lost) == (variants, lost)
    [group] = compare_runs([("0001", result)])
    few_units, *notes = group.notes
    assert few_units.endswith("[few-units]")
    assert notes == [
        f"watching: {lost} of {variants} variants of training photos ({100 * lost / variants:.1f} %) "
        "have no vector and are left out of training"
    ]
    assert {row.outcome for row in rows} == {"embedded"}


def test_a_photo_takes_part_in_training_if_one_of_its_variants_has_a_vector(
    people: People, watching: Callable[..., Watching], fitted_on: list[np.ndarray]
) -> None:
    dataset = people(12)
    training = split_of(dataset).train
    faceless, lost, *_ = (str(dataset.items[i].path) for i in training if dataset.items[i].person == "s3")
    watching(lambda name: name in (faceless, f"{faceless}, variant 0") or name.startswith(f"{lost}, variant"))
    result, _ = run(dataset, augment=3, heads=["recorder"])
    target = result.pairings[1].targets[0]
    assert (target.train_me, target.train_others) == (5, len(training) - 6)
    [X] = fitted_on
    without = [i for i in training if str(dataset.items[i].path) != lost]
    assert X.shape == (3, len(training) - 1, 28)
    assert np.argwhere(np.isnan(X[:, :, 0])).tolist() == [
        [0, [str(dataset.items[i].path) for i in without].index(faceless)]
    ]


def test_without_two_photos_that_have_a_variant_the_target_is_never_recognised(
    people: People, watching: Callable[..., Watching]
) -> None:
    watching(lambda name: "s3/" in name and "variant" in name)
    result, _ = run(people(12), augment=2)
    [target] = result.pairings[1].targets
    assert (target.threshold_rule, target.train_me, target.metrics.balanced_accuracy) == ("untrained", 0, 0.5)
    assert target.metrics.no_face_me == 0  # the photos themselves have vectors


def test_validation_and_test_see_photos_themselves(people: People, watching: Callable[..., Watching]) -> None:
    dataset = people(12)
    held_out = {str(dataset.items[i].path) for i in split_of(dataset).test}
    watching(lambda name: name in held_out)
    _, rows = run(dataset, augment=2)
    assert {row.outcome for row in rows} == {"no_face"}


def test_rows_with_and_without_augmentation_stand_side_by_side(
    people: People, watching: Callable[..., Watching], tmp_path: Path
) -> None:
    watching()
    for asked in ({}, {"augment": 2}, {"augment": 3}, {"augment": 3, "augmentation": Augmentation(zoom=0)}) * 2:
        settings = Settings(extractors=["watching"], heads=["svm"], target="s3", **asked)
        run_benchmark(people(12), settings, RunFolder(tmp_path, "few").save)
    [group] = compare_runs([(path.name, read_run(path)) for path in find_runs(tmp_path)])
    rows = [(row.run, cell_of(row, "augment").text) for row in group.rows if not row.is_majority]
    assert sorted(rows) == [
        ("0005-few", "-"),
        ("0006-few", "2 variants"),
        ("0007-few", "3 variants"),
        ("0008-few", "3 variants"),
    ]
    assert sum(row.is_majority for row in group.rows) == 1


def test_the_number_of_variants_is_in_the_caption(people: People, watching: Callable[..., Watching]) -> None:
    watching()
    runs = [(name, run(people(12), augment=int(name), strangers="equal")[0]) for name in "012"]
    captions = [group.caption for some in (runs, runs[2:], runs[:1]) for group in compare_runs(some)]
    assert "of the target; trained on photos as they are or 1 or 2 random variants of each photo; seed" in captions[0]
    assert "of the target; trained on 2 random variants of each photo; seed" in captions[1]
    assert "trained" not in captions[2]


def test_mlp_trains_on_variant_e_in_epoch_e(
    people: People, watching: Callable[..., Watching], monkeypatch: pytest.MonkeyPatch
) -> None:
    epochs: list[np.ndarray] = []
    train = Training.train_epoch

    def recording(self: Training, X: np.ndarray, *arguments: Any) -> float:
        epochs.append(X)
        return train(self, X, *arguments)

    monkeypatch.setattr(Training, "train_epoch", recording)
    watching()
    dataset = people(12)
    run(dataset, augment=15, strangers="equal", heads=["mlp(hidden=(8, 4))"])
    training = split_of(dataset, strangers="equal").train
    variants = [Augmentation().variants(Photo(dataset.items[index].path), 15) for index in training]
    assert len(epochs) == 15
    for epoch, X in enumerate(epochs):
        np.testing.assert_array_equal(X, [blocks_of(of_photo[epoch]) for of_photo in variants])


def run(
    dataset: Dataset, *, heads: Sequence[str] = ("svm",), store: VectorStore | None = None, **settings: Any
) -> tuple[RunResult, list[Prediction]]:
    """Run the extractor `watching` with s3 as the target, in one split unless asked otherwise."""
    saved: list[Prediction] = []

    def save(_: RunResult, rows: list[Prediction]) -> None:
        saved[:] = rows

    asked = Settings(extractors=["watching"], heads=list(heads), target="s3", **{"repeats": 1, **settings})
    return run_benchmark(dataset, asked, save, store=store), saved


def split_of(dataset: Dataset, seed: int = 0, strangers: Strangers = "all") -> Split:
    """Return the first split of a run with s3 as the target."""
    photos = participants(dataset, "s3", seed, strangers)
    look = screen_and_embed(dataset, photos, ["s3"])[0]
    parts = split(look.dataset, "s3", seed, groups=look.groups)
    return replace(parts, **{part: photos[getattr(parts, part)] for part in ("train", "validation", "test")})


def embed(
    dataset: Dataset,
    photos: np.ndarray,
    *,
    count: int = 2,
    store: VectorStore | None = None,
    augmentation: Augmentation = Augmentation(),  # noqa: B008 (frozen)
    extractor: Extractor | None = None,
) -> Variants:
    embedder = Embedder("watching", extractor or Watching(), store)
    hashes = key_each([item.path for item in dataset.items])
    return embed_variants(dataset, photos, hashes, [embedder], augmentation, count)[0]
