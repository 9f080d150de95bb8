"""What `bench speed` found: tables, Markdown or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.console import RenderableType

from ...errors import counted
from ...text import Grid, TextFormat, laid_out
from ._report import Comparison, ExtractorSpeed, FitSpeed, LargePhotos, SpeedReport

STAGES = ("decode", "detect", "align", "network", "embed")


def speed_text(report: SpeedReport, style: TextFormat = "md", width: int = 80) -> str | RenderableType:
    """Return the report as JSON or Markdown, or for "table" something that rich prints on a terminal of a width."""
    return json.dumps(asdict(report), indent=2) if style == "json" else laid_out(_parts(report), style, width)


def _parts(report: SpeedReport) -> list[str | Grid]:
    """Return captions, tables and notes."""
    parts: list[str | Grid] = [_caption(report), *_measured(report.extractors)]
    if report.large:
        parts += [_large_caption(report.large), *_measured(report.large.extractors)]
    if report.networks:
        parts += ["Networks alone:", _networks(report)]
    if report.detectors:
        parts += ["The search for faces alone, one thread, against dlib's own:", _detectors(report)]
    if report.fit:
        parts += [_fit_caption(report.fit), _fits(report.fit)]
    return [*parts, *(f"Note: {note}." for note in report.notes)]


def _measured(extractors: list[ExtractorSpeed]) -> list[str | Grid]:
    parts: list[str | Grid] = ["From photo file to vector, nothing stored:", _rates(extractors)]
    if any(extractor.references for extractor in extractors):
        parts += ["Against what people do today, the same photos in the same run:", _comparisons(extractors)]
    return [*parts, "Milliseconds of one core per photo, by stage:", _stages(extractors)]


def _caption(report: SpeedReport) -> str:
    left_out = f" ({report.unreadable} left out, not readable)" if report.unreadable else ""
    return (
        f"{report.title}: {counted(report.photos, 'photo')}{left_out}, drawn with seed {report.seed}; median of "
        f"{counted(report.repeats, 'round')}. {report.processor}, {counted(report.cores, 'core')}, "
        f"{report.matrix_gflops:.0f} GFLOP/s in float32 matrix products."
    )


def _large_caption(large: LargePhotos) -> str:
    whole = f"Photos of {large.megapixels:g} megapixels, as phones take them: {counted(large.photos, 'photo')}"
    if not large.enlarged:
        return f"{whole}, as given."
    some = "" if large.enlarged == large.photos else f", {large.enlarged} of them"
    return f"{whole}{some} made from smaller photos: enlarged, so sharpness and faces are not those of a camera."


def _rates(extractors: list[ExtractorSpeed]) -> Grid:
    rows = []
    for extractor in extractors:
        cold = f"{extractor.cold_seconds:.1f} s for {extractor.cold_photos}"
        rates = [f"{extractor.photos_per_second:,.1f}", cold, f"{extractor.stored_per_second:,.0f}"]
        rows.append([extractor.name, *rates, str(extractor.without_vector)])
    titles = ["extractor", "photos/s", "cold, process start included", "photos/s from the store", "without a vector"]
    return Grid(titles, rows)


def _comparisons(extractors: list[ExtractorSpeed]) -> Grid:
    rows = [[speed.name, *_against(against)] for speed in extractors for against in speed.references]
    return Grid(["extractor", *_AGAINST], rows, left=2)


_AGAINST = ("reference", "its photos/s", "times faster", "largest difference", "compared", "only ours", "only theirs")


def _against(other: Comparison) -> list[str]:
    difference = "-" if other.largest_difference is None else f"{other.largest_difference:.1e}"
    counts = [str(count) for count in (other.compared, other.only_ours, other.only_theirs)]
    return [other.reference, f"{other.photos_per_second:,.1f}", f"{other.ratio:.1f}", difference, *counts]


def _stages(extractors: list[ExtractorSpeed]) -> Grid:
    shown = [stage for stage in STAGES if any(stage in extractor.stages for extractor in extractors)]
    rows = []
    for extractor in extractors:
        times = [f"{extractor.stages[stage]:.2f}" if stage in extractor.stages else "-" for stage in shown]
        rows.append([extractor.name, *times, f"{sum(extractor.stages.values()):.2f}"])
    return Grid(["extractor", *shown, "together"], rows)


def _networks(report: SpeedReport) -> Grid:
    rows = []
    for network in report.networks:
        known = network.gflop is not None and network.gflops is not None and network.fraction is not None
        work = [f"{network.gflop:.2f}", f"{network.gflops:.0f}", f"{network.fraction:.0%}"] if known else ["-"] * 3
        against = [_against(other)[:4] for other in network.references] or [["-"] * 4]
        rows += [[network.extractor, f"{network.photos_per_second:,.1f}", *work, *other] for other in against]
    titles = ["network of", "photos/s", "GFLOP a photo", "GFLOP/s", "of the matrix products' rate", *_AGAINST[:4]]
    return Grid(titles, rows)


def _detectors(report: SpeedReport) -> Grid:
    rows = [
        [
            str(speed.upsample),
            f"{speed.milliseconds:.2f}",
            f"{speed.dlib_milliseconds:.2f}",
            f"{speed.ratio:.1f}",
            str(speed.boxes),
            f"{speed.photos_with_other_boxes} of {speed.photos}",
        ]
        for speed in report.detectors
    ]
    titles = ["upsample", "ms a photo", "dlib's ms", "times faster", "dlib's boxes", "photos with other boxes"]
    return Grid(titles, rows)


def _fit_caption(fit: FitSpeed) -> str:
    return f"A fit of the dense network, {fit.photos} x {fit.components}, {fit.epochs} epochs:"


def _fits(fit: FitSpeed) -> Grid:
    rows = [[fit.head, f"{fit.seconds:.2f}", "-"]]
    rows += [[other.reference, f"{other.seconds:.2f}", f"{other.ratio:.1f}"] for other in fit.references]
    return Grid(["network", "s", "times slower"], rows)
