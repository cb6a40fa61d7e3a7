"""Zammad: tickets with their articles (docs.zammad.org, REST API: tickets, ticket_articles)."""

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

PER_PAGE = 100
SOURCES = {"email": Source.EMAIL, "phone": Source.PHONE, "web": Source.PORTAL, "chat": Source.CHAT}


class Zammad:
    """Reads tickets oldest first, a page at a time, with the articles of a page's tickets."""

    def __init__(self, run: Import, *, transport: Any = None):
        self.asking = Asking(run.url, {"Authorization": f"Token token={run.token}"}, transport=transport)
        self.known = Known(trial=run.state == Import.State.CHECKING)

    def total(self) -> int | None:
        """Zammad tells how many tickets match a search; None where it has no search index."""
        answer = self.asking.json("/api/v1/tickets/search", query="*", limit=1, full="false", only_total_count="true")
        return answer.get("total_count") if isinstance(answer, dict) else None

    def batches(self, *, after: int) -> Iterator[list[tuple[int, str, Any, dict[str, str]]]]:
        # The place may lie inside a page: what was taken of it is passed over.
        page, skip = after // PER_PAGE + 1, after % PER_PAGE
        number = after
        while True:
            tickets = self.asking.json("/api/v1/tickets", page=page, per_page=PER_PAGE, expand="true", order_by="asc", sort_by="id")[skip:]
            if not tickets:
                return
            articles = self.asking.each(lambda one: self.asking.json(f"/api/v1/ticket_articles/by_ticket/{one['id']}", expand="true"), tickets)
            batch = []
            for ticket, said in zip(tickets, articles, strict=True):
                number += 1
                batch.append((number, str(ticket["id"]), self.item(ticket, said), {"number": str(ticket.get("number", "")), "title": str(ticket.get("title", ""))}))
            yield batch
            page, skip = page + 1, 0

    def item(self, ticket: dict[str, Any], articles: list[dict[str, Any]]) -> Brought:
        """A ticket as an item: its first article is the description, the others its timeline."""
        customer = self.known.person(str(ticket.get("customer") or ""))
        owner = self.known.staff.find(str(ticket.get("owner") or ""))
        said = [self.said(one) for one in sorted(articles, key=lambda one: one["id"])]
        first = said.pop(0) if said and not said[0].by_staff else None
        phase = Phase(say.phase(str(ticket.get("state") or "")) or "active")
        closed = say.moment(ticket.get("close_at") or ticket.get("last_close_at") or "")
        organization = self.known.customers.find(str(ticket.get("organization") or "")) if ticket.get("organization") else None
        category = self.known.categories.find(str(ticket["category"])) if ticket.get("category") else None
        team = self.known.teams.find(str(ticket.get("group") or ""))
        return Brought(
            kind="request" if str(ticket.get("type") or "").casefold() in ("request", "service request") else "incident", title=str(ticket.get("title") or "—"),
            description=first.text if first else "", said=said, phase=phase, foreign_number=str(ticket.get("number") or "")[:40],
            received_at=say.moment(ticket.get("created_at") or "") or timezone.now(), resolved_at=closed, closed_at=closed if phase is Phase.CLOSED else None,
            facts={
                "priority": say.level(str(ticket.get("priority") or "")), "source": SOURCES.get(str(ticket.get("create_article_type") or ""), Source.EMAIL).value,
                "requester_id": customer.pk if customer else None, "customer_id": organization.pk if organization else customer.customer_id if customer else None,
                "owner_id": owner.pk if owner else None, "team_id": team.pk if team else None, "category_id": category.pk if category else None,
                "labels": [str(tag)[:40] for tag in ticket.get("tags") or []],
            },
        )

    def said(self, article: dict[str, Any]) -> Said:
        """An article as words on the timeline; `internal` stays among colleagues."""
        text, html = words_of(str(article.get("body") or ""), html="html" in str(article.get("content_type") or ""))
        name = str(article.get("from") or article.get("created_by") or "")
        staff = str(article.get("sender") or "") == "Agent"
        author = (self.known.staff if staff else self.known.users).find(str(article.get("created_by") or "")) if article.get("created_by") else None
        return Said(
            text=text or "—", html=html, at=say.moment(article.get("created_at") or "") or timezone.now(), by_staff=staff, public=not article.get("internal"),
            author_id=author.pk if author else None, author_name=name[:120],
        )
