"""One photo: the identity of its bytes, its header, and its upright RGB pixels, each read on first use."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import numpy as np
from PIL import Image

from ._decode import Header, decode_with_header, read_header, to_rgb
from ._opening import PhotoError
from ._orientation import decoder_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

PhotoLike: TypeAlias = "str | Path | bytes | NDArray[np.uint8] | Image.Image | Photo"
#: (left, top, right, bottom) in pixels of an upright photo; may reach over its edges.
Box: TypeAlias = tuple[int, int, int, int]
#: Letters of a file's sha256 with which that of a part of the photo begins, too.
OF_FILE = 32


T = TypeVar("T")


class _Once(Generic[T]):
    """A property that is computed once; unlike `cached_property` of Python 3.11, for several photos at the same time.

    That one holds a lock of all photos meanwhile: no two were ever decoded together.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self._name = make, make.__name__

    def __get__(self, photo: Any, kind: type | None = None) -> T:
        value = photo.__dict__[self._name] = self._make(photo)
        return value


class Photo:
    """A photo, from a file, a file's bytes, a Pillow image or an array; nothing is read before first use.

    Attributes:
        path: of the file, if any.
        name: what to call it in messages: the path, or "bytes", "image", "array".
        crop: the box of which it shows the part; None: all of it. Contents and header are those of the file.
        contents: the file's bytes; None for an image or an array.
        sha256: hex digest of the file's bytes (of size and pixels if there is no file). That of a part begins with the
            same 32 letters, and the others are of the file and the box.
        decoder: the first version of the decoder that gave its pixels as they are now.
        key: under which what is made of its pixels is stored: the hash, and the decoder's version unless it is 1.
        header: format, size in pixels as stored, EXIF, JPEG tables; None for an image or an array.
        pixels: uint8 array (height, width, 3), upright, RGB.
        image: the same as a Pillow image, to be resized; not to be changed.
        found: what was found in it, by finder: nothing is searched for twice.
        spent: seconds that this took, by finder; decoding under "decode".

    `contents` to `image` raise `PhotoError` with a reason when the file cannot give them.

    >>> Photo(np.zeros((40, 30, 3), np.uint8)).pixels.shape
    (40, 30, 3)
    """

    def __init__(self, source: PhotoLike) -> None:
        self._given: bytes | Image.Image | NDArray[np.uint8] | None = None
        self._make: Callable[[], NDArray[np.uint8]] | None = None
        self._file: str | None = None
        self.crop: Box | None = None
        self.found: dict[Hashable, Any] = {}
        self.spent: dict[Hashable, float] = {}
        if isinstance(source, Photo):
            self.__dict__.update(source.__dict__)
        elif isinstance(source, str | Path):
            self._file = self.name = str(source)
        elif isinstance(source, bytes):
            self._given, self.name = source, "bytes"
        elif isinstance(source, Image.Image):
            self._given, self.name = source, "image"
        elif isinstance(source, np.ndarray):
            self._given, self.name = _checked(source), "array"
        else:
            raise TypeError(
                f"a photo is a path, a file's bytes, a Pillow image or a uint8 array, not {type(source).__name__}"
            )

    @classmethod
    def made_by(cls, make: Callable[[], NDArray[np.uint8]], name: str) -> Photo:
        """Return a photo whose pixels, uint8 RGB (height, width, 3), are computed on first use."""
        photo = cls(b"")
        photo._given, photo._make, photo.name = None, make, name
        return photo

    def __repr__(self) -> str:
        return f"Photo({self.name!r})"

    def cropped(self, box: Box) -> Photo:
        """Return its part in a box, cut at the photo's edges; nothing that was found in the whole is found in it."""
        part = Photo(self)
        for read in ("sha256", "pixels", "image"):
            part.__dict__.pop(read, None)
        part.found, part.spent, part.crop = {}, {}, box
        return part

    def unread(self) -> Photo:
        """Return it as it was before anything was read of its file; itself, if it has none."""
        if self._file is None:
            return self
        photo = Photo(self._file)
        photo.crop = self.crop
        return photo

    @property
    def path(self) -> Path | None:
        return None if self._file is None else Path(self._file)

    @_Once
    def contents(self) -> bytes | None:
        if self._file is None:
            return self._given if isinstance(self._given, bytes) else None
        try:
            with open(self._file, "rb", buffering=0) as file:  # noqa: PTH123 (a Path takes as long as the reading)
                return file.read()
        except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
            raise PhotoError("unreadable", getattr(error, "strerror", None) or str(error)) from error

    @_Once
    def sha256(self) -> str:
        if self.contents is not None:
            of_file = hashlib.sha256(self.contents).hexdigest()
            return of_file if self.crop is None else _sha256_of_part(of_file, self.crop)
        height, width, _ = self.pixels.shape
        return hashlib.sha256(b"%d x %d\n" % (width, height) + self.pixels.tobytes()).hexdigest()

    @_Once
    def decoder(self) -> int:
        return 1 if self.contents is None else decoder_of(self.contents)

    @property
    def key(self) -> str:
        return store_key(self.sha256, self.decoder)

    @_Once
    def header(self) -> Header | None:
        return None if self.contents is None else read_header(self.contents)

    @_Once
    def pixels(self) -> NDArray[np.uint8]:
        started = time.perf_counter()
        try:
            return self._pixels()
        finally:
            self.spent["decode"] = time.perf_counter() - started

    @_Once
    def image(self) -> Image.Image:
        return Image.fromarray(self.pixels)

    def _pixels(self) -> NDArray[np.uint8]:
        return self._whole() if self.crop is None else _part(self._whole(), self.crop)

    def _whole(self) -> NDArray[np.uint8]:
        if self.contents is not None:
            pixels, header = decode_with_header(self.contents)
            if header is not None:
                self.__dict__.setdefault("header", header)
            return pixels
        if self._make is not None:
            return _checked(self._make())
        if isinstance(self._given, Image.Image):
            return to_rgb(self._given)
        assert isinstance(self._given, np.ndarray)  # noqa: S101 (the last of the sources)
        return self._given


