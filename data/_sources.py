"""Which data set the options of a command name."""

from pathlib import Path

from ..errors import FacebenchError
from ._dataset import Dataset, me_and_others, orl_faces, people_folder


def dataset_from(*, data: Path | None = None, me: Path | None = None, others: Path | None = None) -> Dataset:
    """Return the data set of `--data`, or of `--me` and `--others`; without any, the ORL faces.

    Raises:
        FacebenchError: options that do not go together, or folders that cannot be used.
    """
    if data is not None and (me is not None or others is not None):
        raise FacebenchError("--data and --me/--others are two ways to name photos: use one of them.")
    if me is not None and others is not None:
        return me_and_others(me, others)
    if me is not None or others is not None:
        given, missing = ("--me", "--others") if me is not None else ("--others", "--me")
        raise FacebenchError(f"{given} needs {missing} DIR too: photos of one person, and photos of other people.")
    return people_folder(data) if data is not None else orl_faces()
