"""The hours and days people here live by: Vietnam has one time zone and no summer time."""

from datetime import timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
