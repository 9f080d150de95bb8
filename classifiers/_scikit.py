"""Any classifier of scikit-learn as a head, by its dotted path; no other module is ever imported from a name."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import Any

from ..errors import FacebenchError
from ..registry import Entry, Registry, suggestion


class HeadRegistry(Registry[Any]):
    """Heads by registered name, or by dotted path, such as `sklearn.ensemble.RandomForestClassifier`."""

    def __contains__(self, name: str) -> bool:
        return _is_path(name) or super().__contains__(name)

    def entry(self, name: str) -> Entry:
        """Return the entry of one name or path.

        Raises:
            FacebenchError: as `Registry.entry`; or scikit-learn has no such classifier (the nearest one is suggested),
                or it cannot be a head.
        """
        return _entry(name) if _is_path(name) else super().entry(name)


def _is_path(name: str) -> bool:
    return name.startswith("sklearn.")


def _entry(path: str) -> Entry:
    import sklearn

    module, _, name = path.removeprefix("sklearn.").partition(".")
    # Only scikit-learn's public modules: its tests and tools would import other packages.
    modules = [info.name for info in pkgutil.iter_modules(sklearn.__path__) if info.name in sklearn.__all__]
    if module not in modules:
        raise FacebenchError(
            f"No head is named '{path}': sklearn has no public module '{module}'. {suggestion(module, modules)}"
        )
    classifiers = _classifiers(f"sklearn.{module}")
    if name not in classifiers:
        raise FacebenchError(
            f"No head is named '{path}': sklearn.{module} has no classifier '{name}'. "
            f"{suggestion(name, list(classifiers))}"
        )
    if not _stands_alone(classifiers[name]):
        raise FacebenchError(
            f"'{path}' cannot be a head: it works around other classifiers, which a name cannot give. "
            "Choose one that stands alone, such as sklearn.naive_bayes.GaussianNB."
        )
    return Entry(path, f"scikit-learn {sklearn.__version__}", classifiers[name])


def _classifiers(module: str) -> dict[str, Any]:
    """Return the public classifiers of a module by name, not those it imports from others."""
    from sklearn.base import ClassifierMixin

    return {
        name: value
        for name, value in vars(import_module(module)).items()
        if inspect.isclass(value)
        and issubclass(value, ClassifierMixin)
        and value.__module__.startswith(module)
        and not name.startswith("_")
    }


def _stands_alone(classifier: Any) -> bool:
    """Whether a classifier has a score without being given other classifiers."""
    parameters = inspect.signature(classifier).parameters.values()
    if any(parameter.default is parameter.empty for parameter in parameters):
        return False
    return any(hasattr(classifier(), method) for method in ("predict_proba", "decision_function"))
