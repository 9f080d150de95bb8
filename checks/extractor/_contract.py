"""The contract of extractors, rule by rule, as one process can check it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...embeddings import Card, Embedding, Extractor, Failure, Outcome, extractors, outcome_text
from ...errors import counted
from ...registry import parse_call
from ._finding import BrokenError, Finding
from ._outcomes import asked, fault_of, first_difference, raised
from ._parameters import check_identity
from ._photos import bad_photos, good_photos, tiny_photo


class Contract:
    """The contract and one extractor; a method checks a rule, says what it saw, and raises `BrokenError`.

    Args:
        call: the call string that made the extractor.
        extractor: the extractor, or whatever the call made.

    Attributes:
        batch: outcomes of the good photos in one batch; empty where there are none that can be compared.
    """

    def __init__(self, call: str, extractor: Extractor) -> None:
        self.call = call
        self.extractor = extractor
        self.batch: list[Outcome] = []
        self._photos = good_photos()

    def findings(self) -> list[Finding]:
        """Check the rules; those without outcomes to look at are left out."""
        findings = [judged("extractor", self._extractor)]
        if findings[-1].state == "ok":
            findings.append(judged("outcomes", self._outcomes))
        if not self.batch:
            return findings
        findings += [judged("vectors", self._vectors), judged("alone", self._alone), judged("order", self._order)]
        kept = {finding.rule for finding in findings if finding.state == "ok"}
        return [
            *findings,
            judged("stream", self._stream),
            judged("bad photos", lambda: self._bad_photos(kept)),
            judged("identity", lambda: check_identity(self.call, self.extractor, self._photos, self.batch)),
        ]

    def same_as(self, batch: list[Outcome]) -> str:
        """Compare with the outcomes of another process."""
        self._compare(batch, asked(self.extractor.embed, self._photos.values()))
        return f"the same in another process, for {self._count()}"

    def _extractor(self) -> str:
        made = self.extractor
        if not isinstance(made, Extractor):
            raise BrokenError(f"{type(made).__name__} is no subclass of facebench.embeddings.Extractor")
        card = getattr(made, "card", None)
        if not isinstance(card, Card):
            raise BrokenError("it has no card: `card = Card(name=..., dimension=..., ...)` in its class")
        name, _ = parse_call(self.call)
        if card.name != name:
            raise BrokenError(f"the card is named {card.name!r}, and registered is {name!r}")
        if card.dimension < 1:
            raise BrokenError(f"the card says {counted(card.dimension, 'component')}")
        if type(card.weights_bytes) is not int or card.weights_bytes < 0:
            raise BrokenError(f"the card says weights_bytes={card.weights_bytes!r}, which is no number of bytes")
        return f"{counted(card.dimension, 'component')}, from {extractors.entry(name).origin}"

    def _outcomes(self) -> str:
        batch = asked(self.extractor.embed, self._photos.values())
        asked(self.extractor.embed, [])
        counts = Counter(map(outcome_text, batch))
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
        if sum(isinstance(outcome, Embedding) for outcome in batch) < 2:
            raise BrokenError(f"fewer than two photos have a vector ({told}): nothing can be compared")
        self.batch = batch
        return f"{self._count()}: {told}"

    def _vectors(self) -> str:
        dimension = self.extractor.card.dimension
        for name, outcome in zip(self._photos, self.batch, strict=True):
            if fault := fault_of(outcome, dimension):
                raise BrokenError(f"{name}: {fault}")
        return f"float32, {counted(dimension, 'component')}, finite"

    def _alone(self) -> str:
        self._compare(self.batch, [asked(self.extractor.embed, [photo])[0] for photo in self._photos.values()])
        return f"the same alone, for {self._count()}"

    def _order(self) -> str:
        self._compare(self.batch, asked(self.extractor.embed, reversed(self._photos.values()))[::-1])
        return "the same backwards"

    def _stream(self) -> str:
        streamed = asked(lambda photos: list(self.extractor.stream(iter(photos))), self._photos.values())
        self._compare(self.batch, streamed)
        return "the same in a stream"

    def _bad_photos(self, kept: set[str]) -> str:
        """Put each bad photo between two good ones, then all together; what is known to be broken is not told again."""
        bad, tiny = bad_photos(), {"1x1 pixels": tiny_photo()}
        steady = {"alone", "order"} <= kept
        [one, first], [other, second], *_ = self._photos.items()
        for name, photo in (bad | tiny).items():
            with _told_of(name):
                before, outcome, after = asked(self.extractor.embed, [first, photo, second])
                if name in bad and not isinstance(outcome, Failure):
                    raise BrokenError("gave a vector in place of a Failure")
                if "vectors" in kept and (fault := fault_of(outcome, self.extractor.card.dimension)):
                    raise BrokenError(f"gave a vector {fault}")
                if steady and (harm := first_difference([one, other], self.batch[:2], [before, after])):
                    raise BrokenError(f"harms its neighbour, {harm}")
        with _told_of("only bad photos"):
            asked(self.extractor.embed, bad.values())
        harmless = "neighbours unharmed" if steady else "neighbours not compared, as vectors vary anyway"
        return f"{', '.join(bad)}: Failures; 1x1 pixels: {outcome_text(outcome)}; {harmless}"

    def _compare(self, ones: list[Outcome], others: list[Outcome]) -> None:
        if how := first_difference(self._photos, ones, others):
            raise BrokenError(how)

    def _count(self) -> str:
        return counted(len(self._photos), "photo")


def judged(rule: str, check: Callable[[], str]) -> Finding:
    """Return what a check of a rule finds; whatever it raises is a fault."""
    try:
        return Finding(rule, "ok", check())
    except BrokenError as error:
        return Finding(rule, "fault", str(error))
    except (Exception, SystemExit) as error:  # the card or another attribute of a plug-in may do so
        return Finding(rule, "fault", raised(error))


@contextmanager
def _told_of(name: str) -> Iterator[None]:
    """Say of which photo a rule is broken."""
    try:
        yield
    except BrokenError as error:
        raise BrokenError(f"{name}: {error}") from error
