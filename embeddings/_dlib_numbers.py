"""Numbers in files of dlib."""

from __future__ import annotations

import math


def read_integer(data: bytes, position: int) -> tuple[int, int]:
    """Read a number: a control byte (low bits: how many bytes, high bit: sign), then bytes, the lowest first."""
    size, negative = data[position] & 0x0F, data[position] & 0x80
    end = position + 1 + size
    if not 1 <= size <= 8 or end > len(data):
        raise ValueError("the file ends early or holds no number where one belongs")
    if size > 1 and data[end - 1] == 0:  # dlib spends no byte too many: the control byte is damaged
        raise ValueError("a number is longer than need be")
    number = int.from_bytes(data[position + 1 : end], "little")
    return -number if negative else number, end


def read_float(data: bytes, position: int) -> tuple[float, int]:
    """Read a number: a mantissa, then an exponent of 2, both integers."""
    mantissa, position = read_integer(data, position)
    exponent, position = read_integer(data, position)
    return math.ldexp(mantissa, exponent), position
