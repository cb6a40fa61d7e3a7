"""An agreement on paper and on the screen: signed, printed, compared version by version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.core.files import grants, store
from hengwei.core.i18n import colon
from hengwei.core.models import StoredFile
from hengwei.ui.kit import KitForm
from hengwei.ui.kit.diffs import lines
from hengwei.ui.printing import pdf_response
from hengwei.work import permissions as perms
from hengwei.work.actions import signing
from hengwei.work.clocks import wording
from hengwei.work.models import Agreement, AgreementVersion, Signature

from .agreements import AgreementPages, targets_in_words


@grants
def _through_signatures(user: Any, file: StoredFile) -> bool:
    """A signature may be seen by whoever may read its agreement."""
    if not (user.may(perms.VIEW_AGREEMENTS) or user.customer_id):
        return False
    return Signature.objects.filter(file=file, version__agreement__in=Agreement.objects.visible_to(user)).exists()


def version_of(request: HttpRequest, pk: int, number: int) -> AgreementVersion:
    """The version of the address, for those who may read agreements."""
    user = signed_in(request)
    found = AgreementVersion.objects.filter(agreement__in=Agreement.objects.visible_to(user), agreement=pk, number=number).select_related("agreement__customer", "agreement__team").first()
    if found is None or not user.may(perms.VIEW_AGREEMENTS):
        raise Http404
    return found


class SignForm(KitForm):
    side = forms.ChoiceField(label=_("signs"), choices=Signature.Side.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("name"), max_length=120)
    post = forms.CharField(label=_("position"), max_length=120, required=False)
    drawing = forms.CharField(required=False, widget=forms.HiddenInput)
    paper = forms.FileField(label=_("or the signed paper"), required=False, help_text=_("A scan or photograph, signed and sealed."))


@login_required
def sign(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The whole text, and under it the field to sign in."""
    version = version_of(request, pk, number)
    if not signed_in(request).may(perms.AGREEMENTS) or version.state != AgreementVersion.State.NEGOTIATING:
        raise Http404
    missing = [side for side in Signature.Side.values if not version.signatures.filter(side=side, withdrawn_at=None).exists()]
    initial = {"side": missing[0], "name": signed_in(request).name if missing[0] == Signature.Side.US else "", "post": signed_in(request).title if missing[0] == Signature.Side.US else ""}
    form = SignForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, current()
        try:
            paper = store(given["paper"].read(), given["paper"].name, user=by.user) if given["paper"] else None
            done = signing.sign(version, by=by, side=given["side"], name=given["name"], post=given["post"], picture=given["drawing"], paper=paper)
        except ActionError as error:
            form.add_error(error.field if error.field in form.fields and error.field != "drawing" else None, str(error))
        else:
            signed = done.state == AgreementVersion.State.SIGNED
            messages.success(request, _t("Signed by both sides.") if signed else _t("Signed. The other side is still to sign."))
            return redirect(f"{version.agreement.get_absolute_url()}?v={number}")
    return render(request, "work/agreement_sign.html", {
        "pages": AgreementPages(), "urls": {"list": reverse("work:agreements")}, "row": version.agreement, "form": form, "back": version.agreement.get_absolute_url(),
        "heading": _t("Sign version %(n)d") % {"n": number}, **_said(version),
    }, status=422 if form.errors else 200)


def _said(version: AgreementVersion) -> dict[str, Any]:
    """All that a version says, for reading and for paper."""
    return {
        "version": version, "agreement": version.agreement, "targets": targets_in_words(version, wording.Names()), "fee": wording.fee(version),
        "signatures": version.signatures.filter(withdrawn_at=None).select_related("file"), "standing": version.standing(timezone.now()),
        "last_day": version.effective_to - timedelta(seconds=1) if version.effective_to else None, "fingerprint": signing.fingerprint(version),
    }


@login_required
@require_GET
def paper(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The agreement as PDF, in office form, with the signatures or places for them."""
    version = version_of(request, pk, number)
    said = _said(version)
    ours = {s.side: s for s in said["signatures"]}
    sides = [(Signature.Side(side).label, ours.get(side)) for side in Signature.Side.values]
    return pdf_response("work/agreement_print.html", {**said, "sides": sides}, f"{version.agreement.key}-v{number}.pdf")


def _sections(version: AgreementVersion) -> dict[str, str]:
    """What a version says, by title, as plain text to compare."""
    day = "%Y-%m-%d"
    term = " – ".join(timezone.localtime(moment).strftime(day) if moment else "…" for moment in (version.effective_from, version.last_day))
    rows = [
        "\n".join([f"{t['measure']}{colon()}{t['within']}", f"{_t('for')}{colon()}{t['for']}", f"{_t('calendar')}{colon()}{t['calendar']}", f"{_t('pauses while')}{colon()}{t['pauses']}", *t["steps"]])
        for t in targets_in_words(version, wording.Names())
    ]
    return {
        _t("Service"): version.content, _t("Responsibilities"): version.responsibilities, _t("How to ask for service"): version.request_process,
        _t("Fees"): wording.fee(version), _t("Term"): term, _t("Promises"): "\n\n".join(rows),
    }


@login_required
@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions side by side, what differs marked."""
    agreement = Agreement.objects.visible_to(signed_in(request)).filter(pk=pk).first()
    if agreement is None or not signed_in(request).may(perms.VIEW_AGREEMENTS):
        raise Http404
    versions = list(agreement.versions.select_related("agreement").order_by("number"))
    by_number = {str(v.number): v for v in versions}
    after = by_number.get(request.GET.get("b", ""), versions[-1])
    before = by_number.get(request.GET.get("a", ""), versions[max(0, versions.index(after) - 1)])
    old, new = _sections(before), _sections(after)
    sections = []
    for title in new:
        found = lines(old[title], new[title])
        sections.append({
            "title": title, "same": old[title] == new[title], "before": [line for line in found if line.kind != "new"], "after": [line for line in found if line.kind != "gone"]})
    return render(request, "work/agreement_compare.html", {
        "agreement": agreement, "versions": versions, "before": before, "after": after, "sections": sections, "list_url": reverse("work:agreements")})
