"""Model files are the ones that were measured, or are not used."""

import dataclasses

import pytest

from ocr.errors import ReaderUnavailable
from ocr.readers import models
from ocr.readers.models import Model, model_file

ALL = [value for value in vars(models).values() if isinstance(value, Model)]


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.path)
def test_every_model_is_installed_and_unaltered(model: Model) -> None:
    assert model_file(model).is_file()


def test_an_altered_model_is_refused() -> None:
    with pytest.raises(ReaderUnavailable, match="SHA-256"):
        model_file(dataclasses.replace(models.TRUEOCR_LETTERS, sha256="0" * 64))


@pytest.mark.parametrize(("package", "path"), [("no_such_wheel", "a"), ("trueocr", "models/none.onnx")])
def test_a_missing_model_is_named(package: str, path: str) -> None:
    with pytest.raises(ReaderUnavailable, match=path):
        model_file(Model(package=package, path=path, sha256=""))
