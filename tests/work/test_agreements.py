"""An agreement's life: drafted, negotiated, signed by both sides, in force, renewed, ended (B1, B2)."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

import pytest
from PIL import Image, ImageDraw

from hengwei.calendars.models import Calendar, CalendarVersion
from hengwei.core.errors import Forbidden, Refused
from hengwei.core.events import _listeners, on
from hengwei.core.files import store
from hengwei.work.actions import agreements as actions
from hengwei.work.actions import assignment, conversation, progress, relations
from hengwei.work.actions.agreements import Promised
from hengwei.work.actions.signing import fingerprint, sign, withdraw
from hengwei.work.clocks import republish
from hengwei.work.clocks.matching import forget
from hengwei.work.events import AgreementExpiring
from hengwei.work.models import Agreement, AgreementVersion, Target
from tests.factories import TUESDAY, CustomerFactory, TeamFactory, UserFactory, acting, open_incident

pytestmark = pytest.mark.django_db
HOUR = 3600


def later(minutes: float):
    return TUESDAY + timedelta(minutes=minutes)


@pytest.fixture
def manager(department):
    return UserFactory(name="杨静", role="manager")


@pytest.fixture
def by(manager):
    return acting(manager)


@pytest.fixture
def office(department):
    return Calendar.objects.get(key="office")


@pytest.fixture
def long_ago(department):
    """The general agreement was in force before the tests' Tuesday."""
    AgreementVersion.objects.update(effective_from=later(-10**5), signed_at=later(-10**5))
    forget()


