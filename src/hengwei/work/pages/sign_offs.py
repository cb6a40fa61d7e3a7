"""Signing an item, and looking at a signature."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string

from hengwei.core.acting import Actor, current
from hengwei.core.asked import signed_in
from hengwei.core.files import files_of, grants
from hengwei.core.models import StoredFile
from hengwei.work import permissions as perms
from hengwei.work.actions import sign_offs
from hengwei.work.asides import menu, panel, verb
from hengwei.work.models import SignOff, WorkItem

from .item import find


@grants
def _signatures(user: Any, file: StoredFile) -> bool:
    """The picture of a signature may be seen by whoever sees the item."""
    return SignOff.objects.filter(picture=file, item__in=WorkItem.objects.visible_to(user)).exists()


@login_required
def show(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One signature: what was signed, by whom, when, and the picture with its hash."""
    item = find(request, number)
    sign_off = get_object_or_404(item.sign_offs.select_related("picture", "recorded_by"), pk=pk)
    return render(request, "work/sign_off.html", {"item": item, "sign_off": sign_off})


@panel(order=65)
def card(item: WorkItem, request: HttpRequest) -> str:
    """The signatures of an item."""
    found = list(item.sign_offs.select_related("picture"))
    return render_to_string("work/sign_offs_card.html", {"item": item, "sign_offs": found}, request=request) if found else ""


@menu
def lines(item: WorkItem, request: HttpRequest) -> str:
    """'Have it signed …' in the item's menu, with its dialog."""
    if not signed_in(request).may(perms.WORK):
        return ""
    return render_to_string("work/sign_dialog.html", {"item": item}, request=request)


@verb("sign")
def _sign(item: WorkItem, by: Actor, post: Any) -> str:
    from django.utils.translation import gettext as _

    signer = post.get("signer", "")
    files = files_of(post.getlist("files"), user=by.user)[:1]
    picture = files[0] if files else sign_offs.drawn(post.get("drawing", ""), by=current(), signer=signer)
    sign_offs.sign(
        item, by=by, statement=post.get("statement", ""), signer=signer, capacity=post.get("capacity", ""), picture=picture,
        way=SignOff.Way.UPLOADED if files else SignOff.Way.DRAWN,
    )
    return _("Signed.")
