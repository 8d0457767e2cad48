"""Dates in English as they stand elsewhere in the portal: the day before the month."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
