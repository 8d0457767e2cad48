"""Deeds with their dates, done in the order in which they would have happened."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from kosna.core import clock


class Story:
    """Collects deeds and plays them; each runs with the portal's clock standing at its instant, so
    numbers are given, and the record is written, in the order of the calendar."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.today = clock.kst_date(self.now)
        self._deeds: list[tuple[datetime, int, Callable[[], object]]] = []

    def at(self, instant: datetime, deed: Callable[[], object]) -> None:
        if instant > self.now:
            raise ValueError(f"{instant} has not come yet")
        self._deeds.append((instant, len(self._deeds), deed))

    def ago(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """An hour in Seoul, so many calendar days ago; nothing of today lies ahead."""
        day = self.today - timedelta(days=days)
        return min(datetime.combine(day, time(hour, minute), clock.KST), self.now)

    def ahead(self, days: int, hour: int, minute: int = 0) -> datetime:
        day = self.today + timedelta(days=days)
        return datetime.combine(day, time(hour, minute), clock.KST)

    def past(self, years: int, month: int, day: int, hour: int = 10) -> datetime:
        """A date so many years ago; the year before when it lies ahead or has hardly passed."""
        instant = datetime(self.today.year - years, month, day, hour, tzinfo=clock.KST)
        if instant > self.now - timedelta(days=30):
            instant = instant.replace(year=instant.year - 1)
        return instant

    def play(self) -> None:
        for instant, _index, deed in sorted(self._deeds, key=lambda step: step[:2]):
            with clock.standing_at(instant):
                deed()
