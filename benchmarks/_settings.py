"""Settings of an experiment, the rule of its threshold, and presets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from ..data import Augmentation, SplitRule, Strangers, as_text
from ..embeddings.networks import Runtime
from ..errors import FacebenchError
from ..registry import nearest, suggestion

_RULES = ("auto", "balanced", "accuracy", "0.5")


def check_rule(rule: str) -> str:
    """Return a threshold rule if it is valid.

    Raises:
        ValueError: it is not.

    >>> check_rule("far=0.01")
    'far=0.01'
    """
    if rule in _RULES or far_of(rule) is not None:
        return rule
    near = nearest(rule, [known for known in _RULES if known.isalpha()])
    raise ValueError(
        f"a threshold is one of {', '.join(_RULES)}, or far=0.01 (above 0, below 1), not {rule!r}"
        + (f"; did you mean {near[0]!r}?" if near else "")
    )


#: "auto", "balanced", "accuracy", "0.5", or "far=" and the share of impostors (other people) to accept.
ThresholdRule = Annotated[str, AfterValidator(check_rule)]


def far_of(rule: str) -> float | None:
    """Return the false accept rate that a rule requests; None if it requests none."""
    name, _, value = rule.partition("=")
    try:
        far = float(value) if name == "far" else 0.0
    except ValueError:
        return None
    return far if 0 < far < 1 else None


class Settings(BaseModel):
    """The settings of an experiment, as requested."""

    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")

    preset: str = Field(default="", description="the preset that these settings are based on")
    extractors: list[str] = Field(
        default=["mobilenet", "face_recognition", "sface"], description="names or call strings"
    )
    vectors: list[str] = Field(default=[], description="files of vectors that were not made here, as given")
    heads: list[str] = Field(default=["mlp", "logreg", "svm"], description="names or call strings")
    target: str = Field(default="all", description='a person, or "all" for each in turn')
    seed: int = Field(default=0, ge=0, description="for the splits, the choice of targets and the heads")
    runtime: Runtime = Field(default="openvino", description="that runs the networks of extractors")
    split: SplitRule = Field(default="random", description="how photos are split into training, validation and test")
    repeats: int | None = Field(default=None, ge=1, description="splits per target; None: 5 for one target, else 1")
    audit: bool | None = Field(
        default=None,
        description="whether shortcuts were tested for; None: files and colours alone, and only where the photos of me "
        "and of others come from different folders",
    )
    strangers: Strangers = Field(default="all", description='"equal": as many photos of others as of the target')
    drop_shared: bool = Field(
        default=False, description="whether photos of others that show a picture of the target are left out"
    )
    augment: int = Field(
        default=0, ge=0, le=1000, description="random variants of each training photo; 0: the photo itself"
    )
    augmentation: Augmentation = Field(
        default=Augmentation(),
        description="the ranges of the random variants; `version`: of the pixels that they give, absent: 1",
    )
    threshold: ThresholdRule = Field(default="auto", description="how the threshold is chosen")
    min_photos: int = Field(default=5, ge=4, description="photos that a person needs to be a target")
    max_targets: int = Field(default=50, ge=1, description='at most this many targets of "all"')

    @field_validator("target")
    @classmethod
    def _spelled_as_listed(cls, given: str, info: ValidationInfo) -> str:
        """A name from a keyboard may be in another form of Unicode; a stored one is as it was listed."""
        return given if info.mode == "json" else as_text(given)

    @field_validator("augmentation", mode="before")
    @classmethod
    def _stored_without_version(cls, given: Any, info: ValidationInfo) -> Any:
        """Facebench wrote none while there was but one."""
        return {"version": 1, **given} if info.mode == "json" and isinstance(given, dict) else given

    def repeats_for(self, targets: int) -> int:
        """Return the number of splits per target, given the number of targets."""
        return self.repeats or (5 if targets == 1 else 1)


#: The original report's pairing, with every parameter that the report states.
REPORT = ("mobilenet(scaling='unit', resize='nearest')", "mlp(class_weight=None)")


@dataclass(frozen=True)
class Preset:
    """Named settings.

    Attributes:
        summary: their purpose, in one line.
        settings: fields of `Settings`.
        assumptions: what they assume and their source does not state, by the setting that changes it; "" if none
            does.
    """

    summary: str
    settings: Mapping[str, object]
    assumptions: Mapping[str, str] = field(default_factory=dict)


_ASSUMPTIONS = {
    "strangers": "as many photos of others as of the target",
    "split": "60 % of the photos for training, 20 % for validation, 20 % for the test, strangers by person",
    "heads": "the second dense layer has a ReLU; the loss is binary cross-entropy; photos are shuffled in each epoch",
    "augment": "a new random variant of each photo in each of the 15 epochs",
}
_EXPERIMENT = {
    "augment": 15,
    "augmentation": Augmentation(side=224),  # Keras' generators make squares first
    "threshold": "0.5",
    "strangers": "equal",
    "repeats": 1,
}

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
    """Return the settings of a preset ("" for the defaults), overridden by those that are given.

    Where `vectors` are given, extractors are those of the preset or given too: by default there are none.

    Raises:
        FacebenchError: unknown preset, or an invalid value of a setting.

    >>> settings_for("report", augment=3).augment, settings_for("report").strangers
    (3, 'equal')
    """
    begun: dict[str, Any] = {"extractors": []} if given.get("vectors") else {}
    if preset:
        begun |= {"preset": preset, **find_preset(preset).settings}
    try:
        return Settings(**{**begun, **given})
    except ValidationError as error:
        wrong = error.errors()[0]
        why = wrong["msg"].removeprefix("Value error, ")
        raise FacebenchError(
            f"--{wrong['loc'][0]} {wrong['input']!r}: {why}{'' if why.endswith('?') else '.'}"
        ) from error


def assumptions(settings: Settings) -> list[str]:
    """Return the assumptions of the preset that some settings are based on, except those that were overridden."""
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
        FacebenchError: there is none with that name.
    """
    if name not in PRESETS:
        raise FacebenchError(f"No preset is named '{name}'. {suggestion(name, list(PRESETS))}")
    return PRESETS[name]
