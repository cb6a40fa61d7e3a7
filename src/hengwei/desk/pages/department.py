"""The desk's settings, and publishing the service standards."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.desk import permissions as perms
from hengwei.desk.actions import department as actions
from hengwei.desk.models import DeskSettings, Standard
from hengwei.ui.kit import KitForm, KitModelForm


class SettingsForm(KitModelForm):
    class Meta:
        model = DeskSettings
        fields = ("guests", "guests_per_address", "guests_per_network", "ask_again_after_days", "contact_within_days")

    fieldsets = ((_("People who are not signed in"), ("guests", "guests_per_address", "guests_per_network")), (_("Satisfaction and contact"), ("ask_again_after_days", "contact_within_days")))


class StandardForm(KitForm):
    text = forms.CharField(label=_("text"), widget=forms.Textarea(attrs={"rows": 18}), help_text=_("Markdown: reception, assignment, handling, feedback; who does what."))
    text_en = forms.CharField(label=_("English text"), widget=forms.Textarea(attrs={"rows": 12}), required=False)
    note = forms.CharField(label=_("what changed"), max_length=300, required=False)

    wide = ("text", "text_en", "note")


@login_required
def desk_settings(request: HttpRequest) -> HttpResponse:
    """What the department decides for its desk."""
    if not signed_in(request).may(perms.CONFIGURE):
        raise Http404
    form = SettingsForm(request.POST or None, instance=DeskSettings.current())
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_up(by=current(), **form.cleaned_data)
            messages.success(request, _t("Saved."))
            return redirect("desk:settings")
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return render(request, "desk/settings.html", {"form": form, "title": _t("Service desk")}, status=422 if request.method == "POST" else 200)


@login_required
def publish_standard(request: HttpRequest) -> HttpResponse:
    """A new version of the service standards, begun with the last one's text."""
    if not signed_in(request).may(perms.STANDARDS):
        raise Http404
    last = Standard.objects.first()
    form = StandardForm(request.POST or None, initial={"text": last.text, "text_en": last.text_en} if last else {})
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish_standard(by=current(), **form.cleaned_data)
            return redirect("desk:standards")
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return render(request, "desk/settings.html", {"form": form, "title": _t("Service standards"), "save": _t("Publish")}, status=422 if request.method == "POST" else 200)
