"""What a reader must know to trust a result: each warning names the problem and the remedy."""

from __future__ import annotations

import numpy as np

from ...data import Dataset
from ...data.labels import MOST_MISSED, missed_share
from ...embeddings.extraction import NO_VECTOR
from ...errors import counted, printable, some_of
from .._settings import far_of
from ..results import PairingResult
from ..statistics import ENOUGH_UNITS, mixed_by_faces, mixed_folders, strangers_needed
from ._plan import Plan
from ._trials import Trial


def warnings_of(dataset: Dataset, plan: Plan) -> list[str]:
    """Return the warnings that are known before any measurement."""
    warnings = [
        *_passed_over(dataset),
        *_folders(dataset),
        *_proposed(dataset),
        *_left_out(plan),
        *_mixed_folders(plan),
        *_unreadable(plan),
        *_foreign(plan),
        *_strangers_by_photo(plan),
        *_targets_by_photo(plan),
        *_undated(plan),
        *_little_evidence(plan),
        *_few_strangers_for_far(plan),
    ]
    return [printable(warning) for warning in warnings]


def warnings_about_faces(pairing: PairingResult) -> list[str]:
    """Return a warning if an extractor finds faces of one class significantly more often than of the other."""
    from scipy.stats import fisher_exact

    # Repeats test the same photos again: one split of each target is what counts.
    first = min((result.split_seed for result in pairing.targets), default=0)
    tests = [result.metrics for result in pairing.targets if result.split_seed == first]
    lost = [sum(test.no_face_me for test in tests), sum(test.no_face_others for test in tests)]
    photos = [sum(test.photos_of_me for test in tests), sum(test.photos_of_others for test in tests)]
    table = [lost, [total - without for total, without in zip(photos, lost, strict=True)]]
    if not sum(lost) or fisher_exact(table).pvalue >= 0.01:
        return []
    mine, others = (f"{100 * without / total:.1f} %" for without, total in zip(lost, photos, strict=True))
    return [
        f"{pairing.extractor} gives no vector for {mine} of the test photos of the target and {others} of the others: "
        "whether there is one tells the classes apart by itself [no-face-differs]"
    ]


def _passed_over(dataset: Dataset) -> list[str]:
    if not dataset.skipped:
        return []
    counts = ", ".join(f"{count} {ending}" for ending, count in dataset.skipped.most_common(5))
    return [f"{counted(dataset.skipped.total(), 'file')} passed over ({counts})"]


def _folders(dataset: Dataset) -> list[str]:
    return [f"{remark.what}. {remark.advice} [{remark.kind}]" for remark in dataset.remarks]


def _proposed(dataset: Dataset) -> list[str]:
    """Return what is known of the faces that the proposals behind the labels have missed."""
    if dataset.proposal is None:
        return []
    of, share = dataset.proposal, missed_share(dataset.proposal)
    looked = sum(stratum.looked for stratum in of.strata)
    by, rest = some_of(of.extractors), f"{sum(stratum.size for stratum in of.strata):,} faces and photos"
    known = f"nobody has looked at the {rest} that it did not propose"
    if looked:
        missed, low, high = (f"{100 * figure:.1f}" for figure in share)
        known = (
            f"of {rest} that it did not propose {looked:,} were looked at, by which {missed} % ({low}-{high} %) of "
            "your faces are missed"
        )
    if share.high <= MOST_MISSED:
        return [f"{by} proposed these labels; {known} [proposed]"]
    return [
        f"{by} proposed these labels, which flatters it; {known}. Its rows are not ranked against others until that is "
        f"{100 * MOST_MISSED:g} % at most: look at more under Not proposed, on the page of bench find [proposed]"
    ]


def _left_out(plan: Plan) -> list[str]:
    if not plan.screening.shared:
        return []
    theirs, mine = next(iter(plan.screening.shared.items()))
    photos, me = counted(len(plan.screening.shared), "photo"), plan.targets[0]
    return [f"{photos} of others left out, with a picture of {me}; the first: {theirs}, as {mine} [drop-shared]"]


