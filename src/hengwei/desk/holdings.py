"""What a person answers for in this room: follow-ups to make, and plans by which they come to him."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hengwei.org.handing import holds, set_field

from .models import FollowUp, FollowUpPlan

holds("follow_ups", _("Follow-ups"), of=lambda person, until: FollowUp.objects.due().filter(owner=person).order_by("due_at", "id"), give=set_field("owner"), order=50)
holds("follow_up_plans", _("Follow-up plans"), of=lambda person, until: FollowUpPlan.objects.none() if until else FollowUpPlan.objects.filter(owner=person), give=set_field("owner"), order=80)
