"""ONNX files, written by hand: small networks, and what no exporter writes."""

import numpy as np

#: Codes of ONNX for types of numbers.
FLOAT, CODES, INT4 = 1, {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}, 22


Shape = tuple[int | str, ...]


def file(layers: list[bytes], stored: list[bytes], inputs: dict[str, Shape], outputs: dict[str, Shape]) -> bytes:
    """Return an ONNX file (protocol buffers), its inputs and outputs float32 by name and shape; a name is any side."""
    graph = [(1, layer) for layer in layers] + [(2, b"graph")] + [(5, array) for array in stored]
    graph += [(11, value(*each)) for each in inputs.items()] + [(12, value(*each)) for each in outputs.items()]
    # The graph last, so that a file cut short lacks some of it: without the version OpenVINO would take another.
    return message((1, 10), (8, message((1, b""), (2, 21))), (7, message(*graph)))


def node(
    operation: str,
    inputs: list[str],
    output: str,
    attributes: dict[str, int] | None = None,
    lists: dict[str, list[int]] | None = None,
) -> bytes:
    fields = [(1, name.encode()) for name in inputs] + [(2, output.encode()), (4, operation.encode())]
    given = [(5, message((1, name.encode()), (3, number), (20, 2))) for name, number in (attributes or {}).items()]
    given += [
        (5, message((1, name.encode()), *((8, number) for number in numbers), (20, 7)))
        for name, numbers in (lists or {}).items()
    ]
    return message(*fields, *given)


def tensor(name: str, array: np.ndarray, shape: tuple[int, ...] | None = None, code: int = 0) -> bytes:
    sides = [(1, side) for side in (array.shape if shape is None else shape)]
    return message(*sides, (2, code or CODES[array.dtype.name]), (8, name.encode()), (9, array.tobytes()))


def value(name: str, shape: Shape) -> bytes:
    sides = message(*((1, message((2, side.encode()) if isinstance(side, str) else (1, side))) for side in shape))
    return message((1, name.encode()), (2, message((1, message((1, FLOAT), (2, sides))))))


def message(*fields: tuple[int, int | bytes]) -> bytes:
    """Return fields as protocol buffers have them: by number, an integer or bytes."""
    return b"".join(
        integer(number << 3) + integer(content)
        if isinstance(content, int)
        else integer(number << 3 | 2) + integer(len(content)) + content
        for number, content in fields
    )


def integer(number: int) -> bytes:
    """Return an integer, seven bits a byte, the lowest first."""
    number &= 2**64 - 1
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + integer(number >> 7)


def face_network(
    side: int = 8, dimension: int = 5, *, planes: bool = True, seed: int = 0, any_side: bool = False
) -> bytes:
    """Return a network from pictures of any number to vectors: a convolution, its largest values, a dense layer."""
    rng = np.random.default_rng(seed)
    kernel = tensor("kernel", rng.normal(0, 0.3, (4, 3, 3, 3)).astype(np.float32))
    dense = tensor("dense", rng.normal(0, 1, (4, dimension)).astype(np.float32))
    sides: Shape = ("height", "width") if any_side else (side, side)
    shape: Shape = ("n", 3, *sides) if planes else ("n", *sides, 3)
    turned = [] if planes else [node("Transpose", ["shown"], "planes", lists={"perm": [0, 3, 1, 2]})]
    layers = [
        *turned,
        node("Conv", ["shown" if planes else "planes", "kernel"], "maps"),
        node("Relu", ["maps"], "cut"),
        node("GlobalAveragePool", ["cut"], "means"),
        node("Flatten", ["means"], "flat"),
        node("MatMul", ["flat", "dense"], "vector"),
    ]
    return file(layers, [kernel, dense], {"shown": shape}, {"vector": ("n", dimension)})
