"""The whole product, running as the README says, with a small sample company; Chromium to use it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
import pytest

from hengwei.core.sample import MARK
from tests.processes import surroundings

#: The shell is the same browser without its window: half the work.
CHROMIUM = next((found for name in ("chromium-headless-shell", "chromium", "chromium-browser") if (found := shutil.which(name))), None)
PASSWORD = "hengwei-demo"


@dataclass
class Product:
    """Where it is reached, and what it sent."""

    url: str
    smtp_in: int
    smtp_out: int
    sent: list[EmailMessage] = field(default_factory=list)
    #: Where pages were checked for accessibility already (`Person.accessible`).
    checked: set[tuple[str, int, str]] = field(default_factory=set)
    #: Cookies of those who have signed in, by their user names.
    signed_in: dict[str, Any] = field(default_factory=dict)
    #: What its processes are told.
    environment: dict[str, str] = field(default_factory=dict)

    def does(self, deed: str) -> str:
        """What a timer of the product does at its hour, or an earlier day left behind, done now in a process beside it; what it printed."""
        begun = "import django; django.setup(); from datetime import timedelta; from django.utils import timezone; from hengwei.org.models import User; "
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "hengwei.config.django"}
        done = subprocess.run([sys.executable, "-c", begun + deed], env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def mail(self, to: str, words: str, seconds: float = 40, about: str = "") -> EmailMessage:
        """The newest message to a person with these words in its subject or body, waited for; about an item by its number in the subject."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for message in reversed(self.sent):
                body = message.get_body(("plain",))
                if to in str(message["To"]) and about in str(message["Subject"]) and words in f"{message['Subject']}\n{body.get_content() if body else ''}":
                    return message
            time.sleep(0.2)
        raise AssertionError(f"no mail to {to} with {words!r}; sent: {[(m['To'], m['Subject']) for m in self.sent]}")


#: The sample company, loaded once a run and copied for each worker.
SAMPLE = "hengwei_browser_sample"
SAMPLE_SECONDS = 400


def _shared(config: pytest.Config) -> Path:
    """A folder that the workers of this run have in common."""
    own: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


def _address(name: str) -> str:
    """A database of this name beside the one of the tests."""
    base, _slash, rest = os.environ["DATABASE_URL"].rpartition("/")
    return f"{base}/{name}{'?' + rest.partition('?')[2] if '?' in rest else ''}"


def _create(name: str, template: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}{f' TEMPLATE {template}' if template else ''}")


def pytest_collection_finish(session: pytest.Session) -> None:
    """While other tests run, one worker has the sample company loaded."""
    wanted = any(item.get_closest_marker("browser") for item in session.items)
    if wanted and CHROMIUM is not None and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0" and not session.config.option.collectonly:
        threading.Thread(target=_load_sample, args=(_shared(session.config),), daemon=True).start()


def _load_sample(shared: Path) -> None:
    folder, outcome = shared / "sample", shared / "sample.outcome"
    try:
        folder.mkdir()
        _create(SAMPLE, os.environ.get("HENGWEI_TEST_TEMPLATE", ""))
        environment = surroundings(DATABASE_URL=_address(SAMPLE), HENGWEI_DATA_DIR=str(folder), HENGWEI_SAMPLE_ITEMS="60")
        done = subprocess.run([sys.executable, "-m", "hengwei.config.cli", "demo"], env=environment, capture_output=True, text=True, timeout=SAMPLE_SECONDS, check=False)
        said = "" if done.returncode == 0 else done.stdout + done.stderr or str(done.returncode)
    except Exception as error:
        said = repr(error)
    outcome.with_suffix(".new").write_text(said)
    outcome.with_suffix(".new").rename(outcome)


def _copy_sample(config: pytest.Config, name: str, folder: Path) -> None:
    """The sample company, with its files and its key, as a database of this name."""
    outcome = _shared(config) / "sample.outcome"
    until = time.monotonic() + SAMPLE_SECONDS
    while not outcome.exists():
        assert time.monotonic() < until, "the sample company is still not loaded"
        time.sleep(0.1)
    assert not (said := outcome.read_text()), said
    _create(name, SAMPLE)
    with psycopg.connect(_address(name), autocommit=True) as connection:
        # What is said of a database is not copied with it.
        connection.execute(f"COMMENT ON DATABASE {name} IS '{MARK}'")
    shutil.copytree(_shared(config) / "sample", folder, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def product(tmp_path_factory, pytestconfig) -> Iterator[Product]:
    """`hengwei serve --demo` on a database of its own."""
    from aiosmtpd.controller import Controller

    from tests.channels.conftest import free_port

    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (.ci/run installs it)")
    folder = tmp_path_factory.mktemp("product")
    name = f"hengwei_browser_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}"
    _copy_sample(pytestconfig, name, folder)
    port = free_port()
    found = Product(f"http://127.0.0.1:{port}", free_port(), free_port())

    class Outside:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            found.sent.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            return "250 OK"

    outside = Controller(Outside(), hostname="127.0.0.1", port=found.smtp_out)
    outside.start()
    environment = surroundings(
        DATABASE_URL=_address(name), HENGWEI_DATA_DIR=str(folder), HENGWEI_PORT=str(port), HENGWEI_SMTP_PORT=str(found.smtp_in), HENGWEI_SAMPLE_ITEMS="60",
        # The receivers of chat robots and webhooks are on this machine.
        HENGWEI_OUTGOING_ALLOW='["127.0.0.1/32"]',
    )
    found.environment = environment
    log = (folder / "log").open("w")
    process = subprocess.Popen([sys.executable, "-m", "hengwei.config.cli", "serve", "--demo"], env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(f"{found.url}/account/login/", process, folder / "log")
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        outside.stop()
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.3)
    raise RuntimeError(log.read_text())


@pytest.fixture(autouse=True)
def _no_address_is_full(request: pytest.FixtureRequest) -> None:
    """So many walks write to the same few people within minutes that the product would hold their mail for a machine's."""
    if "product" in request.fixturenames:
        request.getfixturevalue("product")
        with psycopg.connect(_address(f"hengwei_browser_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}"), autocommit=True) as connection:
            connection.execute("DELETE FROM channels_mailtally")
            connection.execute("UPDATE channels_mailaddress SET held_until = NULL WHERE held_until IS NOT NULL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A walk there in both languages is made in one, by turns within its file, unless `--both-languages` says otherwise; the main job is always in both.

    `test_looks` reads every page in both, so what a second walk adds is little, and it costs as much as the first.
    """
    if config.option.both_languages:
        return
    turns: dict[Path, list[str]] = {}
    left = []
    for item in items:
        language = getattr(item, "callspec", None) and item.callspec.params.get("language")  # type: ignore[attr-defined]
        if not language or item.get_closest_marker("browser") is None or item.path.name == "test_main_job.py":
            continue
        walks = turns.setdefault(item.path, [])
        name = item.originalname  # type: ignore[attr-defined]
        if name not in walks:
            walks.append(name)
        if language != ("zh-hans", "en")[walks.index(name) % 2]:
            left.append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="module")
def browser():
    """One Chromium a module: while Playwright runs, Django refuses to ask its database in this process, and other tests may follow."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (.ci/run installs it)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield one
        one.close()
