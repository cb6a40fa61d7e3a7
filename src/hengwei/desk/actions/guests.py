"""Requests of people who are not signed in: allowed by the department, limited, unconfirmed until the mail's link is opened."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, NotFound, Refused
from hengwei.core.files import store
from hengwei.desk.models import CatalogueEntry, DeskSettings, GuestRequest
from hengwei.org.models import Customer, Role, User
from hengwei.work import kinds
from hengwei.work.actions import conversation
from hengwei.work.actions.intake import open_item
from hengwei.work.actions.writing import moment
from hengwei.work.models import Entry, Source, WorkItem

from .catalogue import submit

#: How long the links of a request work.
LINKS_FOR = timedelta(days=180)
FILES_AT_MOST = 5
_CONFIRM, _STATUS = "hengwei.desk.guest.confirm", "hengwei.desk.guest.status"


class TooMany(Refused):
    """Too many requests of one address or network within the hour."""

    status = 429
    code = "too_many"


def network_of(address: str) -> str:
    """The network of an address: 256 addresses of IPv4, what one household or office has of IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False))


def allowed() -> DeskSettings:
    """The desk's settings; Forbidden where it takes no such requests."""
    settings = DeskSettings.current()
    if not settings.guests:
        raise Forbidden(_("Please sign in to ask for something."), code="not_signed_in")
    return settings


@transaction.atomic
def ask(
    *, email: str, name: str, title: str, description: str = "", kind: str = "incident", entry: CatalogueEntry | None = None,
    answers: Mapping[str, Any] | None = None, files: Sequence[tuple[str, bytes]] = (), language: str = "zh-hans", address: str = "", at: datetime | None = None,
) -> WorkItem:
    """Take a request by e-mail address. It says nothing of whether the address is known here, and does nothing in its name before it is confirmed."""
    at = moment(at)
    settings = allowed()
    email = _checked(email)
    if entry is not None and any(field["type"] == "file" for field in entry.published.fields):  # type: ignore[union-attr]
        raise Refused(_("Please sign in for this one: it takes files in its form."), code="not_signed_in", field="catalogue_key")
    if entry is None and kind not in {one.key for one in kinds.every() if one.for_requesters}:
        raise Refused(_("This cannot be chosen."), code="invalid", field="kind")
    network = network_of(address)
    _limit(settings, email, network, at)
    person = _person(email, name, language)
    by = Actor(via="portal", address=address)
    kept = [store(content, file_name) for file_name, content in files[:FILES_AT_MOST]]
    if entry is not None:
        item = submit(entry, by=by, title=title, answers=dict(answers or {}), description=description, requester=person, files=kept, source=Source.PORTAL, at=at)
    else:
        item = open_item(kind, by=by, title=title, description=description, requester=person, files=kept, source=Source.PORTAL, at=at)
    GuestRequest.objects.create(item=item, email=email, network=network, at=at)
    return item


def _checked(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Refused(_("'%(address)s' is no e-mail address.") % {"address": email}, code="invalid", field="email") from None
    return email[:254]


def _limit(settings: DeskSettings, email: str, network: str, at: datetime) -> None:
    recent = GuestRequest.objects.filter(at__gt=at - timedelta(hours=1))
    if recent.filter(email=email).count() >= settings.guests_per_address or recent.filter(network=network).count() >= settings.guests_per_network:
        raise TooMany(_("That was a lot within one hour. Please try again later, or call us."), field="email")


def _person(email: str, name: str, language: str) -> User:
    """The person of the address; a new one is unverified. What is said of a known one here changes nothing about him."""
    found = User.objects.of_address(email).select_related("customer", "site").first()
    if found is not None and found.is_active:
        return found
    if found is not None:
        raise Refused(_("This address cannot be used. Please call us."), code="blocked", field="email")
    customer = Customer.objects.filter(domains__contains=[email.rpartition("@")[2]], archived_at=None).order_by("id").first()
    person = User(username=email[:150], email=email, name=(name.strip() or email.partition("@")[0])[:120], customer=customer, verified=False, language=language)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        return User.objects.of_address(email).get()
    person.roles.add(*Role.objects.filter(key="requester"))
    return person


# --- the links of the mail ---------------------------------------------------------------------------------------


def confirm_token(item: WorkItem) -> str:
    """What the link in the confirmation mail carries. It is sent to the address and shown nowhere else."""
    return signing.dumps(item.pk, salt=_CONFIRM, compress=True)


def status_token(item: WorkItem) -> str:
    """What leads to the state of one request without signing in."""
    return signing.dumps(item.pk, salt=_STATUS, compress=True)


def _item(token: str, salt: str) -> WorkItem:
    try:
        pk = signing.loads(token, salt=salt, max_age=LINKS_FOR)
    except signing.BadSignature:
        raise NotFound(_("This link is no longer valid.")) from None
    item = WorkItem.objects.with_people().select_related("merged_into", "guest").filter(pk=pk).first()
    if item is None:
        raise NotFound(_("This link is no longer valid."))
    return item


def of_status(token: str) -> WorkItem:
    """The request of a status link."""
    return _item(token, _STATUS)


def of_confirmation(token: str) -> WorkItem:
    """The request that a link confirms."""
    return _item(token, _CONFIRM)


@transaction.atomic
def confirm(token: str, *, at: datetime | None = None) -> WorkItem:
    """The link was opened: the address is real. A person who was known by it only is verified as its holder."""
    item = _item(token, _CONFIRM)
    guest = GuestRequest.objects.select_for_update().filter(item=item).first()
    if guest is None:
        raise NotFound(_("This link is no longer valid."))
    if guest.confirmed_at is None:
        guest.confirmed_at = moment(at)
        guest.save(update_fields=["confirmed_at"])
        if item.requester is not None and not item.requester.verified and not item.requester.is_agent:
            # His customer is known by the domain of the very address that he just proved to hold.
            User.objects.filter(pk=item.requester_id).update(verified=True)
    return item


@transaction.atomic
def add_words(token: str, *, text: str, address: str = "", at: datetime | None = None) -> Entry | None:
    """What the holder of a status link adds to his request."""
    item = of_status(token)
    if not text.strip():
        raise Refused(_("Please write something first."), code="missing", field="text")
    return conversation.receive(item, by=Actor(via="portal", address=address), text=text.strip()[:10_000], author=item.requester, at=at)
