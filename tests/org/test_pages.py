"""The pages of people, customers, teams, rotas and one's own account, as people use them."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from django.utils import timezone

from hengwei.org.actions.duty import rotate, save_absence, save_rota
from hengwei.org.models import (
    Absence,
    ApiToken,
    Customer,
    CustomerNote,
    DutyAcknowledgement,
    Membership,
    Post,
    Role,
    Shift,
    Skill,
    Team,
    User,
)
from hengwei.org.tokens import authenticate_token
from tests.factories import CustomerFactory, UserFactory, acting
from tests.site.test_api import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(department):
    return UserFactory(role="manager")


@pytest.fixture
def guard(department):
    return UserFactory(role="security_admin")


def test_a_manager_adds_a_person_and_a_security_administrator_makes_him_an_engineer(client, manager, guard, team):
    client.force_login(manager)
    sent = {"name": "钱七", "email": "qian@hengxin.example", "language": "zh-hans", "timezone": "Asia/Shanghai", "capacity": "15", "skills": [Skill.objects.create(name="网络").pk]}
    assert client.post("/org/people/new", sent).status_code == 302
    person = User.objects.get(email="qian@hengxin.example")
    assert person.username == "qian@hengxin.example" and person.skills.count() == 1
    assert client.get(f"/org/people/{person.pk}/do/roles").status_code == 404
    client.force_login(guard)
    assert client.post(f"/org/people/{person.pk}/do/roles", {"roles": [Role.objects.get(key="agent").pk]}).status_code == 302
    person.refresh_from_db()
    assert person.is_agent
    client.force_login(manager)
    assert client.post(f"/org/people/{person.pk}/edit", {**sent, "username": person.username, "teams": [team.pk]}).status_code == 302
    assert Membership.objects.filter(team=team, user=person).exists()


def test_a_person_s_page_offers_his_roles_as_they_are(client, guard, agent):
    client.force_login(guard)
    page = client.get(f"/org/people/{agent.pk}/do/roles").content.decode()
    ticked = re.findall(r'value="(\d+)"[^>]*checked', page)
    assert ticked == [str(Role.objects.get(key="agent").pk)]


def test_security_administrators_hand_out_and_erase(client, guard, requester):
    client.force_login(guard)
    answer = client.get(f"/org/people/{requester.pk}/data.json")
    assert answer.json()["person"]["name"] == "李倩"
    assert client.post(f"/org/people/{requester.pk}/do/erase", {"confirm": "wrong"}).status_code == 422
    assert client.post(f"/org/people/{requester.pk}/do/erase", {"confirm": requester.username}).status_code == 302
    page = client.get(f"/org/people/{requester.pk}").content.decode()
    assert "李倩" not in page


def test_the_matrix_changes_what_roles_may(client, guard, manager):
    client.force_login(guard)
    agent = Role.objects.get(key="agent")
    page = client.get("/org/roles/matrix").content.decode()
    sent: dict[str, list[str]] = {}
    for name, value, checked in re.findall(r'name="(role-\d+)" value="([^"]+)"( checked)?', page):
        if checked:
            sent.setdefault(name, []).append(value)
    sent[f"role-{agent.pk}"].remove("org.note_customers")
    client.post("/org/roles/matrix", sent)
    agent.refresh_from_db()
    assert "org.note_customers" not in agent.permissions and "org.view_people" in agent.permissions
    client.force_login(manager)
    assert client.post("/org/roles/matrix", sent).status_code == 404


def test_a_customer_with_sites_contacts_and_notes(client, lead):
    client.force_login(lead)
    sites = {"sites-TOTAL_FORMS": "1", "sites-INITIAL_FORMS": "0", "sites-0-name": "昆山一厂", "sites-0-address": "前进东路88号", "sites-0-timezone": "Asia/Shanghai"}
    answer = client.post("/org/customers/new", {"name": "华东机电", "kind": "company", "language": "zh-hans", "domains": "hd.example\nhdmail.example", **sites})
    assert answer.status_code == 302
    customer = Customer.objects.get(name="华东机电")
    assert customer.domains == ["hd.example", "hdmail.example"] and customer.sites.get().name == "昆山一厂"
    UserFactory(name="刘工", customer=customer, role="requester")
    client.post(f"/org/customers/{customer.pk}/do/note", {"kind": "visit", "text": "设备运行稳定"})
    page = client.get(f"/org/customers/{customer.pk}").content.decode()
    assert all(words in page for words in ("刘工", "昆山一厂", "设备运行稳定", "hd.example"))
    assert CustomerNote.objects.get().author == lead


def test_duplicates_are_merged_on_the_page(client, lead):
    client.force_login(lead)
    source, into = CustomerFactory(name="华东机电公司"), CustomerFactory(name="华东机电")
    assert client.post(f"/org/customers/{source.pk}/do/merge", {"into": into.pk}).status_code == 302
    assert "华东机电公司" not in re.sub(r"<option.*?</option>", "", client.get("/org/customers").content.decode())
    assert "华东机电公司" in client.get("/org/customers?archived=true").content.decode()


def test_duties_are_read_and_confirmed(client, manager, agent):
    client.force_login(manager)
    client.post("/org/posts/new", {"name": "工程师", "key": "engineer", "duties": "## 职责\n\n- 30分钟内响应", "holders": [agent.pk]})
    post = Post.objects.get(key="engineer")
    assert client.post(f"/org/posts/{post.pk}/do/publish").status_code == 302
    client.force_login(agent)
    page = client.get(f"/org/posts/{post.pk}").content.decode()
    assert "<li>30分钟内响应</li>" in page
    client.post(f"/org/duties/{post.current_sheet().pk}/read")
    assert DutyAcknowledgement.objects.get().user == agent


def test_everyone_says_when_he_is_away(client, agent, lead, team):
    client.force_login(agent)
    now = timezone.localtime().replace(microsecond=0)
    sent = {"user": agent.pk, "kind": "leave", "starts_at": (now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"), "ends_at": (now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "deputy": lead.pk}
    assert client.post("/org/absences/new", sent).status_code == 302
    absence = Absence.objects.get(user=agent)
    assert lead.name in client.get(f"/org/absences/{absence.pk}").content.decode()
    assert agent.name in client.get("/org/absences?when=now").content.decode()
    other = UserFactory(role="agent")
    client.force_login(other)
    assert client.get(f"/org/absences/{absence.pk}/edit").status_code == 404
    assert client.post(f"/org/absences/{absence.pk}/do/end").status_code == 404
    client.force_login(agent)
    assert client.post(f"/org/absences/{absence.pk}/do/end").status_code == 302
    assert not agent.is_away(timezone.now())


def test_a_rota_is_planned_by_its_lead_and_subscribed_to(client, lead, agent, team):
    client.force_login(lead)
    assert client.post("/org/rotas/new", {"name": "早班", "team": team.pk, "timezone": "Asia/Shanghai"}).status_code == 302
    rota = team.rotas.get()
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    sent = {"people": [agent.pk], "first_day": monday.isoformat(), "days_each": "7", "starts": "00:00", "minutes": "24"}
    assert client.post(f"/org/rotas/{rota.pk}/do/rotate", sent).status_code == 302
    assert agent.name in client.get(f"/org/rotas/{rota.pk}").content.decode()
    client.post("/account/me/feeds")
    lead.refresh_from_db()
    client.logout()
    body = client.get(f"/org/feed/{lead.feed_key}/rota-{rota.pk}.ics").content.decode()
    assert body.startswith("BEGIN:VCALENDAR") and agent.name in body
    assert client.get(f"/org/feed/nobody/rota-{rota.pk}.ics").status_code == 404
    client.force_login(lead)
    shift = Shift.objects.first()
    client.post(f"/org/rotas/{rota.pk}/shifts/{shift.pk}/remove")
    assert not Shift.objects.filter(pk=shift.pk).exists()


def test_a_lead_does_not_plan_another_team(client, lead, department):
    other = Team.objects.create(key="other", name="他组")
    rota = save_rota(by=acting(UserFactory(role="manager")), name="x", team=other)
    client.force_login(lead)
    assert client.get(f"/org/rotas/{rota.pk}/edit").status_code == 404
    assert client.post(f"/org/rotas/{rota.pk}/do/archive").status_code == 404


def test_one_s_own_page_and_keys(client, requester):
    client.force_login(requester)
    assert client.post("/account/me", {"phone": "8999", "language": "en", "timezone": "Europe/Berlin", "theme": "dark"}).status_code == 302
    requester.refresh_from_db()
    assert (requester.phone, requester.language, requester.theme) == ("8999", "en", "dark")
    page = client.post("/account/me/tokens", {"name": "Script", "scopes": ["items:read"], "days": "30"}).content.decode()
    raw = re.search(r'value="(hw_[^"]+)"', page)[1]
    assert authenticate_token(raw)[1] == ["items:read"]
    assert raw not in client.get("/account/me").content.decode()
    client.post(f"/account/me/tokens/{ApiToken.objects.get().pk}/end")
    assert authenticate_token(raw) is None


def test_nobody_ends_another_s_key(client, requester, agent):
    client.force_login(requester)
    client.post("/account/me/tokens", {"name": "Script", "scopes": ["read"], "days": "0"})
    client.force_login(agent)
    assert client.post(f"/account/me/tokens/{ApiToken.objects.get().pk}/end").status_code == 404


@pytest.mark.parametrize("path", ["/org/people", "/org/customers", "/org/teams", "/org/posts", "/org/skills", "/org/roles", "/org/absences", "/org/rotas"])
def test_lists_ask_the_database_no_more_for_many(client, manager, path, django_assert_max_num_queries, team):
    people = [UserFactory(role="agent", customer=CustomerFactory()) for _ in range(12)]
    for n, person in enumerate(people):
        Absence.objects.create(user=person, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=n + 1))
        Team.objects.create(key=f"t{n}", name=f"组{n}", lead=person)
        Post.objects.create(key=f"p{n}", name=f"岗{n}").holders.add(person)
        Skill.objects.create(name=f"技能{n}").people.add(person)
    client.force_login(manager)
    with django_assert_max_num_queries(24):
        assert client.get(path).status_code == 200


def test_the_tree_of_the_department(client, agent, team):
    top = Team.objects.create(key="top", name="技术支持部")
    Team.objects.filter(pk=team.pk).update(parent=top)
    client.force_login(agent)
    page = client.get("/org/structure").content.decode()
    assert page.index("技术支持部") < page.index("IT支持组") and agent.name in page


def test_rest_is_the_same(manager, guard, agent, team, lead):
    api = Api(manager)
    made = api.call("POST", "org/people", {"name": "钱七", "username": "qian", "email": "qian@x.example", "language": "zh-hans", "timezone": "Asia/Shanghai", "capacity": 10})
    assert made.status_code == 201
    pk = made.json()["id"]
    assert api.call("PATCH", f"org/people/{pk}", {"title": "会计"}).status_code == 200
    assert User.objects.get(pk=pk).title == "会计" and User.objects.get(pk=pk).email == "qian@x.example"
    assert api.call("POST", f"org/people/{pk}/do/roles", {"roles": []}).status_code == 404
    assert Api(guard).call("POST", f"org/people/{pk}/do/roles", {"roles": [Role.objects.get(key="agent").pk]}).status_code == 200
    assert api.call("POST", "org/people", {"name": "", "username": "x", "language": "zh-hans", "timezone": "Asia/Shanghai", "capacity": 1}).status_code == 422
    rota = save_rota(by=acting(lead), name="值班", team=team)
    rotate(rota, [agent], by=acting(lead), first_day=timezone.localdate() - timedelta(days=1), starts=time(0), minutes=1440, days_each=7)
    assert api.call("GET", f"org/teams/{team.pk}/on-duty").json() == [{"id": agent.pk, "name": agent.name}]
    me = Api(agent).call("GET", "org/me").json()
    assert me["teams"] == [team.key] and "work.work" in me["permissions"]
    assert Api(UserFactory(role="requester")).call("GET", "org/people").status_code == 403


def test_a_deputy_of_an_absent_person_is_on_duty(agent, lead, team):
    from hengwei.org.duty import on_duty

    rota = save_rota(by=acting(lead), name="值班", team=team)
    rotate(rota, [agent], by=acting(lead), first_day=timezone.localdate() - timedelta(days=1), starts=time(0), minutes=1440, days_each=7)
    now = timezone.now()
    save_absence(by=acting(agent), user=agent, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1), deputy=lead)
    assert on_duty(team, now) == [lead]
