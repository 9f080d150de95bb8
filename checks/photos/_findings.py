"""What is found on photos, how grave it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from ...data import Item

#: "must fix": `bench run` refuses the photos, or cannot use them. "should look": the result suffers from it.
Severity = Literal["must fix", "should look", "good to know"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True)
class Mark:
    """One photo, or one person, that a finding is about.

    Attributes:
        name: of the photo in the data set, or of the person.
        detail: what is to be said of this one.
        path: of the photo's file; "" for a person.
    """

    name: str
    detail: str = ""
    path: str = ""

    @classmethod
    def of(cls, item: Item, detail: str = "") -> Mark:
        """Return the mark of a photo."""
        return cls(item.name, detail, str(item.path))


@dataclass(frozen=True)
class Finding:
    """One thing found.

    Attributes:
        kind: short name, such as "no_face".
        severity: how grave it is.
        what: a sentence without its full stop.
        advice: what to do; a sentence without its full stop.
        marks: the photos, in the order of the data set unless they are ranked, or people; none where it is about all
            of them.
        column: title of the marks' details where they are a table; else "".
    """

    kind: str
    severity: Severity
    what: str
    advice: str
    marks: list[Mark] = field(default_factory=list)
    column: str = ""


@dataclass(frozen=True)
class PhotoReport:
    """The findings on photos.

    Attributes:
        title: of the data set.
        photos: in it.
        readable: that can be decoded.
        people: who are known.
        with_face: photos on which a face is found.
        findings: the gravest first.
    """

    title: str
    photos: int
    readable: int
    people: int
    with_face: int
    findings: list[Finding]

    @property
    def must_fix(self) -> bool:
        """Whether something must be fixed before a run."""
        return any(finding.severity == "must fix" for finding in self.findings)
