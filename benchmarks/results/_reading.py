"""Results as files hold them: unknown keys of a newer facebench are ignored, unknown settings retained."""

from __future__ import annotations

import json
from functools import reduce
from operator import getitem
from typing import TypeVar

from pydantic import ConfigDict, ValidationError

from ...errors import FacebenchError, printable
from .._settings import Settings
from ._curve_schema import CurveResult
from ._robustness_schema import RobustnessResult
from ._schema import RunResult

#: Of a model, and of a dataclass in it.
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")

Result = TypeVar("Result", RunResult, CurveResult, RobustnessResult)


class NewerSettings(Settings):
    """Settings of which some are unknown here (`model_extra`): what they mean, only a newer facebench knows."""

    model_config = ConfigDict(extra="allow")


def parse_result(model: type[Result], text: str) -> Result:
    """Return the result in a file's text.

    Unknown settings are retained: its `settings` are `NewerSettings` then. Other unknown keys are ignored.

    Args:
        model: of the file, `RunResult`, `CurveResult` or `RobustnessResult`, which has no settings.
        text: JSON.

    Raises:
        ValidationError: keys that are missing or wrong, or not JSON.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        unknown = [wrong["loc"] for wrong in error.errors() if wrong["type"] in _UNKNOWN]
        if not unknown:
            raise
    content = json.loads(text)
    settings = {}
    for *path, key in unknown:
        value = reduce(getitem, path, content).pop(key)
        if path[:1] == ["settings"]:
            settings[".".join(map(str, [*path[1:], key]))] = value
    result = model.model_validate_json(json.dumps(content))
    if settings and not isinstance(result, RobustnessResult):
        result.settings = NewerSettings.model_validate({**result.settings.model_dump(), **settings})
    return result


def refuse_unknown(settings: Settings) -> None:
    """Refuse settings that cannot be applied again, because some are unknown.

    Raises:
        FacebenchError: names the first of them.
    """
    for name in settings.model_extra or {}:
        raise FacebenchError(
            f"The run has a setting that this facebench does not know, '{printable(name)}', and cannot be repeated "
            "without it: update facebench."
        )
