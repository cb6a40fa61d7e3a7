"""The workflows of the desk's kinds of work."""

from django.utils.translation import gettext_lazy as _

from hengwei.work import permissions as perms
from hengwei.work.workflow import Phase, State, Transition, Workflow

NEW = State("new", _("new"), Phase.NEW)
IN_PROGRESS = State("in_progress", _("in progress"), Phase.ACTIVE)
PENDING = State("pending", _("on hold"), Phase.WAITING)
RESOLVED = State("resolved", _("resolved"), Phase.RESOLVED)
CLOSED = State("closed", _("closed"), Phase.CLOSED)
CANCELLED = State("cancelled", _("cancelled"), Phase.CLOSED)

_OPEN = frozenset({"new", "in_progress", "pending"})


def _usual(*, working: frozenset[str] = frozenset({"in_progress"}), consent: bool = False) -> tuple[Transition, ...]:
    """Take up, hold, go on, resolve, reopen, close, cancel: what every kind can do. `working` are its active states."""
    return (
        Transition("start", _("Take up"), frozenset({"new"}), "in_progress", perms.WORK),
        Transition("pend", _("Put on hold"), frozenset({"new", *working}), "pending", perms.WORK, ("waiting_for",)),
        Transition("resume", _("Go on"), frozenset({"pending"}), "in_progress", perms.WORK, by_requester=True),
        Transition("resolve", _("Resolve"), _OPEN | working, "resolved", perms.WORK, ("solution", "cause", "category")),
        Transition("reopen", _("Reopen"), frozenset({"resolved"}), "in_progress", perms.WORK, ("comment",), by_requester=True),
        Transition("close", _("Close"), frozenset({"resolved"}), "closed", perms.CLOSE, ("comment",) if consent else (), by_requester=True),
        Transition("cancel", _("Cancel"), _OPEN | working, "cancelled", perms.CLOSE, ("closure",), by_requester=True),
    )


STANDARD = Workflow("standard", (NEW, IN_PROGRESS, PENDING, RESOLVED, CLOSED, CANCELLED), _usual())

COMPLAINT = Workflow(
    "complaint", (NEW, IN_PROGRESS, PENDING, RESOLVED, CLOSED, CANCELLED), _usual(consent=True)
)

_ANALYSIS = State("in_progress", _("under analysis"), Phase.ACTIVE)
_KNOWN_ERROR = State("known_error", _("known error"), Phase.ACTIVE)
PROBLEM = Workflow(
    "problem",
    (NEW, _ANALYSIS, _KNOWN_ERROR, PENDING, RESOLVED, CLOSED, CANCELLED),
    (
        *_usual(working=frozenset({"in_progress", "known_error"})),
        Transition("know", _("Mark as known error"), frozenset({"in_progress"}), "known_error", perms.WORK, ("cause",)),
    ),
)

_PLANNED = State("planned", _("being planned"), Phase.ACTIVE)
_APPROVAL = State("approval", _("awaiting approval"), Phase.ACTIVE)
_APPROVED = State("approved", _("approved"), Phase.ACTIVE)
_DOING = State("in_progress", _("being carried out"), Phase.ACTIVE)
CHANGE = Workflow(
    "change",
    (NEW, _PLANNED, _APPROVAL, _APPROVED, _DOING, PENDING, RESOLVED, CLOSED, CANCELLED),
    (
        Transition("plan", _("Plan"), frozenset({"new"}), "planned", perms.WORK),
        Transition("submit", _("Submit for approval"), frozenset({"planned"}), "approval", perms.WORK, asks_approval=("approve", "revise")),
        Transition("approve", _("Approved"), frozenset({"approval"}), "approved", perms.CLOSE, by_approval=True),
        Transition("revise", _("Back to planning"), frozenset({"approval"}), "planned", perms.WORK, by_approval=True),
        Transition("start", _("Carry out"), frozenset({"approved"}), "in_progress", perms.WORK),
        Transition("pend", _("Put on hold"), frozenset({"planned", "approved", "in_progress"}), "pending", perms.WORK, ("waiting_for",)),
        Transition("resume", _("Go on"), frozenset({"pending"}), "in_progress", perms.WORK),
        Transition("resolve", _("Done"), frozenset({"in_progress"}), "resolved", perms.WORK, ("solution",)),
        Transition("reopen", _("Reopen"), frozenset({"resolved"}), "in_progress", perms.WORK, ("comment",)),
        Transition("close", _("Close"), frozenset({"resolved"}), "closed", perms.CLOSE),
        Transition(
            "cancel", _("Cancel"), frozenset({"new", "planned", "approval", "approved", "in_progress", "pending"}), "cancelled",
            perms.CLOSE, ("closure",), by_requester=True,
        ),
    ),
)
