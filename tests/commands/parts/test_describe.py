"""`bench list` and `bench show`: cards, parameters, layers, and plug-ins that do not load."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import sklearn
from facebench.classifiers import heads, load_head
from facebench.commands.parts.describe import MOBILENET_DIMENSION, MOBILENET_PARAMETERS, describe, describe_all
from facebench.embeddings import extractors
from facebench.embeddings.faces import detectors
from facebench.errors import FacebenchError
from facebench.import_tensorflow import import_keras
from rich.cells import cell_len
from rich.console import Console

HEADS = ["centroid", "knn", "lda", "logreg", "mlp", "ridge", "svm", "tolerance"]
BUILT_IN = ["face_recognition", "mobilenet", *HEADS]


def test_the_list_has_every_name_with_its_card() -> None:
    shown = _shown(describe_all(), 200)
    for name in (*extractors.names(), *detectors.names(), *heads.names()):
        assert any(line.startswith(f"{name} ") for line in shown.splitlines())
    for part in ("WIDER FACE", "commercial use: unknown", "1280", "whole photo", "ImageNet", "probability", "margin"):
        assert part in shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_list_fits_the_terminal_and_folds_no_name(width: int) -> None:
    lines = _shown(describe_all(), width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert set(BUILT_IN) <= {line.split(" ")[0] for line in lines}


@pytest.mark.parametrize("kind", ["extractors", "heads"])
def test_a_plug_in_that_fails_to_load_is_listed_with_its_reason_and_harms_no_other(
    kind: str, register: Callable[..., Any]
) -> None:
    def fail() -> None:
        raise ImportError("no module named [red]torch[/red]\x1b[2J")

    register(kind, "broken", fail)
    shown = _shown(describe_all(), 200)
    [line] = [line for line in shown.splitlines() if line.startswith("broken")]
    assert r"unavailable: ImportError: no module named [red]torch[/red]\x1b[2J" in line
    assert all(re.search(rf"^{name} ", shown, re.MULTILINE) for name in BUILT_IN)
    with pytest.raises(FacebenchError, match="'broken' of unknown cannot be loaded: ImportError: no module named"):
        describe("broken")


@pytest.mark.parametrize("kind", ["extractors", "heads"])
@pytest.mark.parametrize(
    "plain",
    [type("Plain", (), {"__init__": lambda self, depth=3: None}), lambda depth=3: object()],
    ids=["class", "function"],
)
def test_a_plug_in_without_a_card_is_listed_and_shown(
    kind: str, plain: Callable[..., object], register: Callable[..., Any]
) -> None:
    register(kind, "plain", lambda: plain)
    assert re.search("^plain .*unknown", _shown(describe_all(), 200), re.MULTILINE)
    assert "parameters: depth=3" in _shown(describe("plain"))
    assert "parameters: depth=4" in _shown(describe("plain(depth=4)"))


@pytest.mark.parametrize("kind", ["extractors", "heads"])
def test_without_a_card_the_first_line_of_its_docstring_is_shown(kind: str, register: Callable[..., Any]) -> None:
    class Documented:
        """Draws lots.

        Nothing else.
        """

    register(kind, "plain", lambda: Documented)
    assert re.search(r"method +Draws lots\.", _shown(describe("plain")))
    assert "Nothing else" not in _shown(describe("plain"))


def test_what_cannot_be_made_by_its_name_alone_is_shown_with_what_it_needs() -> None:
    shown = _shown(describe("onnx"))
    assert "face or whole photo" in shown
    assert "parameters: path=None, align=None" in shown
    assert "Its name alone is not enough: path, align, order, mean, scale are missing" in shown
    with pytest.raises(FacebenchError, match="align, order, mean, scale are missing"):
        describe("onnx('net.onnx')")


def test_a_fusion_is_described_by_its_parts() -> None:
    assert "Its name alone is not enough" in _shown(describe("fusion"))
    shown = _shown(describe("fusion('sface', 'face_recognition')"))
    assert re.search(r"dimension +256\b", shown)
    assert re.search(r"licence +Apache-2.0 \+ CC0-1.0; commercial use: unknown", shown)


def test_a_classifier_of_scikit_learn_is_shown_by_its_path() -> None:
    shown = _shown(describe("sklearn.linear_model.SGDClassifier(loss='log_loss')"))
    assert re.search(r"method +Linear classifiers \(SVM, logistic regression, etc\.\) with SGD training\.", shown)
    assert re.search(rf"from +scikit-learn {re.escape(sklearn.__version__)}", shown)
    assert "parameters: loss='log_loss', penalty='l2'" in shown


def test_a_plug_in_cannot_take_the_name_of_a_built_in(register: Callable[..., Any]) -> None:
    register("heads", "svm", lambda: dict)
    assert "LIBSVM" in _shown(describe("svm"))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("mobilenet", ["1280", "whole photo", "MobileNetV2", "Apache"]),
        ("face_recognition", ["128", "face", "dlib", "parameters: faces='largest'"]),
        ("face_recognition(faces='center')", ["parameters: faces='center'"]),
        ("svm(C=3)", ["margin", "parameters: C=3, kernel='rbf', gamma='scale', class_weight='balanced'"]),
        ("logreg", ["probability", "parameters: C=1.0, class_weight='balanced', max_iter=1000"]),
        ("mlp", ["Adam", "hidden=(512, 128), batch_norm=False, dropout=0.5, epochs=15, batch_size=30"]),
    ],
)
def test_a_component_is_shown_with_its_card_and_the_parameters_it_was_given(name: str, facts: list[str]) -> None:
    shown = _shown(describe(name))
    for fact in (*facts, "facebench 0."):
        assert fact in shown


def test_the_layers_of_the_mlp_are_those_of_the_reports_table() -> None:
    assert _layers(describe("mlp")) == [
        ["MobileNetV2 (frozen)", "(None, 7, 7, 1280)", "0"],
        ["GlobalAveragePooling2D", "(None, 1280)", "0"],
        ["Dense", "(None, 512)", "655,872"],
        ["Dropout", "(None, 512)", "0"],
        ["Dense", "(None, 128)", "65,664"],
        ["Dense", "(None, 1)", "129"],
    ]
    assert "total 2,979,649; trainable 721,665; frozen 2,257,984" in _shown(describe("mlp"))


def test_the_layers_of_the_reports_prose_are_shown_by_parameters() -> None:
    shown = describe("mlp(hidden=(64, 128), batch_norm=True)")
    assert [row[0] for row in _layers(shown)[2:]] == ["Dense", "BatchNormalization", "Dropout", "Dense", "Dense"]
    assert "trainable 90,561; frozen 2,257,984" in _shown(shown)


@pytest.mark.parametrize("name", sorted({*BUILT_IN} - {"mlp"}))
def test_what_has_no_layers_shows_none(name: str) -> None:
    assert "trainable" not in _shown(describe(name))


def test_the_frozen_part_is_keras_own_mobilenet() -> None:
    model = import_keras().applications.MobileNetV2(include_top=False, weights=None, input_shape=(224, 224, 3))
    assert model.count_params() == MOBILENET_PARAMETERS == 2_257_984
    assert model.output_shape == (None, 7, 7, MOBILENET_DIMENSION)
    trainable = sum(parameters for *_, parameters in load_head("mlp").architecture(MOBILENET_DIMENSION).layers())
    assert model.count_params() + trainable == 2_979_649


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("mlpp", r"No extractor, detector or head is named 'mlpp'\. Did you mean 'mlp'\?"),
        ("mobilnet", r"Did you mean 'mobilenet'\?"),
        (
            "xyz",
            "There is: arcface, background, centroid, colour, face_recognition, fusion, hog, knn, lda, logreg, ",
        ),
        ("mlp(hiden=3)", r"takes no parameter 'hiden'\. Did you mean 'hidden'\?"),
        ("mlp(", r"'mlp\(' is not a name or a call"),
        ("os.system", r"No extractor, detector or head is named 'os\.system'"),
        ("sklearn.svm.SVK", r"sklearn\.svm has no classifier 'SVK'\. Did you mean 'SVC'\?"),
        ("sklearn.svm.SVC(kernal=1)", r"takes no parameter 'kernal'\. Did you mean 'kernel'\?"),
    ],
)
def test_a_wrong_name_is_refused_with_the_nearest(name: str, complaint: str) -> None:
    with pytest.raises(FacebenchError, match=complaint):
        describe(name)


def _shown(renderable: object, width: int = 120) -> str:
    console = Console(width=width, record=True, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(renderable)
    return console.export_text()


def _layers(renderable: object) -> list[list[str]]:
    """Return the cells of the table of layers."""
    lines = _shown(renderable).splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("layer ")) + 1
    last = next(place for place, line in enumerate(lines) if line.startswith("total "))
    return [re.split(" {2,}", line.strip()) for line in lines[first:last]]
