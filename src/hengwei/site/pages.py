"""What belongs to no one room: the start, the search, the palette, language and appearance."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hengwei.core import search as index
from hengwei.core.asked import signed_in
from hengwei.org.models import User
from hengwei.ui.menu import counts_for, entries_for, settings_for
from hengwei.work.models import WorkItem
from hengwei.work.pages.quick import in_palette


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Each role's own start: the queue, the lead's board, the portal."""
    user = signed_in(request)
    if not user.is_agent:
        return redirect("desk:portal")
    return redirect("work:board" if user.may("work.view_figures") else "work:queue")


def _back(request: HttpRequest) -> HttpResponseRedirect:
    to = request.POST.get("next", "/")
    return HttpResponseRedirect(to if url_has_allowed_host_and_scheme(to, {request.get_host()}) else "/")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak the other language from now on: to the person, or to this browser while nobody is signed in."""
    language = request.POST.get("language", "")
    response = _back(request)
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
    return response


@login_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system."""
    theme = request.POST.get("theme", "")
    if theme in ("light", "dark", "auto"):
        User.objects.filter(pk=request.user.pk).update(theme=theme)
    return _back(request)


@login_required
def palette(request: HttpRequest) -> HttpResponse:
    """What fits the words typed into the palette: a number, pages, items, people."""
    user = signed_in(request)
    text = request.GET.get("q", "").strip()
    menu = [e for e in entries_for(user) if not text or text.casefold() in str(e.label).casefold()]
    exact = WorkItem.objects.visible_to(user).filter(number=text.upper()).first() if text else None
    found = index.search(text, user=user, limit=8, prefix_last=True) if text else None
    people = User.objects.visible_to(user).filter(name__icontains=text, is_active=True).order_by("name", "id")[:5] if len(text) > 1 and user.is_agent else []
    return render(request, "site/palette.html", {"quick": in_palette(text, user), "menu": menu, "exact": exact, "found": found, "people": people, "text": text})


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Everything that contains the words, newest first."""
    text, cursor = request.GET.get("q", "").strip(), request.GET.get("after", "")
    found = index.search(text, user=request.user, limit=20, cursor=int(cursor) if cursor.isdecimal() else None) if text else None
    return render(request, "site/search.html", {"text": text, "found": found, "title": _("Search")})


@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """Everything that this person may set up, by group."""
    user = signed_in(request)
    groups = settings_for(user) if user.is_agent else []
    if not groups:
        raise Http404
    return render(request, "site/settings.html", {"groups": groups})


@login_required
def counts(request: HttpRequest) -> JsonResponse:
    """The numbers in the rail: asked by the page once it is shown, so that no page waits for them."""
    return JsonResponse(counts_for(signed_in(request)))
