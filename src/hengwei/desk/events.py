"""What happens at the desk, for rooms above that take part."""

from __future__ import annotations

from dataclasses import dataclass

from hengwei.core.events import Event
from hengwei.work.events import ItemEvent


@dataclass(frozen=True, kw_only=True)
class MajorDeclared(ItemEvent):
    """An incident was flagged as major: those who lead must hear of it."""


@dataclass(frozen=True, kw_only=True)
class SurveySent(Event):
    """People are asked (or, once, reminded) to answer a survey: the invitations (ids) whose mail is wanted."""

    campaign_id: int
    invitation_ids: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class FollowUpOwed(Event):
    """A call or visit is owed by its owner."""

    follow_up_id: int
    owner_id: int | None = None
