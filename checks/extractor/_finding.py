"""The rules of the contract, and what was found on one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "fault", "not checked"]

#: Every rule with what it asks, in the order in which people are told.
RULES = {
    "extractor": "it is made by its name, is an Extractor, and its card has that name and a dimension",
    "outcomes": "one outcome per photo, an Embedding or a Failure, also of no photos and of a photo without a file",
    "vectors": "float32, of the card's dimension, finite",
    "alone": "the same vector alone as in a batch",
    "order": "the same vector whatever the order",
    "stream": "`stream` gives what `embed` gives",
    "process": "the same vector in another process",
    "bad photos": "a bad photo is a Failure, never an exception, and harms no other",
    "identity": "a parameter that changes vectors changes the identity under which they are stored",
    "network": "no connection to another machine",
}


class BrokenError(Exception):
    """A rule is broken; the message says how."""


@dataclass(frozen=True)
class Finding:
    """What was found on one rule.

    Attributes:
        rule: a key of `RULES`.
        state: "ok", "fault", or "not checked" where another fault stands in the way.
        detail: what was seen; a clause.
    """

    rule: str
    state: State
    detail: str
