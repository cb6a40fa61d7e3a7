"""Real mail, by real servers: swaks hands it to our receiver, Dovecot keeps it until we fetch."""

from __future__ import annotations

import getpass
import imaplib
import os
import shutil
import smtplib
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from hengwei.channels import receiving
from hengwei.channels.actions import inbound
from hengwei.channels.fetching import fetch
from hengwei.channels.models import InboundMessage, Mailbox
from hengwei.config import worker
from hengwei.work.models import WorkItem
from tests.channels.conftest import free_port, mail, send_all

DATA = Path(__file__).parent.parent / "data" / "mail"
DOVECOT = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else None)

pytestmark = [pytest.mark.mailserver]

CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
{users}
mail_location = maildir:{dir}/maildir
first_valid_uid = 0
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory):
    """An IMAP server with one empty mailbox; its port."""
    if DOVECOT is None:
        pytest.skip("Dovecot is not installed (.ci/run installs it)")
    folder, port = tmp_path_factory.mktemp("dovecot"), free_port()
    user = getpass.getuser()
    root = os.getuid() == 0
    uid, gid = (65534, 65534) if root else (os.getuid(), os.getgid())
    (folder / "maildir").mkdir()
    if root:
        for one in (folder, folder / "maildir"):
            os.chown(one, uid, gid)
        for parent in [folder, *folder.parents][:4]:
            if parent.stat().st_uid == 0 and parent != Path("/tmp"):
                parent.chmod(parent.stat().st_mode | 0o011)
    users = "" if root else f"default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {os.getgid()}"
    (folder / "conf").write_text(CONFIG.format(dir=folder, port=port, uid=uid, gid=gid, users=users))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "conf")])
    try:
        _wait_for(port, folder)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, folder: Path) -> None:
    for _attempt in range(100):
        try:
            imaplib.IMAP4("127.0.0.1", port).logout()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError((folder / "log").read_text() if (folder / "log").exists() else "no log")


@pytest.fixture
def inbox(dovecot, mailbox):
    """Our mailbox, read from that server, emptied."""
    Mailbox.objects.filter(pk=mailbox.pk).update(imap_host="127.0.0.1", imap_port=dovecot, imap_security="none", imap_user="help", imap_password="")
    mailbox.refresh_from_db()
    mailbox.imap_password = "secret"
    mailbox.save()
    with imaplib.IMAP4("127.0.0.1", dovecot) as server:
        server.login("help", "secret")
        if int(server.select("INBOX")[1][0] or 0):
            server.store("1:*", "+FLAGS", r"\Deleted")
            server.expunge()
    return mailbox


def put(port: int, *messages: bytes) -> None:
    with imaplib.IMAP4("127.0.0.1", port) as server:
        server.login("help", "secret")
        for data in messages:
            server.append("INBOX", "", "", data)


def flags(port: int) -> list[bytes]:
    with imaplib.IMAP4("127.0.0.1", port) as server:
        server.login("help", "secret")
        server.select("INBOX", readonly=True)
        return server.search(None, "SEEN")[1][0].split()


def read_all() -> None:
    for pk in InboundMessage.objects.filter(status="kept").values_list("pk", flat=True):
        inbound.process(pk)


@pytest.mark.django_db
def test_the_whole_set_through_imap(dovecot, inbox, sink, requester):
    files = sorted(DATA.glob("*.eml"))
    put(dovecot, *(f.read_bytes() for f in files))
    assert fetch(inbox) == len(files)
    assert len(flags(dovecot)) == len(files)
    assert fetch(Mailbox.objects.get(pk=inbox.pk)) == 0
    read_all()
    assert not InboundMessage.objects.filter(status__in=("kept", "failed")).exists()
    assert WorkItem.objects.filter(title="系统打不开").exists()
    send_all()
    assert {m["To"] for m in sink.messages} >= {"liuyang@icloud.com", "tom.baker@gmail.com"}
    assert "bob@example.net" not in {m["To"] for m in sink.messages}


