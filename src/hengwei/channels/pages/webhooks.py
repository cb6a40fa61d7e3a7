"""Webhooks out and in: set up, tried, watched."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.channels import permissions as perms
from hengwei.channels.actions import hooks, webhooks
from hengwei.channels.actions.hook_limit import opened
from hengwei.channels.event_names import in_words
from hengwei.channels.models import Hook, HookCall, Outgoing, Webhook, WebhookDelivery
from hengwei.core.acting import Actor
from hengwei.core.history import plainly
from hengwei.core.i18n import listed
from hengwei.org.models import Team, User
from hengwei.ui.kit import Action, Column, Facts, KitForm, Pages, Part, Table
from hengwei.work import kinds
from hengwei.work.models import Category


def state_of(webhook: Webhook) -> str:
    """How a subscription is, in a word."""
    if not webhook.active:
        return _t("not in use")
    if webhook.paused_at:
        return _t("paused")
    return _t("fails") if webhook.failing_since else _t("well")


class WebhookForm(KitForm):
    """A subscription as a person fills it in."""

    name = forms.CharField(label=_("name"), max_length=120)
    url = forms.CharField(label=_("address"), max_length=2000, help_text=_("https://… of the other program."))
    events = forms.MultipleChoiceField(label=_("events"), widget=forms.CheckboxSelectMultiple)
    condition = forms.JSONField(label=_("only when"), required=False, help_text=_("A condition on the item, as in the rules of routing; empty for all."))
    internal = forms.BooleanField(label=_("internal words too"), required=False, help_text=_("Notes among colleagues and causes leave the house."))
    active = forms.BooleanField(label=_("in use"), required=False, initial=True)
    wide = ("events", "condition")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = [(event, f"{in_words(event)} · {event}") for event in webhooks.events()]  # type: ignore[attr-defined]


class WebhookPages(Pages):
    """Subscriptions of other programs."""

    room, name, plural, address = "channels", "webhook", "webhooks", "channels/webhooks"
    model, title, one, icon = Webhook, _("Webhooks"), _("webhook"), "webhook"
    view, change = perms.CONFIGURE, perms.CONFIGURE
    search = ("name",)
    columns = (
        Column("name", link=True, second=lambda row: row.host), Column("events", words=lambda row: [in_words(event) for event in row.events]), Column("state", _("State"), value=state_of),
        Column("last_sent_at"), Column("created_by", default=False),
    )
    form = WebhookForm
    panels = (
        Facts(_("Facts"), ["url", Column("events", words=lambda row: [in_words(event) for event in row.events]), "condition", "internal", Column("state", _("State"), value=state_of), "last_sent_at"]),
        Part("channels/webhook_secret.html", context=lambda row, request: {"both": len(row.secrets_at(timezone.now())) > 1}),
        Table(
            _("Deliveries"), rows=lambda row, user: row.deliveries.select_related("item").order_by("-id"), empty=_("Nothing yet. 'Try it' sends a ping."),
            columns=[
                Column("created_at", _("When"), link=True), Column("event", _("event"), words=lambda row: in_words(row.event)), Column("item"), Column("status", value=lambda row: row.status_words), Column("status_code", "HTTP"),
                Column("milliseconds", _("ms"), align="right"), Column("reason", _("why")),
            ],
        ),
    )
    actions = (
        Action("test", _("Try it"), "send", perms.CONFIGURE, run=lambda row, by, data: _tried(row, by)),
        Action("rotate", _("New secret"), "key", perms.CONFIGURE, run=lambda row, by, data: webhooks.rotate_secret(row, by=by), confirm=_("Make a new secret? The present one goes on signing beside it for a day.")),
        Action("resume", _("Resume"), "player-play", perms.CONFIGURE, run=lambda row, by, data: webhooks.resume(row, by=by), when=lambda row: row.paused_at is not None, primary=True),
    )
    empty = _("No webhook yet. With one, another program is told of what happens to items, signed and patiently.")

    def save(self, form: Any, *, row: Any, by: Actor) -> Webhook:
        return webhooks.save_webhook(row, by=by, **{**form.cleaned_data, "condition": form.cleaned_data["condition"] or {}})


def _tried(webhook: Webhook, by: Actor) -> str:
    row = webhooks.send_test(webhook, by=by)
    if row.status == Outgoing.Status.SENT:
        return _t("Answered with %(code)d after %(ms)d ms.") % {"code": row.status_code or 0, "ms": row.milliseconds or 0}
    return _t("It does not work: %(why)s") % {"why": row.reason}


class DeliveryFilters(django_filters.FilterSet):
    """By webhook, state and event."""

    class Meta:
        model = WebhookDelivery
        fields = ("webhook", "status")


class DeliveryPages(Pages):
    """What was sent to whom, what was answered; sent again."""

    room, name, plural, address = "channels", "delivery", "deliveries", "channels/deliveries"
    model, title, one, icon = WebhookDelivery, _("Deliveries"), _("delivery"), "send"
    view = perms.CONFIGURE
    order = ("-id",)
    columns = (
        Column("created_at", _("When"), link=True), Column("webhook"), Column("event", _("event"), words=lambda row: in_words(row.event)), Column("item"), Column("status", value=lambda row: row.status_words), Column("status_code", "HTTP"),
        Column("attempts", _("attempts"), align="right"), Column("reason", _("why")),
    )
    filters = DeliveryFilters
    panels = (
        Facts(_("Facts"), ["webhook", Column("event", _("event"), words=lambda row: in_words(row.event)), "item", Column("status", value=lambda row: row.status_words), Column("attempts", _("attempts")), Column("status_code", "HTTP"), Column("milliseconds", _("ms")), Column("reason", _("why")), Column("send_after", _("next attempt"))]),
        Part("channels/exchange.html", context=lambda row, request: {"asked": row.body, "answered": row.answer}),
    )
    actions = (
        Action("now", _("Try now"), "player-play", perms.CONFIGURE, run=lambda row, by, data: bool(webhooks.send_now(row, by=by)), when=lambda row: row.waits_for_another_attempt, primary=True),
        Action("again", _("Send again"), "refresh", perms.CONFIGURE, run=lambda row, by, data: webhooks.send_again(row, by=by), bulk=True, when=lambda row: row.status not in ("queued", "sending")),
    )
    empty = _("Nothing was sent yet.")

    def heading(self, row: Any) -> str:
        return f"{in_words(row.event)} → {row.webhook}"

    def rows(self, user: Any) -> QuerySet[Any]:
        return WebhookDelivery.objects.select_related("webhook", "item")


def _numbers(call: HookCall) -> str:
    return listed(item.number for item in call.items.all())


def _opened(hook: Hook) -> str:
    """How much of what it may open it has opened."""
    lately = opened(hook, timezone.now())
    return _t("%(minute)d of %(a_minute)d in this minute, %(hour)d of %(an_hour)d in this hour") % {
        "minute": lately.minute, "a_minute": hook.items_a_minute, "hour": lately.hour, "an_hour": hook.items_an_hour}


class HookForm(KitForm):
    """An incoming webhook as a person fills it in."""

    name = forms.CharField(label=_("name"), max_length=120)
    shape = forms.ChoiceField(label=_("what comes"), choices=Hook.Shape.choices, initial=Hook.Shape.MAPPING)
    mapping = forms.JSONField(label=_("mapping"), required=False, help_text=_("For any JSON: title, description, key, impact … with places such as {{labels.job}}. See the documents."))
    kind = forms.ChoiceField(label=_("becomes"), initial="incident")
    category = forms.ModelChoiceField(Category.objects.filter(archived_at=None), label=_("category"), required=False)
    team = forms.ModelChoiceField(Team.objects.filter(archived_at=None), label=_("goes to"), required=False, help_text=_("Empty: by the rules of routing."))
    requester = forms.ModelChoiceField(User.objects.filter(is_active=True), label=_("requester"), required=False, help_text=_("Where what comes names nobody whom we know."))
    signed = forms.BooleanField(label=_("each call must be signed"), required=False)
    items_a_minute = forms.IntegerField(label=_("items a minute at most"), min_value=1, max_value=100_000, initial=60)
    items_an_hour = forms.IntegerField(label=_("items an hour at most"), min_value=1, max_value=1_000_000, initial=600, help_text=_("What comes beyond is answered with 429 and the time to wait."))
    active = forms.BooleanField(label=_("in use"), required=False, initial=True)
    wide = ("mapping",)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.key, kind.label) for kind in kinds.every()]  # type: ignore[attr-defined]


class HookPages(Pages):
    """Addresses at which other programs and chat robots call us."""

    room, name, plural, address = "channels", "hook", "hooks", "channels/hooks"
    model, title, one, icon = Hook, _("Incoming webhooks and chat"), _("incoming webhook"), "plug-connected"
    view, change = perms.CONFIGURE, perms.CONFIGURE
    search = ("name",)
    columns = (Column("name", link=True), Column("shape"), Column("team"), Column("active"), Column("last_at"), Column("items_a_minute", default=False), Column("items_an_hour", default=False))
    form = HookForm
    panels = (
        Part("channels/hook_address.html", context=lambda row, request: {"url": hooks.address_of(row.token)}),
        Facts(_("Facts"), ["shape", Column("kind", words=lambda row: kinds.get(row.kind).label), "category", "team", "requester", "active", "last_at", Column("opened", _("opened lately"), value=_opened), "refused_at", Column("mapping", value=lambda row: "；".join(plainly(row.mapping)))]),
        Table(
            _("Calls"), rows=lambda row, user: row.calls.prefetch_related("items").order_by("-id"), empty=_("Nobody has called yet."),
            columns=[Column("received_at", link=True), Column("status"), Column("items", _("opened items"), value=_numbers), Column("reason", _("why"))],
        ),
    )
    actions = (
        Action("renew", _("New address"), "refresh", perms.CONFIGURE, run=lambda row, by, data: _renewed(row, by), confirm=_("Make a new address? The present one is dead from then on."), danger=True),
    )
    empty = _("No address yet. With one, alarms, other systems and chat robots open items.")

    def rows(self, user: Any) -> QuerySet[Any]:
        return Hook.objects.select_related("team", "category", "requester")

    def values(self, row: Any) -> dict[str, Any]:
        return {**super().values(row), "signed": bool(row.secret)}

    def save(self, form: Any, *, row: Any, by: Actor) -> Hook:
        hook, _token = hooks.save_hook(row, by=by, **{**form.cleaned_data, "mapping": form.cleaned_data["mapping"] or {}})
        return hook


def _renewed(hook: Hook, by: Actor) -> str:
    hooks.renew_token(hook, by=by)
    return _t("It has a new address.")


class CallFilters(django_filters.FilterSet):
    """By address and state."""

    class Meta:
        model = HookCall
        fields = ("hook", "status")


class CallPages(Pages):
    """What came, what became of it; read again after the mapping was mended."""

    room, name, plural, address = "channels", "call", "calls", "channels/calls"
    model, title, one, icon = HookCall, _("Calls received"), _("call received"), "plug-connected"
    view = perms.CONFIGURE
    order = ("-id",)
    columns = (Column("received_at", link=True), Column("hook"), Column("status"), Column("items", _("opened items"), value=_numbers), Column("reason", _("why")))
    filters = CallFilters
    panels = (
        Facts(_("Facts"), ["hook", "received_at", "status", Column("items", _("opened items"), value=_numbers), Column("reason", _("why"))]),
        Part("channels/exchange.html", context=lambda row, request: {"asked": row.body, "answered": row.answer}),
    )
    actions = (
        Action("again", _("Read again"), "refresh", perms.CONFIGURE, run=lambda row, by, data: _read_again(row, by), bulk=True, when=lambda row: row.status != "done"),
    )
    empty = _("Nobody has called yet.")

    def rows(self, user: Any) -> QuerySet[Any]:
        return HookCall.objects.select_related("hook").prefetch_related("items")


def _read_again(call: HookCall, by: Actor) -> str:
    done = hooks.again(call, by=by)
    return _t("Read.") if done.status == HookCall.Status.DONE else _t("It still cannot be read: %(why)s") % {"why": done.reason}
