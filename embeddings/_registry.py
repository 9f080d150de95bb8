"""Every extractor by name: the built-in ones and those of plug-ins."""

from ..registry import Registry
from ._extractor import Extractor

#: Every extractor, built in or from a plug-in, by name.
extractors: Registry[Extractor] = Registry("extractor", "facebench.extractors")
