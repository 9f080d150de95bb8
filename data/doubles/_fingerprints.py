"""What is compared of photos to find doubles: hashes, tiny pictures, keypoints, times and cameras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.intp]

#: Hashes of a photo: as it is, and turned and mirrored in the seven other ways.
TURNS = 8
#: Cells of a tiny picture.
CELLS = 64
#: The strongest keypoints of a photo that are compared.
KEYPOINTS = 32
#: Bits of a keypoint: its descriptor, its place (two numbers), size and angle.
_FIELDS = (64, 9, 9, 6, 8)
_BYTES = TURNS * 8 + CELLS + KEYPOINTS * sum(_FIELDS) // 8 + 1
_PACKED = _BYTES // 3
#: Components of a fingerprint as a vector: packed bytes; width by height; day, second and camera.
DIMENSION = _PACKED + 4
#: Day and second of a photo without a date; the second of a day of which no more is known.
UNDATED, WHOLE_DAY = (-1.0, -1.0), 86_400.0
#: Fractions of a day: its date is read since dates are read in any form, or was before clocks that were never set were
#: told from others. Older runs are reproduced with the dates of then.
ONLY_NOW, ONLY_THEN = 0.5, 0.25
#: Steps of a keypoint's size, from 2 to 128 pixels.
_SIZES = (1.0, 7.0)
#: Photos whose keypoints are unpacked at a time.
_TOGETHER = 4096


@dataclass(frozen=True, eq=False)
class Keypoints:
    """The strongest keypoints of some photos, the strongest first.

    Attributes:
        bits: uint64 (n, 32), binary descriptors.
        places: complex64 (n, 32), x + iy in pixels of a picture of 128x128 pixels in area.
        sizes, angles: float32 (n, 32), log2 of the diameter in these pixels, and radians.
        counts: (n,) how many of the 32 there are.
        extents: complex64 (n,), width + i height in these pixels.
    """

    bits: NDArray[np.uint64]
    places: NDArray[np.complex64]
    sizes: NDArray[np.float32]
    angles: NDArray[np.float32]
    counts: Numbers
    extents: NDArray[np.complex64]

    @property
    def present(self) -> NDArray[np.bool_]:
        """(n, 32) which there are."""
        return np.arange(KEYPOINTS) < self.counts[:, None]

    def mirrored(self) -> Keypoints:
        """Return the keypoints of the mirrored photos."""
        return Keypoints(
            bits=mirrored_bits(self.bits),
            places=(self.extents.real[:, None] - 1 - self.places.conj()).astype(np.complex64),
            sizes=self.sizes,
            angles=np.float32(np.pi) - self.angles,
            counts=self.counts,
            extents=self.extents,
        )


@dataclass(frozen=True, eq=False)
class Fingerprints:
    """Fingerprints of some photos.

    Attributes:
        hashes: uint64 (n, 8), 64-bit perceptual hashes (DCT): of the photo as it is, then turned and mirrored.
        pictures: uint8 (n, 64), grey levels of the photo at 8x8.
        times: float64 (n,), seconds since 1970 by the camera's clock, noon where only the day is known; NaN if unknown.
        cameras: int32 (n,), the same for photos of the same make and model; 0 if unknown.
        counts: (n,) keypoints.
        vectors: float32 (n, 175), as stored.
    """

    hashes: NDArray[np.uint64]
    pictures: NDArray[np.uint8]
    times: NDArray[np.float64]
    cameras: NDArray[np.int32]
    counts: Numbers
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> Fingerprints:
        """Return the fingerprints of vectors (n, 175) of the extractor `Fingerprint`."""
        first, second = TURNS * 8, TURNS * 8 + CELLS
        start = np.empty((len(vectors), second), np.uint8)
        for at in range(0, len(vectors), _TOGETHER):
            start[at : at + _TOGETHER] = unpack(vectors[at : at + _TOGETHER, : -(-second // 3)])[:, :second]
        days, seconds, cameras = vectors[:, -3:].astype(np.float64).T
        unknown = (seconds < 0) | (days % 1 == ONLY_THEN)
        seconds = np.where(seconds == WHOLE_DAY, WHOLE_DAY / 2, seconds)
        return cls(
            hashes=np.ascontiguousarray(start[:, :first]).view(">u8").astype(np.uint64),
            pictures=np.ascontiguousarray(start[:, first:]),
            times=np.where(unknown, np.nan, 86_400 * np.floor(days) + seconds),
            cameras=cameras.astype(np.int32),
            counts=vectors[:, _PACKED - 1].astype(np.intp) % 256,  # the last byte
            vectors=vectors,
        )

    def __len__(self) -> int:
        """Return the number of photos."""
        return len(self.vectors)

    @property
    def whole_days(self) -> NDArray[np.bool_]:
        """(n,) whether of a photo's time no more is known than the day."""
        whole: NDArray[np.bool_] = self.vectors[:, -2] == WHOLE_DAY
        return whole

    @property
    def times_at_first(self) -> NDArray[np.float64]:
        """(n,) the times as facebench read them first."""
        days, seconds = self.vectors[:, -3:-1].astype(np.float64).T
        times = np.where(days % 1 == ONLY_NOW, np.nan, self.times)
        return np.where(days % 1 == ONLY_THEN, 86_400 * np.floor(days) + seconds, times)

    def only(self, photos: Numbers) -> Fingerprints:
        """Return the fingerprints of some photos."""
        return Fingerprints(*(getattr(self, field)[photos] for field in self.__dataclass_fields__))

    def keypoints(self, photos: Numbers) -> Keypoints:
        """Return the keypoints of some photos."""
        vectors = self.vectors[photos]
        first = TURNS * 8 + CELLS
        packed = unpack(vectors[:, :_PACKED])[:, first:-1].reshape(len(vectors), KEYPOINTS, -1)
        bits = np.ascontiguousarray(packed[..., :8]).view(">u8")[..., 0].astype(np.uint64)
        rest = np.ascontiguousarray(packed[..., 8:]).view(">u4")[..., 0].astype(np.int64)
        values = []
        for width in reversed(_FIELDS[1:]):
            values.append((rest & ((1 << width) - 1)) / (1 << width))
            rest >>= width
        angles, sizes, y, x = values
        extents = _extents(vectors[:, _PACKED])
        places = (x * extents.real[:, None] + 1j * y * extents.imag[:, None]).astype(np.complex64)
        low, high = _SIZES
        return Keypoints(
            bits=bits,
            places=places,
            sizes=(low + sizes * (high - low)).astype(np.float32),
            angles=(2 * np.pi * angles).astype(np.float32),
            counts=self.counts[photos],
            extents=extents,
        )


