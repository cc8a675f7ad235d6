"""Model files inside the installed wheels, each checked against the hash it had when it was measured."""

import functools
import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import ReaderUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One file of a wheel."""

    package: str
    """Import name of the package that carries it; never imported for this."""
    path: str
    """Inside the package."""
    sha256: str


LINE_DETECTOR = Model(
    package="rapidocr",
    path="models/PP-OCRv6_det_small.onnx",
    sha256="090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
LINE_FINDER = Model(
    package="ocr",
    path="readers/weights/finder.onnx",
    sha256="5f9a50cfeaac9b176ef074a815083f915c8514d89d39bb1bcd8cdc829e094361",
)
ASTER = Model(
    package="asterocr",
    path="assets/asternet.onnx",
    sha256="10c96b533e1f64031d73edfddafd7d4b13595544f11891f0531bcd72cb29be80",
)
ASTER_LETTERS = Model(
    package="asterocr",
    path="assets/vocab.json",
    sha256="82c6df018ceca8c10876947e0f7df798ed321825276ed7f3bb12ae3ed6dc647b",
)
TRUEOCR = Model(
    package="trueocr",
    path="models/rec.onnx",
    sha256="360b800dcbebd1099270f703ac35a43a6c86b40de049c4be78a130184b3bfef0",
)
TRUEOCR_LETTERS = Model(
    package="trueocr",
    path="models/meta.json",
    sha256="934c619f2b8579aa0fa0ead0ec20afc79fd92966be0255ebaf821142fe8740cd",
)
READER = Model(
    package="ocr",
    path="readers/weights/reader.onnx",
    sha256="2ef2a23b6da9d81bdbb5458e3cf1c266f7aa59893b2daa1542c3ec6adee3c0bd",
)
READER_LETTERS = Model(
    package="ocr",
    path="readers/weights/reader.json",
    sha256="00cd218b469a0b61a270a2beb0cc0a693d2f5cc8e4f484018825c58220feb49b",
)
ORIENTATION = Model(
    package="trueocr",
    path="models/orient.onnx",
    sha256="20eaf670f55a7cf9facfe1bdd6c7b8e40be75bbf4d48a3df43f66aa3bbd874fd",
)


@functools.cache
def model_file(model: Model) -> Path:
    """Return the file of a model, its hash checked once a process.

    Raises:
        ReaderUnavailable: not installed, not readable, or not the file we know.
    """
    spec = importlib.util.find_spec(model.package)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not folders:
        raise ReaderUnavailable(f"{model.package}/{model.path}", "the package is not installed")
    path = Path(folders[0]) / model.path
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReaderUnavailable(f"{model.package}/{model.path}", error.strerror or "it cannot be read") from error
    if found != model.sha256:
        raise ReaderUnavailable(f"{model.package}/{model.path}", f"its SHA-256 is {found}, not {model.sha256}")
    return path
