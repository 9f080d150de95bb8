"""Files that are no sound bundle, from the inside: arrays and manifests that lie, although every hash is right."""

import json
import pickle
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.bundles import Bundle
from facebench.bundles._archive import packed
from facebench.errors import FacebenchError

Members = Callable[..., dict[str, bytes]]
Written = Callable[..., Path]
Refused = Callable[[Path, str], None]
COEF = "head/coef.npy"


class Harmful:
    """Unpickled, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def npy(header: str, content: bytes = b"") -> bytes:
    """An array's file with any header."""
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + content


def test_python_objects_are_refused_and_never_made(
    members: Members, written: Written, tmp_path: Path, refused: Refused
) -> None:
    for content in (
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", pickle.dumps(Harmful(tmp_path / "harm"))),
        npy("{'descr': [('f', '|O')], 'fortran_order': False, 'shape': (1,), }", pickle.dumps(Harmful(tmp_path / "h"))),
        pickle.dumps(Harmful(tmp_path / "harm")),
    ):
        harmful = {**members(), COEF: content}
        refused(written(harmful, vouched=True), "holds Python objects, which could execute something|is no array")


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, -128), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (129,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (128, 0, 99999999999999999999), }",
        "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 128), }",
        "{'descr': '>f8', 'fortran_order': False, 'shape': (128,), }",
        "{'descr': '<f2', 'fortran_order': False, 'shape': (512,), }",
        "{'descr': '<c16', 'fortran_order': False, 'shape': (64,), }",
        "{'descr': '|S1024', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (128,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (128,)",
        "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': (), 'fortran_order': False, 'shape': (128,), }",
        "{'descr': 8, 'fortran_order': False, 'shape': (128,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (128L,), }",
        "__import__('os').mkdir('harm')",
        "((((((((((((((((((((",
        "- - - - - ",
        "\x00",
        " x\n y",
        "",
    ],
)
def test_headers_that_are_wrong_are_refused_and_ask_for_no_memory(
    header: str, members: Members, written: Written, refused: Refused
) -> None:
    wrong = {**members(), COEF: npy(header, np.ones(128).tobytes())}
    path = written(wrong, vouched=True)
    tracemalloc.start()
    refused(path, "'head/coef.npy' (is no array|holds|promises)")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("shape", ["(0, 99999999999999999999)", f"({'1, ' * 90})", "(-1, 0)", "(0, -5)"])
def test_shapes_without_numbers_are_refused(shape: str, members: Members, written: Written, refused: Refused) -> None:
    content = npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}", bytes(8 if "1, 1" in shape else 0))
    wrong = {**members(), COEF: content}
    refused(written(wrong, vouched=True), "is damaged")


@pytest.mark.parametrize("kind", ["linear", "kernel", "neighbours", "cosine", "nearest", "dense"])
def test_an_array_without_a_shape_is_refused(kind: str, members: Members, written: Written, refused: Refused) -> None:
    one = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", np.float64(1).tobytes())
    sound = members(kind)
    for name in sound.keys() - {"manifest.json"}:
        refused(written({**sound, name: one}, vouched=True), "its head does not fit together")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(value: float, members: Members, written: Written, refused: Refused) -> None:
    coef = np.ones(128)
    coef[5] = value
    wrong = {**members(), COEF: packed(coef)}
    refused(written(wrong, vouched=True), "'head/coef.npy' holds non-finite values")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"[1, 2", "its manifest is no JSON"),
        (b"\xff\xfe\x00", "its manifest is no JSON"),
        (b"[" * 200_000, "its manifest is no JSON"),
        (b"9" * 50_000, "its manifest is no JSON|does not say facebench-bundle"),
        (b"[]", "does not say facebench-bundle"),
        (b'{"format": "another"}', "does not say facebench-bundle"),
        (b'{"format": "facebench-bundle", "schema_version": 3}', "was written by a newer facebench: update facebench"),
        (b'{"format": "facebench-bundle", "schema_version": 1}', "is damaged: created in its manifest: Field required"),
        (b'{"format": "facebench-bundle", "schema_version": true}', "in its manifest"),
        (b" " * 1_000_001, "its manifest.json is larger than 1 MB"),
    ],
)
def test_manifests_that_are_wrong_are_refused(
    content: bytes, what: str, members: Members, written: Written, refused: Refused
) -> None:
    refused(written({**members(), "manifest.json": content}), what)


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("head.kind", "oracle", "a head of the kind 'oracle', which this facebench does not know"),
        ("head.kind", "cosine", "its head does not fit together"),
        ("head.options", {"gamma": 1.0}, "its head does not fit together"),
        ("head.options.link", "exec", "its head does not fit together"),
        ("head.options.coef", [1.0], "its manifest does not say|its head does not fit together|is damaged"),
        ("head.carries", "the target", "does not say rightly whose vectors it holds"),
        ("threshold", "high", "threshold in its manifest"),
        ("more", 1, "more in its manifest"),
        ("training.more", 1, "training.more in its manifest"),
        ("calibration.slope", -1.0, "calibration.slope in its manifest"),
        ("extractor.card.weights_sha256", "0" * 64, "its weights sha256 is not the one that is installed"),
        ("extractor.card.dimension", 1280, "its dimension is not the one that is installed"),
        ("extractor.card.preprocessing", "none", "its preprocessing is not the one that is installed"),
        ("extractor.card.network", "another", "its network is not the one that is installed"),
        ("extractor.architecture", "2: deeper", "was made with another network of 'face_recognition'"),
        ("extractor.name", "mobilenet", "was made with another 'mobilenet'"),
    ],
)
def test_manifests_that_lie_are_refused(
    path: str, value: object, what: str, members: Members, written: Written, refused: Refused
) -> None:
    sound = members()
    manifest = json.loads(sound["manifest.json"])
    *outer, last = path.split(".")
    inner = manifest
    for key in outer:
        inner = inner[key]
    if path == "head.options.coef":
        sound = {"manifest.json": sound["manifest.json"]}
        manifest["parts"] = {}
    inner[last] = value
    refused(written(sound, manifest), what)


@pytest.mark.parametrize(
    "name", ["nothing", "os.system('x')", "face_recognition(faces=open('x'))", "mobilenet(view='side')", "a(", ""]
)
def test_an_extractor_that_is_not_there_is_refused(name: str, members: Members, written: Written) -> None:
    manifest = json.loads((sound := members())["manifest.json"])
    manifest["extractor"]["name"] = name
    with pytest.raises(FacebenchError, match=r"extractor|is not a name or a call"):
        Bundle.load(written(sound, manifest))


def test_a_head_for_vectors_of_another_length_is_refused(members: Members, written: Written, refused: Refused) -> None:
    wrong = {**members(), COEF: packed(np.ones(64))}
    refused(written(wrong, vouched=True), "its head takes 64 components, not 128")
