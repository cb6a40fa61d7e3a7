"""What is learnt of the department's own history, measured, suggested, accepted or refused."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengwei.core.acting import Actor
from hengwei.core.errors import Forbidden, Refused
from hengwei.flows.learning import actions
from hengwei.flows.learning import model as pure
from hengwei.flows.learning.models import LearningSetting, Suggestion, TrainedModel
from hengwei.work.actions import triage
from hengwei.work.models import Category, Entry, WorkItem
from tests.factories import TUESDAY, TeamFactory, acting, open_incident

WORDS = {"printer": ["打印机卡纸", "打印有黑线", "复印机不进纸", "打印机缺墨"], "network": ["无线网断开", "网络时断时续", "交换机没有灯", "上不了网"], "erp": ["ERP过账报错", "月结单据锁定", "采购订单审核不了", "库存报表是空的"]}


def some_examples(count, seed=1):
    rng = random.Random(seed)
    found = []
    for _n in range(count):
        label = rng.choice(list(WORDS))
        found.append(pure.Example(pure.features(f"{rng.choice(WORDS[label])}，{rng.choice(['急', '请处理', '早上开始'])}", {"source": "email"}), label))
    return found


def test_a_model_learns_and_is_measured_on_what_it_had_not_seen():
    learnt = pure.learn(some_examples(200))
    assert learnt is not None and learnt.measured.tested == 40 and learnt.measured.accuracy > 0.9
    weights = pure.unpack(learnt.weights)
    ranked = pure.predict(learnt.classes, weights, pure.features("三楼打印机又卡纸了", {"source": "email"}))
    assert ranked[0][0] == "printer" and abs(sum(share for _name, share in ranked) - 1) < 1e-3
    assert len(learnt.weights) < 200_000


def test_too_little_teaches_nothing():
    assert pure.learn(some_examples(20)) is None
    assert pure.learn([pure.Example({1: 1.0}, "one")] * 100) is None


@given(st.text(max_size=300), st.dictionaries(st.sampled_from(["kind", "customer"]), st.one_of(st.none(), st.text(max_size=5), st.integers())))
def test_features_have_length_one_whatever_is_written(text, facts):
    found = pure.features(text, facts)
    assert not found or abs(sum(value * value for value in found.values()) - 1) < 1e-6
    assert all(0 <= place < pure.PLACES for place in found) and found == pure.features(text, facts)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.floats(0.34, 1)), max_size=40))
def test_a_higher_threshold_never_suggests_more(judged):
    measured = pure.measure([(label, [(name, share)]) for label, name, share in judged])
    shown = [measured.curve[at][0] for at in pure.THRESHOLDS]
    assert shown == sorted(shown, reverse=True) and all(right <= count for count, right in measured.curve.values())
    assert measured.tested == len(judged) and sum(count for _was, _name, count in measured.confusion) == len(judged)


def test_web_processes_do_not_load_scikit_learn():
    code = "import django; django.setup(); import hengwei.site.urls, sys; assert not {'sklearn', 'scipy'} & set(sys.modules)"
    env = {"DJANGO_SETTINGS_MODULE": "hengwei.config.django", "DATABASE_URL": "postgresql://none@127.0.0.1:1/none", "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code], check=True, env=env, timeout=120)


@pytest.fixture
def history(requester, team, agent):
    """A hundred items with their category, and models of them."""
    for key, name in (("printer", "打印机"), ("network", "网络"), ("erp", "ERP")):
        Category.objects.create(key=key, name=name)
    rng = random.Random(3)
    for n in range(100):
        label = rng.choice(list(WORDS))
        open_incident(requester=requester, team=team, category=Category.objects.get(key=label), title=rng.choice(WORDS[label]), description="请处理", at=TUESDAY + timedelta(minutes=n))
    actions.forget()
    made = actions.train(at=TUESDAY)
    yield made
    actions.forget()


def asked(requester, team, title="财务室打印机卡纸"):
    return open_incident(requester=requester, team=team, title=title, description="请处理", at=TUESDAY + timedelta(hours=4))


@pytest.mark.django_db
def test_suggested_accepted_with_one_click_and_counted(history, requester, team, agent):
    assert [row.field for row in history] == ["category"]
    item = asked(requester, team)
    (row,) = actions.suggest(item.pk, at=TUESDAY)
    assert (row.field, row.value) == ("category", "printer") and row.percent >= 60
    assert actions.shown(item) == [row] and actions.suggest(item.pk, at=TUESDAY) == []
    with pytest.raises(Forbidden):
        actions.accept(row, by=acting(requester))
    actions.accept(row, by=acting(agent))
    item = WorkItem.objects.get(pk=item.pk)
    assert item.category is not None and item.category.key == "printer" and actions.shown(item) == []
    assert actions.feedback("category", days=10_000)["accepted"] == 1
    assert max(one.weight for one in actions.examples("category")) == 2.0
    with pytest.raises(Refused):
        actions.refuse(row, by=acting(agent))


@pytest.mark.django_db
def test_a_refused_suggestion_is_not_shown_again_and_not_learnt(history, requester, team, agent):
    item = asked(requester, team)
    (row,) = actions.suggest(item.pk, at=TUESDAY)
    actions.refuse(row, by=acting(agent))
    assert actions.shown(item) == []
    before = len(actions.examples("category"))
    triage.change(item, by=acting(agent), category=Category.objects.get(key="printer"))
    assert len(actions.examples("category")) == before


@pytest.mark.django_db
def test_nothing_is_shown_below_the_threshold_nor_applied_unless_that_is_switched_on(history, requester, team):
    manager = Actor()
    actions.choose("category", by=manager, active=True, show_above=100, apply_above=None)
    assert actions.suggest(asked(requester, team).pk, at=TUESDAY) == []
    actions.choose("category", by=manager, active=True, show_above=50, apply_above=None)
    item = asked(requester, team)
    assert actions.suggest(item.pk, at=TUESDAY)[0].state == "open" and WorkItem.objects.get(pk=item.pk).category is None
    actions.choose("category", by=manager, active=True, show_above=50, apply_above=60)
    item = asked(requester, team)
    (row,) = actions.suggest(item.pk, at=TUESDAY)
    row.refresh_from_db()
    assert row.state == "applied" and WorkItem.objects.get(pk=item.pk).category.key == "printer"
    assert Entry.objects.filter(item=item, kind="automation").count() == 1
    chosen = open_incident(requester=requester, team=team, title="打印机卡纸", description="请处理", category=Category.objects.get(key="erp"), at=TUESDAY)
    actions.suggest(chosen.pk, at=TUESDAY)
    assert WorkItem.objects.get(pk=chosen.pk).category.key == "erp", "what somebody set is never overwritten"


@pytest.mark.django_db
def test_settings_that_make_no_sense_are_refused(department, agent):
    for show, apply in ((0, None), (60, 40), (80, 70), (101, None)):
        with pytest.raises(Refused):
            actions.choose("category", by=Actor(), active=True, show_above=show, apply_above=apply)
    with pytest.raises(Forbidden):
        actions.choose("category", by=acting(agent), active=True, show_above=60, apply_above=None)
    assert not LearningSetting.objects.exists()


@pytest.mark.django_db
def test_only_the_newest_model_keeps_its_weights_and_a_team_that_is_gone_is_not_suggested(history, requester, team):
    actions.train(at=TUESDAY)
    first, second = TrainedModel.objects.order_by("id")
    assert bytes(first.weights) == b"" and bytes(second.weights) != b""
    Category.objects.filter(key="printer").update(archived_at=TUESDAY)
    assert actions.suggest(asked(requester, team).pk, at=TUESDAY) == []
    assert Suggestion.objects.count() == 0 and actions.label_of("team", str(TeamFactory().pk))
