"""The ways in which an action says no. Pages, the API and the mail gate each show them in their own form."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise

Message = str | Promise


class ActionError(Exception):
    """Base of every refusal. `message` is in the reader's language and says what is wrong and what to do next.

    `code` is stable and English, for programs; `field` names the input at fault, where there is one.
    """

    status = 400
    code = "refused"

    def __init__(self, message: Message, *, code: str | None = None, field: str | None = None, **params: Any):
        super().__init__(str(message))
        self.message = message
        self.code = code or self.code
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return str(self.message)


class Refused(ActionError):
    """A rule forbids it: the transition is not legal now, a demanded field is empty, a value is out of range."""

    status = 422


class Forbidden(ActionError):
    """The actor has no right to do this, whatever the input."""

    status = 403
    code = "forbidden"


class NotFound(ActionError):
    """It does not exist, or the actor may not know that it does."""

    status = 404
    code = "not_found"


class Conflict(ActionError):
    """Somebody else changed the record since the actor read it. `params['current']` is the version now stored."""

    status = 409
    code = "conflict"
