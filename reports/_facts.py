"""What was done, with what and on what: all that is needed to judge a run, and to repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..benchmarks.comparison import Row
from ..benchmarks.results import ExtractorResult, RunResult, UnreadablePhoto
from ..errors import counted
from ._times import Stage, stages_of

#: A name and what is to be said of it.
Fact = tuple[str, str]


@dataclass(frozen=True)
class RunFacts:
    """One run of a comparison.

    Attributes:
        name: of its folder.
        when: it was made, and how long it took.
        command: that repeats it.
        dataset, settings, versions, machine: facts.
        extractors: the facts of each card, by extractor.
        unreadable: photos left out.
        stages: where the time went.
    """

    name: str
    when: str
    command: str
    dataset: list[Fact]
    settings: list[Fact]
    versions: list[Fact]
    machine: list[Fact]
    extractors: list[tuple[str, list[Fact]]]
    unreadable: list[UnreadablePhoto]
    stages: list[Stage]


def facts_of(rows: list[Row]) -> list[RunFacts]:
    """Return the facts of each run that has a row, in the order of the runs' names."""
    results = {row.run: row.result for row in rows}
    return [_facts(name, results[name]) for name in sorted(results)]


def _facts(name: str, result: RunResult) -> RunFacts:
    ended = "" if result.status == "complete" else ", ended early"
    settings = result.settings.model_dump(exclude=set() if result.settings.augment else {"augmentation"})
    settings["repeats"] = result.settings.repeats_for(len(result.targets))
    return RunFacts(
        name=name,
        when=f"{_moment(result.created)}, {result.seconds:.0f} s{ended}",
        command=result.command,
        dataset=_dataset(result),
        settings=_pairs(settings),
        versions=_pairs(result.versions),
        machine=_pairs(result.machine),
        extractors=[(made.extractor, _card(made)) for made in result.extractors],
        unreadable=result.unreadable,
        stages=stages_of(result),
    )


def _dataset(result: RunResult) -> list[Fact]:
    data = result.dataset
    facts = [("photos", f"{data.photos:,}"), ("people known by name", f"{data.people:,}")]
    if data.against:
        facts.append(("against", data.against))
    if data.limit_others:
        facts.append(("others drawn", counted(data.limit_others, "person").replace("persons", "people")))
    facts.append(("targets" if len(result.targets) > 1 else "target", ", ".join(result.targets)))
    if len(result.targets) == 1 and (evidence := result.evidence.get(result.targets[0])):
        facts.append(
            ("photos of the target", f"{evidence.photos}, in {counted(evidence.groups, 'group')} (copies and bursts)")
        )
    if data.skipped_files:
        skipped = ", ".join(f"{count} {ending or 'without ending'}" for ending, count in data.skipped_files.items())
        facts.append(("skipped files", skipped))
    facts.append(("unreadable photos", str(len(result.unreadable))))
    return [*facts, *((f"--{option}", folder) for option, folder in data.sources.items())]


def _card(made: ExtractorResult) -> list[Fact]:
    known = {key: value for key, value in made.card.items() if key not in ("name", "audit", "advice")}
    without = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in made.failures.items())
    file = made.file.model_dump() if made.file else None
    return _pairs({**known, "file": file, "photos without a vector": without or "none"})


def _pairs(values: Mapping[str, object]) -> list[Fact]:
    """Return facts in words; what is empty is left out."""
    return [(key.replace("_", " "), _text(value)) for key, value in values.items() if value not in ("", None, [], {})]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_text(part)}" for key, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _moment(created: str) -> str:
    """Return a time as people write it: 2026-11-24 11:22 UTC."""
    return f"{created[:10]} {created[11:16]} UTC"
