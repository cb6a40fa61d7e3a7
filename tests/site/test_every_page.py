"""Every address of the product, tried as every role: nothing breaks, and nobody reaches what is not his."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from hengwei.calendars.models import Calendar
from hengwei.channels.actions import chat, hooks, webhooks
from hengwei.channels.models import InboundMessage, Mailbox, Notice, WebhookDelivery
from hengwei.core.acting import Actor
from hengwei.core.files import store
from hengwei.flows.automation.actions import save_rule
from hengwei.flows.automation.engine import fire
from hengwei.knowledge.actions.writing import create_article
from hengwei.org.models import Absence, Post, Role, Rota, Skill
from hengwei.work.models import Agreement, AgreementVersion, Category, Target
from tests.factories import TUESDAY, UserFactory, acting, open_incident

ROLES = ("requester", "agent", "lead", "manager", "auditor", "system_admin", "security_admin", "audit_admin")
#: What people who do not work at the desk may open; the rest does not exist for them.
FOR_EVERYONE = {
    "site:home", "site:live", "site:tasks", "site:task", "site:tasks_export", "site:tasks_count", "site:palette", "site:search", "desk:portal", "desk:offers", "desk:ask", "desk:ask_entry", "desk:rate", "desk:requests", "desk:standards", "desk:sent", "desk:survey_answer", "desk:guest_status", "desk:guest_confirm", "work:item", "core:file", "core:thumbnail",
    "core:healthz", "core:readyz", "core:metrics", "channels:notices", "channels:notices_count", "channels:choose", "channels:follow",
    "work:approvals", "work:hand_overs", "governance:readings",
    "knowledge:home", "knowledge:search", "knowledge:suggestions",
}
# The numbers of the rail are those of one's own entries: none for who has no rail.
FOR_EVERYONE |= {"org:account", "site:counts", "openapi"}
FOR_STRANGERS = {
    # What the API can do says nothing of anybody, and generators of clients read it.
    "openapi",
    # Whoever knows the token of an address; its signature is tested with the channels.
    "channels:hook_call",
    "core:healthz", "core:readyz", "core:metrics", "desk:rate", "site:language",
}
#: allauth's pages and the API's documents are theirs to answer for; the API is tried call by call in test_api.
NOT_OURS = ("account", "api", "mfa", "socialaccount", "usersessions", "headless")


def _patterns(resolver=None, namespace=""):
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            inner = one.namespace or namespace
            if not str(one.pattern).startswith(("account/", "api/")):
                yield from _patterns(one, inner)
        elif isinstance(one, URLPattern) and one.name and namespace not in NOT_OURS:
            yield f"{namespace}:{one.name}" if namespace else one.name, one.pattern.converters.keys()


PAGES = sorted({name: tuple(keys) for name, keys in _patterns()}.items())


@pytest.fixture
def people(requester, team, agent, department):
    """One of each record of people and customers, by the name of its pages."""
    from hengwei.org.models import Directory, IdentityProvider

    return {
        "person": UserFactory(role="requester"), "customer": requester.customer, "team": team, "post": Post.objects.create(key="post", name="工程师"),
        "rota": Rota.objects.create(name="值班", team=team), "absence": Absence.objects.create(user=agent, starts_at=TUESDAY, ends_at=TUESDAY + timedelta(days=1)),
        "skill": Skill.objects.create(name="网络"), "role": Role.objects.get(key="agent"), "provider": IdentityProvider.objects.create(key="x", name="x", issuer="https://x.example", client_id="x"),
        "directory": Directory.objects.create(key="x", name="x", host="127.0.0.1", port=1, base="dc=x", active=False),
    }


@pytest.fixture
def world(requester, team, agent, department, people):
    category = Category.objects.create(key="printer", name="打印机")
    item = open_incident(requester=UserFactory(role="requester"), team=team, category=category, at=TUESDAY)
    message = InboundMessage.objects.create(sha256="0" * 64, path="mail/none.eml", size=1, received_at=TUESDAY)
    article = create_article(by=acting(agent), title="打印机卡纸", body="取出纸张")
    agreement = Agreement.objects.create(key="a", name="协议")
    version = AgreementVersion.objects.create(agreement=agreement, number=1, state="negotiating")
    Target.objects.create(version=version, measure="resolution", amount=3600, calendar=Calendar.objects.first())
    rule = save_rule(by=Actor(), name="规则", trigger="opened", deeds=[{"do": "resume"}], active=True)
    firing = fire(rule, item.pk, event="opened", chain=(), reason="event:1", at=TUESDAY)
    hook, token = hooks.save_hook(by=Actor(), name="alarms", shape="alertmanager")
    webhook = webhooks.save_webhook(by=Actor(), name="other", url="http://8.8.8.8/", events=["item.opened"])
    channel = chat.save_channel(by=Actor(), name="chat", url="log:", team=team, events=["chased"])
    channels = {
        "hook": hook.pk, "webhook": webhook.pk, "notice_channel": channel.pk, "call": hooks.take(hook, b"{}", {}).pk,
        "delivery": WebhookDelivery.objects.create(webhook=webhook, event="ping", body='{"id": "1"}').pk, "chat_message": chat.queue(channel.pk, "chased").pk,
    }
    return {
        "rule": rule, "firing": firing,
        "governance": _governance(), "channels": {**channels, "token": token}, "article": article, "agreement": agreement, "item": item, "file": store(b"x", "a.txt", user=agent), "clock": item.clocks.first(), "message": message,
        "mailbox": Mailbox.objects.create(address="help@example.com", name="help"), "notice": Notice.objects.create(user=agent, event="answered", item=item, at=TUESDAY), "people": people,
    }


def _governance():
    """A regulation in force, with a clause that is attested, and a frozen month."""
    from hengwei.governance.actions import binding, freezing, packing
    from hengwei.governance.models import RegulationVersion

    keeper = UserFactory(role="manager")
    version = packing.adopt("knowledge", by=acting(keeper), at=TUESDAY)
    clause = version.clauses.filter(kind="article").last()
    row = binding.bind(version.regulation, clause.key, by=acting(keeper), kind="attestation", attester=keeper, at=TUESDAY)
    RegulationVersion.objects.filter(pk=version.pk).update(state="published", published_at=TUESDAY, effective_from=TUESDAY)
    frozen = freezing.freeze(version.regulation, by=Actor(), at=TUESDAY)
    control = version.regulation.bindings.filter(kind="control").earliest("pk")
    return {"pk": version.regulation_id, "key": clause.key, "binding": row.pk, "control": control.pk, "snapshot": frozen.pk, "verb": "begin", "form": "xlsx", "action": "reviewed"}


def _arguments(name, keys, world):
    one = name.removeprefix("org:").removesuffix("_edit").removesuffix("_do").removesuffix("_export").removesuffix("_sign_out")
    if name.startswith("org:") and one in world["people"]:
        return {"pk": world["people"][one].pk, **{key: "archive" if key == "action" else 1 for key in keys if key != "pk"}}
    if name.startswith("calendars:") and "pk" in keys:
        return {"pk": Calendar.objects.get(key="office").pk}
    if name.startswith("governance:"):
        own = {"binding": world["governance"]["control"]} if name.startswith("governance:exceptions") else {}
        return {key: own.get(key, world["governance"][key]) for key in keys}
    own = {
        "core:file": {"pk": world["file"].pk, "name": "a.txt"}, "core:thumbnail": {"pk": world["file"].pk}, "work:clock": {"number": world["item"].number, "pk": world["clock"].pk}, "work:row": {"pk": world["item"].pk},
        "channels:mailbox": {"pk": world["mailbox"].pk}, "channels:mailbox_test": {"pk": world["mailbox"].pk}, "channels:follow": {"pk": world["notice"].pk},
        "work:sign_off": {"number": world["item"].number, "pk": 1},
        "work:export": {"form": "csv"}, "work:agreement_do": {"pk": world["agreement"].pk, "action": "negotiate"},
        "work:agreement_steps": {"pk": world["agreement"].pk, "target": world["agreement"].versions.get().targets.get().pk},
        **{f"work:{name}": {"pk": world["agreement"].pk, "number": 1} for name in ("agreement_sign", "agreement_paper")},
        **{f"work:{name}": {"pk": world["agreement"].pk} for name in ("agreement", "agreement_edit", "agreement_compare", "whatif")}, "channels:source": {"pk": world["message"].pk},
    }.get(name)
    if own is not None:
        return own
    if name == "channels:hook_call":
        return {"token": world["channels"]["token"]}
    if name.startswith("channels:") and "pk" in keys:
        one = name.removeprefix("channels:").removesuffix("_edit").removesuffix("_do")
        if one in world["channels"]:
            return {"pk": world["channels"][one], **({"action": "again"} if "action" in keys else {})}
    if name in ("channels:template", "channels:template_reset", "channels:template_preview"):
        return {"event": "assigned", **({"language": "en"} if "language" in keys else {})}
    if name.startswith(("flows:rule", "flows:firing", "flows:dry_run")) and "pk" in keys:
        return {"pk": world["firing" if "firing" in name else "rule"].pk, **({"action": "off"} if "action" in keys else {})}
    if name.startswith("knowledge:") and "number" in keys:
        return {"number": world["article"].number, **{key: "publish" if key == "verb" else "helped" for key in keys if key != "number"}}
    known = {"number": world["item"].number, "pk": 1, "form": "xlsx", "key": "printer", "token": "x", "what": "say", "action": "say", "name": "a", "transition": "start", "session": 1, "shift": 1}
    return {key: known.get(key, uuid.uuid4().hex) for key in keys}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_on_each_page(world, role):
    from django.urls import reverse

    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(role=role))
    wrong = []
    for name, keys in PAGES:
        if name in ("site:live", "channels:source"):
            continue
        url = reverse(name, kwargs=_arguments(name, keys, world))
        for method in ("get", "post"):
            status = getattr(client, method)(url).status_code
            if status >= 500:
                # /readyz says 503 where no worker runs, as here.
                if name != "core:readyz":
                    wrong.append(f"{method} {url}: {status}")
            elif role == "requester" and method == "get" and status == 200 and name not in FOR_EVERYONE:
                wrong.append(f"a requester opens {url}")
            elif role == "requester" and name == "work:item" and status == 200:
                wrong.append(f"a requester opens another's item {url}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in_everywhere(world):
    from django.urls import reverse

    client = Client(raise_request_exception=False)
    wrong = []
    for name, keys in PAGES:
        if name in FOR_STRANGERS or name == "site:live":
            continue
        url = reverse(name, kwargs=_arguments(name, keys, world))
        for method in ("get", "post"):
            answer = getattr(client, method)(url)
            if answer.status_code == 200 or (answer.status_code == 302 and "/login" not in answer["Location"]) or answer.status_code >= 500:
                wrong.append(f"{method} {url}: {answer.status_code} {answer.get('Location', '')}")
    assert not wrong, "\n".join(wrong)


def test_the_pages_are_found():
    names = {name for name, _keys in PAGES}
    assert {"work:queue", "work:item", "desk:portal", "channels:mailboxes", "site:home"} <= names
    assert len(names) > 35
