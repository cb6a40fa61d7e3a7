"""GLPI: tickets with followups and solutions (GLPI's own apirest.md; sessions, ranges, expanded dropdowns)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from hengwei.exchange import values as say
from hengwei.exchange.models import Import
from hengwei.work.actions.bringing import Brought, Said
from hengwei.work.models import Source
from hengwei.work.workflow import Phase

from .asking import Asking, Known, words_of

PER_PAGE = 200
#: CommonITILObject: INCOMING 1, ASSIGNED 2, PLANNED 3, WAITING 4, SOLVED 5, CLOSED 6.
PHASES = {1: Phase.NEW, 2: Phase.ACTIVE, 3: Phase.ACTIVE, 4: Phase.WAITING, 5: Phase.RESOLVED, 6: Phase.CLOSED}
#: GLPI counts levels upwards from 1 (very low) to 5 (very high); a priority may be 6 (major).
LEVELS = {6: 1, 5: 1, 4: 2, 3: 3, 2: 4, 1: 4}
REQUESTER, ASSIGNED = 1, 2


class Glpi:
    """Reads tickets by their id, a range at a time, with what was said on each."""

    def __init__(self, run: Import, *, transport: Any = None):
        headers = {"Content-Type": "application/json", **({"App-Token": run.app_token} if run.app_token else {})}
        self.asking = Asking(run.url, headers, transport=transport)
        started = self.asking.client.headers
        started["Authorization"] = f"user_token {run.token}"
        session = self.asking.json("/apirest.php/initSession")["session_token"]
        del started["Authorization"]
        started["Session-Token"] = session
        self.known = Known(trial=run.state == Import.State.CHECKING)
        self._users: dict[int, dict[str, Any]] = {}

    def total(self) -> int | None:
        """The number behind the slash of Content-Range."""
        said = self.asking.get("/apirest.php/Ticket", range="0-0").headers.get("Content-Range", "")
        return int(said.rpartition("/")[2]) if said.rpartition("/")[2].isdecimal() else None

    def _list(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        found = self.asking.json(path, **parameters)
        return found if isinstance(found, list) else []

    def batches(self, *, after: int) -> Iterator[list[tuple[int, str, Any, dict[str, str]]]]:
        total = self.total() or 0
        number = after
        while number < total:
            last = min(number + PER_PAGE, total) - 1
            tickets = self._list("/apirest.php/Ticket", range=f"{number}-{last}", sort="id", order="ASC")
            if not tickets:
                return
            details = self.asking.each(self._details, tickets)
            self._learn({link["users_id"] for links, _f, _s in details for link in links if link.get("users_id")} | {one["users_id"] for _l, said, _s in details for one in said if one.get("users_id")})
            batch = []
            for ticket, (links, followups, solutions) in zip(tickets, details, strict=True):
                number += 1
                batch.append((number, str(ticket["id"]), self.item(ticket, links, followups, solutions), {"id": str(ticket["id"]), "name": str(ticket.get("name", ""))}))
            yield batch

    def _details(self, ticket: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        base = f"/apirest.php/Ticket/{ticket['id']}"
        return self._list(f"{base}/Ticket_User"), self._list(f"{base}/ITILFollowup", range="0-999"), self._list(f"{base}/ITILSolution", range="0-99")

    def _learn(self, ids: set[int]) -> None:
        """Who these users are; each is asked once."""
        unknown = sorted(ids - self._users.keys())
        found = self.asking.each(lambda pk: self.asking.json(f"/apirest.php/User/{pk}"), unknown)
        self._users.update(zip(unknown, found, strict=True))

    def _person(self, pk: int | None) -> Any:
        user = self._users.get(pk or 0, {})
        name = " ".join(part for part in (user.get("realname"), user.get("firstname")) if part) or str(user.get("name") or "")
        email = next((value for value in (user.get("_useremails") or user.get("emails") or [user.get("email") or ""]) if value), "") if user else ""
        return (self.known.person(str(email), name) if email else self.known.users.find(str(user.get("name") or name))) if user else None

    def item(self, ticket: dict[str, Any], links: list[dict[str, Any]], followups: list[dict[str, Any]], solutions: list[dict[str, Any]]) -> Brought:
        """A ticket as an item; the newest solution is its solution, followups are its timeline."""
        by_type = {kind: next((link["users_id"] for link in links if link.get("type") == kind), None) for kind in (REQUESTER, ASSIGNED)}
        requester, owner = self._person(by_type[REQUESTER]), self._person(by_type[ASSIGNED])
        said = [self.said(one, by_type[REQUESTER]) for one in sorted(followups, key=lambda one: one["id"])]
        newest = max(solutions, key=lambda one: one["id"], default=None)
        solved, closed = say.moment(str(ticket.get("solvedate") or "")), say.moment(str(ticket.get("closedate") or ""))
        return Brought(
            kind="request" if ticket.get("type") == 2 else "incident", title=str(ticket.get("name") or "—"), description=words_of(str(ticket.get("content") or ""), html=True)[0],
            said=said, phase=PHASES.get(int(ticket.get("status") or 1), Phase.NEW), foreign_number=f"GLPI-{ticket['id']}", resolved_at=solved, closed_at=closed,
            received_at=say.moment(str(ticket.get("date") or ticket.get("date_creation") or "")) or timezone.now(),
            facts={
                **{name: LEVELS.get(int(ticket.get(name) or 0)) for name in ("priority", "impact", "urgency")}, "source": Source.SYSTEM.value,
                "requester_id": requester.pk if requester else None, "customer_id": requester.customer_id if requester else None,
                "owner_id": owner.pk if owner and owner.is_agent else None, "solution": words_of(str(newest["content"]), html=True)[0] if newest else "",
            },
        )

    def said(self, followup: dict[str, Any], requester: int | None) -> Said:
        """A followup as words on the timeline; a private one stays among colleagues."""
        text, html = words_of(str(followup.get("content") or ""), html=True)
        author = self._person(followup.get("users_id"))
        user = self._users.get(followup.get("users_id") or 0, {})
        return Said(
            text=text or "—", html=html, at=say.moment(str(followup.get("date") or followup.get("date_creation") or "")) or timezone.now(),
            by_staff=followup.get("users_id") != requester, public=not followup.get("is_private"), author_id=author.pk if author else None, author_name=str(user.get("name") or "")[:120],
        )
