"""Whatever a file says, loading it gives a bundle or one clear refusal; what is loaded can be used."""

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.bundles import Bundle, Manifest
from facebench.bundles._archive import archive, packed
from facebench.errors import FacebenchError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

KINDS = ["linear", "kernel", "neighbours", "cosine", "nearest", "dense"]
quickly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
#: The values that JSON has, with those that are likely to be mistaken for others.
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-3, 200)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["", "1", "rbf", "poly", "face_recognition", "face_recognition(upsample=0)", "linear", 2**70]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NORMAL = np.random.default_rng(0).normal(size=(5, 128)).astype(np.float32)


@pytest.fixture(scope="module")
def parts(made: Callable[..., Bundle]) -> dict[str, tuple[dict[str, Any], dict[str, bytes]]]:
    """Manifest and arrays of a sound bundle, by kind of head."""
    return {
        kind: (
            json.loads(made(kind).manifest.model_dump_json()),
            {f"head/{name}.npy": packed(array) for name, array in made(kind).head.arrays().items()},
        )
        for kind in KINDS
    }


def load(path: Path, manifest: object, members: dict[str, bytes]) -> Bundle | None:
    """Return the bundle of a manifest that vouches for its members, or None where it is refused."""
    if isinstance(manifest, dict) and isinstance(manifest.get("parts"), dict):
        for name, part in manifest["parts"].items():
            if name in members and isinstance(part, dict):
                part["sha256"] = hashlib.sha256(members[name]).hexdigest()
    path.write_bytes(archive({"manifest.json": json.dumps(manifest).encode(), **members}))
    try:
        return Bundle.load(path)
    except FacebenchError as error:
        assert str(error)
        return None


def use(bundle: Bundle) -> None:
    """Do with a bundle what predict does."""
    with np.errstate(over="ignore", invalid="ignore"):  # of numbers that nobody trained; no matter whose
        scores = bundle.head.score(NORMAL)
        probabilities = bundle.probabilities(scores)
    assert scores.shape == (5,)
    assert probabilities is None or probabilities.shape == (5,)
    assert isinstance(bundle.manifest, Manifest)


def places(tree: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values in a tree of JSON."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@st.composite
def changed(draw: st.DrawFn, sound: dict[str, Any]) -> object:
    """Return a manifest in which some values are others, gone, or beside new ones."""
    tree: dict[str, Any] = {"root": copy.deepcopy(sound)}
    for _ in range(draw(st.integers(1, 3))):
        *outer, last = draw(st.sampled_from(places(tree["root"], ("root",))))
        holder: Any = tree
        for key in outer:
            holder = holder[key]
        kind = draw(st.sampled_from(["other", "gone", "new"]))
        if kind == "gone" and isinstance(holder, dict) and outer:
            del holder[last]
        elif kind == "new" and isinstance(holder[last], dict):
            holder[last][draw(st.text(max_size=8))] = draw(values)
        else:
            holder[last] = draw(values)
    return tree["root"]


@pytest.mark.parametrize("kind", KINDS)
@quickly
@given(data=st.data())
def test_a_manifest_of_other_values_is_refused_or_used(kind: str, data: Any, parts: Any, tmp_path: Path) -> None:
    sound, members = parts[kind]
    bundle = load(tmp_path / "me.facebench", data.draw(changed(sound)), members)
    if bundle:
        use(bundle)


@pytest.mark.parametrize("kind", KINDS)
@quickly
@given(data=st.data())
def test_options_of_a_head_that_are_others_are_refused_or_used(
    kind: str, data: Any, parts: Any, tmp_path: Path
) -> None:
    sound, members = copy.deepcopy(parts[kind])
    options = sound["head"]["options"]
    for name in options:
        if data.draw(st.booleans()):
            options[name] = data.draw(values | st.floats(allow_nan=False) | st.integers(1, 300))
    bundle = load(tmp_path / "me.facebench", sound, members)
    if bundle:
        use(bundle)


@pytest.mark.parametrize("kind", KINDS)
@quickly
@given(data=st.data())
def test_arrays_of_other_shapes_and_types_are_refused_or_used(kind: str, data: Any, parts: Any, tmp_path: Path) -> None:
    sound, members = copy.deepcopy(parts[kind])
    name = data.draw(st.sampled_from(sorted(members)))
    shapes = array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=8) | st.sampled_from(
        [(128,), (6, 128), (0, 128)]
    )
    dtype = data.draw(st.sampled_from([np.float64, np.float32, np.uint8, np.int64, np.bool_, np.complex64]))
    members[name] = packed(data.draw(arrays(dtype, data.draw(shapes), fill=st.nothing())))
    bundle = load(tmp_path / "me.facebench", sound, members)
    if bundle:
        with np.errstate(all="ignore"):
            bundle.head.score(NORMAL)


@settings(parent=quickly, max_examples=150)
@given(header=st.text(st.characters(max_codepoint=255), max_size=118) | st.binary(max_size=118), data=st.binary())
def test_arrays_of_any_bytes_are_refused(header: str | bytes, data: bytes, parts: Any, tmp_path: Path) -> None:
    sound, members = copy.deepcopy(parts["linear"])
    text = header.encode("latin1") if isinstance(header, str) else header
    members["head/coef.npy"] = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data
    assert load(tmp_path / "me.facebench", sound, members) is None


@settings(parent=quickly, max_examples=150)
@given(content=st.binary(max_size=400), begins=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06"]))
def test_files_of_any_bytes_are_refused(content: bytes, begins: bytes, tmp_path: Path) -> None:
    (tmp_path / "me.facebench").write_bytes(begins + content)
    with pytest.raises(FacebenchError):
        Bundle.load(tmp_path / "me.facebench")


@settings(parent=quickly, max_examples=150)
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_the_directory_of_a_zip_can_be_damaged_in_any_way(places: Any, parts: Any, tmp_path: Path) -> None:
    sound, members = parts["neighbours"]
    content = bytearray(archive({"manifest.json": json.dumps(sound).encode(), **members}))
    start = content.index(b"PK\x01\x02")
    for place, value in places:
        content[start + int(place * (len(content) - start - 1))] = value
    (tmp_path / "me.facebench").write_bytes(content)
    try:
        use(Bundle.load(tmp_path / "me.facebench"))
    except FacebenchError as error:
        assert str(error)
