"""Every detector by name: the built-in ones and those of plug-ins."""

from ...registry import Registry
from ._detection import Detector

#: Every detector, built in or from a plug-in, by name.
detectors: Registry[Detector] = Registry("detector", "facebench.detectors")


def detector_named(call: str, **of_hog: object) -> Detector:
    """Return the detector that a call string names; `of_hog` are parameters of "hog" that are given beside it.

    Raises:
        FacebenchError: unknown name or parameter.
        ValueError: parameters of "hog" are given beside another detector, or inside the call too.
    """
    changed = sorted(key for key, value in of_hog.items() if value != detectors.parameters("hog")[key])
    if changed and call != "hog":
        raise ValueError(f"{' and '.join(changed)} go with detector='hog', not with {call!r}")
    return detectors.create(call, **of_hog)
