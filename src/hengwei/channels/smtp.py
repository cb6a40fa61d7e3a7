"""Handing a message to a mail server."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from .models import Mailbox

SECONDS = 30


def longest(recipients: int) -> int:
    """Seconds that a message can take at the most: each step of the dialogue waits SECONDS for the server."""
    return SECONDS * (14 + recipients)


class Rejected(Exception):
    """The server will not take it, now or ever: trying again is of no use."""


class Later(Exception):
    """The server cannot be reached, or says to come back."""


def send(mailbox: Mailbox, message: EmailMessage, recipients: list[str]) -> dict[str, str]:
    """Send; returns the recipients that the server refused, with its words. Raises Rejected or Later for the whole message."""
    try:
        with _connect(mailbox) as server:
            if mailbox.smtp_user:
                server.login(mailbox.smtp_user, mailbox.smtp_password)
            refused = server.send_message(message, from_addr=mailbox.address, to_addrs=recipients)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        what = "; ".join(f"{address}: {code} {_text(words)}" for address, (code, words) in error.recipients.items())
        raise (Rejected if codes and all(code >= 500 for code in codes) else Later)(what) from None
    except smtplib.SMTPAuthenticationError as error:
        raise Later(f"{error.smtp_code} {_text(error.smtp_error)}") from None
    except smtplib.SMTPResponseException as error:
        raise (Rejected if error.smtp_code >= 500 else Later)(f"{error.smtp_code} {_text(error.smtp_error)}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Later(f"{type(error).__name__}: {error}") from None
    return {address: f"{code} {_text(words)}" for address, (code, words) in refused.items()}


def _connect(mailbox: Mailbox) -> smtplib.SMTP:
    if mailbox.smtp_security == Mailbox.Security.TLS:
        return smtplib.SMTP_SSL(mailbox.smtp_host, mailbox.smtp_port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(mailbox.smtp_host, mailbox.smtp_port, timeout=SECONDS)
    if mailbox.smtp_security == Mailbox.Security.STARTTLS:
        server.starttls(context=ssl.create_default_context())
    return server


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words


def check(mailbox: Mailbox) -> None:
    """Connect and sign in, without sending. Raises Rejected or Later with the server's words."""
    try:
        with _connect(mailbox) as server:
            server.ehlo()
            if mailbox.smtp_user:
                server.login(mailbox.smtp_user, mailbox.smtp_password)
    except smtplib.SMTPResponseException as error:
        raise Rejected(f"{error.smtp_code} {_text(error.smtp_error)}") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Later(f"{type(error).__name__}: {error}") from None
