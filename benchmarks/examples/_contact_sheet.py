"""A contact sheet of examples as a private file, written atomically from the photos of a run."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ...files import check_output, write_private
from ..protocol import dataset_of
from ..results import PairingResult, RunResult, read_predictions, read_run
from ._selection import Examples, choose_examples, choose_pairing, first_split, thresholds_of
from ._thumbnails import draw_sheet, thumbnail_of

_SOFTWARE = "facebench"
#: Marks a file as a contact sheet, near its beginning.
_MARK = f"Software\0{_SOFTWARE}".encode()


@dataclass(frozen=True)
class ContactSheet:
    """What a contact sheet shows.

    Attributes:
        pairing: extractor and head.
        photos: number of tiles, including those whose photo cannot be shown.
        unseen: photos that cannot be shown, counted by reason: "absent", "changed" since the run, or a fault.
    """

    pairing: str
    photos: int
    unseen: Counter[str]


def write_contact_sheet(
    folder: Path, file: Path, *, extractor: str | None = None, head: str | None = None, target: str | None = None
) -> ContactSheet:
    """Write the most and least certain decisions of a run, right and wrong, as a PNG (mode 0600).

    Args:
        folder: of the run.
        file: ends in .png; an older sheet is replaced, anything else is not.
        extractor: of the pairing, as the run names it; default: that of the best by balanced accuracy.
        head: likewise.
        target: whose decisions; default: those of all targets together.

    Raises:
        FacebenchError: a file that cannot be written or must not, a run without such a pairing or target, or photos
            that cannot be listed again. A single photo that is gone or has changed is a grey tile.
    """
    check_output(file, "--examples", (".png",), _is_sheet)
    result = read_run(folder)
    pairing = choose_pairing(result, extractor, head)
    thresholds = thresholds_of(pairing, target)
    rows = read_predictions(folder)
    tested = rows.where(extractor=pairing.extractor, head=pairing.head, split_seed=first_split(pairing))
    kinds = choose_examples(tested, thresholds)
    name = f"{pairing.extractor} x {pairing.head}"
    photos = dataset_of(result)
    image, unseen = draw_sheet(
        f"Run {folder.resolve().name}: {name}",
        _notes(_data(result, pairing), thresholds, kinds),
        kinds,
        thresholds,
        partial(thumbnail_of, items={item.name: item for item in photos.items}),
    )
    write_private(file, _png(image), "--examples")
    return ContactSheet(name, sum(len(kind.shown) for kind in kinds), unseen)


def _data(result: RunResult, pairing: PairingResult) -> str:
    splits = {of.split_seed for of in pairing.targets}
    return result.dataset.title + (f", the first of {len(splits)} splits" if len(splits) > 1 else "")


def _notes(title: str, thresholds: dict[str, float], kinds: list[Examples]) -> list[str]:
    captions = "score / threshold, file, target" if len(thresholds) > 1 else "score / threshold, file"
    framed = any(row.box for kind in kinds for row in kind.shown)
    return [
        f"{title}; {_whom(thresholds)}",
        f'Below each photo: {captions}. From the threshold on it is taken for "me"; a decision is the more certain the '
        "farther the score is from it.",
        f"{'Frame: the face that the extractor looked at. ' if framed else ''}The sheet shows faces: it is private.",
    ]


def _whom(thresholds: dict[str, float]) -> str:
    if len(thresholds) == 1:
        [(target, threshold)] = thresholds.items()
        return f"target {target}, threshold {threshold:.3f}"
    low, high = (f"{end(thresholds.values()):.3f}" for end in (min, max))
    return f"{len(thresholds)} people in turn as the target, threshold {low if low == high else f'{low} to {high}'}"


def _is_sheet(file: Path) -> bool:
    with file.open("rb") as stream:
        return _MARK in stream.read(100)


def _png(image: Image.Image) -> bytes:
    information = PngInfo()
    information.add_text("Software", _SOFTWARE)
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=information)
    return stream.getvalue()
