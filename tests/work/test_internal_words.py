"""Internal words stay inside: a secret in a note, its attachment, a mention and a quote is looked for on every path."""

from __future__ import annotations

import pytest
from django.test import Client

from hengwei.core import search
from hengwei.core.files import store
from hengwei.org.tokens import create_token
from hengwei.work import searching
from hengwei.work.actions import approvals, conversation, sharing
from hengwei.work.models import Attachment, Entry
from tests.factories import TUESDAY, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db
SECRET = "青铜暗号"


@pytest.fixture
def item(requester, team, agent, lead):
    made = open_incident(requester=requester)
    file = store(f"{SECRET}之附件".encode(), f"{SECRET}.txt", user=agent)
    conversation.note(made, by=acting(agent), text=f"@{lead.name} {SECRET}，客户在说谎", files=[file], at=TUESDAY)
    conversation.receive(made, by=acting(agent), author=agent, text=f"{SECRET}转发", quoted=f"{SECRET}引文", public=False, at=TUESDAY)
    sharing.hand_over(made, by=acting(agent), question=f"{SECRET}协查", user=lead, at=TUESDAY)
    searching.index(made, entries=list(Entry.objects.filter(item=made)))
    return made


@pytest.fixture
def guest(item, agent):
    person = UserFactory(name="访客", role="requester")
    sharing.share(item, by=acting(agent), user=person)
    return person


PATHS = (
    "/items/{n}", "/items/{n}?part=timeline", "/items/{n}?part=side", "/items/{n}?part=head", "/items/{n}?pane=1", "/portal/", "/search?q={s}", "/palette?q={s}",
    "/approvals", "/hand-overs", "/notices",
)
CALLS = (
    "/api/v1/items", "/api/v1/items/{n}", "/api/v1/items/{n}/timeline", "/api/v1/items/{n}/approvals", "/api/v1/items/{n}/signatures", "/api/v1/search?q={s}",
    "/api/v1/items?q={s}",
)


def _holds(answer, asked: str) -> bool:
    body = answer.content.decode(errors="replace") if not answer.streaming else b"".join(answer.streaming_content).decode(errors="replace")
    # The word that was typed into a search box is shown in it again; anything around it is not.
    return any(f"{SECRET}{after}" in body for after in ("，", "之", "转发", "引文", "协查", ".txt")) or (SECRET in body and "{s}" not in asked)


@pytest.mark.parametrize("who", ["requester", "guest"])
def test_no_page_and_no_call_tells(item, requester, guest, who):
    person = {"requester": requester, "guest": guest}[who]
    client = Client(raise_request_exception=False)
    client.force_login(person)
    _token, raw = create_token(person, name="x", scopes=["read"])
    told = [path for path in PATHS if _holds(client.get(path.format(n=item.number, s=SECRET)), path)]
    program = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {raw}"})
    told += [path for path in CALLS if _holds(program.get(path.format(n=item.number, s=SECRET)), path)]
    told += [a.name for a in Attachment.objects.filter(item=item) if client.get(a.file.get_absolute_url()).status_code == 200]
    assert told == []


@pytest.mark.parametrize("who", ["requester", "guest"])
def test_no_search_finds_it(item, requester, guest, who):
    person = {"requester": requester, "guest": guest}[who]
    assert search.search(SECRET, user=person).hits == []
    from hengwei.work.asking import parse
    from hengwei.work.finding import asked
    from hengwei.work.models import WorkItem

    rows = WorkItem.objects.visible_to(person)
    for text in (SECRET, f'"{SECRET}"'):
        assert not asked(rows, parse(text, today=TUESDAY.date()), user=person, now=TUESDAY).exists()


def test_no_export_is_theirs(item, requester):
    client = Client()
    client.force_login(requester)
    for form in ("csv", "xlsx"):
        assert client.get(f"/items/export.{form}?view=all").status_code == 404


def test_no_mail_and_no_notice_reaches_them(item, requester, guest, agent):
    from hengwei.channels.models import Notice, OutboundMessage

    assert not Notice.objects.filter(user__in=[requester, guest]).exclude(event="shared").exists()
    assert not [m for m in OutboundMessage.objects.all() if m.entry is not None and not m.entry.public and (m.user is None or not m.user.is_agent)]


def test_what_an_approver_writes_is_not_for_the_requester(item, requester, agent, lead):
    approval = approvals.start_approval(item, [{"mode": "all", "approvers": [{"by": "person", "id": lead.pk}, {"by": "role", "key": "agent"}]}], by=acting(UserFactory(role="agent")))
    vote = approval.steps.get().votes.select_related("step__approval__item", "user").get(user=lead)
    approvals.decide(vote, approve=True, by=acting(lead), comment=f"{SECRET}意见")
    client = Client()
    client.force_login(requester)
    assert f"{SECRET}意见" not in client.get(item.get_absolute_url()).content.decode()
