"""A run in Python, for scripts and notebooks: made or opened, with its tables and plots."""

from ._experiment import experiment_from
from ._new_run import run
from ._run import Run, open_run

__all__ = ["Run", "experiment_from", "open_run", "run"]
