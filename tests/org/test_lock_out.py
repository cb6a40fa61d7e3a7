"""Wrong passwords wait, each time longer, whichever process counts; earlier passwords do not come back; what is due is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from hengwei.core.errors import Forbidden
from hengwei.core.models import AuditRecord
from hengwei.org import lockout
from hengwei.org.actions.people import set_password
from hengwei.org.actions.sign_in import save_policy, unlock
from hengwei.org.models import SignInFailure, User
from tests.factories import TUESDAY, UserFactory, acting

PASSWORD, OTHER, THIRD = "Gut-genug-9!", "Noch-besser-7!", "Am-besten-5?"


@given(st.integers(0, 200), st.integers(1, 20), st.integers(1, 600), st.integers(600, 86400))
def test_each_wrong_password_waits_as_long_or_longer(count, allowed, first, most):
    now, later = (lockout.lock_seconds(n, allowed=allowed, first=first, most=most) for n in (count, count + 1))
    assert 0 <= now <= later <= most
    assert (now == 0) == (count < allowed)


@pytest.fixture
def person(department):
    user = UserFactory(username="zhang", email="zhang@hengxin.example", role="agent")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(password, login="zhang", client=None):
    return (client or Client()).post("/account/login/", {"login": login, "password": password})


@pytest.mark.django_db
def test_the_right_password_waits_too_until_the_lock_is_over(person):
    with time_machine.travel(TUESDAY, tick=False) as clock:
        for _n in range(5):
            sign_in("wrong")
        refused = sign_in(PASSWORD)
        assert (refused.status_code == 200 and b"wrong passwords" in refused.content) or "输错次数过多" in refused.content.decode()
        clock.shift(timedelta(seconds=61))
        assert sign_in(PASSWORD).status_code == 302
    assert AuditRecord.objects.filter(action="sign_in.refused").exists()


@pytest.mark.django_db
def test_the_name_and_the_address_are_one_account(person):
    with time_machine.travel(TUESDAY, tick=False):
        for n in range(5):
            sign_in("wrong", login=("zhang", "ZHANG@hengxin.example")[n % 2])
        assert sign_in(PASSWORD).status_code == 200


@pytest.mark.django_db
def test_each_lock_is_longer_and_success_forgets(person):
    with time_machine.travel(TUESDAY, tick=False) as clock:
        waits = []
        for _n in range(9):
            wait = lockout.begin("zhang", "10.0.0.1", clock_now())
            while wait:
                waits.append(wait)
                clock.shift(timedelta(seconds=wait))
                wait = lockout.begin("zhang", "10.0.0.1", clock_now())
        assert waits == sorted(waits) and waits[-1] > waits[0]
        lockout.succeeded("zhang", "10.0.0.1")
        assert not SignInFailure.objects.filter(key=f"user:{person.pk}").exists()


def clock_now():
    from django.utils import timezone

    return timezone.now()


@pytest.mark.django_db
def test_an_address_that_tries_many_names_waits(department):
    with time_machine.travel(TUESDAY, tick=False):
        waits = [lockout.begin(f"name{n}", "10.0.0.9", clock_now()) for n in range(31)]
    assert not any(waits[:30]) and waits[30]


@pytest.mark.django_db
def test_unlocked_by_who_keeps_people(person):
    with time_machine.travel(TUESDAY, tick=False):
        for _n in range(6):
            sign_in("wrong")
        unlock(person, by=acting(UserFactory(role="manager")))
        assert sign_in(PASSWORD).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_count_one_by_one(transactional_db):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def guess(_n):
        try:
            return lockout.begin("nobody", "10.0.0.7", TUESDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(guess, range(16)))
    assert sum(1 for wait in waits if wait == 0) == 5


@pytest.mark.django_db
def test_an_earlier_password_does_not_come_back(person):
    client = Client()
    sign_in(PASSWORD, client=client)

    def change(old, new):
        return client.post("/account/password/change/", {"oldpassword": old, "password1": new, "password2": new})

    assert change(PASSWORD, OTHER).status_code == 302
    again = change(OTHER, PASSWORD)
    assert again.status_code == 200 and ("以前用过" in again.content.decode() or "before" in again.content.decode())
    assert change(OTHER, THIRD).status_code == 302
    person.refresh_from_db()
    assert person.password_changed_at and person.check_password(THIRD)


@pytest.mark.django_db
def test_a_password_that_was_given_must_be_changed_first(person):
    set_password(person, by=acting(UserFactory(role="manager")), password=OTHER)
    client = Client()
    sign_in(OTHER, client=client)
    answer = client.get("/items")
    assert answer["Location"].startswith("/account/password/change")
    client.post("/account/password/change/", {"oldpassword": OTHER, "password1": THIRD, "password2": THIRD})
    assert client.get("/items").status_code == 200


@pytest.mark.django_db
def test_an_old_password_is_due_and_a_second_step_is_demanded(person):
    guard = acting(UserFactory(role="security_admin"))
    client = Client()
    sign_in(PASSWORD, client=client)
    assert client.get("/items").status_code == 200
    User.objects.filter(pk=person.pk).update(password_changed_at=clock_now() - timedelta(days=91))
    save_policy(by=guard, password_days=90)
    from hengwei.org import policy

    policy.forget()
    assert client.get("/items")["Location"].startswith("/account/password/change")
    save_policy(by=guard, password_days=0, second_step_for_staff=True)
    policy.forget()
    assert client.get("/items")["Location"].startswith("/account/2fa")


@pytest.mark.django_db
def test_the_rules_are_kept_by_security_administrators(department):
    with pytest.raises(Forbidden):
        save_policy(by=acting(UserFactory(role="system_admin")), password_days=1)


@pytest.mark.django_db
def test_a_forgotten_password_is_set_by_the_link_that_came_by_mail(person):
    from hengwei.channels.models import Mailbox, OutboundMessage

    Mailbox.objects.create(address="help@hengxin.example", name="服务台", smtp_host="127.0.0.1", smtp_port=1, smtp_security="none", default=True)
    Client().post("/account/password/reset/", {"email": "zhang@hengxin.example"})
    text = OutboundMessage.objects.get(event="letter").params["text"]
    link = next(word for word in text.split() if "/account/password/reset/key/" in word)
    client = Client()
    form = client.get(link[link.index("/account") :], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": OTHER, "password2": OTHER})
    assert sign_in(OTHER).status_code == 302


@pytest.mark.django_db
def test_nothing_is_sent_to_strangers(person):
    from hengwei.channels.models import Mailbox, OutboundMessage

    Mailbox.objects.create(address="help@hengxin.example", name="服务台", smtp_host="127.0.0.1", smtp_port=1, smtp_security="none", default=True)
    assert Client().post("/account/password/reset/", {"email": "nobody@else.example"}).status_code == 302
    assert not OutboundMessage.objects.exists()
