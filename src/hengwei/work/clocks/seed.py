"""The department's own promise in a new installation: what everyone gets who has no agreement of his own."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from hengwei.calendars.models import Calendar
from hengwei.work.models import Agreement, AgreementVersion, Measure, Target, Unit

from .matching import forget

MINUTE, HOUR = 60, 3600
#: priority: (calendar, first response in seconds, resolution as amount and unit)
PROMISES = {
    1: ("always", 15 * MINUTE, (4 * HOUR, Unit.SECONDS)),
    2: ("office", 30 * MINUTE, (8 * HOUR, Unit.SECONDS)),
    3: ("office", 2 * HOUR, (2, Unit.WORKING_DAYS)),
    4: ("office", 4 * HOUR, (5, Unit.WORKING_DAYS)),
}
ESCALATION = [
    {"percent": 75, "notify": ["owner"]},
    {"percent": 90, "notify": ["owner", "lead"]},
    {"percent": 100, "notify": ["owner", "lead", "head"], "level": 1},
    {"after": 4 * HOUR, "notify": ["lead", "head", "managers"], "level": 2},
]


@transaction.atomic
def install() -> None:
    """The general agreement, if there is none. What has no priority yet is promised what a medium one is."""
    if Agreement.objects.exists():
        return
    now = timezone.now()
    calendars = {calendar.key: calendar for calendar in Calendar.objects.all()}
    agreement = Agreement.objects.create(key="general", name="通用服务承诺", name_en="General service promise", order=1000)
    version = AgreementVersion.objects.create(
        agreement=agreement, number=1, state=AgreementVersion.State.SIGNED, signed_at=now, countersigned_at=now, effective_from=now,
        countersigned_by="技术支持部", content="技术支持部对全体用户的服务承诺。",
    )
    order = 0
    for priority, (key, response, (amount, unit)) in PROMISES.items():
        only = {"field": "priority", "op": "is", "value": priority}
        condition = {"any": [only, {"field": "priority", "op": "is_empty"}]} if priority == 3 else only
        for measure, much, counted in ((Measure.FIRST_RESPONSE, response, Unit.SECONDS), (Measure.RESOLUTION, amount, unit)):
            order += 10
            Target.objects.create(
                version=version, order=order, measure=measure, conditions=condition, amount=much, unit=counted, calendar=calendars[key],
                escalation=ESCALATION,
            )
    forget()
