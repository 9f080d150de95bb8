"""What installs an extra: its packages themselves, as facebench is on no index."""

import re
import shlex
from importlib import metadata

import pytest
from facebench.extras import how_to_install
from packaging.requirements import Requirement

from .architecture import ROOT, modules_of

EXTRAS = metadata.metadata("facebench").get_all("Provides-Extra")


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_packages_of_an_extra_are_named_in_versions_that_are_installed(extra: str) -> None:
    pip, install, *packages = shlex.split(how_to_install(extra))
    assert (pip, install) == ("pip", "install")
    assert packages
    for package in map(Requirement, packages):
        assert package.specifier.contains(metadata.version(package.name), prereleases=True)


def test_nothing_tells_to_install_facebench_from_an_index() -> None:
    files = modules_of(ROOT).values()
    assert len(files) > 100
    assert not [file for file in files if re.search(r"facebench\[\w|pip install \W?facebench", file.read_text("utf-8"))]
