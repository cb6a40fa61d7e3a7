"""Governance's kinds of work: the corrective action, and the approval of a regulation."""

from django.utils.translation import gettext_lazy as _

from hengwei.work import permissions as perms
from hengwei.work.kinds import Kind, register
from hengwei.work.workflow import Phase, State, Transition, Workflow

_OPEN = frozenset({"new", "in_progress", "pending"})
WORKFLOW = Workflow(
    "corrective",
    (
        State("new", _("to be corrected"), Phase.NEW), State("in_progress", _("being corrected"), Phase.ACTIVE), State("pending", _("on hold"), Phase.WAITING),
        State("resolved", _("corrected, to be verified"), Phase.RESOLVED), State("closed", _("verified"), Phase.CLOSED), State("cancelled", _("cancelled"), Phase.CLOSED),
    ),
    (
        Transition("start", _("Take up"), frozenset({"new"}), "in_progress", perms.WORK),
        Transition("pend", _("Put on hold"), frozenset({"new", "in_progress"}), "pending", perms.WORK, ("waiting_for",)),
        Transition("resume", _("Go on"), frozenset({"pending"}), "in_progress", perms.WORK),
        Transition("resolve", _("Corrected"), _OPEN, "resolved", perms.WORK, ("solution", "cause")),
        Transition("reopen", _("Not effective"), frozenset({"resolved"}), "in_progress", perms.WORK, ("comment",)),
        Transition("close", _("Verified"), frozenset({"resolved"}), "closed", perms.CLOSE),
        Transition("cancel", _("Cancel"), _OPEN, "cancelled", perms.CLOSE, ("closure",)),
    ),
)
APPROVAL_WORKFLOW = Workflow(
    "regulation_approval",
    (
        State("asked", _("in approval"), Phase.NEW), State("approved", _("approved, to be published"), Phase.RESOLVED),
        State("published", _("in force"), Phase.CLOSED), State("returned", _("sent back"), Phase.CLOSED),
    ),
    (
        Transition("approve", _("Approved"), frozenset({"asked"}), "approved", perms.CLOSE, by_approval=True),
        Transition("return", _("Sent back"), frozenset({"asked", "approved"}), "returned", perms.CLOSE, by_approval=True),
        Transition("close", _("Publish"), frozenset({"approved"}), "published", perms.CLOSE),
    ),
)
CORRECTIVE = register(Kind("corrective", "CAR", _("corrective action"), "clipboard-check", "governance.CorrectiveAction", WORKFLOW, order=90))
APPROVAL = register(Kind("regulation_approval", "REV", _("approval of a regulation"), "gavel", "governance.VersionApproval", APPROVAL_WORKFLOW, promised=False, order=95))
