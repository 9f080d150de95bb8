"""Where the time of a run went, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

from ..benchmarks.results import ExtractorResult, PairingResult, RunResult
from ..errors import counted


@dataclass(frozen=True)
class Stage:
    """One stage: what was done by whom, for how long, and its share of the longest."""

    what: str
    who: str
    seconds: float
    note: str
    share: float = 0.0


def stages_of(result: RunResult) -> list[Stage]:
    """Return the stages of a run in the order in which they happened."""
    stages = [stage for extractor in result.extractors for stage in _extraction(extractor)]
    stages += [_fit(pairing) for pairing in result.pairings if pairing.extractor and pairing.targets]
    longest = max((stage.seconds for stage in stages), default=0.0)
    return [
        Stage(stage.what, stage.who, stage.seconds, stage.note, stage.seconds / longest if longest else 0.0)
        for stage in stages
    ]


def _extraction(made: ExtractorResult) -> list[Stage]:
    if made.file:  # who made its vectors, and how long it took, is not known
        return []
    extracted = made.photos - made.stored
    note = f"{made.stored} of {made.photos} from the store" if made.stored else ""
    if extracted:
        note = ", ".join(filter(None, [f"{1000 * made.extract_seconds / extracted:.1f} ms/photo", note]))
    stages = [
        Stage("load the network", made.extractor, made.load_seconds, ""),
        Stage(f"extract {counted(made.photos, 'photo')}", made.extractor, made.extract_seconds, note),
    ]
    if variants := made.augmentation:
        computed = variants.variants - variants.stored
        note = f"{variants.stored} from the store" if variants.stored else ""
        if computed:
            note = ", ".join(filter(None, [f"{1000 * variants.seconds / computed:.1f} ms/variant", note]))
        what = f"augment: {counted(variants.variants, 'variant')}"
        stages.append(Stage(what, made.extractor, variants.seconds, note))
    return [stage for stage in stages if stage.seconds or stage.note]


def _fit(pairing: PairingResult) -> Stage:
    seconds = [result.fit_seconds for result in pairing.targets]
    note = f"{1000 * sum(seconds) / len(seconds):.0f} ms each" if len(seconds) > 1 else ""
    return Stage(f"fit {counted(len(seconds), 'head')}", f"{pairing.extractor} x {pairing.head}", sum(seconds), note)