def _mixed_folders(plan: Plan) -> list[str]:
    """Return a warning per folder with the faces of several other people, such as a folder of crops."""
    of_faces = next((vectors for vectors in plan.vectors if vectors.card.view == "face"), None)
    if of_faces is None:
        return []
    seen = np.flatnonzero(of_faces.embedded)
    found = mixed_by_faces([plan.dataset.items[photo].person for photo in seen.tolist()], of_faces.matrix[seen])
    return [
        f"{what}: the target may be among those who count as others. {advice} [mixed-folder]"
        for what, advice in mixed_folders(found, len(plan.dataset.people), "faces")
    ]


def _unreadable(plan: Plan) -> list[str]:
    if not plan.screening.unreadable:
        return []
    name, failure = next(iter(plan.screening.unreadable.items()))
    photos = counted(len(plan.screening.unreadable), "photo")
    return [f"{photos} left out, not readable; the first: {name} ({failure.detail})"]


def _foreign(plan: Plan) -> list[str]:
    warnings = []
    for vectors in plan.vectors:
        if vectors.origin is None:
            continue
        missing, photos = vectors.reasons[NO_VECTOR], len(vectors.keys)
        lacking = f"; {missing} of {photos} photos have none, and count as those without a face" if missing else ""
        warnings.append(f"{vectors.extractor}: vectors not made here{lacking} [foreign-vectors]")
        if 2 * missing > photos:
            warnings.append(
                f"{vectors.extractor} has vectors of less than half of the photos: is it the file of these photos, as "
                "they are now? [few-vectors]"
            )
    return warnings


def _strangers_by_photo(plan: Plan) -> list[str]:
    if all(trial.strangers_by_person for trial in plan.trials):
        return []
    if plan.dataset.against:
        return [
            f"Trained on photos of {plan.dataset.against} and tested on others of the same person: the figures say how "
            "well these two are told apart, and nothing about anybody else [against]"
        ]
    if any(item.person is None for item in plan.dataset.items):
        why = "It is not known who is on the photos of strangers"
    else:
        why = f"There are only {len(plan.dataset.people) - 1} other people"
    return [
        f"{why}: strangers are split by photo, and the test may show somebody who was seen in training. "
        "A folder per person, 10 at least, makes a stricter test"
    ]


def _targets_by_photo(plan: Plan) -> list[str]:
    targets = list(dict.fromkeys(trial.target for trial in plan.trials if not trial.by_group))
    if not targets:
        return []
    return [
        f"The photos of {some_of(targets)} are copies or bursts of fewer than 3 moments: they are split by photo, and "
        "the test shows moments that were seen in training. Add photos of other days [split-by-photo]"
    ]


def _undated(plan: Plan) -> list[str]:
    if plan.settings.split != "time":
        return []
    times, items = plan.screening.times, plan.dataset.items
    firsts = [trial for trial in plan.trials if _first(plan, trial)]
    undated = [items[photo].name for trial in firsts for photo in np.flatnonzero(trial.mine & np.isnan(times))]
    if not undated:
        return []
    return [f"{counted(len(undated), 'photo')} without a date taken for the oldest: {some_of(undated)} [undated]"]


def _little_evidence(plan: Plan) -> list[str]:
    if len(plan.targets) > 1:
        return []
    units = [set[int](), set[int]()]
    for trial in plan.trials:
        for of_class, mine in zip(units, (True, False), strict=True):
            of_class.update(trial.units[trial.test[trial.mine[trial.test] == mine]].tolist())
    if min(map(len, units)) >= ENOUGH_UNITS:
        return []
    return [
        f"The test holds {len(units[0])} independent photos of {plan.targets[0]} and {len(units[1])} of others, copies "
        f"and bursts taken together: too few independent photos for intervals ({ENOUGH_UNITS} of each) [few-units]"
    ]


def _few_strangers_for_far(plan: Plan) -> list[str]:
    far = far_of(plan.settings.threshold)
    if far is None:
        return []
    needed, _ = strangers_needed(far)
    least = min(int((~trial.mine[trial.validation]).sum()) for trial in plan.trials)
    if least >= needed:
        return []
    return [
        f"A threshold for a false accept rate of {far:g} needs {needed:,} validation photos of others, and there are "
        f"{least:,}: the true rate may be far from it [few-strangers]"
    ]


def _first(plan: Plan, trial: Trial) -> bool:
    return trial.seed == plan.settings.seed
