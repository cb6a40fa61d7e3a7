"""What a person answers for in this room: decisions of support reports that are not carried out yet."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengwei.org.handing import holds, set_field

from .models import Decision

holds(
    "decisions", _("Decisions to carry out"), give=set_field("owner"), order=90,
    of=lambda person, until: Decision.objects.filter(owner=person, done_at=None, **({"due_on__lte": timezone.localdate(until)} if until else {})).order_by("due_on", "id"),
)
