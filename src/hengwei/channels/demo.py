"""Mailboxes of the sample company, named but without servers, so that nothing ever leaves; and bells that are not full."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from django.db.models import F

from hengwei.org.models import Team

from .models import Mailbox, Notice


def load(rng: random.Random, now: datetime) -> None:
    """A mailbox each for the desk and for after-sales; what is older than a day has been read."""
    teams = {team.key: team for team in Team.objects.all()}
    Mailbox.objects.create(address="help@hengwei.example", name="信息部服务台", team=teams.get("it-support"), default=True)
    Mailbox.objects.create(address="service@hengwei.example", name="售后服务", team=teams.get("after-sales"))
    Notice.objects.filter(at__lt=now - timedelta(days=1)).update(read_at=F("at") + timedelta(hours=1))
