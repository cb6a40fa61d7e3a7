"""Every setting of an installation, typed, read from the environment and one TOML file, checked at start."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Names in the environment are HENGWEI_<NAME>; `DATABASE_URL` is also read under its usual name."""

    model_config = SettingsConfigDict(env_prefix="HENGWEI_", extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="Database, files, secrets and logs of this installation.")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    allowed_hosts: list[str] = Field(default=["127.0.0.1", "localhost", "testserver"], description="Names under which the site is reached.")
    host: str = "127.0.0.1"
    port: int = 8000
    debug: bool = False
    max_file_mb: int = Field(default=25, gt=0, description="The largest attachment, in MiB.")
    smtp_port: int = Field(default=0, ge=0, description="Port of the built-in mail receiver; 0 for none.")
    smtp_bind: str = Field(default="127.0.0.1", description="Address on which the mail receiver listens.")
    max_mail_mb: int = Field(default=50, gt=0, description="The largest message taken in, in MiB.")
    base_url: str = ""
    outgoing_allow: list[str] = Field(default=[], description="Inner targets that webhooks, chat robots and probes may reach: networks such as 10.20.0.0/16, or names.")
    metrics_token: str = Field(default="", description="With it /metrics may be read from elsewhere.")
    close_after_days: int = Field(default=5, ge=0, description="Working days after which what was resolved is closed without a word of the requester; 0 for never.")
    sample_items: int = Field(default=1500, gt=0, description="How many items the sample company begins with.")
    worker_jobs: int = Field(default=4, ge=1, le=64, description="How many jobs one worker does at a time, long ones apart.")
    language: str = "zh-hans"
    timezone: str = "Asia/Shanghai"

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


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
