"""A call that carries an `Idempotency-Key` happens once, however often it is sent."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja.responses import NinjaJSONEncoder, Status

from .asked import signed_in
from .errors import Conflict, Refused
from .models import IdempotencyKey

HEADER = "Idempotency-Key"


def idempotent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Make a creating operation of the API repeatable: the answer of the first call is given to all.

    The key and what the call changes commit together. The same key with another request is refused (422); one whose
    first call is still running is a conflict (409).
    """

    @wraps(view)
    def once(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(HEADER, "")
        if not key:
            return view(request, *args, **kwargs)
        if len(key) > 100:
            raise Refused(_("The idempotency key is longer than 100 characters."), code="bad_idempotency_key")
        digest = hashlib.sha256(request.method.encode() + request.get_full_path().encode() + request.body).hexdigest()  # type: ignore[union-attr]
        with transaction.atomic():
            try:
                with transaction.atomic():
                    row = IdempotencyKey.objects.create(user=signed_in(request), key=key, route=request.path[:300], request_sha256=digest)
            except IntegrityError:
                return _again(request, key, digest)
            answer = view(request, *args, **kwargs)
            status, body = (answer.status_code, answer.value) if isinstance(answer, Status) else (200, answer)
            row.status, row.body = status, json.dumps(body, cls=NinjaJSONEncoder, ensure_ascii=False)
            row.save(update_fields=["status", "body"])
        return answer

    # Ninja reads the types from here; the wrapper's own module does not know the names of the view's.
    once.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    return once


def _again(request: HttpRequest, key: str, digest: str) -> HttpResponse:
    row = IdempotencyKey.objects.get(user=signed_in(request), key=key)
    if row.request_sha256 != digest:
        raise Refused(_("This idempotency key was used for another request."), code="idempotency_key_reused")
    if row.status is None:
        raise Conflict(_("The first call with this key is still running."), code="still_running")
    return HttpResponse(row.body, status=row.status, content_type="application/json; charset=utf-8", headers={"Idempotent-Replay": "true"})
