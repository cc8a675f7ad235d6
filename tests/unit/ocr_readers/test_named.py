import subprocess
import sys

import pytest

from ocr.lines import ReadBy
from ocr.readers.models import ASTER, LINE_DETECTOR, LINE_FINDER, READER, TRUEOCR
from ocr.readers.named import FINDERS, MODES, READERS, Engine, chosen, is_mode
from ocr.readers.page import page_reader
from storage.schema import papers


@pytest.mark.parametrize(
    ("mode", "finder", "readers"),
    [
        ("fast", "sohoa", ("sohoa",)),
        ("standard", "ppocr", ("sohoa", "trueocr", "aster")),
        ("ppocr/aster", "ppocr", ("aster",)),
        ("ppocr/trueocr+aster", "ppocr", ("trueocr", "aster")),
    ],
)
def test_a_mode_stands_for_a_finder_and_one_or_two_readers(mode: str, finder: str, readers: tuple[str, ...]) -> None:
    choice = chosen(mode)
    assert (choice.finder, choice.readers) == (finder, readers)


@pytest.mark.parametrize(
    "mode",
    [
        "",
        "/",
        "quick",
        "ppocr",
        "ppocr/",
        "/aster",
        "aster/ppocr",
        "ppocr/aster+",
        "ppocr/aster+aster",
        "ppocr/aster+trueocr+aster",
        "ppocr/aster/trueocr",
        "FAST",
    ],
)
def test_what_is_no_mode_is_refused_with_a_list_of_what_there_is(mode: str) -> None:
    assert not is_mode(mode)
    with pytest.raises(ValueError, match=r"fast, standard, FINDER/READER.*ppocr, sohoa / aster, sohoa, trueocr"):
        chosen(mode)


def test_a_reading_says_which_weights_made_it() -> None:
    assert chosen("standard").read_by == ReadBy(
        finder="ppocr",
        reader="sohoa+trueocr+aster",
        weights={
            "finder ppocr": LINE_DETECTOR.sha256,
            "reader aster": ASTER.sha256,
            "reader sohoa": READER.sha256,
            "reader trueocr": TRUEOCR.sha256,
        },
    )


def test_a_finder_and_a_reader_of_one_name_are_told_apart() -> None:
    weights = chosen("sohoa/sohoa").read_by.weights
    assert weights == {"finder sohoa": LINE_FINDER.sha256, "reader sohoa": READER.sha256}


def test_every_mode_has_room_in_the_ledger() -> None:
    pairs = [f"{one}+{other}" for one in READERS for other in READERS if one != other]
    longest = max(len(f"{finder}/{reader}") for finder in FINDERS for reader in [*READERS, *pairs])
    assert max(longest, *map(len, MODES)) <= papers.c.mode.type.length


@pytest.mark.slow
@pytest.mark.parametrize("engine", [*FINDERS.values(), *READERS.values()], ids=lambda engine: engine.kind)
def test_every_name_has_an_engine(engine: Engine) -> None:
    assert type(engine.make()).__name__ == engine.kind


@pytest.mark.slow
def test_two_names_of_one_mode_share_their_engines() -> None:
    assert page_reader("fast") is page_reader("sohoa/sohoa")


def test_asking_for_a_name_loads_no_engine() -> None:
    code = "import sys; from ocr.readers.named import is_mode; assert is_mode('standard'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"cv2", "onnxruntime", "paddleocr"} & set(loaded)
