"""What a vector depends on besides its photo, and what it does not depend on."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from facebench import registry
from facebench.embeddings import Card, Extractor, Failure, Identity, Outcome, extractors
from facebench.embeddings._identity import extractor_identity
from facebench.embeddings.built_in._mobilenet import MobileNet
from facebench.embeddings.networks._mobilenet_v2 import MOBILENET_V2


def identity(call: str, extractor: Extractor | None = None, **defaults: Any) -> Identity:
    return extractor_identity(extractors, call, extractor or extractors.create(call, **defaults))


@pytest.mark.parametrize(
    ("call", "same"),
    [
        ("mobilenet", "mobilenet()"),
        ("mobilenet", "mobilenet(runtime='openvino')"),
        ("mobilenet", "mobilenet(scaling='imagenet', resize='bilinear')"),
        ("face_recognition", "face_recognition(faces='largest', upsample=1)"),
        ("face_recognition(detector='yunet')", "face_recognition(detector='yunet', faces='prominent')"),
        ("face_recognition(upsample=0, faces='center')", " face_recognition( faces = 'center',upsample=0)"),
    ],
)
def test_the_same_settings_are_the_same_however_they_are_written(call: str, same: str) -> None:
    assert identity(call) == identity(same)
    assert identity(call).key == identity(same).key


@pytest.mark.parametrize(
    ("call", "other"),
    [
        ("mobilenet", "face_recognition"),
        ("mobilenet", "mobilenet(runtime='tensorflow')"),
        ("mobilenet", "mobilenet(scaling='unit')"),
        ("mobilenet", "mobilenet(resize='nearest')"),
        ("mobilenet", "mobilenet(view='face')"),
        ("mobilenet", "background"),
        ("face_recognition", "face_recognition(faces='center')"),
        ("face_recognition(upsample=1)", "face_recognition(upsample='auto')"),
        ("face_recognition(upsample=0)", "face_recognition(upsample=1)"),
    ],
)
def test_another_extractor_or_parameter_is_another(call: str, other: str) -> None:
    assert identity(call).key != identity(other).key


def test_a_runtime_counts_also_where_the_call_does_not_name_it() -> None:
    assert identity("mobilenet", runtime="tensorflow") == identity("mobilenet(runtime='tensorflow')")


@pytest.mark.parametrize("field", ["weights_sha256", "preprocessing", "network", "view"])
def test_any_change_of_the_card_is_another(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity("mobilenet")
    monkeypatch.setattr(MobileNet, "card", replace(MobileNet.card, **{field: "changed"}))
    assert identity("mobilenet").title == before.title
    assert identity("mobilenet").key != before.key


def test_another_architecture_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity("mobilenet")
    changed = replace(MobileNet.network, architecture="2: changed")
    monkeypatch.setitem(MOBILENET_V2, "imagenet", changed)
    assert identity("mobilenet").key != before.key


def test_another_version_of_the_package_is_another(plugin: Path) -> None:
    before = identity("thumbnail")
    [metadata] = plugin.glob("facebench_thumbnail-*.dist-info/METADATA")
    text = metadata.read_text()
    try:
        metadata.write_text(text.replace("Version: 0.1.0", "Version: 0.2.0"))
        assert "facebench-thumbnail 0.2.0" in identity("thumbnail").facts
        assert identity("thumbnail").key != before.key
    finally:
        metadata.write_text(text)


class Forgetful(Extractor):
    """Keeps its parameter under another name, and something else under the parameter's."""

    card = Card("forgetful", 1, "whole photo")

    def __init__(self, model: str = "small") -> None:
        self.chosen, self.model = model, None

    def embed(self, photos: object) -> list[Outcome]:
        return [Failure("no_face")]


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    point = SimpleNamespace(name="forgetful", value="tests:forgetful", dist=None, load=lambda: Forgetful)
    installed = registry.entry_points
    monkeypatch.setattr(registry, "entry_points", lambda *, group: [*installed(group=group), point])


@pytest.mark.usefixtures("forgetful")
def test_a_parameter_counts_also_where_an_extractor_does_not_keep_it() -> None:
    calls = ["forgetful", "forgetful(model='big')", "forgetful(model='huge')"]
    assert len({identity(call).key for call in calls}) == 3


def test_the_title_names_every_parameter_for_people() -> None:
    shown = identity("face_recognition(faces='center')").title
    assert shown == "face_recognition(faces='center', runtime='openvino', upsample=1)"


def test_it_is_the_same_in_another_object() -> None:
    first, second = (identity("mobilenet", extractors.create("mobilenet")) for _ in "12")
    assert first.key == second.key
    assert len(first.key) == 64


def test_a_border_has_an_identity_of_its_own_and_none_leaves_the_older_one() -> None:
    def identity(call: str) -> Any:
        return extractor_identity(extractors, call, extractors.create(call))

    plain = identity("face_recognition")
    assert plain.title == "face_recognition(faces='largest', runtime='openvino', upsample=1)"
    assert identity("face_recognition(pad=0)") == identity("face_recognition(pad=0.0)") == plain
    assert identity("face_recognition(pad=0.2)").title.startswith("face_recognition(faces='largest', pad=0.2, ")
