"""The shortcut audit: how well the classes are separated without looking at a face."""

from __future__ import annotations

from ..results import PairingResult

#: Extractors that use no face, and why they may still separate the classes.
SHORTCUTS = {
    "metadata": (
        "the files themselves (size, format, compression, camera) tell the classes apart. Save both sides alike, "
        "or add strangers from the same camera"
    ),
    "colour": "colours alone tell the classes apart. Add strangers in the same light and from the same camera",
    "background": (
        "what lies behind the faces tells the classes apart. Crop both sides the same way, or add strangers in "
        "the same places"
    ),
}
#: The extractors of an audit: the shortcuts, and MobileNetV2 on the face alone for comparison with the whole photo.
EXTRACTORS = (*SHORTCUTS, "mobilenet(view='face')")
HEAD = "logreg"
#: A shortcut is reported from this area under the ROC curve on, at the lower end of its interval.
SUSPICIOUS = 0.8


def shortcut_warnings(pairing: PairingResult) -> list[str]:
    """Return a warning if a shortcut separates the classes too well under the audit's head."""
    auc = pairing.estimates.get("auc")
    if pairing.extractor not in SHORTCUTS or pairing.head != HEAD or auc is None or auc.interval is None:
        return []
    if auc.interval.low <= SUSPICIOUS:
        return []
    return [
        f"Without looking at a face, {pairing.extractor} reaches an AUC of {auc.value:.3f} (at least "
        f"{auc.interval.low:.3f}): {SHORTCUTS[pairing.extractor]} [shortcut]"
    ]