@pytest.mark.django_db
def test_numbered_anew_by_the_server_nothing_comes_twice(dovecot, inbox):
    put(dovecot, mail(id="<x1@customer.example>"))
    fetch(inbox)
    Mailbox.objects.filter(pk=inbox.pk).update(uidvalidity=1, last_uid=99999)
    fetch(Mailbox.objects.get(pk=inbox.pk))
    read_all()
    assert (InboundMessage.objects.count(), WorkItem.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_is_too_large_is_known_by_its_header_and_answered_once(dovecot, inbox, sink, settings):
    settings.MAX_MAIL_BYTES = 5000
    put(dovecot, mail(text="x\n" * 4000, subject="huge"), mail(text="small"))
    assert fetch(inbox) == 2
    fetch(Mailbox.objects.get(pk=inbox.pk))
    read_all()
    send_all()
    large = InboundMessage.objects.get(outcome="oversize")
    assert (large.subject, large.status) == ("huge", "aside")
    assert len([m for m in sink.messages if "过大" in m["Subject"]]) == 1


@pytest.mark.django_db
def test_a_wrong_password_is_said_at_the_mailbox(dovecot, inbox):
    inbox.imap_password = "wrong"
    inbox.save()
    assert fetch(inbox) == 0
    inbox.refresh_from_db()
    assert "AUTHENTICATIONFAILED" in inbox.fetch_error


@pytest.mark.django_db(transaction=True)
def test_idle_brings_new_mail_by_itself_and_ends_with_the_mailbox(dovecot, inbox, monkeypatch):
    monkeypatch.setattr(receiving, "IDLE_SECONDS", 3)
    stopping = threading.Event()
    waiter = threading.Thread(target=receiving.wait_for_new, args=(inbox.pk, stopping), daemon=True)
    waiter.start()
    time.sleep(1)
    put(dovecot, mail(id="<idle@customer.example>"))
    for _attempt in range(400):
        if InboundMessage.objects.exists():
            break
        time.sleep(0.1)
    assert InboundMessage.objects.count() == 1
    Mailbox.objects.filter(pk=inbox.pk).update(active=False)
    waiter.join(15)
    assert not waiter.is_alive()


@pytest.mark.django_db(transaction=True)
def test_swaks_hands_over_by_smtp(department, mailbox, monkeypatch):
    swaks = shutil.which("swaks")
    if swaks is None:
        pytest.skip("swaks is not installed (.ci/run installs it)")
    port = free_port()
    server = receiving.controller("127.0.0.1", port)
    server.start()
    try:
        run = [swaks, "--server", f"127.0.0.1:{port}", "--from", "li@customer.example", "--h-Subject", "=?utf-8?B?5omT5Y2w5py6?=", "--body", "by swaks"]
        done = subprocess.run([*run, "--to", "help@example.com"], capture_output=True, text=True, check=False)
        refused = subprocess.run([*run, "--to", "nobody@example.com"], capture_output=True, text=True, check=False)
    finally:
        server.stop()
    assert done.returncode == 0, done.stdout
    assert "550" in refused.stdout
    row = InboundMessage.objects.get()
    assert row.status == "kept"
    read_all()
    assert WorkItem.objects.get().title == "打印机"


@pytest.mark.django_db(transaction=True)
def test_the_worker_receives_mail_besides_also_where_another_had_its_port_first(department, mailbox, monkeypatch):
    monkeypatch.setattr(worker, "AGAIN", 0.1)
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as another, worker._receiving(("127.0.0.1", port)):
        time.sleep(0.5)
        another.close()
        until = time.monotonic() + 20
        while True:
            try:
                with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
                    server.sendmail("li@customer.example", ["help@example.com"], mail())
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.1)
    assert InboundMessage.objects.get().status == "kept"
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 1)
