"""`onnx`: networks of one's own give what ONNX Runtime gives, and whatever is no such network is refused by name."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Extractor, Failure, extractors, terms_of
from facebench.embeddings._identity import extractor_identity
from facebench.embeddings.networks.onnx import sface_file
from facebench.errors import FacebenchError
from PIL import Image

from ...onnx_files import Shape, face_network, file, message, node, tensor

FACTS = {"align": "whole", "order": "rgb", "mean": 127.5, "scale": 128}


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.onnx"
    path.write_bytes(face_network())
    return path


def call(path: Path, **changed: Any) -> str:
    facts = {**FACTS, **changed}
    return f"onnx('{path}', {', '.join(f'{key}={value!r}' for key, value in facts.items())})"


def embedded(called: str, *photos: Path) -> np.ndarray:
    outcomes = extractors.create(called).embed([Photo(photo) for photo in photos])
    return np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])


@pytest.mark.parametrize("planes", [True, False], ids=["NCHW", "NHWC"])
@pytest.mark.parametrize("order", ["rgb", "bgr"])
@pytest.mark.parametrize("normalised", [True, False])
def test_vectors_are_those_of_onnx_runtime(
    planes: bool, order: str, normalised: bool, orl: list[Path], scenes: dict[str, Path], tmp_path: Path
) -> None:
    path, photos, mean, scale = tmp_path / "net.onnx", [scenes["flower"], *orl[:2]], (104.0, 117.0, 123.0), (58, 57, 56)
    path.write_bytes(face_network(16, planes=planes))
    found = embedded(call(path, order=order, mean=mean, scale=scale, normalised=normalised), *photos)
    assert (found.shape, found.dtype) == ((3, 5), np.float32)
    shown = np.stack([Photo(photo).image.resize((16, 16), Image.Resampling.BILINEAR) for photo in photos])
    shown = ((shown[..., :: -1 if order == "bgr" else 1] - np.array(mean)) / scale).astype(np.float32)
    shown = np.ascontiguousarray(shown.transpose(0, 3, 1, 2) if planes else shown)
    expected = onnxruntime.InferenceSession(path).run(None, {"shown": shown})[0]
    if normalised:
        expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_file_of_sface_gives_the_vectors_of_sface(
    orl: list[Path], extractor_named: Callable[[str], Extractor]
) -> None:
    own = embedded(call(sface_file(), align="arcface112", mean=0, scale=1), *orl[:3])
    outcomes = extractor_named("sface").embed([Photo(photo) for photo in orl[:3]])
    built_in = [outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)]
    np.testing.assert_allclose(own, built_in, atol=1e-5)


@pytest.mark.parametrize("align", ["arcface112", "dlib150", "box"])
def test_a_face_is_brought_to_the_side_of_the_network(
    align: str, net: Path, orl: list[Path], scenes: dict[str, Path]
) -> None:
    outcomes = extractors.create(call(net, align=align)).embed([Photo(orl[0]), Photo(scenes["flower"])])
    assert isinstance(outcomes[0], Embedding)
    assert outcomes[0].box is not None
    assert outcomes[1] == Failure("no_face", "no face found")


def test_a_box_is_what_the_photo_shows_of_it(net: Path, orl: list[Path]) -> None:
    made = extractors.create(call(net, align="box"))
    finder, photo = getattr(made, "finder"), Photo(orl[0])  # noqa: B009
    left, top, right, bottom = finder.find(photo).box
    np.testing.assert_array_equal(finder.find(photo).chip, photo.pixels[max(0, top) : bottom, max(0, left) : right])


def test_a_side_that_the_file_leaves_open_is_asked_for(tmp_path: Path, orl: list[Path]) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(face_network(any_side=True))
    with pytest.raises(
        FacebenchError, match=f"^{path} does not say the side of its pictures: give it, such as side=112"
    ):
        extractors.create(call(path))
    assert embedded(call(path, side=20), orl[0]).shape == (1, 5)


def of(layers: list[bytes], inputs: dict[str, Shape], outputs: dict[str, Shape]) -> bytes:
    return file(layers, [tensor("dense", np.ones((192, 5), np.float32))], inputs, outputs)


PICTURE: dict[str, Shape] = {"shown": ("n", 3, 8, 8)}
FLAT = node("Flatten", ["shown"], "flat")
PRODUCT = node("MatMul", ["flat", "dense"], "vector")
TWO = of([FLAT, PRODUCT], PICTURE, {"flat": ("n", 192), "vector": ("n", 5)})
FIXED = file(
    [node("Reshape", ["shown", "sides"], "flat"), PRODUCT],
    [tensor("dense", np.ones((192, 5), np.float32)), tensor("sides", np.array([1, 192]))],
    {"shown": (1, 3, 8, 8)},
    {"vector": (1, 5)},
)
ALONE = file(
    [node("Squeeze", ["shown", "first"], "one"), node("Reshape", ["one", "sides"], "vector")],
    [tensor("first", np.array([0])), tensor("sides", np.array([1, 192]))],
    {"shown": (1, 3, 8, 8)},
    {"vector": (1, 192)},
)


@pytest.mark.parametrize(
    ("content", "changed", "what"),
    [
        pytest.param(b"<html>Not Found</html>", {}, "is no ONNX network, or is damaged", id="text"),
        pytest.param(b"", {}, "is no ONNX network: it is empty", id="empty"),
        pytest.param(face_network()[:-9], {}, "is no ONNX network, or is damaged", id="truncated"),
        pytest.param(
            message((7, message((5, message((13, message((1, b"location"), (2, b"/etc/passwd")))))))),
            {},
            "is refused: its weights are to be read from other files",
            id="external data",
        ),
        pytest.param(
            of([node("Relu", ["shown"], "picture")], PICTURE, {"picture": ("n", 3, 8, 8)}),
            {},
            r"gives no vector for a picture, \(n, dimension\), but \[2,3,8,8\] for 2",
            id="picture to picture",
        ),
        pytest.param(TWO, {}, "has 2 outputs: name one, such as output='flat', of flat, vector", id="two outputs"),
        pytest.param(TWO, {"output": "gone"}, "has no output 'gone'. There is: flat, vector", id="no such output"),
        pytest.param(
            of([node("Add", ["shown", "other"], "s")], {**PICTURE, "other": ("n", 3, 8, 8)}, {"s": ("n", 3, 8, 8)}),
            {},
            "takes 2 inputs",
            id="two inputs",
        ),
        pytest.param(
            of([PRODUCT], {"flat": ("n", 192)}, {"vector": ("n", 5)}), {}, "takes no pictures as float", id="row"
        ),
        pytest.param(
            of([node("Flatten", ["shown"], "flat")], {"shown": ("n", 1, 8, 8)}, {"flat": ("n", 64)}),
            {},
            "takes no pictures as float",
            id="grey",
        ),
        pytest.param(ALONE, {}, "does not take several pictures of 8x8 at once: export it for any", id="one picture"),
        pytest.param(
            of([FLAT], {"shown": ("n", 3, 8, 9)}, {"flat": ("n", 216)}), {}, "takes pictures of 8 x 9", id="no square"
        ),
        pytest.param(face_network(), {"side": 9}, "takes pictures of 8, not of a side of 9", id="another side"),
        pytest.param(
            of([node("Somersault", ["shown"], "v")], PICTURE, {"v": ("n", 5)}), {}, "Somersault", id="unknown operation"
        ),
    ],
)
def test_what_is_no_such_network_is_refused_by_name(
    content: bytes, changed: dict[str, Any], what: str, tmp_path: Path
) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    with pytest.raises(FacebenchError, match=f"^{path} .*{what}"):
        extractors.create(call(path, **changed))


def test_a_network_that_was_exported_for_one_picture_takes_several(tmp_path: Path, orl: list[Path]) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(FIXED)
    found = embedded(call(path, normalised=False), *orl[:3])
    for vector, photo in zip(found, orl, strict=False):
        shown = np.asarray(Photo(photo).image.resize((8, 8), Image.Resampling.BILINEAR), np.float32)
        expected = onnxruntime.InferenceSession(path).run(
            None, {"shown": (shown.transpose(2, 0, 1)[None] - 127.5) / 128}
        )
        np.testing.assert_allclose(vector, expected[0][0], atol=1e-4)


def test_one_of_two_outputs_is_taken_by_name(tmp_path: Path, orl: list[Path]) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(TWO)
    assert embedded(call(path, output="vector"), orl[0]).shape == (1, 5)
    assert embedded(call(path, output="flat"), orl[0]).shape == (1, 192)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"order": None}, "order is missing: the file does not say it.* An example: onnx"),
        ({"align": None, "mean": None, "scale": None}, "align, mean, scale are missing"),
        ({"order": "grb"}, "order is one of rgb, bgr, not 'grb'"),
        ({"align": "112"}, "align is one of arcface112, dlib150, box, whole, not '112'"),
        ({"scale": (1, 0, 1)}, "scale is what pixels are divided by: not 0"),
        ({"scale": (1, 2)}, "scale is a number, or one for each of three channels"),
        ({"mean": "127.5"}, "mean is a number, or one for each of three channels"),
        ({"mean": True}, "mean is a number"),
        ({"side": 0}, "side is a number of pixels, 1 to 4096, not 0"),
        ({"commercial": "maybe"}, "commercial is one of yes, no, unknown"),
        ({"align": "box", "faces": "smallest"}, "faces is one of"),
        ({"align": "arcface112", "detector": "hog"}, "hog gives no landmarks"),
    ],
    ids=str,
)
def test_what_is_not_said_or_said_wrongly_is_refused(changed: dict[str, Any], what: str, net: Path) -> None:
    with pytest.raises(FacebenchError, match=what):
        extractors.create(call(net, **changed))


def test_without_a_file_it_shows_how_it_is_called() -> None:
    with pytest.raises(
        FacebenchError, match=r"path, align, order, mean, scale are missing.* An example: onnx\('~/models/"
    ):
        extractors.create("onnx")


def test_a_file_that_is_changed_before_it_runs_is_refused(net: Path) -> None:
    made = extractors.create(call(net))
    net.write_bytes(face_network(seed=1))
    with pytest.raises(FacebenchError, match=f"{net} was changed while it was in use"):
        made.load()


def key(called: str) -> str:
    return extractor_identity(extractors, called, extractors.create(called)).key


def test_a_moved_file_keeps_its_vectors(net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    moved = shutil.copy(net, tmp_path / "elsewhere")
    assert key(call(net)) == key(call(Path(moved)))
    monkeypatch.chdir(tmp_path)
    assert key(call(net)) == key(call(Path("net.onnx")))
    identity = extractor_identity(extractors, call(net), extractors.create(call(net)))
    assert str(tmp_path) not in identity.title + identity.facts


def test_the_same_numbers_and_a_licence_change_no_vector(net: Path) -> None:
    same = [{"mean": (127.5,) * 3}, {"scale": 128.0}, {"side": 8}, {"output": "vector"}]
    same += [{"commercial": "no"}, {"licence": "MIT"}]
    assert {key(call(net, **changed)) for changed in same} == {key(call(net))}


def test_another_content_name_or_parameter_is_another(net: Path, tmp_path: Path) -> None:
    renamed = shutil.copy(net, tmp_path / "renamed.onnx")
    changed = [{"order": "bgr"}, {"mean": 0}, {"scale": 1}, {"align": "box"}, {"normalised": False}]
    keys = {key(call(net)), key(call(Path(renamed))), *(key(call(net, **one)) for one in changed)}
    net.write_bytes(face_network(seed=1))
    assert len({*keys, key(call(net))}) == len(changed) + 3


def test_terms_of_known_weights_are_those_of_their_hash(net: Path) -> None:
    known = terms_of(asdict(extractors.create(call(sface_file(), commercial="yes")).card))
    assert known is not None
    assert known.commercial == "unknown"
    said = terms_of(asdict(extractors.create(call(net, commercial="no", licence="for research")).card))
    assert said is not None
    assert (said.commercial, said.why) == ("no", "for research")
