"""`bench train`: the winner, saved in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import FacebenchError
from .parts.completion import extractor_names, head_names, run_names
from .parts.help import COMPUTE, PHOTOS, PROTOCOL, RESULTS, WHAT
from .parts.options import (
    AnyName,
    Data,
    DropShared,
    LabelsFile,
    Layout,
    LimitOthers,
    Me,
    Others,
    Runs,
    Runtime,
    ViewOption,
    augmentation_from,
    given_only,
    interruptible,
    say_needs,
)

if TYPE_CHECKING:
    from ..bundles import Bundle

EXAMPLES = """
Examples:
    bench train --from last -o me.facebench
    bench train --from 3 --as-tested -o tested.facebench
    bench train --me ~/photos/me --others ~/photos/strangers --extractor face_recognition --head lda -o me.facebench
    bench train --labels ~/photos/labels.csv -o me.facebench"""
_FROM_A_RUN = "From a run"
#: Contains no vector of a photo, and is among the best for photos with a face.
_EXTRACTOR, _HEAD = "face_recognition", "logreg"


def train(
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", rich_help_panel=RESULTS, help="File to write, ending in .facebench."
        ),
    ],
    from_run: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="RUN",
            autocompletion=run_names,
            rich_help_panel=_FROM_A_RUN,
            help="The best pairing of a run: its number or folder, or last.",
        ),
    ] = None,
    as_tested: Annotated[
        bool,
        typer.Option(
            "--as-tested",
            rich_help_panel=_FROM_A_RUN,
            help="With --from: the very head and threshold that the run tested.",
        ),
    ] = False,
    accept_shortcut: Annotated[
        bool,
        typer.Option(
            "--accept-shortcut",
            rich_help_panel=_FROM_A_RUN,
            help="With --from: although its audit tells me apart without the face.",
        ),
    ] = False,
    accept_licence: Annotated[
        bool,
        typer.Option(
            "--accept-licence", rich_help_panel=WHAT, help="Although its weights may not be used commercially."
        ),
    ] = False,
    me: Me = None,
    others: Others = None,
    data: Data = None,
    labels: LabelsFile = None,
    view: ViewOption = "auto",
    target: Annotated[
        str | None, typer.Option(metavar="NAME", rich_help_panel=PHOTOS, help="Person who is me; needed with --data.")
    ] = None,
    extractor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=extractor_names,
            rich_help_panel=WHAT,
            help="Name of `bench list`. Default: face_recognition, or the run's best.",
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=head_names,
            rich_help_panel=WHAT,
            help="Name of `bench list`. Default: logreg, or the run's best.",
        ),
    ] = None,
    include_vectors: Annotated[
        bool,
        typer.Option(
            "--include-vectors",
            rich_help_panel=WHAT,
            help="Allow vectors of single photos in the file: svm, knn, tolerance.",
        ),
    ] = False,
    augment: Annotated[
        int | None, typer.Option(min=0, rich_help_panel=PROTOCOL, help="Random variants of each photo. Default: 0.")
    ] = None,
    augmentation: Annotated[
        str, typer.Option(metavar="RANGES", rich_help_panel=PROTOCOL, help="Ranges of the variants, as in bench run.")
    ] = "",
    limit_others: LimitOthers = None,
    any_name: AnyName = False,
    layout: Layout = "auto",
    drop_shared: DropShared = False,
    threshold: Annotated[
        str | None, typer.Option(metavar="RULE", rich_help_panel=PROTOCOL, help="As in bench run. Default: auto.")
    ] = None,
    runtime: Annotated[
        Runtime | None, typer.Option(rich_help_panel=COMPUTE, help="Runtime of the networks. Default: openvino.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, rich_help_panel=PROTOCOL, help="Seed of folds and heads. Default: 0.")
    ] = None,
    runs: Runs = Path("runs"),
) -> None:
    """Train on all photos, and save extractor, head and threshold in one file for bench predict.

    Threshold, probabilities and the accuracy to expect come from cross-validation. The file contains no photos, and
    nothing in it is executed; but it recognises a person: keep it private.
    """
    from ..bundles import is_bundle, refuse_licence, summary
    from ..files import check_output
    from ..text import tell

    check_output(output, "--output", (".facebench",), is_bundle)
    options = given_only(
        me=me,
        others=others,
        data=data,
        labels=labels,
        view=None if view == "auto" else view,
        limit_others=limit_others,
        layout=None if layout == "auto" else layout,
        any_name=any_name or None,
        augment=augment,
        augmentation=augmentation or None,
        threshold=threshold,
        runtime=runtime,
        seed=seed,
        drop_shared=drop_shared or None,
    )
    with interruptible():
        if from_run is not None:
            _refuse(options, "--from RUN excludes --{}: photos and settings are the run's.")
            chosen = (extractor, head, target)
            bundle = _of_run(
                runs,
                from_run,
                chosen,
                as_tested=as_tested,
                accept_shortcut=accept_shortcut,
                accept_licence=accept_licence,
                include_vectors=include_vectors,
            )
        else:
            of_run = given_only(as_tested=as_tested or None, accept_shortcut=accept_shortcut or None)
            _refuse(of_run, "--{} needs --from RUN: which test?")
            options["augmentation"] = augmentation_from(augmentation)
            if not accept_licence:
                refuse_licence(extractor or _EXTRACTOR)
            bundle = _trained(options, target, extractor or _EXTRACTOR, head or _HEAD, include_vectors)
    bundle.save(output)
    tell(summary(output, bundle))


def _refuse(options: dict[str, Any], complaint: str) -> None:
    if options:
        raise FacebenchError(complaint.format(next(iter(options)).replace("_", "-")))


def _of_run(
    runs: Path,
    name: str,
    chosen: tuple[str | None, str | None, str | None],
    *,
    as_tested: bool,
    accept_shortcut: bool,
    accept_licence: bool,
    include_vectors: bool,
) -> Bundle:
    from ..benchmarks.results import find_run, read_predictions
    from ..bundles import bundle_as_tested, choose_winner, refuse_licence, refuse_shortcut, train_winner
    from ..embeddings.store import VectorStore

    folder, store = find_run(runs, name), VectorStore()
    result, pairing, target = choose_winner(folder, *chosen, include_vectors=include_vectors)
    if not accept_shortcut:
        refuse_shortcut(result)
    if not accept_licence:
        refuse_licence(pairing.extractor)
    if as_tested:
        return bundle_as_tested(result, read_predictions(folder), pairing, target, store)
    return train_winner(result, pairing, target, store)


def _trained(options: dict[str, Any], target: str | None, extractor: str, head: str, include_vectors: bool) -> Bundle:
    from ..benchmarks.notebook import experiment_from
    from ..bundles import train_bundle
    from ..embeddings.store import VectorStore

    if options.keys().isdisjoint(("me", "others", "data", "labels", "view")):
        raise FacebenchError(
            "Whose photos? Give --me DIR --others DIR, --labels FILE, --data DIR --target NAME, or --from RUN."
        )
    dataset, settings = experiment_from(target=target, extractors=[extractor], heads=[head], repeats=1, **options)
    if dataset.me is None and target in (None, "all"):
        raise FacebenchError("A file knows one person: give --target NAME.")
    store = VectorStore()
    say_needs(dataset, settings, store)
    return train_bundle(dataset, settings, include_vectors=include_vectors, store=store)
