"""Who is acting, from where, and why: passed to every action and kept for history, audit and loop protection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from .errors import Forbidden

if TYPE_CHECKING:
    from hengwei.org.models import User

Via = Literal["web", "portal", "api", "mail", "chat", "import", "cli", "automation", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or rule that does something.

    `user` is None for the system itself. `chain` names the automation rules that led here, oldest first;
    an action started by a rule passes it on, so that no rule runs twice on one item in one chain.
    """

    user: User | None = None
    via: Via = "system"
    address: str = ""
    chain: tuple[str, ...] = ()

    @property
    def is_system(self) -> bool:
        return self.user is None

    def may(self, permission: str) -> bool:
        """Whether the actor holds a permission such as `work.assign`. The system may do everything."""
        return self.user is None or self.user.may(permission)

    def require(self, permission: str) -> None:
        """Raise Forbidden unless the actor holds the permission."""
        if not self.may(permission):
            raise Forbidden(_("You do not have the right to do this."), permission=permission)

    def caused_by(self, rule: str) -> Actor:
        """The same actor, one automation rule further down the chain."""
        return replace(self, via="automation", chain=(*self.chain, rule))


SYSTEM = Actor()
_current: ContextVar[Actor] = ContextVar("hengwei_actor", default=SYSTEM)


def current() -> Actor:
    """The actor of the request or job that is running."""
    return _current.get()


def become(actor: Actor) -> None:
    """From here to the end of the block that `acting_as` opened, it is `actor`: a token has just told who asks."""
    _current.set(actor)


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Make `actor` the current one within the block."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)