def _sha256_of_part(of_file: str, box: Box) -> str:
    # Whoever forgets a file finds what is stored of its parts by their beginning.
    own = hashlib.sha256(f"{of_file} {box_text(box)}".encode()).hexdigest()
    return of_file[:OF_FILE] + own[OF_FILE:]


def _part(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    left, top, right, bottom = (max(0, edge) for edge in box)
    part = pixels[top:bottom, left:right]
    if not part.size:
        raise PhotoError("unreadable", f"the box {box_text(box)} lies outside of it")
    return part.copy()  # a view would keep the whole photo in memory


def box_text(box: Box | None) -> str:
    """Return a box as files have it, left top right bottom; "" without one.

    >>> box_text((10, 20, 110, 120))
    '10 20 110 120'
    """
    return " ".join(str(int(edge)) for edge in box) if box else ""


def store_key(sha256: str, decoder: int) -> str:
    """Return the key of a photo, from the hash of its bytes and the version of the decoder.

    >>> store_key("c0ffee", 1), store_key("c0ffee", 2)
    ('c0ffee', 'c0ffee+2')
    """
    return sha256 if decoder == 1 or not sha256 else f"{sha256}+{decoder}"


def parts_of_key(key: str) -> tuple[str, int]:
    """Return the hash and the version of the decoder that a photo's key is made of."""
    sha256, _, decoder = key.partition("+")
    return sha256, int(decoder or 1)


def _checked(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or 0 in array.shape:
        raise TypeError(f"an array must be uint8, (height, width) or (height, width, 3): {array.dtype} {array.shape}")
    if array.ndim == 2:
        return np.repeat(array[:, :, None], 3, axis=2)
    if array.shape[2] != 3:
        raise TypeError(f"an array must have 3 channels, RGB, not {array.shape[2]}")
    return np.ascontiguousarray(array)
