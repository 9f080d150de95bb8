"""`facebench.run`: what `bench run` does, from Python."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import signature
from pathlib import Path
from typing import TypeAlias

from ...data import Augmentation, Layout, SplitRule, Strangers, View
from ...embeddings import Runtime, VectorStore
from ..protocol import run_benchmark
from ..results import RunFolder
from ._experiment import command_of, experiment_from
from ._run import Run

_Place: TypeAlias = str | Path
_Names: TypeAlias = str | Iterable[str]


def run(
    *,
    extractors: _Names | None = None,
    heads: _Names | None = None,
    me: _Place | None = None,
    others: _Place | None = None,
    data: _Place | None = None,
    labels: _Place | None = None,
    target: str | None = None,
    preset: str = "",
    repeats: int | None = None,
    seed: int = 0,
    split: SplitRule | None = None,
    threshold: str | None = None,
    audit: bool | None = None,
    augment: int | None = None,
    augmentation: Augmentation | None = None,
    strangers: Strangers | None = None,
    limit_others: int | None = None,
    against: str | None = None,
    min_photos: int | None = None,
    max_targets: int | None = None,
    drop_shared: bool = False,
    vectors: _Place | Iterable[_Place] | None = None,
    view: View = "auto",
    layout: Layout = "auto",
    any_name: bool = False,
    slices: _Place | None = None,
    runtime: Runtime | None = None,
    runs: _Place = "runs",
    hard_by: str | None = None,
) -> Run:
    """Test every extractor with every head on the same photos, save the run and return it.

    It does what `bench run` does with the options of the same names; `bench run --help` explains each. What a run that
    is interrupted has finished is saved.

    Args:
        extractors: names of `bench list` or call strings, such as "mobilenet(view='face')"; one or several. Default:
            mobilenet, face_recognition and sface.
        heads: likewise, such as "svm(C=1)". Default: mlp, logreg and svm.
        me: folder with photos of one person; needs `others`.
        others: folder with photos of other people.
        data: folder with one folder per person. Default: the ORL faces.
        labels: CSV of faces in an album and who they are.
        target: the person who is me, or "all": each in turn. Default: all.
        preset: "report", the original report's experiment, or "improved".
        repeats: splits per person. Default: 5 for one person, else 1.
        seed: of splits, choice of people and heads.
        split: "random", "time" or "official".
        threshold: "auto", "balanced", "accuracy", "0.5" or "far=0.01".
        audit: whether to test how well the classes are separated without looking at a face.
        augment: random variants of each training photo.
        augmentation: their ranges. Default: the preset's.
        strangers: "all" or "equal": as many photos of others as of me.
        limit_others: only this many other people, drawn at random.
        against: this other person only, such as a sibling.
        min_photos: photos that a target needs.
        max_targets: at most this many targets of "all".
        drop_shared: leave out photos of others that show a picture of the target, too.
        vectors: files of vectors made elsewhere, .npz or .parquet.
        view: with `labels`: "photo", or a "crop" around the face.
        layout: what folders are: "people", "split" or "flat".
        any_name: take files that are photos by their content, whatever their name.
        slices: CSV with a column photo, and columns of one's own such as glasses: errors are counted by each category.
        runtime: of networks, "openvino" or "tensorflow".
        runs: folder of all runs.
        hard_by: an extractor in no row that chooses the hard strangers of the table. Default: all rows together.

    Raises:
        FacebenchError: an invalid value, or photos that cannot be used.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> made = run(extractors="colour", heads="logreg", target="s1", repeats=1, runs=folder.name)
    >>> made.result.command.removesuffix(folder.name)
    'bench run --extractor colour --head logreg --target s1 --repeats 1 --runs '
    >>> folder.cleanup()
    """
    given = {name: value for name, value in locals().items() if value != _DEFAULTS[name]}
    for name in given.keys() & {"extractors", "heads", "vectors"}:
        given[name] = [given[name]] if isinstance(given[name], str | Path) else list(given[name])
    for name in given.keys() & {"me", "others", "data", "labels", "slices", "runs"}:
        given[name] = Path(given[name]).expanduser()
    if "vectors" in given:
        given["vectors"] = [Path(file).expanduser() for file in given["vectors"]]
    options = {name: value for name, value in given.items() if name not in ("runs", "hard_by")}
    dataset, settings = experiment_from(**options)
    folder = RunFolder(Path(runs).expanduser(), dataset.slug)
    run_benchmark(
        dataset,
        settings,
        folder.save,
        store=VectorStore(),
        command=command_of(given),
        list_photos=folder.list_photos,
        hard_by=hard_by,
        list_properties=folder.list_properties,
    )
    assert folder.path is not None  # noqa: S101 (a finished run has been saved)
    return Run(folder.path, hard_by)


_DEFAULTS = {name: parameter.default for name, parameter in signature(run).parameters.items()}
