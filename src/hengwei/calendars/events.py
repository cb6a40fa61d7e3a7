"""What happens to calendars."""

from dataclasses import dataclass

from hengwei.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Event):
    """A new version is in force; open clocks are re-based on it (clocks.md)."""

    calendar_id: int
    before_id: int
    after_id: int
