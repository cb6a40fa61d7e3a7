"""Pages for paper: A4, as PDF, with places for signature and seal, as a Chinese office expects."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """A template that extends `ui/print.html` as PDF. Only data: and stored files (`media:PATH`) are fetched, nothing from a network."""
    # Slow to load, and needed by few processes.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Stored(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("media:"):
                with default_storage.open(url.removeprefix("media:")) as file:
                    return URLFetcherResponse(url, file.read())
            return super().fetch(url, headers)

    fetcher = Stored(allowed_protocols=("data",))
    return bytes(HTML(string=render_to_string(template, context), url_fetcher=fetcher).write_pdf())


def pdf_response(template: str, context: dict[str, Any], filename: str) -> HttpResponse:
    """The same as a download that the browser may show."""
    return HttpResponse(pdf(template, context), content_type="application/pdf", headers={"Content-Disposition": content_disposition_header(False, filename) or "inline"})
