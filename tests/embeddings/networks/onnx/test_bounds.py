"""The first look at an ONNX file: nothing of it leads to another file, beyond memory, or to any other error."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.embeddings.networks.onnx import sface_file
from facebench.embeddings.networks.onnx._bounds import check_bounds
from facebench.errors import FacebenchError
from hypothesis import given
from hypothesis import strategies as st

from ....onnx_files import FLOAT, face_network, message, tensor

NETWORK = face_network()
#: A tensor whose numbers lie in another file.
AWAY = message((1, 3), (2, FLOAT), (8, b"w"), (13, message((1, b"location"), (2, b"/etc/passwd"))), (14, 1))
LOCATION = message((1, 3), (2, FLOAT), (8, b"w"), (14, 1))
NAMED = message((1, 3), (2, FLOAT), (13, message((1, b"location"), (2, b"w.bin"))))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bounds") / "net.onnx"


def model(*fields: tuple[int, int | bytes]) -> bytes:
    return message((1, 10), *fields)


def graph(*fields: tuple[int, int | bytes]) -> bytes:
    return model((7, message(*fields)))


def attribute(*fields: tuple[int, int | bytes]) -> bytes:
    return message((4, b"If"), (5, message((1, b"a"), *fields)))


PLACES: dict[str, Callable[[bytes], bytes]] = {
    "initializer": lambda away: graph((5, away)),
    "sparse initializer": lambda away: graph((15, message((1, away)))),
    "indices": lambda away: graph((15, message((2, away)))),
    "attribute": lambda away: graph((1, attribute((5, away)))),
    "attribute of tensors": lambda away: graph((1, attribute((10, tensor("t", np.ones(1, np.float32))), (10, away)))),
    "sparse attribute": lambda away: graph((1, attribute((22, message((1, away)))))),
    "sparse attributes": lambda away: graph((1, attribute((23, message((1, away)))))),
    "nested graph": lambda away: graph((1, attribute((6, message((5, away)))))),
    "nested graphs": lambda away: graph(
        (1, attribute((11, message((1, attribute((6, message((5, away))))))))),
    ),
    "function": lambda away: model((7, b""), (25, message((7, attribute((5, away)))))),
    "default of a function": lambda away: model((7, b""), (25, message((11, message((5, away)))))),
    "training": lambda away: model((7, b""), (20, message((2, message((5, away)))))),
    "second graph": lambda away: model((7, b""), (7, message((5, away)))),
}


@pytest.mark.parametrize("away", [AWAY, LOCATION, NAMED], ids=["both", "location", "named"])
@pytest.mark.parametrize("place", PLACES)
def test_weights_in_other_files_are_refused_wherever_they_are_named(place: str, away: bytes, path: Path) -> None:
    path.write_bytes(PLACES[place](away))
    with pytest.raises(FacebenchError, match=f"^{path} is refused: its weights are to be read from other files"):
        check_bounds(path)


def test_a_location_in_the_file_itself_is_none_elsewhere(path: Path) -> None:
    path.write_bytes(graph((5, message((1, 1), (2, FLOAT), (14, 0), (9, bytes(4))))))
    check_bounds(path)


def test_real_networks_pass(path: Path) -> None:
    check_bounds(sface_file())
    path.write_bytes(NETWORK)
    check_bounds(path)


@pytest.mark.parametrize(
    ("sides", "what"),
    [
        (((1, 10**12),), "more numbers than the file"),
        (((1, 10**6), (1, 10**6)), "more numbers than the file"),
        (((1, -1),), "more numbers than the file"),
        (((1, 0), (1, -5)), "more numbers than the file"),
        (((1, b"\xff\xff\xff\xff\x7f"),), "more numbers than the file"),
        (((1, 1),) * 17, "more than 16 dimensions"),
        (((1, b"\x01" * 10_000),), "more than 16 dimensions"),
    ],
    ids=["long", "wide", "negative", "negative beside none", "packed", "17 dimensions", "10,000 dimensions, packed"],
)
def test_no_size_is_believed(sides: tuple[tuple[int, int | bytes], ...], what: str, path: Path) -> None:
    for held in (graph((5, message(*sides, (9, bytes(4))))), graph((1, attribute((5, message(*sides)))))):
        path.write_bytes(held)
        with pytest.raises(FacebenchError, match=f"^{path} is refused: a tensor .*{what}"):
            check_bounds(path)


def test_graphs_in_one_another_end_somewhere(path: Path) -> None:
    inner = b""
    for _ in range(12):
        inner = message((1, attribute((6, inner))))
    path.write_bytes(model((7, inner)))
    with pytest.raises(FacebenchError, match="nested more than 24 deep"):
        check_bounds(path)


def test_fields_without_end_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("facebench.embeddings.networks.onnx._bounds._FIELDS", 1000)
    path.write_bytes(model((7, message(*[(2, b"")] * 1000))))
    with pytest.raises(FacebenchError, match="more than 1,000 parts"):
        check_bounds(path)


def test_a_file_of_more_than_a_gigabyte_is_refused_unread(path: Path) -> None:
    with path.open("wb") as hollow:
        hollow.truncate(1_000_000_001)
    with pytest.raises(FacebenchError, match=f"^{path} is refused: networks of more than 1 GB are not read"):
        check_bounds(path)
    path.unlink()


@pytest.mark.parametrize(
    "data", [b"", b"<html>Not Found</html>", bytes(1000), model(), b"\x0b\x0c", b"\x08" + b"\xff" * 9]
)
def test_another_file_is_refused_by_name(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    with pytest.raises(FacebenchError, match=f"^{path} is no ONNX network"):
        check_bounds(path)


def test_what_is_no_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FacebenchError, match=f"^{tmp_path} is no ONNX network: it is no file"):
        check_bounds(tmp_path)
    with pytest.raises(FacebenchError, match=r"gone\.onnx cannot be read: No such file"):
        check_bounds(tmp_path / "gone.onnx")


def test_a_file_cut_anywhere_gives_no_other_error(path: Path) -> None:
    for cut in range(len(NETWORK)):
        path.write_bytes(NETWORK[:cut])
        with pytest.raises(FacebenchError, match=f"^{path} is "):
            check_bounds(path)


@given(st.lists(st.tuples(st.integers(0, len(NETWORK) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes_give_no_other_error(path: Path, changes: list[tuple[int, int]]) -> None:
    _look(path, NETWORK, changes)


@given(st.data())
def test_changed_bytes_around_other_files_give_no_other_error(path: Path, data: st.DataObject) -> None:
    sound = PLACES[data.draw(st.sampled_from(sorted(PLACES)))](AWAY)
    at = data.draw(st.integers(0, len(sound) - 1))
    _look(path, sound, [(at, data.draw(st.integers(0, 255)))])


@given(st.binary(max_size=300))
def test_any_bytes_give_no_other_error(path: Path, data: bytes) -> None:
    _look(path, data, [])


def _look(path: Path, data: bytes, changes: list[tuple[int, int]]) -> None:
    changed = bytearray(data)
    for place, byte in changes:
        changed[place] = byte
    path.write_bytes(changed)
    try:
        check_bounds(path)
    except FacebenchError as error:
        assert str(error).startswith(f"{path} is ")
