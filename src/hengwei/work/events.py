"""What happens to work items, for rooms above that take part."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hengwei.core.events import Event
from hengwei.core.i18n import Words


@dataclass(frozen=True, kw_only=True)
class ItemEvent(Event):
    """Something happened to an item. Listeners registered on ItemEvent hear every one of them."""

    item_id: int


@dataclass(frozen=True, kw_only=True)
class ItemOpened(ItemEvent):
    """A new item is on record."""

    kind: str = ""
    entry_id: int | None = None
    requester_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ItemChanged(ItemEvent):
    """Facts changed: `changes` maps field name to (old, new), as stored."""

    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ItemAssigned(ItemEvent):
    """It has another team or owner."""

    team_before: int | None = None
    owner_before: int | None = None
    team_id: int | None = None
    owner_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemMoved(ItemEvent):
    """A transition of its workflow was made."""

    transition: str
    before: str
    after: str
    phase_before: str
    phase: str
    entry_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ItemTold(ItemEvent):
    """Words were added: a reply, a comment, a note, a call, a message in. `public` ones reach the requester."""

    entry_id: int
    public: bool
    by_staff: bool
    #: People (ids) whom the text mentions.
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemChased(ItemEvent):
    """The requester urges (催办)."""

    count: int


@dataclass(frozen=True, kw_only=True)
class ItemMerged(ItemEvent):
    """`item_id` now points to `target_id`; `undone` when the merge was taken back."""

    target_id: int
    undone: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemEscalated(ItemEvent):
    """A promise nears or passed its due moment and a step of its escalation fired; or somebody reported the item upwards, with a reason."""

    #: 0 where a person did it.
    clock_id: int
    step: str
    late: bool = False
    notify_user_ids: tuple[int, ...] = ()
    level: int = 0
    measure: str = ""
    #: Told at once, outside of the reader's working hours too.
    urgent: bool = False
    #: Besides what each person chose: bell, mail, chat, sms.
    ways: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AgreementExpiring(Event):
    """An agreement ends before long and has no successor yet: its keeper is reminded (B2)."""

    agreement_id: int
    version_id: int
    user_id: int
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(ItemEvent):
    """People are asked to approve; `again` when they are reminded."""

    approval_id: int
    #: The parts (ApprovalVote ids), one a person.
    vote_ids: tuple[int, ...] = ()
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class ApprovalDecided(ItemEvent):
    """An approval ended: approved, refused or withdrawn."""

    approval_id: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class ApprovalStuck(ItemEvent):
    """An approver could not be found: an administrator must name another."""

    approval_id: int
    missing: tuple[Words, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ApprovalLate(ItemEvent):
    """A step of an approval was not decided by its deadline."""

    approval_id: int
    step: str = ""
    #: The names of those who have not spoken.
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemRated(ItemEvent):
    """The requester said how it was, from 1 to 5."""

    score: int
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemCameBack(ItemEvent):
    """What a person had put off is in his queue again."""

    user_id: int


@dataclass(frozen=True, kw_only=True)
class ItemShared(ItemEvent):
    """Somebody outside the desk was shown the item; `revoked` when no longer."""

    share_id: int
    revoked: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemHandedOver(ItemEvent):
    """A question went to colleagues (A7); `answered` when they answered, `late` when their time ran out."""

    hand_over_id: int
    answered: bool = False
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class CallbackDue(ItemEvent):
    """A promised call is due now."""

    callback_id: int
