"""Photos: from the bytes of a file to upright RGB pixels, its date and its camera; variants of them."""

from ._augmentation import Augmentation
from ._dates import Taken, is_unset
from ._decode import Header
from ._formats import ENOUGH, RAW, SUFFIXES, surely
from ._opening import FAULTS, MAX_PIXELS, Fault, PhotoError
from ._orientation import DECODER
from ._photo import OF_FILE, Box, Photo, PhotoLike, box_text, parts_of_key, store_key
from ._size import upright_size

__all__ = [
    "DECODER",
    "ENOUGH",
    "FAULTS",
    "MAX_PIXELS",
    "OF_FILE",
    "RAW",
    "SUFFIXES",
    "Augmentation",
    "Box",
    "Fault",
    "Header",
    "Photo",
    "PhotoError",
    "PhotoLike",
    "Taken",
    "box_text",
    "is_unset",
    "parts_of_key",
    "store_key",
    "surely",
    "upright_size",
]
