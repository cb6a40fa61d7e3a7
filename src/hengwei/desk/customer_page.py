"""What the desk adds to a customer's page: how content its people were, month by month, and whom to call back (A11)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.desk.contacts import with_last_contact
from hengwei.desk.models import DeskSettings, FollowUp, Rating
from hengwei.org.models import Customer
from hengwei.ui.kit import Part
from hengwei.ui.kit.charts import Chart, Series
from hengwei.ui.kit.panels import hang
from hengwei.work.permissions import VIEW_ALL

#: Days of satisfaction that the page draws.
BACK = 365


def satisfaction(row: Customer, request: HttpRequest) -> dict[str, Any] | None:
    """The average score of each month with its number of verdicts; None without any."""
    since = timezone.now() - timedelta(days=BACK)
    rows = list(
        Rating.objects.filter(item__customer=row, at__gte=since).annotate(month=TruncMonth("at")).order_by("month").values("month").annotate(score=Avg("score"), count=Count("pk"))
    )
    follow_ups = FollowUp.objects.filter(customer=row).select_related("plan").order_by("-id")[:10]
    if not rows and not follow_ups:
        return None
    chart = Chart(
        "satisfaction", _("Satisfaction, month by month"), [one["month"].strftime("%Y-%m") for one in rows], [Series(_("average score"), [round(one["score"], 2) for one in rows])], kind="line", unit=_("of 5"),
    ) if rows else None
    return {"chart": chart, "count": sum(one["count"] for one in rows), "follow_ups": follow_ups}


def contact(row: Customer, request: HttpRequest) -> dict[str, Any]:
    """When the customer was last heard of, by whatever way; marked when that is too long ago."""
    days = DeskSettings.current().contact_within_days
    last: datetime | None = with_last_contact(Customer.objects.filter(pk=row.pk)).get().last_contact  # type: ignore[attr-defined]
    return {"last": last, "days": days, "late": last is not None and last < timezone.now() - timedelta(days=days)}


hang("org.customer", Part("desk/customer_contact.html", context=contact, permission=VIEW_ALL, side=True, order=5))
hang("org.customer", Part("desk/customer_satisfaction.html", context=satisfaction, permission=VIEW_ALL, order=35))
