"""A contact sheet of examples as a private file, written atomically from the photos of a run."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ...files import check_output, write_private
from ..protocol import dataset_of
from ..results import read_predictions, read_run
from ._pairing import choose_pairing, thresholds_of
from ._question import question_of
from ._selection import Example, Examples, choose_examples
from ._thumbnails import draw_sheet, thumbnail_of

#: So many photos of a kind of error are drawn at most: a sheet of more could hardly be opened.
MOST = 200

_SOFTWARE = "facebench"
#: Marks a file as a contact sheet, near its beginning.
_MARK = f"Software\0{_SOFTWARE}".encode()


@dataclass(frozen=True)
class ContactSheet:
    """What a contact sheet shows.

    Attributes:
        pairing: extractor and head.
        kinds: what is drawn, from top to bottom.
        unseen: photos that cannot be shown, counted by reason: "absent", "changed" since the run, or a fault.
    """

    pairing: str
    kinds: list[Examples]
    unseen: Counter[str]

    @property
    def photos(self) -> int:
        """Number of tiles, including those whose photo cannot be shown."""
        return sum(len(kind.shown) for kind in self.kinds)


def write_contact_sheet(
    folder: Path, file: Path, *, extractor: str | None = None, head: str | None = None, target: str | None = None
) -> ContactSheet:
    """Write the errors of a run, in all splits, and its least and most certain right decisions as a PNG (mode 0600).

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
    tested = read_predictions(folder).where(extractor=pairing.extractor, head=pairing.head)
    kinds = [_cut(kind) for kind in choose_examples(tested, thresholds)]
    splits = len({seed for _, seed in thresholds})
    several = len({of for of, _ in thresholds}) > 1
    name = f"{pairing.extractor} x {pairing.head}"
    photos = dataset_of(result)
    image, unseen = draw_sheet(
        f"Run {folder.resolve().name}: {name}",
        _notes(result.dataset.title, thresholds, kinds),
        kinds,
        partial(_captions, several=several, splits=splits),
        partial(thumbnail_of, items={item.name: item for item in photos.items}),
    )
    write_private(file, _png(image), "--examples")
    return ContactSheet(name, kinds, unseen)


def _cut(kind: Examples) -> Examples:
    """Return a kind as it is drawn; where that is not all of its errors, it says where the others are."""
    if kind.right or len(kind.shown) <= MOST:
        return kind
    count = f"{kind.count}; the {MOST} farthest from their thresholds are shown, predictions.csv of the run names all"
    return replace(kind, count=count, parts=[("", kind.shown[:MOST])])


def _captions(example: Example, several: bool, splits: int) -> list[str]:
    how_often = [example.how_often] if splits > 1 and example.wrong else []
    # What a false accept asks names the target, too.
    target = [f"target {example.row.target}"] if several and not question_of(example.row) else []
    return how_often + target


def _notes(title: str, thresholds: dict[tuple[str, int], float], kinds: list[Examples]) -> list[str]:
    splits = len({seed for _, seed in thresholds})
    several = len({target for target, _ in thresholds}) > 1
    framed = any(example.row.box for kind in kinds for example in kind.shown)
    all_splits = (
        f"All {splits} splits: a photo is shown once, with the score of the split in which it did worst. A decision is "
        "one photo in one split, as in the table; right are photos that no split got wrong."
    )
    return [
        f"{title}; {_whom(thresholds)}",
        *([all_splits] if splits > 1 else []),
        *(["A photo counts once for each target."] if several else []),
        'Below each photo: score / threshold, file. From the threshold on it is taken for "me"; a decision is the more '
        "certain the farther the score is from it. Of errors the most certain come first.",
        f"{'Frame: the face that the extractor looked at. ' if framed else ''}The sheet shows faces: it is private.",
    ]


def _whom(thresholds: dict[tuple[str, int], float]) -> str:
    targets = list(dict.fromkeys(target for target, _ in thresholds))
    low, high = (f"{end(thresholds.values()):.3f}" for end in (min, max))
    whom = f"target {targets[0]}" if len(targets) == 1 else f"{len(targets)} people in turn as the target"
    return f"{whom}, threshold {low if low == high else f'{low} to {high}'}"


def _is_sheet(file: Path) -> bool:
    with file.open("rb") as stream:
        return _MARK in stream.read(100)


def _png(image: Image.Image) -> bytes:
    information = PngInfo()
    information.add_text("Software", _SOFTWARE)
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=information)
    return stream.getvalue()
