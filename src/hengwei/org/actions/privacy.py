"""A person's data: a copy for him, and erasure. Records stay, under a name that says nothing of him."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core import audit, history
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.org import permissions as perms
from hengwei.org.events import PersonErased
from hengwei.org.models import User
from hengwei.org.privacy import kept
from hengwei.org.sessions import end_sessions

from .people import guard

#: What says who somebody is.
CONTACTS = ("username", "name", "email", "phone", "mobile", "employee_no", "title", "mail_blocked_reason", "feed_key", "source", "source_id")


@transaction.atomic
def export_person(person: User, *, by: Actor) -> dict[str, Any]:
    """All that is kept of a person, as plain values: for himself, or by a security administrator for him."""
    if by.user != person:
        by.require(perms.ERASE_PEOPLE)
    audit.record("export.person", by=by, subject=person)
    return kept(person)


@transaction.atomic
def erase_person(person: User, *, by: Actor, confirm: str, at: datetime | None = None) -> User:
    """Erase a person's name, contacts, keys and sessions for good; what he did stays under a pseudonym.

    `confirm` must be the person's user name, typed. Raises Refused otherwise, and for oneself.
    """
    by.require(perms.ERASE_PEOPLE)
    at = at or timezone.now()
    person = User.objects.select_for_update().get(pk=person.pk)
    guard(person, by=by)
    if by.user == person:
        raise Refused(_("Nobody erases himself."), code="oneself")
    if person.erased_at is not None:
        raise Refused(_("This person's data has been erased."), code="erased")
    if confirm.strip() != person.username:
        raise Refused(_("Type the user name %(name)s to confirm.") % {"name": person.username}, code="not_confirmed", field="confirm")
    end_sessions(person)
    addresses = {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)} - {""}
    for rows in (
        person.tokens, person.used_passwords, person.absences, person.shifts, person.memberships, EmailAddress.objects.filter(user=person),
        Authenticator.objects.filter(user=person), SocialAccount.objects.filter(user=person),
    ):
        rows.all().delete()
    person.roles.clear()
    person.skills.clear()
    person.posts.clear()
    person.leads.update(lead=None)
    person.deputises.update(deputy=None)
    person.reports.update(manager=None)
    history.erase(person, CONTACTS)
    person.username, person.name = f"erased-{person.pk}", _("Erased person %(number)d") % {"number": person.pk}
    for name in CONTACTS[2:]:
        setattr(person, name, "")
    person.site = person.manager = person.mail_blocked_at = None
    person.preferences, person.is_active, person.is_agent, person.erased_at = {}, False, False, at
    person.set_unusable_password()
    person.save()
    # What the change just made says of the past goes, too.
    history.erase(person, CONTACTS)
    audit.record("erasure", by=by, subject=person)
    emit(PersonErased(person_id=person.pk, addresses=tuple(sorted(addresses)), actor=by, at=at))
    return person
