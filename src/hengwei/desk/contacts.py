"""When a customer was last heard of (A11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import DateTimeField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from hengwei.desk.models import FollowUp
from hengwei.org.models import Customer, CustomerNote
from hengwei.work.models import WorkItem


def with_last_contact(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Each customer with `last_contact`: the newest public words on any of its items, the last follow-up that reached somebody, the last call or visit that was noted."""
    items = WorkItem.objects.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(at=Max("last_public_at")).values("at")
    calls = FollowUp.objects.filter(customer=OuterRef("pk"), done_at__isnull=False).exclude(reached=False).order_by().values("customer").annotate(at=Max("done_at")).values("at")
    told = (CustomerNote.Kind.CALL, CustomerNote.Kind.VISIT)
    notes = CustomerNote.objects.filter(customer=OuterRef("pk"), kind__in=told).order_by().values("customer").annotate(last=Max("at")).values("last")
    return customers.annotate(last_contact=Greatest(*(Subquery(one, output_field=DateTimeField()) for one in (items, calls, notes))))


def without_contact(days: int, now: datetime) -> list[Customer]:
    """Customers in use that were not heard of for so many days, key customers and the longest silent first."""
    rows = with_last_contact(Customer.objects.filter(archived_at=None, created_at__lt=now - timedelta(days=days)).select_related("default_team"))
    silent = [row for row in rows if row.last_contact is None or row.last_contact < now - timedelta(days=days)]  # type: ignore[attr-defined]
    return sorted(silent, key=lambda row: (not row.key_account, row.last_contact.timestamp() if row.last_contact else 0.0))  # type: ignore[attr-defined]
