"""What the actions on the audit log are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengwei.core.errors import Message

#: Actions of the ground floor; a room adds its own with `ACTIONS["room.verb"] = _("…")`.
ACTIONS: dict[str, Message] = {
    "sign_in": _("signed in"),
    "sign_in.failed": _("sign-in failed"),
    "sign_out": _("signed out"),
    "password.changed": _("password changed"),
    "second_step.added": _("second step added"),
    "second_step.removed": _("second step removed"),
    "record.made": _("made"),
    "record.changed": _("was changed"),
    "record.removed": _("removed"),
    "export": _("exported"),
    "backup": _("backup made"),
    "restore": _("backup put back"),
    "erasure": _("personal data erased"),
    "audit.verified": _("audit log verified"),
    "audit.exported": _("audit log exported"),
    "audit.archived": _("audit log archived"),
}


def label_of(action: str) -> str:
    """An action in the reader's language."""
    return str(ACTIONS.get(action, action))
