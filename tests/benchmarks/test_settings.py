"""`report` is what the original report says, statement by statement; `improved` is tested on the same photos."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import PRESETS, Settings, settings_for
from facebench.benchmarks._settings import REPORT, assumptions
from facebench.benchmarks.comparison import compare_runs
from facebench.benchmarks.protocol import run_benchmark
from facebench.benchmarks.results import Prediction, RunResult
from facebench.classifiers import load_head
from facebench.classifiers.dense import Training
from facebench.classifiers.dense._keras_training import build
from facebench.data import Augmentation, Dataset, Photo
from facebench.embeddings import extractors
from facebench.errors import FacebenchError
from hypothesis import given
from hypothesis import strategies as st

REPORT_SETTINGS = settings_for("report")
MLP = load_head(REPORT_SETTINGS.heads[0])
MOBILENET = extractors.create(REPORT_SETTINGS.extractors[0])
SHIFTS = ("width_shift", "height_shift")
#: A value of every setting that no preset has.
OTHER = {
    "extractors": ["face_recognition"],
    "vectors": ["mine.npz"],
    "heads": ["svm"],
    "target": "s3",
    "seed": 4,
    "runtime": "tensorflow",
    "split": "official",
    "repeats": 4,
    "audit": True,
    "strangers": "all",
    "drop_shared": True,
    "augment": 2,
    "augmentation": Augmentation(zoom=0),
    "threshold": "auto",
    "min_photos": 7,
    "max_targets": 3,
}


@pytest.mark.parametrize(
    ("set_to", "stated"),
    [
        pytest.param(lambda: MOBILENET.card.network.split(",")[0], "MobileNetV2 1.0/224", id="MobileNetV2"),
        pytest.param(lambda: MOBILENET.card.training_data, "ImageNet (ILSVRC 2012)", id="its base weights"),
        pytest.param(lambda: MOBILENET.resize, "nearest", id="photos resized as its generator does"),
        pytest.param(lambda: REPORT_SETTINGS.extractors, [REPORT[0]], id="no other network"),
        pytest.param(lambda: REPORT_SETTINGS.heads, [REPORT[1]], id="no other classifier"),
        pytest.param(lambda: MLP.epochs, 15, id="15 epochs"),
        pytest.param(lambda: MLP.batch_size, 30, id="batches of 30"),
        pytest.param(lambda: MLP.class_weight, None, id="no class weights"),
        pytest.param(lambda: MLP.dropout, 0.5, id="dropout 0.5"),
        pytest.param(lambda: REPORT_SETTINGS.threshold, "0.5", id="threshold 0.5"),
        pytest.param(lambda: REPORT_SETTINGS.augment, 15, id="a variant for each of 15 epochs"),
        pytest.param(
            lambda: asdict(REPORT_SETTINGS.augmentation),
            {"rotation": 40, "shear": 0.2, "zoom": 0.2, "horizontal_flip": True, "side": 224, "version": 2}
            | dict.fromkeys(SHIFTS, 0.2),
            id="augmentation of squares, as by its generator",
        ),
    ],
)  # fmt: skip
def test_report_sets_what_the_report_states(set_to: Callable[[], Any], stated: Any) -> None:
    assert set_to() == stated


@pytest.fixture(scope="module")
def network() -> Any:
    """The Keras model of the report's MobileNetV2."""
    return MOBILENET.network.build()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def head() -> Any:
    """The Keras model of the report's classifier."""
    return build(MLP.architecture(1280))


def test_the_models_have_the_parameters_of_the_reports_table(network: Any, head: Any) -> None:
    assert (network.output_shape, head.input_shape) == ((None, 1280), (None, 1280))
    trainable = [sum(int(np.prod(w.shape)) for w in model.trainable_weights) for model in (network, head)]
    assert trainable == [0, 721_665]
    assert network.count_params() == 2_257_984
    assert network.count_params() + head.count_params() == 2_979_649


def test_the_head_has_layers_of_512_128_and_1_with_dropout_after_the_first(head: Any) -> None:
    layers = [(type(layer).__name__, layer.output.shape[-1], layer.count_params()) for layer in head.layers]
    assert layers == [("Dense", 512, 655_872), ("Dropout", 512, 0), ("Dense", 128, 65_664), ("Dense", 1, 129)]
    assert head.layers[1].rate == 0.5


def test_adam_learns_at_the_reports_rate() -> None:
    training = Training(MLP.architecture(1280), MLP.batch_size, MLP.learning_rate, seed=0)
    before = training.weights()
    training.train_epoch(np.ones((1, 1280), np.float32), np.ones(1), np.ones(1), np.array([0]))
    # Whatever the gradient, a first step of Adam is as long as its rate.
    steps = [np.abs(after - array).max() for after, array in zip(training.weights(), before, strict=True)]
    assert steps == pytest.approx([1e-4] * 6, rel=0.01)


