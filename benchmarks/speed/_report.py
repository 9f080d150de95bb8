"""What `bench speed` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """Ours beside a reference, over the same photos.

    Attributes:
        reference: its name.
        photos: it went through, the first of ours.
        photos_per_second: its median rate.
        ratio: how many times faster ours is, median over the rounds.
        largest_difference: between two vectors' components; None where no photo has both.
        compared: photos with a vector of both.
        only_ours: photos with a vector of ours alone: only we found a face.
        only_theirs: photos with a vector of theirs alone.
    """

    reference: str
    photos: int
    photos_per_second: float
    ratio: float
    largest_difference: float | None
    compared: int
    only_ours: int
    only_theirs: int


@dataclass(frozen=True)
class ExtractorSpeed:
    """One extractor from photo file to vector.

    Attributes:
        name: call string.
        photos_per_second: warm, nothing stored, median.
        cold_seconds: from the start of a process to the vectors of the first `cold_photos`.
        stored_per_second: photos per second of a second pass, every vector in the store, median.
        without_vector: photos without a face.
        stages: milliseconds of one core per photo.
        references: compared with these.
    """

    name: str
    photos_per_second: float
    cold_seconds: float
    cold_photos: int
    stored_per_second: float
    without_vector: int
    stages: dict[str, float]
    references: list[Comparison]


@dataclass(frozen=True)
class NetworkSpeed:
    """One network alone, from its input to the vector.

    Attributes:
        extractor: whose network.
        gflop: 10^9 floating-point operations per photo; None where it is not known.
        photos_per_second: median.
        gflops: 10^9 floating-point operations per second.
        fraction: of the matrix-product rate, median over the rounds.
        references: compared with these.
    """

    extractor: str
    gflop: float | None
    photos_per_second: float
    gflops: float | None
    fraction: float | None
    references: list[Comparison]


@dataclass(frozen=True)
class LargePhotos:
    """What was measured on photos of a phone's size.

    Attributes:
        megapixels: each has at least.
        photos: measured.
        enlarged: of these, made from smaller ones.
        extractors: as for the photos as given.
    """

    megapixels: float
    photos: int
    enlarged: int
    extractors: list[ExtractorSpeed]


@dataclass(frozen=True)
class DetectorSpeed:
    """The search for faces alone, on decoded photos, one thread.

    Attributes:
        upsample: how often photos are doubled before.
        photos: searched.
        milliseconds: processor time per photo, median.
        dlib_milliseconds: the same of dlib's own detector.
        ratio: how many times faster, median over the rounds.
        boxes: that dlib finds.
        photos_with_other_boxes: photos whose boxes are not those of dlib, in its order.
    """

    upsample: int
    photos: int
    milliseconds: float
    dlib_milliseconds: float
    ratio: float
    boxes: int
    photos_with_other_boxes: int


@dataclass(frozen=True)
class FitReference:
    """The same fit by another library: its seconds, and how many times ours is faster, medians."""

    reference: str
    seconds: float
    ratio: float


@dataclass(frozen=True)
class FitSpeed:
    """One fit of the dense network.

    Attributes:
        head: its name.
        photos, components: of the vectors.
        epochs: of training.
        seconds: median, after the first fit.
        references: compared with these.
    """

    head: str
    photos: int
    components: int
    epochs: int
    seconds: float
    references: list[FitReference]


@dataclass(frozen=True)
class SpeedReport:
    """Everything `bench speed` measured.

    Attributes:
        processor: its name.
        cores: of the machine.
        matrix_gflops: rate of float32 matrix products on all cores, median over the rounds of the best of several.
        title: of the data set.
        photos: measured.
        unreadable: photos left out.
        seed: of the sample.
        repeats: rounds; medians are over these.
        extractors: on the photos as given.
        large: on large ones; None where they were left out.
        networks: alone.
        detectors: alone; empty if no extractor searches for faces.
        fit: of the dense network; None where extractors were named.
        notes: what the reader should know besides.
    """

    processor: str
    cores: int
    matrix_gflops: float
    title: str
    photos: int
    unreadable: int
    seed: int
    repeats: int
    extractors: list[ExtractorSpeed]
    large: LargePhotos | None
    networks: list[NetworkSpeed]
    detectors: list[DetectorSpeed]
    fit: FitSpeed | None
    notes: list[str]
