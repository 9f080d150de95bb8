"""The data set that the options of a command name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...errors import FacebenchError, counted
from ...registry import suggestion
from .._dataset import Dataset, View, orl_faces
from .._names import as_text
from .._targets import ALL, choose_targets
from ..labels import labelled_photos
from ._folders import me_and_others, people_folder
from ._layout import Rules, spellings

#: What the tree shows.
_AUTO = Rules()


def dataset_from(
    *,
    data: Path | None = None,
    me: Path | None = None,
    others: Path | None = None,
    labels: Path | None = None,
    view: View = "auto",
    limit_others: int | None = None,
    against: str | None = None,
    target: str | None = None,
    seed: int = 0,
    rules: Rules = _AUTO,
) -> Dataset:
    """Return the data set of `--data`, of `--me` and `--others`, or of `--labels`; without any, the ORL faces.

    Args:
        data: one folder per person, LFW, or CelebA.
        me: photos of one person.
        others: photos of other people: a flat folder, one folder per person, LFW, or CelebA.
        labels: a table of faces and who they are.
        view: what is seen of photos with a labelled face.
        limit_others: how many people other than the target are drawn; None: all.
        against: the only person other than the target; None: all.
        target: the person who is always included; needed where nobody is me.
        seed: of the draw.
        rules: of the folders in `data` or `others`.

    Raises:
        FacebenchError: options that do not go together, or folders that cannot be used.
    """
    besides = "--data" if data is not None else "" if me is others is None else "--me/--others"
    dataset = _labelled(labels, view, besides, rules) or _every_photo(data, me, others, rules)
    if against is not None and limit_others is not None:
        raise FacebenchError("--against names the only other person, and --limit-others draws some: use one of them.")
    if against is not None:
        return one_against_one(dataset, against, target)
    return dataset if limit_others is None else draw_others(dataset, limit_others, target, seed)


def _labelled(labels: Path | None, view: View, option: str, rules: Rules) -> Dataset | None:
    """Return the data set of labels, None where there are none; `option` names photos besides, "" if none does."""
    if labels is None:
        if view != "auto":
            raise FacebenchError(f"--view {view} needs --labels FILE: nobody else says where the faces are.")
        return None
    if option:
        raise FacebenchError(f"--labels and {option} are two ways to name photos: use one of them.")
    if rules.layout != "auto" or rules.any_name:
        option = "--any-name" if rules.any_name else f"--layout {rules.layout}"
        raise FacebenchError(f"{option} is about folders, and --labels names every photo: leave it out.")
    dataset = labelled_photos(labels, view)
    remarks = spellings(dataset.people, "Write it the same way in all rows")
    return replace(dataset, remarks=(*dataset.remarks, *remarks))


def _every_photo(data: Path | None, me: Path | None, others: Path | None, rules: Rules) -> Dataset:
    if data is not None and (me is not None or others is not None):
        raise FacebenchError("--data and --me/--others are two ways to name photos: use one of them.")
    if me is not None and others is not None:
        return me_and_others(me, others, rules)
    if others is not None:
        raise FacebenchError("--others needs --me DIR too: photos of one person, and photos of other people.")
    if me is not None:
        raise FacebenchError(
            f"--me needs --others DIR too, a folder of other people. The best are those in your own album: bench find "
            f"--me {me} ALBUM -o me.html finds them. People of a public data set were taken by other cameras, which is "
            "easier to tell than a face: bench run --audit shows how easy."
        )
    if data is not None and rules.layout == "flat":
        raise FacebenchError("--layout flat takes nobody for known, and --data needs people: use it with --others DIR.")
    return people_folder(data, rules) if data is not None else orl_faces()


def draw_others(dataset: Dataset, people: int, target: str | None = None, seed: int = 0) -> Dataset:
    """Return a data set with all photos of the target and all photos of `people` others, drawn at random.

    A photo of an unknown person counts as a person of its own. The same seed draws the same people, and with a larger
    number these and more.

    Raises:
        FacebenchError: less than one person, or more than there are; no single target, or an unknown one.

    >>> draw_others(orl_faces(), 5, "s7").title
    'ORL faces (AT&T Laboratories Cambridge), 5 others drawn with seed 0'
    """
    if people < 1:
        raise FacebenchError(f"--limit-others {people} leaves nobody to compare with: give 1 or more.")
    mine = _single_target(dataset, target, "--limit-others", "the others are drawn, not the target")
    others = [(item.person, item.name if item.person is None else "") for item in dataset.items]
    known = [person for person in dict.fromkeys(others) if person[0] != mine]
    if len(known) < people:
        raise FacebenchError(_too_few(dataset, people, known))
    if len(known) == people:
        return dataset
    drawn = {known[index] for index in np.random.default_rng(seed).permutation(len(known))[:people]}
    kept = [index for index, person in enumerate(others) if person in drawn or person[0] == mine]
    title = f"{dataset.title}, {counted(people, 'other')} drawn with seed {seed}"
    return replace(dataset.only(kept), title=title, limit_others=people)


def one_against_one(dataset: Dataset, person: str, target: str | None = None) -> Dataset:
    """Return a data set with all photos of the target and all of one other person: a sibling, say.

    Raises:
        FacebenchError: nobody else has that name; no single target, or an unknown one.

    >>> sorted(one_against_one(orl_faces(), "s9", "s7").people)
    ['s7', 's9']
    """
    mine = _single_target(dataset, target, "--against", "it names the other person alone")
    others = [name for name in dataset.people if name != mine]
    person = person if person in others else as_text(person)
    if person not in others:
        raise FacebenchError(f"--against {person}: nobody but {mine} is named so. {suggestion(person, others)}")
    kept = [index for index, item in enumerate(dataset.items) if item.person in (mine, person)]
    return replace(dataset.only(kept), title=f"{dataset.title}, {mine} against {person}", against=person)


def _single_target(dataset: Dataset, target: str | None, option: str, why: str) -> str:
    if dataset.me is None and target in (None, ALL):
        raise FacebenchError(f"{option} needs one --target NAME, or --me DIR or labels of me: {why}.")
    (mine,) = choose_targets(dataset, target or ALL, min_photos=1)
    return mine


def _too_few(dataset: Dataset, asked: int, others: Sequence[tuple[str | None, str]]) -> str:
    there = f"--limit-others {asked} cannot be drawn: {dataset.title} has"
    if len(others) == 1 and others[0][0] is not None:
        return (
            f"{there} 1 other person, {others[0][0]}. Leave the option out; or, if the photos there are of several "
            "people, give --layout flat."
        )
    return f"{there} {len(others)} other {'person' if len(others) == 1 else 'people'}. Give {len(others)} or fewer."
