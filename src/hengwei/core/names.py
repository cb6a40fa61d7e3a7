"""What the fields of records are called where people read of them: in lists, facts and histories."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _


def name_of(field: Any) -> str:
    """The name of a field or model in the reader's language; Django makes it of the attribute where the model says none."""
    return capfirst(gettext(str(field.verbose_name)))


#: Names that Django makes of attributes, for those records whose history people read.
MADE = (
    _("accepted at"), _("accepted by"), _("active since"), _("always open"), _("api token"), _("applied at"), _("catalogue version"), _("changed at"),
    _("clause key"), _("countersigned at"), _("created at"), _("created by"), _("draft at"), _("draft by"), _("earlier"), _("ended reason"), _("erased at"),
    _("agreement version"), _("calendar version"), _("fault step"), _("feed key"), _("fetch error"), _("fetched at"), _("id"), _("joined at"),
    _("last assigned at"), _("last entry at"), _("last entry by"), _("last entry text"), _("last public at"), _("last public from requester"),
    _("last slot at"), _("last uid"), _("last used at"), _("mail blocked reason"), _("mail template"), _("membership"), _("next"), _("next due from"),
    _("next due measure"), _("offered"), _("options"), _("pack"), _("preferences"), _("priority rule"), _("published at"), _("red since"), _("reminded at"),
    _("reminded on"), _("removed at"), _("review reminded at"), _("revoked at"), _("scopes"), _("sign in policy"), _("signed at"), _("source id"),
    _("target"), _("team assignment"), _("timezone"), _("uidvalidity"), _("updated at"), _("updated by"), _("withdrawn at"), _("decided at"), _("started at"),
    _("sent at"), _("hook"), _("submitted at"),
)
