"""What an experiment is made of, from options as they are typed or given in Python; and the command that repeats it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...data import Augmentation, Dataset, Layout, Rules, View, dataset_from, spelled_out, with_categories
from ...errors import FacebenchError
from .._settings import Settings, settings_for
from ..results import MEASURED

#: Options of `bench run` that are not called as they are in Python.
_FLAGS = {"extractors": "extractor", "heads": "head"}


def experiment_from(
    *,
    data: Path | None = None,
    me: Path | None = None,
    others: Path | None = None,
    labels: Path | None = None,
    view: View = "auto",
    target: str | None = None,
    limit_others: int | None = None,
    against: str | None = None,
    any_name: bool = False,
    layout: Layout = "auto",
    preset: str = "",
    seed: int = 0,
    drop_shared: bool = False,
    vectors: Sequence[Path] = (),
    slices: Path | None = None,
    **settings: Any,
) -> tuple[Dataset, Settings]:
    """Return the photos and the settings of an experiment; no photo is opened.

    Args:
        data: one folder per person; without it, `me` and `labels` the ORL faces.
        me: photos of one person.
        others: photos of other people.
        labels: a table of faces and who they are.
        view: what is seen of photos with a labelled face.
        target: the person who is me, or "all".
        limit_others: how many people other than the target are drawn; None: all.
        against: the only other person, such as a sibling.
        any_name: whether files are photos by their content, whatever their name.
        layout: what folders are.
        preset: what the settings are based on.
        seed: of splits, choice of people and heads.
        drop_shared: whether photos of others that show a picture of the target are left out.
        vectors: files of vectors made elsewhere.
        slices: a table of photos and their categories.
        settings: other fields of `Settings`; None or an empty list for those that were not given.

    Raises:
        FacebenchError: an invalid value, options that do not go together, or folders that cannot be used.
    """
    files = [spelled_out(str(file.expanduser())) for file in vectors]
    given = {"target": target, "vectors": files, **settings}
    asked = settings_for(
        preset,
        seed=seed,
        drop_shared=drop_shared,
        **{name: value for name, value in given.items() if value is not None and value != []},
    )
    dataset = dataset_from(
        data=data,
        me=me,
        others=others,
        labels=labels,
        view=view,
        limit_others=limit_others,
        against=against,
        target=target,
        seed=seed,
        rules=Rules(layout, any_name),
    )
    if slices is not None:
        dataset = with_categories(dataset, slices)
    if measured := [column for column in dataset.categories if column.casefold() in MEASURED]:
        raise FacebenchError(f"A column is called {measured[0]}, which facebench measures itself: rename it.")
    return dataset, asked


def command_of(options: Mapping[str, Any]) -> str:
    """Return the command that does what options of `run` do.

    >>> command_of({"extractors": ["sface"], "heads": ["svm(C=1)"], "audit": False, "max_targets": 3})
    "bench run --extractor sface --head 'svm(C=1)' --no-audit --max-targets 3"
    """
    words = ["bench", "run"]
    for name, value in options.items():
        flag = _FLAGS.get(name, name).replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            for one in value if isinstance(value, list) else [value]:
                words += [f"--{flag}", _ranges(one) if isinstance(one, Augmentation) else str(one)]
    return shlex.join(words)


def _ranges(augmentation: Augmentation) -> str:
    return ", ".join(f"{name}={value}" for name, value in asdict(augmentation).items())
