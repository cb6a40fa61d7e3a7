"""Mail in and out, notices by other ways, webhooks out and in."""

from .mail import (
    InboundDelivery,
    InboundMessage,
    MailAddress,
    Mailbox,
    MailTally,
    MailTemplate,
    OutboundMessage,
)
from .notices import Notice
from .outgoing import Outgoing

__all__ = [
    "InboundDelivery", "InboundMessage", "MailAddress", "MailTally", "MailTemplate", "Mailbox", "Notice", "OutboundMessage", "Outgoing",
]
