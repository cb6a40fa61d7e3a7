"""What a person answers for in this room: automation rules kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengwei.org.handing import holds, set_field

from .automation.models import AutomationRule

holds("rules", _("Automation rules kept"), of=lambda person, until: AutomationRule.objects.none() if until else AutomationRule.objects.filter(owner=person), give=set_field("owner"), order=125)
