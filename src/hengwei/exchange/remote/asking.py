"""Asking another system: patient with it, clear about what it says, several questions at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any, TypeVar

import httpx
from django.utils import translation
from django.utils.translation import gettext as _

from hengwei.channels.reading import markup
from hengwei.core import outgoing
from hengwei.core.acting import current
from hengwei.core.errors import ActionError, Refused
from hengwei.org.actions.people import save_person
from hengwei.org.models import User

from ..targets.items import Items

T = TypeVar("T")
R = TypeVar("R")

#: Questions at a time: more than this is no friendliness to a system in use.
AT_ONCE = 8
#: A system that is busy is asked again after 1, 2, 4 … seconds.
TRIES = 5


class Asking:
    """A session with another system's REST interface."""

    def __init__(self, url: str, headers: dict[str, str], *, transport: httpx.BaseTransport | None = None):
        self.client = httpx.Client(
            base_url=url, headers={"Accept": "application/json", **headers}, timeout=30, follow_redirects=False,
            transport=transport or outgoing.Transport(limits=httpx.Limits(max_connections=AT_ONCE)),
        )

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """The answer; Refused in words when the system refuses or cannot be reached."""
        for attempt in range(TRIES):
            try:
                answer = self.client.get(path, params=parameters)
            except (httpx.HTTPError, outgoing.Unreachable) as error:
                if attempt + 1 < TRIES:
                    time.sleep(2**attempt / 4)
                    continue
                raise Refused(_("The other system cannot be reached: %(why)s") % {"why": error}, code="unreachable") from None
            if answer.status_code in (429, 502, 503, 504) and attempt + 1 < TRIES:
                time.sleep(min(30.0, float(answer.headers.get("Retry-After") or 2**attempt / 4)))
                continue
            if answer.status_code in (401, 403):
                raise Refused(_("The other system does not accept the token (%(status)d).") % {"status": answer.status_code}, code="not_accepted")
            if answer.status_code >= 400:
                raise Refused(
                    _("The other system answered %(status)d to %(path)s: %(words)s") % {"status": answer.status_code, "path": path, "words": answer.text[:200]},
                    code="answered_badly",
                )
            return answer
        raise Refused(_("The other system is too busy. Go on later."), code="busy")

    def json(self, path: str, **parameters: Any) -> Any:
        """What the answer holds; a page for people is said to be none: the address is then another's, or a sign-in stands before it."""
        answer = self.get(path, **parameters)
        try:
            if answer.is_success:
                return answer.json()
        except ValueError:
            pass
        raise Refused(_("At this address no such system answers (%(status)d, %(kind)s). Please look at the address.") % {
            "status": answer.status_code, "kind": answer.headers.get("Content-Type") or "—"}, code="no_such_system")

    def each(self, ask: Callable[[T], R], questions: Iterable[T]) -> Sequence[R]:
        """The answers to many questions in their order, several at a time; a refusal is in the language of who imports."""
        language = translation.get_language()

        def one(question: T) -> R:
            with translation.override(language):
                return ask(question)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(one, questions))


def words_of(body: str, *, html: bool) -> tuple[str, str]:
    """A text of theirs as (plain, clean HTML). GLPI keeps its HTML with escaped brackets."""
    if not html:
        return body, ""
    source = unescape(body) if body.lstrip().startswith(("&lt;", "&#60;")) else body
    tree = markup.tree(source)
    return (markup.text(tree) if tree is not None else source), markup.clean(source)[0]


class Known(Items):
    """Our rows by their names; whom they know by e-mail and we do not becomes a contact, but not by a trial."""

    def __init__(self, *, trial: bool):
        super().__init__()
        self.trial = trial

    def person(self, email: str, name: str = "") -> User | None:
        """The person of this address, made when there is none."""
        found = self.users.find(email) if email else self.users.find(name) if name else None
        if found is None and "@" in email and not self.trial:
            try:
                found = save_person(None, by=current(), name=name or email.split("@")[0], email=email)
            except ActionError:
                return None
            self.users.keep(email, found)
        return found
