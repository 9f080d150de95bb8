"""Reader of ONNX files, whoever made them: weights of few bits become numbers as others are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ....errors import FacebenchError, printable
from ....import_openvino import import_openvino
from .._graph import operations


def read_onnx(path: Path) -> Any:
    """Return the network of an ONNX file as an OpenVINO model, with the inputs and outputs that the file declares.

    Its shapes are the file's, often for one picture: `reshape` changes them. Inputs that nothing uses are left out:
    some files declare weights as inputs and hold them under other names.

    Raises:
        FacebenchError: the file cannot be read, is damaged, is none of ONNX, or has an operation that OpenVINO lacks.

    Source: ONNX operators, DequantizeLinear, version 21.
    """
    import_openvino()  # without its telemetry
    from openvino.frontend import FrontEndManager
    from openvino.frontend.onnx import ConversionExtension

    # Core.read_model would try the readers of all formats, whose complaints are printed.
    reader = FrontEndManager().load_by_framework("onnx")
    # OpenVINO's own conversion knows no blocks in one dimension.
    reader.add_extension(ConversionExtension("DequantizeLinear", _dequantized))
    try:
        model = reader.convert(reader.load(str(path)))
    except Exception as error:  # OpenVINO's failures have no other class in common
        last = str(error).strip().rpartition("\n")[2]
        raise FacebenchError(f"{path} cannot be read as an ONNX network: {printable(last).strip('-. ')}.") from error
    if not model.outputs:  # an empty file is a valid one
        raise FacebenchError(f"{path} cannot be read as an ONNX network: it has no output.")
    for parameter in model.get_parameters():
        if not parameter.output(0).get_target_inputs():
            model.remove_parameter(parameter)
    return model


def _dequantized(node: Any) -> list[Any]:
    """Convert DequantizeLinear: (numbers - zero) * scale, of the type of the scale."""
    ops = operations()
    inputs = [node.get_input(n) for n in range(node.get_input_size())]
    numbers, scale, *zero = inputs
    kind, axis, block = scale.get_element_type(), node.get_attribute("axis", 1), node.get_attribute("block_size", 0)
    values = ops.convert(numbers, kind)
    for shift in zero:
        values = ops.subtract(values, ops.convert(_spread(shift, numbers, axis, block), kind))
    values = ops.multiply(values, _spread(scale, numbers, axis, block))
    constant = all(source.get_node().get_type_name() == "Constant" for source in inputs)
    return [_folded(values)] if constant else list(values.outputs())


def _spread(factors: Any, numbers: Any, axis: int, block: int) -> Any:
    """Return scales or zero points as they are broadcast to numbers: one, one of each row of an axis, or of blocks."""
    ops = operations()
    if int(np.prod(factors.get_shape())) == 1:
        return factors
    shape = numbers.get_partial_shape()
    if block:
        rows = np.arange(shape[axis].get_length()) // block
        return ops.gather(factors, ops.constant(rows), ops.constant(axis))
    sides = [1] * len(shape)
    sides[axis] = -1
    return ops.reshape(factors, ops.constant(sides), False)


def _folded(values: Any) -> Any:
    """Return what constants make as one: OpenVINO would keep those of few bits, and convert some for each picture."""
    from openvino.passes import ConstantFolding, Manager

    model = import_openvino().Model([values], [], "weights")
    folding = Manager()
    folding.register_pass(ConstantFolding())
    folding.run_passes(model)
    return model.outputs[0].get_node().input_value(0)