def picture(strokes: bool = True) -> str:
    image = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    if strokes:
        ImageDraw.Draw(image).line([(20, 90), (120, 20), (260, 90)], fill=(10, 10, 60, 255), width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def draft(by, office, *, amount=HOUR, measure="resolution", **facts):
    agreement = actions.save_agreement(by=by, name="金鼎模具服务协议", **facts)
    version = agreement.newest()
    return actions.save_version(version, by=by, content="远程支持", targets=[Promised(measure, amount, office)])


def signed(by, version, at=TUESDAY):
    actions.negotiate(version, by=by)
    sign(version, by=by, side="us", name="杨静", picture=picture(), at=at)
    return sign(version, by=by, side="them", name="周总", post="设备部经理", picture=picture(), at=at)


def clock(item, measure="resolution"):
    return item.clocks.filter(measure=measure).latest("id")


def test_only_when_both_have_signed_it_takes_effect(by, office, customer, requester, team, long_ago):
    version = draft(by, office, customer=customer)
    target = version.targets.get()
    assert clock(open_incident(requester=requester)).target != target
    actions.negotiate(version, by=by)
    sign(version, by=by, side="us", name="杨静", picture=picture(), at=TUESDAY)
    assert clock(open_incident(requester=requester)).target != target
    version = sign(version, by=by, side="them", name="周总", picture=picture(), at=TUESDAY)
    assert version.state == "signed" and version.effective_from == TUESDAY
    assert clock(open_incident(requester=requester)).target == target


def test_a_signature_keeps_who_when_from_where_and_of_what_text(by, manager, office):
    version = draft(by, office)
    actions.negotiate(version, by=by)
    from hengwei.core.acting import Actor

    sign(version, by=Actor(user=manager, via="web", address="10.1.2.3"), side="us", name="杨静", post="经理", picture=picture(), at=TUESDAY)
    kept = version.signatures.get()
    assert (kept.name, kept.post, kept.address, kept.taken_by, kept.signed_at, kept.way) == ("杨静", "经理", "10.1.2.3", manager, TUESDAY, "drawn")
    assert kept.fingerprint == fingerprint(version) and kept.file.content_type == "image/png"


def test_the_signed_paper_may_be_uploaded_instead(by, manager, office):
    version = draft(by, office)
    actions.negotiate(version, by=by)
    sign(version, by=by, side="them", name="周总", paper=store(b"%PDF-1.4 signed", "signed.pdf", user=manager), at=TUESDAY)
    assert version.signatures.get().way == "uploaded"


@pytest.mark.parametrize("given", ["", "data:image/png;base64,xxxx", "data:image/svg+xml;base64,AAAA", picture(strokes=False)], ids=["nothing", "broken", "svg", "blank"])
def test_an_empty_or_broken_signature_is_refused(by, office, given):
    version = draft(by, office)
    actions.negotiate(version, by=by)
    with pytest.raises(Refused) as refused:
        sign(version, by=by, side="us", name="杨静", picture=given)
    assert refused.value.field == "drawing"


def test_once_one_side_has_signed_the_text_stays_until_it_is_taken_back(by, office):
    version = draft(by, office)
    actions.negotiate(version, by=by)
    sign(version, by=by, side="us", name="杨静", picture=picture())
    with pytest.raises(Refused):
        actions.save_version(version, by=by, content="别的")
    version = withdraw(version, by=by)
    actions.save_version(version, by=by, content="别的")
    assert version.state == "draft" and version.signatures.get().withdrawn_at


def test_what_is_signed_changes_only_by_a_new_version(by, office):
    version = signed(by, draft(by, office))
    with pytest.raises(Refused):
        actions.save_version(version, by=by, content="别的")
    second = actions.new_version(version.agreement, by=by)
    assert (second.number, second.state, second.content, second.targets.count()) == (2, "draft", "远程支持", 1)
    with pytest.raises(Refused):
        actions.new_version(version.agreement, by=by)


def test_a_new_version_supersedes_and_open_items_keep_theirs(by, office, customer, requester, team, long_ago):
    first = signed(by, draft(by, office, customer=customer))
    item = open_incident(requester=requester, at=later(1))
    second = actions.new_version(first.agreement, by=by)
    actions.save_version(second, by=by, targets=[Promised("resolution", 2 * HOUR, office)])
    signed(by, second, at=later(10))
    first.refresh_from_db()
    assert (first.state, first.effective_to) == ("superseded", later(10))
    assert clock(item).target.version == first
    assert clock(open_incident(requester=requester, at=later(11))).target.version == second


def test_published_for_open_items_it_takes_over_with_what_has_elapsed(by, office, customer, requester, team, long_ago):
    first = signed(by, draft(by, office, customer=customer))
    item = open_incident(requester=requester, at=later(0))
    second = actions.new_version(first.agreement, by=by)
    actions.save_version(second, by=by, apply_to_open=True, targets=[Promised("resolution", 2 * HOUR, office)])
    second = signed(by, second, at=later(30))
    assert republish.apply(second, by=by, at=later(30)) == 1
    moved = clock(item)
    assert (moved.target.version, moved.elapsed, moved.due_at) == (second, HOUR // 2, later(120))
    item.refresh_from_db()
    assert item.next_due_at == later(120)
    segment = moved.segments.get(ends_at=None)
    assert segment.reason == "agreement_changed"
    second.refresh_from_db()
    assert second.applied_at == later(30)


def test_published_and_shorter_than_what_has_elapsed_is_breached_by_the_change(by, office, customer, requester, team, long_ago):
    first = signed(by, draft(by, office, customer=customer))
    item = open_incident(requester=requester)
    second = actions.new_version(first.agreement, by=by)
    actions.save_version(second, by=by, apply_to_open=True, targets=[Promised("resolution", 600, office)])
    republish.apply(signed(by, second, at=later(30)), by=by, at=later(30))
    assert (clock(item).breached_at, clock(item).breach_cause) == (later(30), "agreement_changed")


def test_a_calendar_that_never_opens_is_refused(by, office):
    version = draft(by, office)
    closed = Calendar.objects.create(key="closed", name="停业")
    CalendarVersion.objects.create(calendar=closed, number=1, timezone="Asia/Shanghai", week=[[]] * 7, published_at=TUESDAY)
    with pytest.raises(Refused) as refused:
        actions.save_version(version, by=by, targets=[Promised("resolution", HOUR, closed)])
    assert (refused.value.code, refused.value.field) == ("never_open", "targets.0.calendar")


@pytest.mark.parametrize(("facts", "field"), [
    ({"measure": "supplier"}, "measure"), ({"amount": 0}, "amount"), ({"pausing": ("colleague",)}, "pausing"),
    ({"conditions": {"field": "shoe", "op": "is", "value": 1}}, "conditions"), ({"escalation": ({"percent": 75}, {"percent": 75})}, "escalation"),
    ({"escalation": ({"percent": 75, "notify": ["nobody"]},)}, "escalation"), ({"escalation": ({"percent": 120},)}, "escalation"),
])
def test_a_promise_that_cannot_be_is_refused_at_its_field(by, office, facts, field):
    version = draft(by, office)
    with pytest.raises(Refused) as refused:
        actions.save_version(version, by=by, targets=[Promised(**{"measure": "resolution", "amount": HOUR, "calendar": office, **facts})])
    assert refused.value.field == f"targets.0.{field}"


def test_only_who_keeps_agreements_may(agent, office):
    with pytest.raises(Forbidden):
        actions.save_agreement(by=acting(agent), name="x")


def test_the_keeper_is_reminded_once_before_it_ends(by, manager, office):
    version = draft(by, office, owner=manager, remind_days=30)
    actions.save_version(version, by=by, effective_from=TUESDAY, effective_to=later(60 * 24 * 365))
    signed(by, version)
    heard: list[AgreementExpiring] = []
    on(AgreementExpiring)(heard.append)
    try:
        assert actions.tend(later(60 * 24 * 300)) == 0
        assert actions.tend(later(60 * 24 * 336)) == 1
        assert actions.tend(later(60 * 24 * 337)) == 0
    finally:
        _listeners[AgreementExpiring].remove(heard.append)
    assert [(event.user_id, event.agreement_id) for event in heard] == [(manager.pk, version.agreement_id)]
    actions.tend(later(60 * 24 * 366))
    version.refresh_from_db()
    assert version.state == "ended"


def test_a_later_version_takes_over_on_its_day(by, office, customer, requester, team, long_ago):
    first = signed(by, draft(by, office, customer=customer))
    second = actions.new_version(first.agreement, by=by)
    actions.save_version(second, by=by, effective_from=later(60))
    signed(by, second, at=later(5))
    first.refresh_from_db()
    assert first.state == "signed"
    actions.tend(later(61))
    first.refresh_from_db()
    assert (first.state, first.effective_to) == ("superseded", later(60))


def test_ending_it_early_leaves_the_next_that_matches(by, office, customer, requester, team, long_ago):
    version = signed(by, draft(by, office, customer=customer))
    actions.end(version, by=by, reason="客户合并", at=later(60))
    assert clock(open_incident(requester=requester, at=later(61))).target.version != version


def test_several_clocks_run_on_one_item(by, office, customer, requester, team, lead, agent, long_ago):
    signed(by, draft(by, office, customer=customer, amount=8 * HOUR))
    signed(by, draft(by, office, kind=Agreement.Kind.OLA, team=team, measure="team_resolution", amount=2 * HOUR))
    signed(by, draft(by, office, kind=Agreement.Kind.UNDERPINNING, vendor="东方轴承", measure="supplier", amount=4 * HOUR))
    item = open_incident(requester=requester, team=team)
    assert {c.measure for c in item.clocks.all()} == {"first_response", "resolution", "team_resolution"}
    progress.acknowledge(item, by=acting(agent), at=later(5))
    progress.pend(item, by=acting(agent), waiting_for="supplier", at=later(30))
    vendor = clock(item, "supplier")
    assert (vendor.state, vendor.started_at, vendor.due_at) == ("running", later(30), later(30 + 4 * 60 + 90))
    progress.return_from_waiting(item, by=acting(agent), at=later(90))
    assert clock(item, "supplier").state == "met" and clock(item, "supplier").elapsed == HOUR
    assignment.assign(item, by=acting(lead), team=TeamFactory(), at=later(100))
    old = clock(item, "team_resolution")
    # Another team has no such promise.
    assert (old.state, old.team) == ("met", team)


def test_an_item_with_only_a_teams_promise_is_without_agreement(by, office, requester, team):
    AgreementVersion.objects.update(state="ended")
    signed(by, draft(by, office, kind=Agreement.Kind.OLA, team=team, measure="team_resolution"))
    item = open_incident(requester=requester, team=team, at=later(1))
    item.refresh_from_db()
    assert item.without_agreement and clock(item, "team_resolution").state == "running"


def test_undoing_one_of_two_merges_keeps_the_earlier_moment_of_the_other(requester, team, agent, long_ago):
    slow, urgent, nearer = (open_incident(requester=requester, impact=i, urgency=u) for i, u in ((4, 4), (3, 2), (3, 2)))
    own = clock(slow).due_at
    relations.merge([urgent, nearer], into=slow, by=acting(agent), at=later(10))
    relations.unmerge(urgent, by=acting(agent), at=later(20))
    assert clock(slow).due_at == clock(urgent).due_at != own
    relations.unmerge(nearer, by=acting(agent), at=later(30))
    assert clock(slow).due_at == own


def test_figures_stay_with_the_team_that_had_it(requester, team, agent, lead, long_ago):
    item = open_incident(requester=requester, team=team)
    assignment.assign(item, by=acting(lead), owner=agent, at=later(1))
    conversation.reply(item, by=acting(agent), text="在", at=later(5))
    assignment.assign(item, by=acting(lead), team=TeamFactory(), at=later(10))
    assert (clock(item, "first_response").team, clock(item, "first_response").owner) == (team, agent)


def test_a_customers_own_people_read_their_agreement_and_no_other(customer, requester, by, office):
    mine, other = draft(by, office, customer=customer).agreement, draft(by, office, customer=CustomerFactory()).agreement
    assert list(Agreement.objects.visible_to(requester)) == [mine] and other in Agreement.objects.visible_to(by.user)
    assert Target.objects.filter(version__agreement=mine).exists()
