"""Keeping the department's mailboxes."""

from __future__ import annotations

from django.db import transaction

from hengwei.channels import permissions as perms
from hengwei.channels.models import Mailbox
from hengwei.core.acting import Actor


@transaction.atomic
def save_mailbox(mailbox: Mailbox, *, by: Actor) -> Mailbox:
    """Save one; where it is to be the default, it takes that from the other."""
    by.require(perms.CONFIGURE)
    if mailbox.default:
        Mailbox.objects.filter(default=True).exclude(pk=mailbox.pk).update(default=False)
    mailbox.save()
    return mailbox
