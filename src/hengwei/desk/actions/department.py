"""What the department sets for its desk, and the standards that it publishes (A13)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.desk import permissions as perms
from hengwei.desk.models import DeskSettings, Standard
from hengwei.work.actions.writing import moment


@transaction.atomic
def set_up(*, by: Actor, **values: Any) -> DeskSettings:
    """Set what is given; the rest stays."""
    by.require(perms.CONFIGURE)
    row = DeskSettings.objects.select_for_update().filter(pk=1).first() or DeskSettings(pk=1)
    for name, value in values.items():
        setattr(row, name, value)
    for name in ("guests_per_address", "guests_per_network", "contact_within_days"):
        if getattr(row, name) < 1:
            raise Refused(_("At least one."), code="invalid", field=name)
    row.save()
    return row


@transaction.atomic
def publish_standard(*, by: Actor, text: str, text_en: str = "", note: str = "", at: datetime | None = None) -> Standard:
    """A new version of the service standards, readable in the portal from now on."""
    by.require(perms.STANDARDS)
    last = Standard.objects.order_by("-number").first()
    if not text.strip():
        raise Refused(_("Please write something first."), code="missing", field="text")
    if last is not None and (last.text, last.text_en) == (text.strip(), text_en.strip()):
        raise Refused(_("Nothing was changed since the last version."), code="unchanged", field="text")
    return Standard.objects.create(
        number=last.number + 1 if last else 1, text=text.strip(), text_en=text_en.strip(), note=note.strip()[:300], published_by=by.user, published_at=moment(at),
    )
