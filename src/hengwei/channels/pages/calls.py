"""The address at which other programs and chat robots call us."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hengwei.channels.actions import hooks
from hengwei.channels.models import HookCall
from hengwei.core.errors import ActionError
from hengwei.core.rest import problem, problem_of


@csrf_exempt
@require_POST
def call(request: HttpRequest, token: str) -> HttpResponse:
    """Take one call: 200 with what became of it, 404 for an address that is none, 401 for a wrong signature, 429 with Retry-After for more items than it may open, 422 for what cannot be read."""
    hook = hooks.hook_of(token)
    if hook is None:
        return problem(status=404, title="Not found", code="not_found")
    if int(request.META.get("CONTENT_LENGTH") or 0) > hooks.MOST:
        return problem(status=413, title="Too large", code="too_large")
    try:
        done = hooks.take(hook, request.body, {name.lower(): value for name, value in request.headers.items()})
    except ActionError as error:
        if error.code == "bad_signature":
            return problem(status=401, title=str(error), code=error.code)
        answer = problem_of(error)
        if "retry_after" in error.params:
            answer["Retry-After"] = str(error.params["retry_after"])
        return answer
    if done.status != HookCall.Status.DONE:
        return problem(status=422, title=done.reason, code="not_understood", detail={"call": done.pk})
    return JsonResponse({"call": done.pk, **done.answer}, json_dumps_params={"ensure_ascii": False})
