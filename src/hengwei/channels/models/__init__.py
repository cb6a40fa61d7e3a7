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
from .notices import ChatMessage, HeldNotice, Notice, NoticeChannel
from .outgoing import Outgoing
from .webhooks import Hook, HookCall, HookKey, Webhook, WebhookDelivery

__all__ = [
    "ChatMessage", "HeldNotice", "Hook", "HookCall", "HookKey", "InboundDelivery", "InboundMessage", "MailAddress", "MailTally", "MailTemplate", "Mailbox", "Notice", "NoticeChannel",
    "OutboundMessage", "Outgoing", "Webhook", "WebhookDelivery",
]
