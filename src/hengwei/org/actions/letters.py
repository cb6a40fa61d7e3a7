"""The link with which a person sets his own password."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.events import emit
from hengwei.org import letters
from hengwei.org import permissions as perms
from hengwei.org.events import PersonChanged
from hengwei.org.models import User


def link_of(person: User) -> str:
    """The address at which the person sets a new password: for a few days, and once."""
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)


@transaction.atomic
def send_link(person: User, *, by: Actor) -> str:
    """Send a person the link with which he sets a password: to his own address, and shown to nobody else."""
    by.require(perms.MANAGE_PEOPLE)
    if not person.email or not person.is_active:
        raise Refused(_("There is no address to send it to."), code="no_address", field="email")
    with translation.override(person.language):
        subject = _("Your account at the service desk")
        text = _("Hello %(name)s,\n\nplease set your password here:\n%(link)s\n\nYour user name is %(username)s. Whoever has this link can set the password: pass it on to nobody.") % {
            "name": person.name, "link": link_of(person), "username": person.username,
        }
    if not letters.send(person, subject, text):
        raise Refused(_("No mailbox sends mail yet. Set one up under Settings, or set a password."), code="no_mail")
    emit(PersonChanged(person_id=person.pk, what=("link_sent",), actor=by))
    return _("On its way to %(email)s.") % {"email": person.email}
