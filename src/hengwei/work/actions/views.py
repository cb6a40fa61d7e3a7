"""Keeping views of the list, sharing them with a team, and how a person wants his list drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.org.models import Team, User
from hengwei.work import listing
from hengwei.work.models import SavedView

#: Views that one person may keep.
KEPT_AT_MOST = 30


def cleaned(query: str) -> str:
    """The known parts of an address's query; what is no filter of ours is dropped."""
    known = {"view", "q", "sort", *listing.FILTERS}
    return urlencode([(name, value) for name, value in parse_qsl(query) if name in known and value])[:500]


@transaction.atomic
def keep_view(*, by: Actor, name: str, query: str, team: Team | None = None) -> SavedView:
    """Keep the filters under a name, for oneself or shared with a team one belongs to; the same name is replaced."""
    user = by.user
    name = " ".join(name.split())[:40]
    if user is None or not name:
        raise Refused(_("Please give the view a name."), code="missing", field="name")
    if team is not None and team.pk not in user.team_ids:
        raise Forbidden(_("You can share a view with your own teams only."))
    if not SavedView.objects.filter(owner=user, name=name).exists() and SavedView.objects.filter(owner=user).count() >= KEPT_AT_MOST:
        raise Refused(_("You keep %(n)d views already; forget one first.") % {"n": KEPT_AT_MOST}, code="too_many", field="name")
    view, _made = SavedView.objects.update_or_create(owner=user, name=name, defaults={"query": cleaned(query), "team": team})
    return view


@transaction.atomic
def forget_view(pk: int, *, by: Actor) -> None:
    """Forget one's own view."""
    gone, _rows = SavedView.objects.filter(pk=pk, owner=by.user).delete()
    if not gone:
        raise NotFound(_("This view does not exist, or is not yours."))


@transaction.atomic
def choose_columns(user: User, *, columns: Sequence[str] | None = None, widths: Mapping[str, Any] | None = None) -> None:
    """Remember which columns the person wants, in which order, and how wide."""
    user = User.objects.select_for_update().get(pk=user.pk)
    known = {column.key for column in listing.COLUMNS}
    kept = dict(user.pref("queue") or {})
    if columns is not None:
        kept["columns"] = [key for key in dict.fromkeys(columns) if key in known]
    if widths is not None:
        low, high = listing.WIDTHS
        fit = {key: max(low, min(high, int(width))) for key, width in widths.items() if key in known and str(width).isdecimal()}
        kept["widths"] = {**kept.get("widths", {}), **fit}
    user.preferences["queue"] = kept
    user.save(update_fields=["preferences"])
