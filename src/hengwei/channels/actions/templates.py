"""The department's own wording of its mails and notices."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.channels import permissions as perms
from hengwei.channels import wording
from hengwei.channels.models import MailTemplate
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused

_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@transaction.atomic
def save_template(event: str, language: str, *, by: Actor, subject: str, body: str, short: str = "") -> MailTemplate | None:
    """Keep a wording; one that says what the built-in one says is not kept, so that it follows later versions."""
    by.require(perms.CONFIGURE)
    if event not in wording.BUILT_IN or language not in dict(settings.LANGUAGES):
        raise Refused(_("There is no such mail."), code="unknown_event")
    for field, text in (("subject", subject), ("body", body), ("short", short)):
        unknown = [name for name in _PLACE.findall(text) if name not in wording.PLACES]
        if unknown:
            raise Refused(_("There is no place {{%(name)s}}.") % {"name": unknown[0]}, code="unknown_place", field=field)
    if not subject.strip() or not body.strip():
        raise Refused(_("Please write a subject and a text."), code="missing", field="subject" if not subject.strip() else "body")
    built_in = wording.built_in(event, language)
    subject, body, short = " ".join(subject.split()), body.replace("\r\n", "\n").strip(), short.replace("\r\n", "\n").strip()
    if (subject, body, short) == (built_in.subject, built_in.body, ""):
        reset_template(event, language, by=by)
        return None
    row, _made = MailTemplate.objects.update_or_create(event=event, language=language, defaults={"subject": subject[:300], "body": body, "short": short})
    return row


@transaction.atomic
def reset_template(event: str, language: str, *, by: Actor) -> None:
    """Back to the built-in wording."""
    by.require(perms.CONFIGURE)
    MailTemplate.objects.filter(event=event, language=language).delete()
