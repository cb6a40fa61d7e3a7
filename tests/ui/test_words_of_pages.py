"""What people read instead of what a program keeps."""

from __future__ import annotations

import pytest
from django import forms
from django.utils.translation import override

from hengwei.channels.actions import webhooks
from hengwei.channels.event_names import WORDS
from hengwei.core.names import MADE, name_of
from hengwei.knowledge.models import Fault
from hengwei.org.templatetags.rota import lasting, repeated
from hengwei.ui.kit.columns import Column
from hengwei.ui.kit.forms import dress, name_all
from hengwei.ui.menu import section_of
from hengwei.ui.templatetags.ui import browser


class Asked(forms.Form):
    kind = forms.ChoiceField(choices=[("", "---------"), ("a", "A")], required=False)
    own = forms.ChoiceField(choices=[("", "everyone"), ("a", "A")], required=False)
    must = forms.ChoiceField(choices=[("", "---------"), ("a", "A")])
    sure = forms.NullBooleanField(required=False)
    mapping = forms.JSONField(required=False)


def test_nothing_chosen_is_said_in_words():
    form = Asked()
    with override("en"):
        dress(form)
        assert [form.fields[name].widget.choices[0][1] for name in ("kind", "own", "must")] == ["—", "everyone", "Please choose"]  # type: ignore[attr-defined]
        name_all(form)
        assert [form.fields[name].widget.choices[0][1] for name in ("kind", "own", "sure")] == ["all", "everyone", "all"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("nothing", [None, {}, []])
def test_a_field_of_json_is_empty_where_there_is_nothing(nothing):
    form = Asked(initial={"mapping": nothing})
    dress(form)
    assert "null" not in str(form["mapping"])
    assert "{}" not in str(form["mapping"])


def test_json_is_laid_out_and_what_cannot_be_read_is_kept():
    form = Asked(initial={"mapping": {"title": "{{labels.job}}"}})
    dress(form)
    assert "\n  &quot;title&quot;" in str(form["mapping"])
    wrong = Asked({"mapping": "{title:"})
    dress(wrong)
    assert "{title:" in str(wrong["mapping"])


def test_a_field_without_a_name_of_its_own_has_one_in_both_languages():
    with override("zh-hans"):
        assert name_of(Fault._meta.get_field("updated_at")) == "更新时间"
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in name_of(type("Named", (), {"verbose_name": name}))) for name in MADE if name != "id")
    with override("en"):
        assert name_of(Fault._meta.get_field("updated_at")) == "Updated at"


def test_a_list_says_the_words_and_a_program_gets_the_value():
    column = Column("event", words=lambda row: "An item was opened")
    row = type("Row", (), {"event": "item.opened"})()
    assert (column.html(row), column.text(row), column.json(row)) == ("An item was opened", "An item was opened", "item.opened")


def test_every_event_is_said_in_words():
    assert set(webhooks.events()) <= set(WORDS)


@pytest.mark.parametrize(("rule", "words"), [
    ("FREQ=DAILY", "every day"), ("FREQ=DAILY;INTERVAL=21", "every 21 days"), ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,FR", "every 3 weeks · Mon, Fri"),
    ("FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=1"), ("FREQ=WEEKLY;BYDAY=2MO", "FREQ=WEEKLY;BYDAY=2MO"),
])
def test_turns_of_duty_are_read_without_knowing_the_norm(rule, words):
    with override("en"):
        assert repeated(rule) == words
        assert lasting(540) == "9 h"


@pytest.mark.parametrize(("agent", "words"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge · Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0", "WeChat · iPhone"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox · Linux"), ("curl/8.5.0", "curl/8.5.0"), ("", "—"),
])
def test_browsers_are_called_by_their_names(agent, words):
    assert browser(agent) == words


def test_a_page_behind_a_card_belongs_to_the_settings_or_the_reports():
    assert section_of("/org/people/7")[0] == "settings"  # type: ignore[index]
    assert section_of("/promises")[0] == "reports"  # type: ignore[index]
    assert section_of("/items") is None
