"""Chat robots and SMS gateways: one's own, and those of teams' groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.channels import permissions as perms
from hengwei.channels.actions import chat
from hengwei.channels.models import ChatMessage, NoticeChannel, Outgoing
from hengwei.channels.notice_words import CHOICES, OF_A_TEAM
from hengwei.core.acting import Actor
from hengwei.core.errors import Refused
from hengwei.core.i18n import listed
from hengwei.org.models import Team
from hengwei.ui.kit import Action, Column, Facts, KitForm, Pages, Table

UNCHANGED = "········"


class ChannelForm(KitForm):
    """A channel as a person fills it in. Its address holds keys and is never shown again; left alone it stays."""

    name = forms.CharField(label=_("name"), max_length=120)
    url = forms.CharField(
        label=_("address"), max_length=1000, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("As apprise writes it: wecombot://KEY (WeCom), dingtalk://TOKEN, feishu://TOKEN, slack://…, twilio://… (SMS); log: keeps a log only."),
    )
    team = forms.ModelChoiceField(Team.objects.filter(archived_at=None), label=_("group of the team"), required=False, help_text=_("Empty: it is your own."))
    events = forms.MultipleChoiceField(label=_("the group is told"), choices=[(event, CHOICES[event]) for event in OF_A_TEAM], required=False, widget=forms.CheckboxSelectMultiple, help_text=_("For your own channel you choose under 'What reaches me'."))
    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES, initial="zh-hans")
    active = forms.BooleanField(label=_("in use"), required=False, initial=True)
    wide = ("url", "events")


def _whose(row: NoticeChannel) -> str:
    return str(row.team or row.user or "")


class ChannelPages(Pages):
    """Everyone keeps his own; leads those of their teams; who keeps the department's channels, all."""

    room, name, plural, address = "channels", "notice_channel", "notice_channels", "channels/notices"
    model, title, one, icon = NoticeChannel, _("Chat and SMS"), _("notice channel"), "message"
    search = ("name",)
    columns = (
        Column("name", link=True), Column("whose", _("Whose"), value=_whose), Column("service", _("way")), Column("active"), Column("last_sent_at"), Column("last_error"),
    )
    form = ChannelForm
    panels = (
        Facts(_("Facts"), [Column("whose", _("Whose"), value=_whose), Column("service", _("way")), Column("events", value=lambda row: listed(CHOICES[event] for event in row.events)), "language", "active", "last_sent_at", "last_error"]),
        Table(
            _("Sent"), rows=lambda row, user: row.messages.select_related("item").order_by("-id"), empty=_("Nothing yet. 'Try it' sends a word."),
            columns=[Column("created_at", _("When"), link=True), Column("text", _("text"), value=lambda m: m.text[:120]), Column("item"), Column("status", value=lambda m: m.status_words), Column("reason", _("why"))],
        ),
    )
    actions = (Action("test", _("Try it"), "send", "", run=lambda row, by, data: _tried(row, by)),)
    empty = _("No channel yet. With one, notices come by WeCom, DingTalk, Feishu, Slack or SMS.")

    def rows(self, user: Any) -> QuerySet[Any]:
        rows = NoticeChannel.objects.select_related("team", "user")
        return rows if user.may(perms.CONFIGURE) else rows.filter(Q(user=user) | Q(team__lead=user) | Q(team__deputy=user))

    def values(self, row: Any) -> dict[str, Any]:
        return {**super().values(row), "url": UNCHANGED}

    def save(self, form: Any, *, row: Any, by: Actor) -> NoticeChannel:
        data = dict(form.cleaned_data)
        if data["url"] == UNCHANGED and row is not None:
            data["url"] = row.url
        owner = (row.user if row is not None and row.user else by.user) if data["team"] is None else None
        return chat.save_channel(row, by=by, user=owner, **data)


def _tried(channel: NoticeChannel, by: Actor) -> str:
    row = chat.send_test(channel, by=by)
    if row.status == Outgoing.Status.SENT:
        return _t("Sent. Look whether it arrived.")
    raise Refused(_t("It does not work: %(why)s") % {"why": row.reason}, code="not_sent")


class ChatLogPages(Pages):
    """What went out by chat and SMS; sent again."""

    room, name, plural, address = "channels", "chat_message", "chat_messages", "channels/sent"
    model, title, one, icon = ChatMessage, _("Notices sent by chat and SMS"), _("notice sent"), "message"
    order = ("-id",)
    columns = (
        Column("created_at", _("When"), link=True), Column("channel", _("notice channel")), Column("text", _("text"), value=lambda m: m.text[:120]), Column("item"), Column("status", value=lambda m: m.status_words),
        Column("attempts", _("attempts"), align="right"), Column("reason", _("why")),
    )
    panels = (Facts(_("Facts"), [Column("channel", _("notice channel")), "user", "item", Column("text", _("text")), Column("status", value=lambda m: m.status_words), Column("attempts", _("attempts")), Column("reason", _("why")), Column("sent_at", _("sent")), Column("send_after", _("next attempt"))]),)
    actions = (
        Action("now", _("Try now"), "player-play", "", run=lambda row, by, data: bool(chat.send_now(row, by=by)), when=lambda row: row.waits_for_another_attempt, primary=True),
        Action("again", _("Send again"), "refresh", "", run=lambda row, by, data: bool(chat.send_again(row, by=by)), bulk=True, when=lambda row: row.can_be_sent_again),
    )
    empty = _("Nothing was sent yet.")

    def heading(self, row: Any) -> str:
        return f"{CHOICES.get(row.event, row.event)} → {row.channel}"

    def rows(self, user: Any) -> QuerySet[Any]:
        rows = ChatMessage.objects.select_related("channel", "channel__team", "channel__user", "item", "user")
        return rows if user.may(perms.CONFIGURE) else rows.filter(Q(channel__user=user) | Q(channel__team__lead=user) | Q(channel__team__deputy=user))
