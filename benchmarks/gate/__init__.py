"""Whether a result is good enough: for a pipeline that goes on only then."""

from ._bars import Bar, read_bar
from ._checks import Check, check_bar, check_baseline, check_verdict

__all__ = ["Bar", "Check", "check_bar", "check_baseline", "check_verdict", "read_bar"]