def test_pixels_are_divided_by_255(network: Any) -> None:
    [rescaling] = [layer for layer in network.layers if type(layer).__name__ == "Rescaling"]
    pixels = np.array([0, 51, 255], np.float32)
    np.testing.assert_allclose(rescaling(pixels), pixels / 255, rtol=1e-6)


@given(st.sampled_from(sorted(PRESETS)), st.sets(st.sampled_from(sorted(OTHER))))
def test_every_setting_can_be_given_in_place_of_the_presets(preset: str, names: set[str]) -> None:
    plain, changed = settings_for(preset), settings_for(preset, **{name: OTHER[name] for name in names})
    for name in Settings.model_fields:
        assert getattr(changed, name) == (OTHER[name] if name in names else getattr(plain, name))
    assert assumptions(changed) == [text for name, text in PRESETS[preset].assumptions.items() if name not in names]


def test_there_is_another_value_of_every_setting() -> None:
    assert set(OTHER) == set(Settings.model_fields) - {"preset"}
    for preset in PRESETS:
        assert not [name for name, value in OTHER.items() if getattr(settings_for(preset), name) == value]


def test_what_is_given_as_the_preset_has_it_keeps_the_assumption() -> None:
    assert assumptions(settings_for("report", strangers="equal", augment=15)) == assumptions(REPORT_SETTINGS)


def test_without_a_preset_there_are_the_defaults_and_nothing_is_assumed() -> None:
    assert settings_for() == Settings()
    assert settings_for(seed=3, heads=["svm"]) == Settings(seed=3, heads=["svm"])
    assert assumptions(Settings()) == []


def test_settings_survive_json_also_after_their_augmentation_was_used(people: Callable[..., Dataset]) -> None:
    settings = settings_for("report", augmentation=Augmentation(rotation=10, horizontal_flip=False))
    settings.augmentation.variants(Photo(people(1).items[0].path), 1)
    read = Settings.model_validate_json(settings.model_dump_json())
    assert read == settings
    assert read.augmentation.key == settings.augmentation.key


def test_an_augmentation_out_of_range_is_no_setting() -> None:
    with pytest.raises(ValueError, match="rotation is from 0 to 180 degrees"):
        Settings.model_validate({"augmentation": {"rotation": 400}})


@pytest.mark.parametrize(("name", "nearest"), [("reprot", "report"), ("improve", "improved")])
def test_an_unknown_preset_suggests_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(FacebenchError, match=rf"No preset is named '{name}'\. Did you mean '{nearest}'\?"):
        settings_for(name)


def test_improved_differs_from_report_in_extractors_and_heads_alone() -> None:
    report, improved = ({**settings_for(name).model_dump(), "preset": ""} for name in ("report", "improved"))
    assert {name for name in report if report[name] != improved[name]} == {"extractors", "heads"}
    assert REPORT[0] in improved["extractors"]
    assert REPORT[1] in improved["heads"]
    for head in improved["heads"]:
        load_head(head)


@pytest.fixture(scope="module")
def runs(people: Callable[..., Dataset]) -> dict[str, tuple[RunResult, list[Prediction]]]:
    """Both presets on one person and as many photos of others, with a single variant of each."""
    made = {}
    for preset in PRESETS:
        rows: list[Prediction] = []
        settings = settings_for(preset, target="s3", augment=1)
        result = run_benchmark(people(14), settings, lambda _, saved, rows=rows: rows.__setitem__(slice(None), saved))
        made[preset] = (result, rows)
    return made


def test_both_are_tested_on_the_same_photos(runs: dict[str, tuple[RunResult, list[Prediction]]]) -> None:
    (report, _), (improved, _) = runs["report"], runs["improved"]
    assert improved.test_hash == report.test_hash
    assert improved.split_hash == report.split_hash
    assert len(improved.pairings) == 1 + 2 * 8 - 1
    assert [(refused.extractor, refused.head) for refused in improved.refused] == [(REPORT[0], "tolerance")]


def test_improved_repeats_the_reports_pairing(runs: dict[str, tuple[RunResult, list[Prediction]]]) -> None:
    ours, theirs = (
        [row for row in runs[name][1] if (row.extractor, row.head) == REPORT] for name in ("improved", "report")
    )
    [report] = runs["report"][0].pairings[1].targets  # one split, as the report has it
    assert len(theirs) == report.metrics.photos_of_me + report.metrics.photos_of_others
    assert ours == theirs


def test_assumptions_are_told_under_the_table(runs: dict[str, tuple[RunResult, list[Prediction]]]) -> None:
    result, _ = runs["report"]
    assert len(result.assumptions) == 3  # all but that on 15 variants
    [group] = compare_runs([("0001", result)])
    [told] = [note for note in group.notes if note.startswith("Assumed")]
    assert told == f"Assumed, not stated in the report: {'; '.join(result.assumptions)}"
