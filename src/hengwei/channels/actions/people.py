"""Who wrote a message, and what that lets him do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from hengwei.channels.models import Mailbox
from hengwei.channels.reading.headers import Address
from hengwei.channels.reading.message import Message
from hengwei.core.database.asked import Asked
from hengwei.org.models import Customer, Role, User
from hengwei.work.models import WorkItem

_ANYBODY = Asked(lambda address: User.objects.of_address(address).select_related("customer", "site").order_by("id"), 1)
_ACTIVE = Asked(lambda address: User.objects.of_address(address).filter(is_active=True).select_related("customer", "site").order_by("id"), 1)


@dataclass(frozen=True)
class Sender:
    """The person behind a message. `user` is None for a machine, for nobody, and for one whose sender check failed as staff."""

    address: Address
    user: User | None = None
    #: Staff who passed the message on for the person.
    forwarded_by: User | None = None
    #: The trusted server says that it does not come from where it says.
    failed_check: bool = False


def ask_for(address: Address) -> Callable[[], User | None]:
    """Who has the address and is active: asked now, answered when what is returned is called."""
    return _ACTIVE.sent(address.email) if address.email else lambda: None


def identify(message: Message, mailbox: Mailbox | None, known: User | None) -> Sender:
    """Find the person, or make an unverified contact of an unknown one (mail.md, 7). `known` is who was found for the message's sender (`ask_for`)."""
    address = message.sender
    if mailbox is not None and mailbox.use_reply_to and message.reply_to:
        address = message.reply_to[0]
    failed = failed_check(message, mailbox)
    if not address.email or message.automatic:
        return Sender(address, failed_check=failed)
    user = known if address.email == message.sender.email else _ACTIVE.first(address.email)
    if user is not None and failed and user.is_agent:
        return Sender(address, failed_check=True)
    if user is not None and user.is_agent and message.forwarded_by and message.forwarded_by.email != address.email:
        return Sender(message.forwarded_by, user=contact(message.forwarded_by), forwarded_by=user)
    return Sender(address, user=user or contact(address), failed_check=failed)


def failed_check(message: Message, mailbox: Mailbox | None) -> bool:
    """Whether a server that we trust says that the sender is not who he says (RFC 8601)."""
    found = message.authentication
    trusted = (mailbox.trusted_server if mailbox else "").lower()
    if not trusted or found.get("server") != trusted:
        return False
    if "dmarc" in found:
        return found["dmarc"] == "fail"
    return found.get("spf") in ("fail", "softfail") and found.get("dkim") != "pass"


def contact(address: Address) -> User:
    """The person of an address; a new one belongs to the customer of the address's domain, else nobody has vouched for him."""
    found = _ANYBODY.first(address.email)
    if found is not None:
        return found
    domain = address.email.rpartition("@")[2]
    customer = Customer.objects.filter(domains__contains=[domain], archived_at=None).order_by("id").first()
    person = User(
        username=address.email[:150], email=address.email[:254], name=(address.name or address.email.partition("@")[0])[:120], customer=customer,
        verified=customer is not None, language=customer.language if customer else "zh-hans",
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        return User.objects.of_address(address.email).get()
    person.roles.add(*Role.objects.filter(key="requester"))
    return person


def may_join(sender: Sender, item: WorkItem, mailbox: Mailbox | None) -> bool:
    """Whether the words of this sender may be added to the item on the strength of a number or a foreign message id alone."""
    user = sender.forwarded_by or sender.user
    if user is None or sender.failed_check or not user.is_active:
        return False
    if item.requester_id == user.pk or item.watchers.filter(user=user).exists():
        return True
    if user.is_agent:
        return item.visible_to(user)
    policy = mailbox is None or mailbox.colleagues_may_join
    return policy and user.verified and user.customer_id is not None and user.customer_id == item.customer_id
