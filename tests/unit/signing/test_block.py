"""What the block says, and where it stands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.block import (
    WIDEST_MM,
    BlockPlace,
    PageFrame,
    agency_block_size_mm,
    block_lines,
    block_region,
    block_size_mm,
    block_time,
    margin_place,
)

LONG = "Trung tâm Phục vụ hành chính công Văn phòng Ủy ban nhân dân phường Nghĩa Lộ tỉnh Quảng Ngãi"


@pytest.mark.parametrize(
    ("moment", "printed"),
    [
        pytest.param(datetime(2026, 11, 21, 15, 30, tzinfo=UTC), "21/11/2026 22:30:00 +07:00", id="evening"),
        pytest.param(datetime(2026, 11, 21, 17, 0, tzinfo=UTC), "22/11/2026 00:00:00 +07:00", id="next-day-in-vietnam"),
        pytest.param(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "02/01/2026 10:04:05 +07:00", id="padded"),
    ],
)
def test_time_is_vietnamese(moment: datetime, printed: str) -> None:
    assert block_time(moment) == printed


def test_three_lines_for_an_agency_of_usual_length(typeface: Path, now: datetime) -> None:
    assert block_lines("Ủy ban nhân dân tỉnh Quảng Ngãi", now, typeface=typeface) == (
        "Sao y (chuyển đổi từ văn bản giấy)",
        "Ủy ban nhân dân tỉnh Quảng Ngãi",
        "Thời gian ký: 21/11/2026 22:30:00 +07:00",
    )


def test_a_long_name_is_wrapped_and_nothing_of_it_lost(typeface: Path, now: datetime) -> None:
    lines = block_lines(LONG, now, typeface=typeface)
    assert len(lines) == 4
    assert " ".join(lines[1:-1]) == LONG
    assert agency_block_size_mm(LONG, typeface=typeface)[0] <= WIDEST_MM


@pytest.mark.parametrize("width", [148.0, 210.0, 297.0], ids=["a5", "a4", "a3"])
def test_block_fits_the_right_half(width: float, typeface: Path) -> None:
    size = agency_block_size_mm(LONG, typeface=typeface, page_width_mm=width)
    assert margin_place(width, size).left_mm >= width / 2


def test_on_a_page_too_small_the_time_is_kept_whole(typeface: Path) -> None:
    width, _ = agency_block_size_mm(LONG, typeface=typeface, page_width_mm=105)
    assert 105 / 2 < width < 105 - 5


def test_lines_wrapped_to_a_measured_block_are_the_measured_lines(typeface: Path, now: datetime) -> None:
    for page in (148.0, 210.0):
        size = agency_block_size_mm(LONG, typeface=typeface, page_width_mm=page)
        lines = block_lines(LONG, now, typeface=typeface, width_mm=size[0])
        assert block_size_mm(lines, typeface=typeface) == pytest.approx(size)


def test_size_does_not_depend_on_the_time(typeface: Path) -> None:
    from_digits = {
        block_lines("A", datetime(2026, 11, day, hour, 58, 9, tzinfo=UTC), typeface=typeface)
        for day in (1, 28)
        for hour in (0, 13)
    }
    widths = {agency_block_size_mm("A", typeface=typeface) for _ in from_digits}
    assert len(widths) == 1


def test_margin_place_lies_in_the_right_half_of_a4(typeface: Path) -> None:
    place = margin_place(210, agency_block_size_mm(LONG, typeface=typeface))
    left, top, _, bottom = block_region(210)
    assert place.left_mm >= left and place.top_mm >= top and place.top_mm + place.height_mm <= bottom
    assert not place.free


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        pytest.param(0, (100 + 72, 300 + 400 - 36 - 18, 100 + 72 + 144, 300 + 400 - 36), id="upright"),
        pytest.param(90, (100 + 36, 300 + 72, 100 + 36 + 18, 300 + 72 + 144), id="quarter-turn"),
        pytest.param(180, (100 + 500 - 72 - 144, 300 + 36, 100 + 500 - 72, 300 + 36 + 18), id="upside-down"),
        pytest.param(
            270, (100 + 500 - 36 - 18, 300 + 400 - 72 - 144, 100 + 500 - 36, 300 + 400 - 72), id="three-quarters"
        ),
    ],
)
def test_place_on_a_turned_page_whose_origin_is_elsewhere(rotation: int, expected: tuple[float, ...]) -> None:
    frame = PageFrame(box=(100, 300, 600, 700), rotation=rotation)
    place = BlockPlace(left_mm=25.4, top_mm=12.7, width_mm=50.8, height_mm=6.35, free=True)
    assert frame.rectangle(place) == pytest.approx(expected)


@given(
    rotation=st.sampled_from([0, 90, 180, 270]),
    origin=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    unit=st.sampled_from([1.0, 2.0, 10.0]),
    left=st.floats(0, 50),
    top=st.floats(0, 50),
)
def test_what_is_placed_is_displayed_there(
    rotation: int, origin: tuple[float, float], unit: float, left: float, top: float
) -> None:
    x, y = origin
    frame = PageFrame(box=(x, y, x + 400, y + 600), rotation=rotation, unit=unit)
    place = BlockPlace(left_mm=left, top_mm=top, width_mm=20, height_mm=10, free=True)
    shown = frame.displayed(frame.rectangle(place))
    assert shown == pytest.approx((left, top, left + 20, top + 10), abs=1e-6)


def test_a_resized_place_keeps_its_top_right_corner() -> None:
    place = BlockPlace(left_mm=100, top_mm=7, width_mm=80, height_mm=20, free=True).sized(60, 13)
    assert (place.left_mm, place.top_mm, place.width_mm, place.height_mm) == (120, 7, 60, 13)
