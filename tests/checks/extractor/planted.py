"""Extractors of a plug-in that keep the contract but for one rule each; installed for a module's tests."""

import os
import socket
from collections.abc import Sequence
from typing import Literal

import numpy as np
from facebench.data import Photo, PhotoError
from facebench.embeddings import Card, Embedding, Extractor, Failure, Outcome
from PIL import Image


class Good(Extractor):
    """Mean colours of 4x4 blocks."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        return [self._outcome(photo) for photo in photos]

    def _outcome(self, photo: Photo) -> Outcome:
        try:
            return Embedding(self._vector(photo.image))
        except PhotoError as error:
            return Failure(error.reason, error.detail)

    def _vector(self, image: Image.Image) -> np.ndarray:
        blocks = np.asarray(image.resize((4, 4), Image.Resampling.BOX), np.float32)
        return blocks.ravel() / 255

    def __init_subclass__(cls) -> None:
        cls.card = Card(name=cls.__name__.lower(), dimension=48, view="whole photo")


class Noisy(Good):
    """Keeps all rules, and talks."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        print("loading...", flush=True)
        return super().embed(photos)


class Batch(Good):
    """Standardises over the batch."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        outcomes = super().embed(photos)
        vectors = [outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)]
        mean = np.mean(vectors, axis=0) if vectors else 0
        return [o if isinstance(o, Failure) else Embedding(o.vector - mean) for o in outcomes]


class Order(Good):
    """Blends each photo with the one before."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        before, outcomes = np.zeros(48, np.float32), super().embed(photos)
        for place, outcome in enumerate(outcomes):
            if isinstance(outcome, Embedding):
                outcomes[place], before = Embedding(outcome.vector + before / 9), outcome.vector
        return outcomes


class Stream(Good):
    """Loses the last photo of a stream."""

    def stream(self, photos):
        yield from self.embed(list(photos)[:-1])


class Salted(Good):
    """Python's hash of a text is another in each process."""

    def _vector(self, image: Image.Image) -> np.ndarray:
        return super()._vector(image) + np.float32(hash("salt") % 1_000_000)


class Double(Good):
    def _vector(self, image: Image.Image) -> np.ndarray:
        return super()._vector(image).astype(np.float64)


class Short(Good):
    def _vector(self, image: Image.Image) -> np.ndarray:
        return super()._vector(image)[:-1]


class Infinite(Good):
    def _vector(self, image: Image.Image) -> np.ndarray:
        return super()._vector(image) + np.float32(np.inf)


class Raising(Good):
    def _outcome(self, photo: Photo) -> Outcome:
        return Embedding(self._vector(photo.image))


class Lenient(Good):
    """Black pixels for a photo that has none."""

    def _outcome(self, photo: Photo) -> Outcome:
        outcome = super()._outcome(photo)
        return Embedding(np.zeros(48, np.float32)) if isinstance(outcome, Failure) else outcome


class Stacking(Good):
    """Stacks what is left once failures are taken out, if anything is."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        outcomes = super().embed(photos)
        if photos:
            np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])
        return outcomes


class Harming(Good):
    """A bad photo spoils what comes after it."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        outcomes = super().embed(photos)
        bad = [place for place, outcome in enumerate(outcomes) if isinstance(outcome, Failure)]
        return [Failure("spoilt") if bad and place > bad[0] else outcome for place, outcome in enumerate(outcomes)]


class Blind(Good):
    """Keeps its parameter under another name."""

    def __init__(self, gain: Literal[1, 2] = 1) -> None:
        self._factor = gain

    def _vector(self, image: Image.Image) -> np.ndarray:
        return super()._vector(image) * np.float32(self._factor)


class Harmless(Blind):
    """Keeps none of its parameters, on which no vector depends, and keeps the one on which vectors do."""

    def __init__(self, gain: int = 1, threads: int = 2, verbose: bool = False, device: str = "cpu") -> None:
        super().__init__(gain)
        self.gain = gain


class Asking(Good):
    """Looks for weights elsewhere, and goes on without."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        for address in (("weights.example", 443), ("192.0.2.1", 443)):
            try:
                socket.create_connection(address, timeout=1)
            except OSError as error:
                assert "no network" in str(error)
        return super().embed(photos)


class Local(Good):
    """Talks to a program on this machine."""

    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(("localhost", server.getsockname()[1])).close()
        return super().embed(photos)


class Ending(Good):
    def embed(self, photos: Sequence[Photo]) -> list[Outcome]:
        os.write(2, b"illegal instruction\n")
        os._exit(3)


class Failing(Good):
    def __init__(self) -> None:
        raise RuntimeError("no weights")


class Renamed(Good):
    pass


Renamed.card = Card(name="other", dimension=48, view="whole photo")


class Faceless(Good):
    def _outcome(self, photo: Photo) -> Outcome:
        return Failure("no_face")


class Bare(Good):
    """Gives vectors in place of outcomes."""

    def _outcome(self, photo: Photo) -> Outcome:
        return self._vector(photo.image)


class Foreign:
    card = Card(name="foreign", dimension=48, view="whole photo")
