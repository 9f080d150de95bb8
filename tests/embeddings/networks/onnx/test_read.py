"""The reader of ONNX files: numbers are those of ONNX Runtime; of anything else one error that names the file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from facebench.embeddings.networks.onnx import read_onnx
from facebench.errors import FacebenchError
from facebench.import_openvino import import_openvino

from ....onnx_files import file, node, tensor

INT4 = 22  # the code of ONNX
RANDOM = np.random.default_rng(0)

Written = Callable[[bytes], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Return a function that puts bytes into a file."""

    def written(data: bytes) -> Path:
        path = tmp_path / "network.onnx"
        path.write_bytes(data)
        return path

    return written


def int8(*shape: int) -> np.ndarray:
    return RANDOM.integers(-128, 128, shape).astype(np.int8)


def scales(*shape: int) -> np.ndarray:
    return RANDOM.uniform(0.01, 0.1, shape).astype(np.float32)


@pytest.mark.parametrize(
    ("arrays", "attributes"),
    [
        pytest.param([int8(5, 4), scales()], {}, id="one scale"),
        pytest.param([int8(5, 4), scales(1), int8(1)], {}, id="one scale, in a row of its own"),
        pytest.param([int8(5), scales(1)], {}, id="one scale and no second axis"),
        pytest.param([int8(5, 4), scales(4), int8(4)], {}, id="each column"),
        pytest.param([int8(5, 4).astype(np.uint8), scales(5), int8(5).astype(np.uint8)], {"axis": 0}, id="each row"),
        pytest.param([int8(5, 4, 3), scales(4)], {"axis": -2}, id="from the end"),
        pytest.param([int8(5, 4).astype(np.int32) * 9999, scales(4)], {}, id="32 bits"),
        pytest.param([int8(8), scales(2), int8(2)], {"axis": 0, "block_size": 4}, id="blocks in one dimension"),
        pytest.param([int8(5, 8), scales(5, 2), int8(5, 2)], {"axis": 1, "block_size": 4}, id="blocks"),
        pytest.param([int8(5, 8), scales(2, 8)], {"axis": -2, "block_size": 3}, id="a smaller block last"),
        pytest.param([int8(5, 9), scales(5, 1), int8(5, 1)], {"axis": 1, "block_size": 9}, id="one block"),
        pytest.param([int8(5, 9), scales(5, 1), int8(5, 1)], {"axis": 1, "block_size": 64}, id="less than a block"),
    ],
)
def test_weights_are_dequantised_as_by_onnx_runtime(
    arrays: list[np.ndarray], attributes: dict[str, int], written: Written
) -> None:
    names = ["weights", "scale", "zero"][: len(arrays)]
    stored = [tensor(name, array) for name, array in zip(names, arrays, strict=True)]
    layers = [node("DequantizeLinear", names, "real", attributes), node("Add", ["shown", "real"], "sum")]
    path = written(file(layers, stored, {"shown": arrays[0].shape}, {"sum": arrays[0].shape}))
    assert_like_onnx_runtime(path, scales(*arrays[0].shape))
    constants = [op for op in read_onnx(path).get_ops() if op.get_type_name() == "Constant"]
    assert [constant.get_element_type().get_type_name() for constant in constants] == ["f32"]


def test_weights_of_4_bits_are_two_in_a_byte(written: Written) -> None:
    packed = tensor("weights", int8(8), shape=(4, 4), code=INT4)
    layers = [node("DequantizeLinear", ["weights", "scale"], "real"), node("Add", ["shown", "real"], "sum")]
    path = written(file(layers, [packed, tensor("scale", scales(4))], {"shown": (4, 4)}, {"sum": (4, 4)}))
    assert_like_onnx_runtime(path, scales(4, 4))


def test_what_a_layer_gives_is_dequantised_for_each_picture(written: Written) -> None:
    factors = [tensor("scale", np.float32(0.02)), tensor("zero", np.uint8(3))]
    layers = [
        node("QuantizeLinear", ["shown", "scale", "zero"], "few"),
        node("DequantizeLinear", ["few", "scale", "zero"], "real"),
    ]
    path = written(file(layers, factors, {"shown": (2, 3)}, {"real": (2, 3)}))
    assert_like_onnx_runtime(path, 9 * scales(2, 3))


def test_inputs_that_nothing_uses_are_left_out(written: Written) -> None:
    layers = [node("Relu", ["shown"], "cut")]
    model = read_onnx(written(file(layers, [], {"unused": (7,), "shown": (2, 3), "other": (7,)}, {"cut": (2, 3)})))
    assert [name.any_name for name in model.inputs] == ["shown"]


@pytest.mark.parametrize("data", [b"", b"<html>Not Found</html>", bytes(1000)], ids=["empty", "text", "zeros"])
def test_another_file_is_refused_by_name_in_one_line(
    data: bytes, written: Written, capfd: pytest.CaptureFixture[str]
) -> None:
    path = written(data)
    with pytest.raises(FacebenchError, match=f"^{path} cannot be read as an ONNX network: .+\\.$"):
        read_onnx(path)
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    message = r"missing\.onnx cannot be read as an ONNX network: Could not open the file"
    with pytest.raises(FacebenchError, match=message):
        read_onnx(tmp_path / "missing.onnx")


def test_a_file_cut_anywhere_is_refused_by_name(written: Written) -> None:
    stored = [tensor("weights", scales(3, 2))]
    data = file([node("MatMul", ["shown", "weights"], "product")], stored, {"shown": (1, 3)}, {"product": (1, 2)})
    assert read_onnx(written(data)).outputs
    for cut in range(len(data)):
        path = written(data[:cut])
        with pytest.raises(FacebenchError, match=f"{path} cannot be read as an ONNX network: "):
            read_onnx(path)


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        pytest.param(("Somersault", ["shown"], {}), "Somersault", id="unknown"),
        pytest.param(("DequantizeLinear", ["shown", "scale"], {"axis": 5}), "DequantizeLinear", id="no such axis"),
    ],
)
def test_an_operation_that_cannot_be_converted_is_named(
    layer: tuple[str, list[str], dict[str, int]], why: str, written: Written
) -> None:
    name, inputs, attributes = layer
    stored = [tensor("scale", scales(3))]
    path = written(file([node(name, inputs, "out", attributes)], stored, {"shown": (2, 3)}, {"out": (2, 3)}))
    with pytest.raises(FacebenchError, match=f"{path} cannot be read as an ONNX network: .*{why}"):
        read_onnx(path)


def assert_like_onnx_runtime(path: Path, shown: np.ndarray) -> None:
    expected = onnxruntime.InferenceSession(path).run(None, {"shown": shown})[0]
    found = import_openvino().Core().compile_model(read_onnx(path), "CPU")([shown])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
