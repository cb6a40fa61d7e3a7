"""What is kept is read in either language: why a run cannot tell, a frozen month, what a regulation says of itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from hengwei.governance.actions import binding, freezing, packing, running
from hengwei.governance.models import Regulation
from tests.factories import acting

from .conftest import NOW
from .lives import in_force

pytestmark = pytest.mark.django_db


def test_why_a_run_cannot_tell_is_kept_in_both_languages(manager, boss):
    regulation = in_force(packing.adopt("knowledge", by=acting(manager), at=NOW), manager, boss).regulation
    row = regulation.bindings.get(control="knowledge.reviewed")
    with translation.override("en"):
        run = running.run(row, now=NOW)
        assert run.said == "No case in this period."
    with translation.override("zh-hans"):
        assert run.said == "本期没有发生。"
    past = running.as_of([row], NOW - timedelta(days=60), now=NOW)[row.pk]
    assert past.message != past.message_en


@pytest.mark.parametrize(("language", "number", "reason"), [("zh-hans", "第四条", "本期没有发生。"), ("en", "Article 4", "No case in this period.")])
def test_a_frozen_month_is_read_in_either(manager, boss, language, number, reason):
    regulation = in_force(packing.adopt("knowledge", by=acting(manager), at=NOW), manager, boss).regulation
    frozen = freezing.freeze(regulation, by=acting(manager), at=NOW)
    manager.language = language
    manager.save()
    client = Client()
    client.force_login(manager)
    shown = client.get(reverse("governance:snapshot", args=[regulation.pk, frozen.pk])).content.decode()
    assert f"<b>{number}</b>" in shown
    assert reason in shown


def test_where_one_language_is_missing_the_other_is_shown(manager):
    regulation = Regulation(name="制度", owner=manager, purpose="规范工作", scope_en="Everybody")
    for language, headings in (("zh-hans", ["目的", "适用范围"]), ("en", ["purpose", "scope"])):
        with translation.override(language):
            assert regulation.says() == list(zip(headings, ["规范工作", "Everybody"], strict=True))


def test_a_clause_opened_by_its_address_stands_on_its_board(manager, boss):
    version = in_force(packing.adopt("knowledge", by=acting(manager), at=NOW), manager, boss)
    key = binding.Clause.objects.filter(version=version, kind="article").first().key
    client = Client()
    client.force_login(manager)
    address = reverse("governance:clause", args=[version.regulation_id, key])
    assert client.get(address)["Location"].endswith(f"/regulations/{version.regulation_id}?clause={key}#c-{key}")
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
