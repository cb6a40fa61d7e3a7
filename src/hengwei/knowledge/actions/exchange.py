"""Articles from files, many at once; and a set of them as a file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from hengwei.core.acting import Actor
from hengwei.core.errors import ActionError, Refused
from hengwei.core.files import store
from hengwei.core.models import StoredFile, Task
from hengwei.core.tasks import start
from hengwei.knowledge import docx_markdown
from hengwei.knowledge import permissions as perms
from hengwei.knowledge.models import Article, Audience, Category, Kind

from .writing import What, create_article, moment

#: Files of one import, and bytes of what a .zip may unfold to.
MOST_FILES, MOST_BYTES = 500, 200 * 2**20
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"\A\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
_CJK = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True)
class Candidate:
    """An article as a file gives it; with what is wrong with it, if anything."""

    name: str
    title: str = ""
    title_en: str = ""
    summary: str = ""
    summary_en: str = ""
    body: str = ""
    body_en: str = ""
    kind: str = Kind.FAQ
    category: str = ""
    tags: list[str] = field(default_factory=list)
    wrong: str = ""
    exists: str = ""

    @property
    def excerpt(self) -> str:
        return " ".join((self.summary or self.body or self.summary_en or self.body_en).split())[:160]


def read(files: Sequence[StoredFile], *, by: Actor) -> list[Candidate]:
    """What an import of these files would make, nothing written yet (pictures of Word files apart, which are kept).

    .md and .docx, one article a file; a .zip of them. `name.en.md` beside `name.md` or `name.zh.md` is its English.
    """
    by.require(perms.MANAGE)
    found: dict[str, Candidate] = {}
    for name, content in _unfolded(files):
        path = PurePosixPath(name)
        stem, english = _stem(path)
        candidate = found.setdefault(stem, Candidate(name=name))
        try:
            if path.suffix.casefold() == ".docx":
                title, body = docx_markdown.convert(content, lambda data, picture: store(data, picture, user=by.user).get_absolute_url())
                facts: dict[str, str] = {}
            else:
                facts, title, body = parse_markdown(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            candidate.wrong = _("Not UTF-8 text.")
            continue
        except ValueError:
            candidate.wrong = _("Not a Word document.")
            continue
        except ActionError as error:
            candidate.wrong = str(error)
            continue
        _take(candidate, facts, title or path.stem.removesuffix(".zh").removesuffix(".en"), body, english=english)
    rows = list(found.values())
    _judge(rows)
    return rows


def _stem(path: PurePosixPath) -> tuple[str, bool | None]:
    """What two files of one article share, and whether this is its English; None where the text must tell."""
    stem = str(path.with_suffix(""))
    if stem.endswith(".en"):
        return stem.removesuffix(".en"), True
    return (stem.removesuffix(".zh"), False) if stem.endswith(".zh") else (stem, None)


def _unfolded(files: Sequence[StoredFile]) -> Iterable[tuple[str, bytes]]:
    count = total = 0
    for file in files:
        with default_storage.open(file.path) as opened:
            content = opened.read()
        parts: Iterable[tuple[str, bytes]] = [(file.name, content)]
        if file.name.casefold().endswith(".zip"):
            parts = _of_zip(content)
        for name, inner in parts:
            if PurePosixPath(name).suffix.casefold() not in (".md", ".markdown", ".docx"):
                continue
            count, total = count + 1, total + len(inner)
            if count > MOST_FILES or total > MOST_BYTES:
                raise Refused(_("Too much at once: at most %(files)d files of %(mb)d MB together.") % {"files": MOST_FILES, "mb": MOST_BYTES // 2**20}, code="too_much", field="files")
            yield name, inner


def _of_zip(content: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as folder:
            members = [m for m in folder.infolist() if not m.is_dir() and "__MACOSX" not in m.filename]
            if sum(m.file_size for m in members) > MOST_BYTES:
                raise Refused(_("Too much at once: at most %(files)d files of %(mb)d MB together.") % {"files": MOST_FILES, "mb": MOST_BYTES // 2**20}, code="too_much", field="files")
            return [(m.filename, folder.read(m)) for m in members]
    except (zipfile.BadZipFile, RuntimeError):
        raise Refused(_("The .zip cannot be read."), code="bad_zip", field="files") from None


def parse_markdown(text: str) -> tuple[dict[str, str], str, str]:
    """(facts of the front matter, title, body). The title is that of the front matter, or the first heading."""
    facts: dict[str, str] = {}
    text = text.replace("\r\n", "\n")
    if match := _FRONT.match(text):
        for line in match[1].splitlines():
            key, colon, value = line.partition(":")
            if colon:
                facts[key.strip().casefold()] = value.strip().strip("\"'")
        text = text[match.end() :]
    title = facts.get("title", "")
    if match := _HEADING.match(text):
        if not title or match[1] == title:
            text = text[match.end() :]
        title = title or match[1]
    return facts, title, text.strip()


def _take(candidate: Candidate, facts: dict[str, str], title: str, body: str, *, english: bool | None) -> None:
    if english is None:
        english = facts.get("language", "") == "en" or (not facts.get("language") and not _CJK.search(title + body))
    end = "_en" if english else ""
    setattr(candidate, f"title{end}", title[:200])
    setattr(candidate, f"body{end}", body)
    setattr(candidate, f"summary{end}", facts.get("summary", "")[:500])
    if facts.get("kind") in Kind.values:
        candidate.kind = facts["kind"]
    candidate.category = facts.get("category", candidate.category)
    if facts.get("tags"):
        candidate.tags = [tag.strip() for tag in re.split(r"[,，、]", facts["tags"].strip("[]")) if tag.strip()]


def _judge(rows: Sequence[Candidate]) -> None:
    known = set(Category.objects.values_list("key", flat=True))
    titles = {title: number for number, title in Article.objects.filter(title__in=[r.title for r in rows if r.title]).values_list("number", "title")}
    for row in rows:
        if not row.wrong and not row.body and not row.body_en:
            row.wrong = _("It has no text.")
        if row.category and row.category not in known:
            row.wrong = row.wrong or _("There is no category '%(key)s'.") % {"key": row.category}
        row.exists = titles.get(row.title, "") if row.title else ""


def begin(files: Sequence[StoredFile], *, by: Actor, category: Category | None = None, audience: str = Audience.STAFF, twice: bool = False) -> Task:
    """Have the drafts made by a worker, with progress under 'running tasks'; what is wrong with a file is a line of its list of faults."""
    from hengwei.knowledge.jobs import import_articles

    by.require(perms.MANAGE)
    by.require(perms.WRITE)
    if not files:
        raise Refused(_("Please choose files."), code="missing", field="files")
    about = files[0].name if len(files) == 1 else _("%(name)s and %(n)d more") % {"name": files[0].name, "n": len(files) - 1}
    return start(import_articles, by=by, about=about, files=[str(file.pk) for file in files], category=category.pk if category else None, audience=audience, twice=twice)


@transaction.atomic
def make(
    row: Candidate, *, by: Actor, category: Category | None = None, audience: str = Audience.STAFF, twice: bool = False, since: datetime | None = None,
    at: datetime | None = None,
) -> Article | None:
    """Make the draft of one file; None where its title exists already (unless `twice`), or where this import made it before it was interrupted (`since`)."""
    at = moment(at)
    if row.wrong:
        raise Refused(row.wrong, code="wrong")
    if since is not None and Article.objects.filter(created_by=by.user, created_at__gte=since, title=row.title, title_en=row.title_en, versions__note=row.name[:300]).exists():
        return None
    if row.exists and not twice:
        return None
    words = {name: getattr(row, name) for name in ("title", "title_en", "summary", "summary_en", "body", "body_en")}
    own = Category.objects.usable().filter(key=row.category).first() if row.category else None
    return create_article(
        by=by, kind=row.kind, category=own or category, tags=row.tags, audience=audience, what=What.IMPORTED, note=row.name[:300], at=at, **words)


def written_out(articles: Iterable[Article]) -> bytes:
    """A .zip of the articles' published (else drafted) words as Markdown, in each language that they have, with their pictures."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as folder:
        for article in articles:
            version = article.published or article.working
            if version is None:
                continue
            pictures = {}
            for held in article.files.filter(removed_at=None).select_related("file"):
                name = f"files/{held.file.pk}-{held.file.name}"
                with default_storage.open(held.file.path) as opened:
                    folder.writestr(name, opened.read())
                pictures[held.file.get_absolute_url()] = name
            for language, title, summary, body in (("zh", version.title, version.summary, version.body), ("en", version.title_en, version.summary_en, version.body_en)):
                if title or body:
                    for address, name in pictures.items():
                        body = body.replace(address, name)
                    folder.writestr(f"{article.number}.{language}.md", _front(article, language, title, summary) + body + "\n")
    return buffer.getvalue()


def _front(article: Article, language: str, title: str, summary: str) -> str:
    facts: dict[str, Any] = {
        "title": title, "summary": " ".join(summary.split()), "language": language, "number": article.number, "kind": article.kind, "state": article.state,
        "category": article.category.key if article.category else "", "tags": "，".join(article.tags), "audience": article.audience,
        "owner": article.owner.name if article.owner else "", "updated": article.updated_at.date().isoformat(),
    }
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in facts.items() if value) + "---\n\n"
