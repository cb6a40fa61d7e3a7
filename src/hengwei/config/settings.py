"""Every setting of an installation, typed, read from the environment and one TOML file, checked at start."""

from __future__ import annotations

import os
import secrets
import tomllib
from contextlib import suppress
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

#: What must not stand on a screen or in a log.
SECRET = ("database_url", "metrics_token")


class BadSettings(SystemExit):
    """A setting is wrong: the text names it and the mend, in both languages; the program ends with it, without a traceback."""


def file_in_use() -> Path | None:
    """The TOML file that is read: HENGWEI_CONFIG, else hengwei.toml in the data folder, else /etc/hengwei/hengwei.toml; None for none."""
    named = os.environ.get("HENGWEI_CONFIG")
    if named:
        return Path(named)
    places = (Path(os.environ.get("HENGWEI_DATA_DIR", "var")) / "hengwei.toml", Path("/etc/hengwei/hengwei.toml"))
    return next((place for place in places if place.is_file()), None)


class _TomlFile(PydanticBaseSettingsSource):
    """The settings of the file, below those of the environment."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        file = file_in_use()
        if file is None:
            return {}
        try:
            found = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadSettings(f"设置文件 {file} 无法读取：{error}\nThe settings file {file} cannot be read: {error}") from None
        known = set(self.settings_cls.model_fields)
        for name in found:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = (f"，是否应为 {near[0]}？", f"; did you mean {near[0]}?") if near else ("。", ".")
                raise BadSettings(f"设置文件 {file} 中没有 {name} 这一项{hint[0]}\nThere is no setting {name} ({file}){hint[1]}")
        return found


class Settings(BaseSettings):
    """Names in the environment are HENGWEI_<NAME>, in the file <name>; `DATABASE_URL` is read under its usual name. The environment goes before the file."""

    model_config = SettingsConfigDict(env_prefix="HENGWEI_", extra="ignore", populate_by_name=True)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource, file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _TomlFile(settings_cls)

    data_dir: Path = Field(default=Path("var"), description="Database, files, secrets and logs of this installation.")
    database_url: str = Field(
        default="", validation_alias=AliasChoices("DATABASE_URL", "database_url"), description="Your own PostgreSQL 15 or newer; empty for the embedded one.",
    )
    allowed_hosts: list[str] = Field(default=["127.0.0.1", "localhost", "testserver"], description="Names under which the site is reached.")
    host: str = Field(default="127.0.0.1", description="Address on which the site listens.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port on which the site listens.")
    debug: bool = Field(default=False, description="Show errors in full; never where others can reach it.")
    max_file_mb: int = Field(default=25, gt=0, description="The largest attachment, in MiB.")
    smtp_port: int = Field(default=0, ge=0, description="Port of the built-in mail receiver; 0 for none.")
    smtp_bind: str = Field(default="127.0.0.1", description="Address on which the mail receiver listens.")
    max_mail_mb: int = Field(default=50, gt=0, description="The largest message taken in, in MiB.")
    base_url: str = Field(default="", description="Address of the site as people reach it, such as https://desk.example.com: for links in mails, cookies and passkeys.")
    outgoing_allow: list[str] = Field(default=[], description="Inner targets that webhooks, chat robots, probes and imports may reach: networks such as 10.20.0.0/16, or names.")
    metrics_token: str = Field(default="", description="With it /metrics may be read from elsewhere.")
    close_after_days: int = Field(default=5, ge=0, description="Working days after which what was resolved is closed without a word of the requester; 0 for never.")
    sample_items: int = Field(default=1500, gt=0, description="How many items the sample company begins with.")
    web_processes: int = Field(default=1, ge=1, le=64, description="Web processes side by side; each takes some 100 MB and up to 16 connections of the database.")
    worker_jobs: int = Field(default=4, ge=1, le=64, description="How many jobs one worker does at a time, long ones apart.")
    language: str = Field(default="zh-hans", pattern="^(zh-hans|en)$", description="Language of those who have not chosen one: zh-hans or en.")
    timezone: str = Field(default="Asia/Shanghai", description="Time zone of those who have not chosen one.")

    def secret_key(self) -> str:
        """The installation's secret, made at the first start and kept in a file that only its owner can read."""
        file = self.data_dir / "secret_key"
        if not file.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w") as target:
                    target.write(secrets.token_urlsafe(48))
        return file.read_text().strip()


def _explained(error: ValidationError) -> str:
    """Each setting at fault: its name, what was given unless it is secret, what is wrong, where to mend it."""
    file, lines = file_in_use(), []
    for one in error.errors():
        name = str(one["loc"][0]).lower()
        variable = "DATABASE_URL" if name == "database_url" else f"HENGWEI_{name.upper()}"
        given = "" if name in SECRET else f" {one['input']!r}"
        place = variable if variable in os.environ or file is None else f"{name}, {file}"
        lines.append(f"设置 {name}{given} 有误：{one['msg']}。请修改 {place}。\nThe setting {name}{given} is wrong: {one['msg']}. Mend it in {place}.")
    return "\n".join(lines)


@cache
def settings() -> Settings:
    """The settings of this process; BadSettings when one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(_explained(error)) from None
