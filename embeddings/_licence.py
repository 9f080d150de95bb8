"""Whether weights may be used commercially, as far as their authors say: of known files by their hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Commercial = Literal["yes", "no", "unknown"]


@dataclass(frozen=True)
class Terms:
    """What is known of the licence of weights; facebench gives no legal advice.

    Attributes:
        commercial: whether commercial use is allowed.
        why: a clause that says what that rests on.
    """

    commercial: Commercial
    why: str

    @property
    def restriction(self) -> str:
        """What commercial use is, in words; "" where it is allowed."""
        return {"yes": "", "no": "not allowed", "unknown": "not settled"}[self.commercial]


#: Weights by the sha256 of their file, whatever extractor or call brings them.
_KNOWN = {
    "3e195a2857356cfc092cbbb460beb2a5bce279015d7792598b8d3d9e451902e3": Terms(
        "yes", "published under Apache-2.0 by Keras; trained on ImageNet, whose photos are for research"
    ),
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30": Terms(
        "yes", "put into the public domain (CC0) by dlib's author; trained on VGG and FaceScrub, which are for research"
    ),
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee": Terms(
        "unknown", "published under Apache-2.0 by the OpenCV Zoo; what they were trained on is not documented"
    ),
    "9cc6e4a75f0e2bf0b1aed94578f144d15175f357bdc05e815e5c4a02b319eb4f": Terms(
        "no", "InsightFace publishes its weights for non-commercial research only"
    ),
}


def terms_of(card: Mapping[str, object]) -> Terms | None:
    """Return what is known of the weights of an extractor, from its card's facts; None where it has none.

    >>> terms_of({"weights_sha256": "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee"}).commercial
    'unknown'
    """
    if known := _KNOWN.get(str(card.get("weights_sha256", ""))):
        return known
    if not card.get("weights_sha256") and not card.get("network"):
        return None
    licence = str(card.get("licence") or "no licence is named")
    said = card.get("commercial")
    return Terms("yes" if said == "yes" else "no" if said == "no" else "unknown", licence)
