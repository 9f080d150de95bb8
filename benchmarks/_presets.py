"""Named settings: the original report's experiment, and the same with the features it supposed to be better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ..errors import FacebenchError
from ..registry import suggestion
from ._schema import Settings

#: The original report's pairing, with all that the report says of it.
REPORT = ("mobilenet(scaling='unit', resize='nearest')", "mlp(class_weight=None)")


@dataclass(frozen=True)
class Preset:
    """Settings by name.

    Attributes:
        summary: what they are for, in a line.
        settings: fields of `Settings`.
        assumptions: what their source does not say and they take for granted, by the setting that changes it; ""
            where none does.
    """

    summary: str
    settings: Mapping[str, object]
    assumptions: Mapping[str, str] = field(default_factory=dict)


_ASSUMPTIONS = {
    "strangers": "as many photos of others as of the target",
    "split": "60 % of the photos for training, 20 % for validation, 20 % for the test, strangers by person",
    "heads": "the second dense layer has a ReLU; the loss is binary cross-entropy; photos are shuffled in each epoch",
    "augment": "a new random variant of each photo in each of the 15 epochs, made before the photo is resized",
}
_EXPERIMENT = {"augment": 15, "threshold": "0.5", "strangers": "equal", "repeats": 1}

PRESETS = {
    "report": Preset(
        "the original report's experiment (2023): MobileNetV2 and its dense network, augmented",
        {"extractors": [REPORT[0]], "heads": [REPORT[1]], **_EXPERIMENT},
        _ASSUMPTIONS,
    ),
    "improved": Preset(
        "the same photos, split and augmentation, with face_recognition beside it and every head",
        {
            "extractors": [REPORT[0], "face_recognition"],
            "heads": [REPORT[1], "logreg", "svm", "lda", "ridge", "knn", "centroid", "tolerance"],
            **_EXPERIMENT,
        },
        _ASSUMPTIONS,
    ),
}


def settings_for(preset: str = "", **given: Any) -> Settings:
    """Return the settings of a preset, "" for the defaults, with those that are given in their place.

    Raises:
        FacebenchError: unknown preset, or a value that a setting does not take.

    >>> settings_for("report", augment=3).augment, settings_for("report").strangers
    (3, 'equal')
    """
    begun = {"preset": preset, **find_preset(preset).settings} if preset else {}
    try:
        return Settings(**{**begun, **given})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise FacebenchError(
            f"--{wrong['loc'][0]} {wrong['input']!r}: {wrong['msg'].removeprefix('Value error, ')}."
        ) from error


def assumptions(settings: Settings) -> list[str]:
    """Return what the preset of some settings takes for granted, less what was set otherwise."""
    if not settings.preset:
        return []
    preset = find_preset(settings.preset)
    return [
        text
        for name, text in preset.assumptions.items()
        if getattr(settings, name) == preset.settings.get(name, Settings.model_fields[name].default)
    ]


def find_preset(name: str) -> Preset:
    """Return a preset by name.

    Raises:
        FacebenchError: there is none of that name.
    """
    if name not in PRESETS:
        raise FacebenchError(f"No preset is named '{name}'. {suggestion(name, list(PRESETS))}")
    return PRESETS[name]
