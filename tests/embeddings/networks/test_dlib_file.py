"""The reader of dlib's network file: every layer of the real one; of anything else an error, never a wrong network."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.embeddings.faces import landmarks_file
from facebench.embeddings.networks._dlib_arrays import Arrays
from facebench.embeddings.networks._dlib_file import Layer, read_layers
from facebench.embeddings.networks._dlib_network import graph_of, weights_file
from facebench.errors import FacebenchError
from hypothesis import given
from hypothesis import strategies as st

#: (channels in, filters, side of a filter) of each convolution of dlib's network.
CONVOLUTIONS = [
    (3, 32, 7),
    *[(32, 32, 3)] * 6,
    *[(32, 64, 3), (64, 64, 3)],
    *[(64, 64, 3)] * 6,
    *[(64, 128, 3), (128, 128, 3)],
    *[(128, 128, 3)] * 4,
    *[(128, 256, 3), (256, 256, 3)],
    *[(256, 256, 3)] * 4,
    *[(256, 256, 3)] * 2,
]


@pytest.fixture(scope="module")
def layers() -> list[Layer]:
    return read_layers(weights_file())


@pytest.fixture(scope="module")
def small() -> list[Layer]:
    """A few layers, no two with the same numbers; some sizes take one byte, one takes two."""
    sizes = [("con_4", 300), ("affine_", 4), ("con_4", 10), ("affine_", 0), ("fc_2", 6)]
    return [Layer(kind, np.arange(size, dtype=np.float32) - 500 * n - 1) for n, (kind, size) in enumerate(sizes)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Path]:
    """Return a function that puts bytes into a file."""
    path = tmp_path_factory.mktemp("dlib") / "network.dat"

    def write(data: bytes) -> Path:
        path.write_bytes(data)
        return path

    return write


def test_the_real_file_holds_29_convolutions_29_affine_layers_and_the_last(layers: list[Layer]) -> None:
    assert Counter(layer.kind for layer in layers) == {"con_4": 29, "affine_": 29, "fc_2": 1}


def test_the_layers_of_the_real_file_have_the_expected_sizes_in_order(layers: list[Layer]) -> None:
    expected = []
    for inputs, filters, side in CONVOLUTIONS:
        expected += [("con_4", filters * inputs * side**2 + filters), ("affine_", 2 * filters)]
    assert [(layer.kind, layer.values.size) for layer in layers] == [*expected, ("fc_2", 256 * 128)]
    assert all(np.isfinite(layer.values).all() and layer.values.dtype == np.float32 for layer in layers)


def test_layers_are_read_as_they_were_written(small: list[Layer], written: Callable[[bytes], Path]) -> None:
    _assert_same(read_layers(written(_file(small))), small)


def test_a_file_cut_anywhere_gives_an_error_or_the_layers_before_the_cut(
    small: list[Layer], written: Callable[[bytes], Path]
) -> None:
    data = _file(small)
    outcomes = [_read(written(data[:cut])) for cut in range(len(data))]
    whole = [read for read in outcomes if read is not None]
    for read in whole:
        _assert_same(read, small[: len(read)])
    assert {len(read) for read in whole} == {1, 2, 3, 4, 5}
    assert len(whole) < len(data) / 10  # the rest are errors


def test_a_flipped_bit_outside_the_weights_never_gives_other_weights_of_the_same_shape(
    small: list[Layer], written: Callable[[bytes], Path]
) -> None:
    data = _file(small)
    weights = [data.index(layer.values.tobytes()) for layer in small]
    inside = {start + n for start, layer in zip(weights, small, strict=True) for n in range(layer.values.nbytes)}
    shapes = [(layer.kind, layer.values.size) for layer in small]
    refused = 0
    for place in set(range(len(data))) - inside:
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            read = _read(written(bytes(flipped)))
            refused += read is None
            if read is not None and [(layer.kind, layer.values.size) for layer in read] == shapes:
                _assert_same(read, small)
    assert refused > 100


@pytest.mark.parametrize("share", [0.0001, 0.01, 0.3, 0.6, 0.9, 0.999])
def test_no_network_is_made_of_a_cut_file(share: float, written: Callable[[bytes], Path]) -> None:
    data = weights_file().read_bytes()
    path = written(data[: int(share * len(data))])
    with pytest.raises(FacebenchError, match=str(path)):
        graph_of(Arrays(path))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"", "no network file of dlib", id="empty"),
        pytest.param(b"weights: none\n" * 100, "no network file of dlib", id="text"),
        pytest.param(b"\x01\x05con_4", "damaged after 0 layers", id="a name alone"),
        pytest.param(b"\x01\x05con_4\x0f" + bytes(100), "damaged after 0 layers", id="a number of 15 bytes"),
        pytest.param(b"\x01\x05con_4\x01\x02" + b"\x08\xff" * 80, "damaged after 0 layers", id="a huge tensor"),
    ],
)
def test_another_file_is_refused(content: bytes, complaint: str, written: Callable[[bytes], Path]) -> None:
    path = written(content)
    with pytest.raises(FacebenchError, match=f"{path}.*{complaint}"):
        read_layers(path)


def test_other_files_of_dlib_and_photos_are_refused(scenes: dict[str, Path]) -> None:
    for path in (landmarks_file(), scenes["china"]):
        with pytest.raises(FacebenchError, match=f"{path} is no network file of dlib"):
            read_layers(path)


NAMES = [b"\x01\x05con_4", b"\x01\x07affine_", b"\x01\x04fc_2"]
NUMBERS = [b"\x01\x01", b"\x01\x02", b"\x81\x01", b"\x08" + b"\xff" * 8]


@given(st.lists(st.binary(max_size=40) | st.sampled_from(NAMES + NUMBERS)))
def test_arbitrary_bytes_give_layers_or_an_error_that_names_the_file(
    written: Callable[[bytes], Path], parts: list[bytes]
) -> None:
    read = _read(written(b"".join(parts)))
    assert read is None or {layer.kind for layer in read} <= {"con_4", "affine_", "fc_2"}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda layers: layers[1:], id="first missing"),
        pytest.param(lambda layers: [*layers[:1], *layers[2:]], id="affine layer missing"),
        pytest.param(lambda layers: layers[:20] + layers[22:], id="convolution missing with its affine layer"),
        pytest.param(lambda layers: layers[:-1], id="last missing"),
        pytest.param(lambda layers: [layers[0], *layers], id="first doubled"),
        pytest.param(lambda layers: [*layers, layers[-1]], id="last doubled"),
        pytest.param(lambda layers: [layers[1], layers[0], *layers[2:]], id="two reordered"),
        pytest.param(lambda layers: [*layers[2:4], *layers[:2], *layers[4:]], id="convolutions reordered"),
        pytest.param(lambda layers: layers[::-1], id="all reordered"),
        pytest.param(lambda layers: [Layer("con_4", layers[0].values[:-1]), *layers[1:]], id="a number too few"),
    ],
)
def test_no_network_is_made_of_other_layers(
    changed: Callable[[list[Layer]], list[Layer]], layers: list[Layer], written: Callable[[bytes], Path]
) -> None:
    path = written(_file(changed(layers)))
    with pytest.raises(FacebenchError, match=f"{path} is not dlib's face recognition network: "):
        graph_of(Arrays(path))


def _read(path: Path) -> list[Layer] | None:
    """Return the layers of a file, None where the file is refused by name."""
    try:
        return read_layers(path)
    except FacebenchError as error:
        assert str(path) in str(error)
        return None


def _assert_same(found: list[Layer], expected: list[Layer]) -> None:
    assert [layer.kind for layer in found] == [layer.kind for layer in expected]
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.values, other.values)


def _file(layers: list[Layer]) -> bytes:
    """Return a file as dlib writes it: each layer is introduced by its name, others stand between."""
    content = b"dlib\x00"
    for layer in layers:
        head = _name(layer.kind) + (_integer(128) + _integer(1) if layer.kind == "fc_2" else b"")
        tensor = b"".join(_integer(number) for number in (2, layer.values.size, 1, 1, 1))
        content += head + tensor + layer.values.astype("<f4").tobytes() + _name("relu_1")
    return content


def _name(text: str) -> bytes:
    return _integer(len(text)) + text.encode()


def _integer(number: int) -> bytes:
    size = max(1, (number.bit_length() + 7) // 8)
    return bytes([size | (0x80 if number < 0 else 0)]) + abs(number).to_bytes(size, "little")
