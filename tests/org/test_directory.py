"""Sign-in and people from a real OpenLDAP server, in the clear on this machine, by StartTLS and by LDAPS."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from django.test import Client

from hengwei.core.errors import Forbidden, Refused
from hengwei.org.actions.sign_in import save_directory
from hengwei.org.directory import DirectoryError, check, sync
from hengwei.org.models import User
from tests.channels.conftest import free_port
from tests.factories import TeamFactory, UserFactory, acting

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
pytestmark = [pytest.mark.django_db, pytest.mark.skipif(SLAPD is None, reason="slapd is not installed (.ci/run installs it)")]
BASE = "dc=hengxin,dc=example"
LDIF = f"""dn: {BASE}
objectClass: dcObject
objectClass: organization
dc: hengxin
o: Hengxin

dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{BASE}
objectClass: organizationalUnit
ou: groups

dn: cn=reader,{BASE}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: reads-all

dn: uid=qian,ou=people,{BASE}
objectClass: inetOrgPerson
uid: qian
cn: 钱七
sn: 钱
mail: Qian@hengxin.example
telephoneNumber: 8123
title: 网络工程师
userPassword: right-horse

dn: uid=sun,ou=people,{BASE}
objectClass: inetOrgPerson
uid: sun
cn: 孙八
sn: 孙
mail: sun@hengxin.example
userPassword: battery-staple

dn: cn=it,ou=groups,{BASE}
objectClass: groupOfNames
cn: it
member: uid=qian,ou=people,{BASE}
"""


def certificate(folder: Path) -> None:
    """A certificate for localhost, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]), dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1).not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2)).add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True).sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """slapd with two people and a group: (port, TLS port, certificate)."""
    folder, plain, secure = tmp_path_factory.mktemp("ldap"), free_port(), free_port()
    certificate(folder)
    (folder / "data").mkdir()
    schemas = "\n".join(f"include /etc/ldap/schema/{name}.schema" for name in ("core", "cosine", "inetorgperson"))
    (folder / "slapd.conf").write_text(
        f"{schemas}\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {folder}/pid\nTLSCertificateFile {folder}/cert.pem\nTLSCertificateKeyFile {folder}/key.pem\n"
        f'database mdb\nmaxsize 10485760\nsuffix "{BASE}"\nrootdn "cn=admin,{BASE}"\nrootpw admin\ndirectory {folder}/data\n'
        f'access to attrs=userPassword by anonymous auth by * none\naccess to * by dn.exact="cn=reader,{BASE}" read by * none\n'
    )
    ldif = folder / "all.ldif"
    ldif.write_text(LDIF)
    subprocess.run([str(Path(SLAPD).parent / "slapadd"), "-f", folder / "slapd.conf", "-l", ldif], check=True, capture_output=True)
    process = subprocess.Popen([SLAPD, "-f", folder / "slapd.conf", "-h", f"ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{secure}", "-d", "0"])
    try:
        for _n in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", secure)) == 0:
                    break
            time.sleep(0.05)
        yield plain, secure, (folder / "cert.pem").read_text()
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def guard(department):
    return acting(UserFactory(role="security_admin"))


@pytest.fixture
def directory(server, guard):
    TeamFactory(key="it", name="IT支持组")
    return save_directory(
        by=guard, key="ad", name="公司目录", host="localhost", port=server[1], security="ldaps", authority=server[2], bind_dn=f"cn=reader,{BASE}", bind_password="reads-all", base=f"ou=people,{BASE}",
        groups_base=f"ou=groups,{BASE}", create_people=True, groups=[{"group": "it", "role": "agent", "team": "it"}],
    )


def sign_in(login, password):
    client = Client()
    return client.post("/account/login/", {"login": login, "password": password}), client


def test_who_the_directory_knows_comes_in_with_role_and_team(directory):
    answer, client = sign_in("qian", "right-horse")
    assert answer.status_code == 302 and client.get("/items").status_code == 200
    person = User.objects.get(username="qian")
    assert (person.name, person.email, person.phone, person.title, person.source) == ("钱七", "qian@hengxin.example", "8123", "网络工程师", "ldap:ad")
    assert [r.key for r in person.roles.all()] == ["agent"] and [t.key for t in person.teams.all()] == ["it"]
    assert sign_in("qian@hengxin.example", "right-horse")[0].status_code == 302
    assert User.objects.filter(username="qian").count() == 1


@pytest.mark.parametrize("login, password", [("qian", "wrong"), ("qian", ""), ("*", "right-horse"), ("qian)(uid=*", "right-horse"), ("nobody", "right-horse")])
def test_others_do_not(directory, login, password):
    assert sign_in(login, password)[0].status_code != 302
    assert not User.objects.filter(source="ldap:ad").exists()


def test_by_starttls_too_and_a_stranger_s_certificate_is_refused(directory, server, guard):
    save_directory(directory, by=guard, port=server[0], security="starttls")
    assert sign_in("sun", "battery-staple")[0].status_code == 302
    save_directory(directory, by=guard, authority="")
    directory.refresh_from_db()
    with pytest.raises(DirectoryError):
        check(directory)
    assert sign_in("qian", "right-horse")[0].status_code != 302


def test_people_are_taken_over_and_who_is_gone_stays_out(directory):
    gone = UserFactory(source="ldap:ad", source_id="somebody-else", role="agent")
    assert "2" in sync(directory)
    assert User.objects.filter(source="ldap:ad", is_active=True).count() == 2
    gone.refresh_from_db()
    assert not gone.is_active
    directory.refresh_from_db()
    assert directory.synced_at


def test_a_directory_that_does_not_answer_locks_nobody_out(directory, guard):
    gone = UserFactory(source="ldap:ad", source_id="x", role="agent")
    save_directory(directory, by=guard, port=free_port())
    directory.refresh_from_db()
    sync(directory)
    gone.refresh_from_db()
    directory.refresh_from_db()
    assert gone.is_active and directory.sync_said
    own = UserFactory(username="own", role="agent")
    own.set_password("Gut-genug-9!")
    own.save()
    assert sign_in("own", "Gut-genug-9!")[0].status_code == 302


def test_an_audit_administrator_is_not_taken_over(directory):
    person = UserFactory(username="qian", role="audit_admin")
    assert sign_in("qian", "right-horse")[0].status_code != 302
    person.refresh_from_db()
    assert person.source == ""


def test_the_connection_is_tried_from_its_page(directory, client):
    client.force_login(User.objects.filter(roles__key="security_admin").first())
    page = client.post(f"/org/directories/{directory.pk}/do/try", follow=True).content.decode()
    assert "钱七" in page or "孙八" in page
    assert "reads-all" not in client.get(f"/org/directories/{directory.pk}/edit").content.decode()


def test_passwords_do_not_cross_the_network_in_the_clear(guard):
    with pytest.raises(Refused) as refused:
        save_directory(by=guard, key="x", name="x", host="ad.hengxin.example", security="none", base=BASE)
    assert refused.value.field == "security"
    with pytest.raises(Forbidden):
        save_directory(by=acting(UserFactory(role="manager")), key="x", name="x", host="x", base=BASE)
