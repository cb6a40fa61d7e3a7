"""When a person is told: at once, or when his quiet hours end, or with his digest. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

When = Literal["now", "digest", "never"]
Digest = Literal["hourly", "daily", "weekly"]
WHENS: tuple[When, ...] = ("now", "digest", "never")
DIGESTS: tuple[Digest, ...] = ("hourly", "daily", "weekly")


@dataclass(frozen=True, slots=True)
class Hours:
    """When a person wants to be told of what leaves the product (mail, chat); the bell never waits."""

    #: From and until when not at all, on the person's own clock; may go across midnight. Equal: no quiet hours.
    quiet_from: time = time(0)
    quiet_until: time = time(0)
    #: Only while the department's calendar is open.
    working_only: bool = False
    digest: Digest = "daily"
    digest_at: time = time(8, 30)
    #: Of a weekly digest: 0 is Monday.
    digest_day: int = 0
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    @classmethod
    def of(cls, kept: Mapping[str, Any], zone: str = "Asia/Shanghai") -> Hours:
        """From what stands in a person's preferences; what cannot be read is as usual."""
        usual = cls()

        def moment(name: str) -> time:
            try:
                return time.fromisoformat(str(kept.get(name, "")))
            except ValueError:
                return getattr(usual, name)  # type: ignore[no-any-return]

        digest, day = kept.get("digest"), kept.get("digest_day")
        try:
            found = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            found = usual.zone
        return cls(
            moment("quiet_from"), moment("quiet_until"), bool(kept.get("working_only")), digest if digest in DIGESTS else usual.digest,
            moment("digest_at"), day if isinstance(day, int) and 0 <= day <= 6 else usual.digest_day, found,
        )

    def is_quiet(self, at: datetime) -> bool:
        """Whether the moment lies in the quiet hours."""
        now = at.astimezone(self.zone).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= now < self.quiet_until
        return now >= self.quiet_from or now < self.quiet_until

    def _at(self, at: datetime, wall: time, days: int) -> datetime:
        day = at.astimezone(self.zone).date() + timedelta(days=days)
        # Through UTC: an hour that the clock skips is the first that there is.
        return datetime.combine(day, wall, self.zone).astimezone(UTC)

    def after_quiet(self, at: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours that it lies in."""
        if not self.is_quiet(at):
            return at
        ends = [self._at(at, self.quiet_until, days) for days in (0, 1)]
        return next(end for end in ends if end > at)

    def next_digest(self, at: datetime) -> datetime:
        """The next moment of a digest after this one."""
        if self.digest == "hourly":
            return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        for days in range(9):
            slot = self._at(at, self.digest_at, days)
            if slot > at and (self.digest == "daily" or slot.astimezone(self.zone).weekday() == self.digest_day):
                return slot
        raise AssertionError("a week has every weekday")


def moment(
    when: When, hours: Hours, at: datetime, *, urgent: bool = False, next_open: Callable[[datetime], datetime] | None = None,
) -> datetime | None:
    """When to tell: None for never, `at` itself for at once, else the moment to wait for.

    What is urgent waits for nothing but a digest that was asked for. `next_open` is the department's calendar.
    """
    if when == "never":
        return None
    told = hours.next_digest(at) if when == "digest" else at
    if urgent:
        return told
    # The end of a quiet night may lie on a holiday, and the opening of a day in a quiet hour.
    for _turn in range(14):
        before = told
        told = hours.after_quiet(told)
        if hours.working_only and next_open is not None:
            told = next_open(told)
        if told == before:
            break
    return told