def fingerprint(
    hashes: NDArray[np.uint64],
    picture: NDArray[np.uint8],
    keypoints: NDArray[np.float64],
    bits: NDArray[np.bool_],
    shape: tuple[int, int],
    taken: tuple[float, float],
    camera: int,
) -> NDArray[np.float32]:
    """Return a photo's fingerprint as a vector; `Fingerprints.of` reads it.

    Args:
        hashes: (8,).
        picture: (64,) grey levels.
        keypoints: (at most 32, 4), x and y in pixels, diameter, angle in degrees.
        bits: (at most 32, 64) of their descriptors.
        shape: height and width of the picture that they are on.
        taken: day since 1970 and second in it, or `UNDATED`.
        camera: a number below 2 ** 24.
    """
    height, width = shape
    content = bytearray(_BYTES)
    first = TURNS * 8
    content[:first] = hashes.astype(">u8").tobytes()
    content[first : first + CELLS] = picture.tobytes()
    if len(keypoints):
        packed = np.packbits(bits, axis=1), _numbers(keypoints, shape).astype(">u4")[:, None].view(np.uint8)
        points = np.concatenate(packed, axis=1).tobytes()
        content[first + CELLS : first + CELLS + len(points)] = points
    content[-1] = len(keypoints)
    vector = np.empty(DIMENSION, np.float32)
    vector[:_PACKED] = pack(bytes(content))
    vector[_PACKED:] = width / height, *taken, camera
    return vector


def _numbers(keypoints: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.uint32]:
    """Return place, size and angle of keypoints (k, 4), as `fingerprint` takes them, in one number each."""
    height, width = shape
    low, high = _SIZES
    scaled = np.stack(
        [
            keypoints[:, 0] / width,
            keypoints[:, 1] / height,
            (np.log2(np.maximum(keypoints[:, 2] * 128 / (height * width) ** 0.5, 1)) - low) / (high - low),
            keypoints[:, 3] / 360 % 1,
        ]
    )
    number = np.zeros(len(keypoints), np.uint32)
    for field, value in zip(_FIELDS[1:], scaled, strict=True):
        steps = 1 << field
        whole = np.clip(np.round(value * steps), 0, steps - 1)
        number = (number << np.uint32(field)) | whole.astype(np.uint32)
    return number


def pack(content: bytes) -> NDArray[np.float32]:
    """Return bytes, a multiple of three, as float32: three bytes each, which it holds exactly."""
    threes = np.frombuffer(content, np.uint8).reshape(-1, 3).astype(np.uint32)
    return (threes @ np.array([1 << 16, 1 << 8, 1], np.uint32)).astype(np.float32)


def unpack(vectors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the bytes (n, 3 components) of vectors (n, components) of `pack`."""
    count, components = vectors.shape
    fours = np.ascontiguousarray(vectors.astype(">u4")).view(np.uint8).reshape(count, components, 4)
    return fours[..., 1:].reshape(count, 3 * components)


def mirrored_bits(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return descriptors as they are on mirrored photos: rows of cells, and turns to the left and right, change places.

    A descriptor has 4x4 cells of four directions each.
    """
    rows = (np.uint64(0xFFFF) << (np.uint64(16) * np.arange(4, dtype=np.uint64)))[:, None]
    shifts = np.uint64(48) - np.uint64(32) * np.arange(2, dtype=np.uint64)
    outer = ((bits & rows[0]) << shifts[0]) | ((bits & rows[3]) >> shifts[0])
    inner = ((bits & rows[1]) << shifts[1]) | ((bits & rows[2]) >> shifts[1])
    turned = outer | inner
    kept, second, fourth = (np.uint64(0x1111111111111111 * mask) for mask in (0b1010, 0b0100, 0b0001))
    two = np.uint64(2)
    mirrored: NDArray[np.uint64] = (turned & kept) | ((turned & second) >> two) | ((turned & fourth) << two)
    return mirrored


def _extents(ratios: NDArray[np.float32]) -> NDArray[np.complex64]:
    root = np.sqrt(ratios.astype(np.float64))
    return (128 * (root + 1j / root)).astype(np.complex64)
