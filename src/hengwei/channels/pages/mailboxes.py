"""The department's mailboxes: set up, tried, watched."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hengwei.channels import permissions as perms
from hengwei.channels import smtp
from hengwei.channels.actions.mailboxes import save_mailbox
from hengwei.channels.fetching import Unreachable, connected
from hengwei.channels.models import InboundMessage, Mailbox, OutboundMessage
from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.org.models import Team
from hengwei.work import kinds

UNCHANGED = "········"


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]
    """A mailbox as a person fills it in. Passwords are never shown again; left alone they stay."""

    imap_password = forms.CharField(label=gettext_lazy("password"), required=False, widget=forms.PasswordInput(render_value=True))
    smtp_password = forms.CharField(label=gettext_lazy("password"), required=False, widget=forms.PasswordInput(render_value=True))
    kind = forms.ChoiceField(label=gettext_lazy("becomes"))

    class Meta:
        model = Mailbox
        fields = [
            "address", "name", "team", "kind", "active", "default", "imap_host", "imap_port", "imap_security", "imap_user", "imap_password", "imap_folder", "move_to",
            "smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_password", "confirm_receipt", "colleagues_may_join", "use_reply_to", "plus_addressing", "trusted_server",
        ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k.key, k.label) for k in kinds.every() if k.for_requesters]  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(archived_at=None)  # type: ignore[attr-defined]
        for name in ("imap_password", "smtp_password"):
            self.initial[name] = UNCHANGED if getattr(self.instance, name) else ""
        for field in self.fields.values():
            widget = field.widget
            kind = "form-check-input" if isinstance(widget, forms.CheckboxInput) else "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs["class"] = kind

    def _get_validation_exclusions(self) -> set[str]:
        # That there is one default is seen to by saving, which takes it from the other.
        return super()._get_validation_exclusions() | {"default"}  # type: ignore[misc,no-any-return]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("imap_password", "smtp_password"):
            if data.get(name) == UNCHANGED:
                data[name] = getattr(Mailbox.objects.get(pk=self.instance.pk), name) if self.instance.pk else ""
        for name in ("imap", "smtp"):
            if data.get(f"{name}_security") == Mailbox.Security.NONE and data.get(f"{name}_host") not in ("", None, "127.0.0.1", "localhost", "::1"):
                self.add_error(f"{name}_security", _("A password would cross the network in the clear. Choose TLS or STARTTLS."))
        return data

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields by what they are about."""
        names = [f.name for f in self.visible_fields()]
        parts = ((_("Address"), names[:6]), (_("Receiving (IMAP)"), names[6:13]), (_("Sending (SMTP)"), names[13:18]), (_("Rules"), names[18:]))
        return [(title, [self[name] for name in part]) for title, part in parts]


def _keeper(request: HttpRequest) -> None:
    if not signed_in(request).may(perms.CONFIGURE):
        raise Http404


@login_required
def mailboxes(request: HttpRequest) -> HttpResponse:
    """All mailboxes with how they are, and what waits for a person."""
    _keeper(request)
    counts = InboundMessage.objects.exclude(status="done").aggregate(
        failed=Count("pk", filter=Q(status="failed")), aside=Count("pk", filter=Q(status="aside")), kept=Count("pk", filter=Q(status="kept")))
    unsent = OutboundMessage.objects.filter(status__in=("queued", "failed")).aggregate(failed=Count("pk", filter=Q(status="failed")), queued=Count("pk", filter=Q(status="queued")))
    return render(request, "channels/mailboxes.html", {"rows": Mailbox.objects.select_related("team"), "counts": counts, "unsent": unsent})


@login_required
def edit(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Set one up, or change it."""
    _keeper(request)
    box = Mailbox.objects.filter(pk=pk).first() if pk else Mailbox()
    if box is None:
        raise Http404
    form = MailboxForm(request.POST or None, instance=box)
    if request.method == "POST" and form.is_valid():
        saved = save_mailbox(form.save(commit=False), by=current())
        messages.success(request, _("Saved."))
        return redirect("channels:mailbox", saved.pk)
    return render(request, "channels/mailbox.html", {"form": form, "box": box}, status=422 if form.errors else 200)


@login_required
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Try both servers now, and say what they said."""
    _keeper(request)
    box = Mailbox.objects.filter(pk=pk).first()
    if box is None:
        raise Http404
    said: list[tuple[bool, str]] = []
    if box.imap_host:
        try:
            with connected(box) as session:
                count = session.folder.status(box.imap_folder)["MESSAGES"]
            said.append((True, _("Receiving works: %(count)d messages in %(folder)s.") % {"count": count, "folder": box.imap_folder}))
        except Unreachable as error:
            said.append((False, _("Receiving does not work: %(why)s") % {"why": error}))
    if box.smtp_host:
        try:
            smtp.check(box)
            said.append((True, _("Sending works.")))
        except (smtp.Later, smtp.Rejected) as error:
            said.append((False, _("Sending does not work: %(why)s") % {"why": error}))
    return render(request, "channels/tested.html", {"said": said})
