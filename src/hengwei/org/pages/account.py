"""One's own pages: who I am here, keys for programs, calendars to subscribe to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.org.actions.account import SCOPE_WHOLE, feed_key, make_token, revoke_token, save_profile
from hengwei.org.forms import ZoneField
from hengwei.org.models import ApiToken, DutyAcknowledgement, Rota, User
from hengwei.ui.kit import KitForm, KitModelForm

#: Parts of the API that a key may be limited to.
PARTS = (
    ("items", _("Work items")), ("org", _("People and customers")), ("knowledge", _("Knowledge")), ("desk", _("Service desk")), ("calendars", _("Working time")),
    ("search", _("Search")),
)
#: How long a key may last: days, 0 for ever.
LASTS = ((30, _("30 days")), (90, _("90 days")), (365, _("one year")), (0, _("for ever")))


class ProfileForm(KitModelForm):
    """What a person decides himself."""

    timezone = ZoneField()

    class Meta:
        model = User
        fields = ["phone", "mobile", "language", "timezone", "theme"]


class TokenForm(KitForm):
    """A new key."""

    name = forms.CharField(label=_("purpose"), max_length=120)
    scopes = forms.MultipleChoiceField(label=_("may"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("lasts"), coerce=int, choices=LASTS, initial=90)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        read, write = _t("read"), _t("change")
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (SCOPE_WHOLE[0], _t("read everything that I may")), (SCOPE_WHOLE[1], _t("change everything that I may")),
            *((f"{part}:{how}", f"{label}: {word}") for part, label in PARTS for how, word in (("read", read), ("write", write))),
        ]


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """My own page."""
    user = signed_in(request)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = save_profile(by=current(), **form.cleaned_data)
            except ActionError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                translation.activate(saved.language)
                messages.success(request, _t("Saved."))
                return redirect("org:account")
    return render(request, "org/account.html", {**_mine(user), "form": form, "token_form": TokenForm()}, status=status)


def _mine(user: User) -> dict[str, Any]:
    base = settings.SITE_URL + reverse("org:feed", args=[user.feed_key, "x"]).removesuffix("x.ics") if user.feed_key else ""
    names = [("mine", _t("My duties and absences"))]
    if user.is_agent:
        names += [(f"rota-{rota.pk}", rota.label) for rota in Rota.objects.filter(archived_at=None)]
    read = set(DutyAcknowledgement.objects.filter(user=user).values_list("sheet_id", flat=True))
    duties = [(post, sheet, sheet is not None and sheet.pk not in read) for post in user.posts.all() for sheet in [post.current_sheet()]]
    return {
        "tokens": user.tokens.filter(revoked_at=None).order_by("-id"), "feeds": [(label, f"{base}{name}.ics" if base else "") for name, label in names], "duties": duties,
        "now": timezone.now(), "absences": user.absences.filter(ends_at__gt=timezone.now()).select_related("deputy").order_by("starts_at"),
    }


@login_required
@require_POST
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a key; its secret is shown on this answer and never again."""
    user, form = signed_in(request), TokenForm(request.POST)
    if form.is_valid():
        days = form.cleaned_data["days"]
        ends = timezone.now() + timedelta(days=days) if days else None
        try:
            token, secret = make_token(by=current(), name=form.cleaned_data["name"], scopes=form.cleaned_data["scopes"], expires_at=ends)
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            answer = render(request, "org/token.html", {"token": token, "secret": secret})
            answer["Cache-Control"] = "no-store"
            return answer
    return render(request, "org/account.html", {**_mine(user), "form": ProfileForm(instance=user), "token_form": form}, status=422)


@login_required
@require_POST
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of my keys."""
    token = ApiToken.objects.filter(pk=pk, user=signed_in(request)).first()
    if token is None:
        raise Http404
    revoke_token(token, by=current())
    messages.success(request, _t("The key opens nothing any more."))
    return redirect("org:account")


@login_required
@require_POST
def new_feed(request: HttpRequest) -> HttpResponse:
    """Make calendar addresses, or others in their place."""
    feed_key(by=current(), anew=True)
    messages.success(request, _t("New addresses; the old ones are closed."))
    return redirect("org:account")
