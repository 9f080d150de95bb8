"""`onnx`: any network of one's own, from an ONNX file, on faces or whole photos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from PIL import Image

from ...data import Photo
from ...errors import FacebenchError
from .._extractor import Card
from .._licence import Commercial
from .._outcome import Failure
from .._staged import Prepared, StagedExtractor
from ..faces import Alignment, Face, FaceFinder, Faces, detector_named
from ..networks import Pixels, own_network, pixels_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Align = Literal[Alignment, "whole"]
Order = Literal["rgb", "bgr"]

_EXAMPLE = "onnx('~/models/w600k_r50.onnx', align='arcface112', order='rgb', mean=127.5, scale=127.5)"
_PREPARED = {
    "arcface112": "5 landmarks, similarity transform to ArcFace's template of 112x112",
    "dlib150": "dlib's 5 landmarks, chip of 150x150",
    "box": "what the photo shows of the face's box",
    "whole": "the whole photo, without cropping",
}


class Onnx(StagedExtractor):
    """The network in an ONNX file: one picture, (n, 3, side, side) or (n, side, side, 3), to one vector (n, dimension).

    What the file does not say has no default: how a face is aligned, the order of channels, and their scaling. The file
    holds its own weights; no other file is opened, and no library with operations is loaded. Vectors are float32,
    within 1e-4 of ONNX Runtime's for the same pixels. It runs on OpenVINO. Vectors are stored under the content and the
    name of the file, wherever it lies.

    Args:
        path: of the file.
        align: "arcface112" (ArcFace's template, 112x112), "dlib150" (dlib's chip, 150x150), "box" (the face's box), or
            "whole" (the photo); resized to the network's side without cropping.
        order: of the channels, "rgb" or "bgr".
        mean: of all channels, or of each in that order.
        scale: likewise: the network takes (x - mean) / scale.
        side: height and width of its input, where the file leaves them open.
        output: the name of the output to take, where there are several.
        normalised: whether vectors get length 1.
        detector: of faces, a name of `bench list` or a call string.
        faces: which face of several, "prominent", "largest" or "center".
        commercial: whether the weights may be used commercially, "yes", "no" or "unknown".
        licence: of the weights.

    Raises:
        FacebenchError: the file is missing, damaged, or no such network.
        ValueError: a parameter is missing or wrong.
    """

    card = Card(
        name="onnx",
        dimension=0,
        view="face or whole photo",
        network="of an ONNX file of one's own",
        licence="that of the file",
        training_data="that of the file",
        preprocessing="as its parameters say",
    )
    #: A moved file keeps its vectors, and numbers written otherwise are the same ones.
    named_as_kept = ("path", "mean", "scale", "side", "output")
    #: No vector depends on them.
    never_named = ("commercial", "licence")
    unnamed_at_default = ("detector",)

    def __init__(
        self,
        path: str | None = None,
        align: Align | None = None,
        order: Order | None = None,
        mean: float | Sequence[float] | None = None,
        scale: float | Sequence[float] | None = None,
        side: int | None = None,
        output: str | None = None,
        normalised: bool = True,
        detector: str = "yunet",
        faces: Faces = "prominent",
        commercial: Commercial = "unknown",
        licence: str = "",
    ) -> None:
        super().__init__()
        _check_given({"path": path or None, "align": align, "order": order, "mean": mean, "scale": scale})
        for name, value, kind in (("order", order, Order), ("commercial", commercial, Commercial)):
            _check_one_of(name, value, get_args(kind))
        _check_one_of("align", align, tuple(_PREPARED))
        if side is not None and (type(side) is not int or not 1 <= side <= 4096):
            raise ValueError(f"side is a number of pixels, 1 to 4096, not {side!r}")
        assert path and align and order  # noqa: S101 (checked above)
        self.align, self.order, self.faces, self.normalised = align, order, faces, normalised
        self.mean, self.scale = _channels("mean", mean), _channels("scale", scale)
        if 0 in self.scale:
            raise ValueError("scale is what pixels are divided by: not 0")
        self.finder = None if align == "whole" else FaceFinder(faces, detector_named(detector), align)
        self.detector = self.finder.detector if self.finder else None
        file = _file(path)
        own = own_network(file, side, output)
        self.path, self.side, self.output = file.name, own.side, own.output
        self.network = pixels_network(file, own, Pixels(order, self.mean, self.scale), normalised)
        self.card = replace(  # type: ignore[misc]  # that of the class has no file yet
            self.card,
            dimension=own.dimension,
            view="whole photo" if align == "whole" else "face",
            network="from an ONNX file",
            weights_sha256=own.sha256,
            weights_bytes=own.size,
            licence=licence,
            training_data="",
            preprocessing=f"{_PREPARED[align]}; {own.side}x{own.side}, {order}, (x - mean) / scale",
            commercial=commercial,
        )

    def load(self) -> None:
        """Make the network ready.

        Raises:
            FacebenchError: OpenVINO cannot run it, or the file is no longer the one that it was.
        """
        try:
            super().load()
        except RuntimeError as error:
            raise FacebenchError(f"{self.network.name} is read, but OpenVINO cannot run it.") from error

    def stage(self, photo: Photo) -> Prepared | Failure:
        """Find the face and align it, or take the whole photo."""
        if self.finder is None:
            return Prepared(self._resized(photo.image))
        return super().stage(photo)

    def from_face(self, face: Face) -> Prepared:
        """Prepare the chip of a face."""
        return Prepared(self._resized(Image.fromarray(face.chip)), face.box)

    def _resized(self, image: Image.Image) -> NDArray[np.uint8]:
        """Return an RGB image at the network's side, uint8 (side, side, 3)."""
        return np.asarray(image.resize((self.side, self.side), Image.Resampling.BILINEAR))


def _file(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # "~name" of nobody
        raise FacebenchError(f"{path} cannot be found: {str(error).rstrip('.')}.") from error


def _check_given(facts: dict[str, object]) -> None:
    """Refuse a call that lacks facts."""
    if missing := [name for name, value in facts.items() if value is None]:
        raise ValueError(
            f"{', '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing: the file does not say it, the page "
            f"of the network does. An example: {_EXAMPLE}"
        )


def _check_one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} is one of {', '.join(known)}, not {value!r}")


def _channels(name: str, given: object) -> tuple[float, ...]:
    """Return one number for each channel: those given, or three times the one."""
    numbers = tuple(given) if isinstance(given, (tuple, list)) else (given,) * 3
    if len(numbers) != 3 or not all(type(number) in (int, float) and abs(number) < 1e6 for number in numbers):
        raise ValueError(f"{name} is a number, or one for each of three channels, not {given!r}")
    return tuple(map(float, numbers))
