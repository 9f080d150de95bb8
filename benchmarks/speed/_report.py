"""What `bench speed` found, as JSON or as Markdown."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from ...errors import counted
from ...text import escaped, markdown_table

SpeedFormat = Literal["md", "json"]
STAGES = ("decode", "detect", "align", "network", "embed")


@dataclass(frozen=True)
class Comparison:
    """Ours beside a reference, over the same photos.

    Attributes:
        reference: its name.
        photos_per_second: its median rate.
        ratio: how many times faster ours is, median over the rounds.
        largest_difference: between two vectors' components; None where no photo has both.
        compared: photos with a vector of both.
        only_ours: photos with a vector of ours alone: only we found a face.
        only_theirs: photos with a vector of theirs alone.
    """

    reference: str
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
        cold_seconds: from the start of a process to the vectors of the first `cold_photos`; networks are converted.
        conversion_seconds: the same where the network was converted first; None where it had been.
        stored_per_second: photos per second of a second pass, every vector in the store, median.
        without_vector: photos without a face.
        stages: milliseconds of one core per photo.
        references: compared with these.
    """

    name: str
    photos_per_second: float
    cold_seconds: float
    cold_photos: int
    conversion_seconds: float | None
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
    networks: list[NetworkSpeed]
    notes: list[str]


def speed_text(report: SpeedReport, style: SpeedFormat) -> str:
    """Return the report in a format."""
    return json.dumps(asdict(report), indent=2) if style == "json" else _markdown(report)


def _markdown(report: SpeedReport) -> str:
    parts = [_caption(report), "From photo file to vector, nothing stored:", _rates(report)]
    if any(extractor.references for extractor in report.extractors):
        parts += ["Against what people do today, the same photos in the same run:", _comparisons(report)]
    parts += ["Milliseconds of one core per photo, by stage:", _stages(report)]
    if report.networks:
        parts += ["Networks alone:", _networks(report)]
    return "\n\n".join([*parts, *(f"Note: {escaped(note)}." for note in report.notes)])


def _caption(report: SpeedReport) -> str:
    left_out = f" ({report.unreadable} left out, not readable)" if report.unreadable else ""
    return escaped(
        f"{report.title}: {counted(report.photos, 'photo')}{left_out}, drawn with seed {report.seed}; median of "
        f"{counted(report.repeats, 'round')}. {report.processor}, {counted(report.cores, 'core')}, "
        f"{report.matrix_gflops:.0f} GFLOP/s in float32 matrix products."
    )


def _rates(report: SpeedReport) -> str:
    rows = []
    for extractor in report.extractors:
        cold = f"{extractor.cold_seconds:.1f} s for {extractor.cold_photos}"
        rates = [f"{extractor.photos_per_second:,.1f}", cold, f"{extractor.stored_per_second:,.0f}"]
        rows.append([extractor.name, *rates, str(extractor.without_vector)])
    titles = ["extractor", "photos/s", "cold, process start included", "photos/s from the store", "without a vector"]
    return markdown_table(titles, rows)


def _comparisons(report: SpeedReport) -> str:
    rows = [[speed.name, *_against(against)] for speed in report.extractors for against in speed.references]
    return markdown_table(["extractor", *_AGAINST], rows)


_AGAINST = ("reference", "its photos/s", "times faster", "largest difference", "compared", "only ours", "only theirs")


def _against(other: Comparison) -> list[str]:
    difference = "-" if other.largest_difference is None else f"{other.largest_difference:.1e}"
    counts = [str(count) for count in (other.compared, other.only_ours, other.only_theirs)]
    return [other.reference, f"{other.photos_per_second:,.1f}", f"{other.ratio:.1f}", difference, *counts]


def _stages(report: SpeedReport) -> str:
    shown = [stage for stage in STAGES if any(stage in extractor.stages for extractor in report.extractors)]
    rows = []
    for extractor in report.extractors:
        times = [f"{extractor.stages[stage]:.2f}" if stage in extractor.stages else "-" for stage in shown]
        rows.append([extractor.name, *times, f"{sum(extractor.stages.values()):.2f}"])
    return markdown_table(["extractor", *shown, "together"], rows)


def _networks(report: SpeedReport) -> str:
    rows = []
    for network in report.networks:
        known = network.gflop is not None and network.gflops is not None and network.fraction is not None
        work = [f"{network.gflop:.2f}", f"{network.gflops:.0f}", f"{network.fraction:.0%}"] if known else ["-"] * 3
        against = [_against(other)[:4] for other in network.references] or [["-"] * 4]
        rows += [[network.extractor, f"{network.photos_per_second:,.1f}", *work, *other] for other in against]
    titles = ["network of", "photos/s", "GFLOP a photo", "GFLOP/s", "of the matrix products' rate", *_AGAINST[:4]]
    return markdown_table(titles, rows)
