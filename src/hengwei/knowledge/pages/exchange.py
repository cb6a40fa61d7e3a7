"""Many articles at once: taken in from files with a look first, written out as Markdown."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hengwei.core.acting import current
from hengwei.core.asked import signed_in
from hengwei.core.errors import ActionError
from hengwei.core.files import files_of, store
from hengwei.knowledge import permissions as perms
from hengwei.knowledge.actions import exchange
from hengwei.knowledge.forms import ImportForm
from hengwei.knowledge.models import Article
from hengwei.org.models import User

from .kept import ArticlePages

#: Articles of one file.
MOST = 2000


def _manager(request: HttpRequest) -> User:
    user = signed_in(request)
    if not user.may(perms.MANAGE):
        raise Http404
    return user


@login_required
def take_in(request: HttpRequest) -> HttpResponse:
    """Choose files; look at what would come of them; make the drafts."""
    user, by = _manager(request), current()
    form = ImportForm(request.POST or None, user=user, initial={"audience": "staff"})
    rows, files, error = [], [], None
    if request.method == "POST":
        try:
            files = [store(one.read(), one.name or "file", user=user) for one in request.FILES.getlist("given")] or files_of(request.POST.getlist("files"), user=user)
            if form.is_valid() and files and request.POST.get("then") == "make":
                exchange.begin(files, by=by, category=form.cleaned_data["category"], audience=form.cleaned_data["audience"], twice=form.cleaned_data["twice"])
                messages.success(request, _("It runs. Its progress is shown here; you may leave this page."))
                return redirect("site:tasks")
            rows = exchange.read(files, by=by)
        except ActionError as refusal:
            error = refusal
    sound = sum(1 for row in rows if not row.wrong)
    return render(request, "knowledge/import.html", {
        "form": form, "rows": rows, "files": files, "error": error, "sound": sound, "looked": request.method == "POST" and not error,
    }, status=422 if error else 200)


@login_required
def write_out(request: HttpRequest) -> HttpResponse:
    """The articles of the list, with its filters, as a .zip of Markdown."""
    user = _manager(request)
    page = ArticlePages()
    rows, _filters = page.narrowed(request, user)
    articles = Article.objects.filter(pk__in=rows.values("pk")[:MOST]).select_related("published", "working", "category", "owner").order_by("number")
    name = f"knowledge-{timezone.localtime():%Y%m%d-%H%M}.zip"
    return HttpResponse(exchange.written_out(articles), content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'})


