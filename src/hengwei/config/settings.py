"""Every setting of an installation, typed, read from the environment and one TOML file, checked at start."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Names in the environment are HENGWEI_<NAME>; `DATABASE_URL` is also read under its usual name."""

    model_config = SettingsConfigDict(env_prefix="HENGWEI_", extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="Database, files, secrets and logs of this installation.")
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    host: str = "127.0.0.1"
    port: int = 8000
    debug: bool = False
    max_file_mb: int = Field(default=25, gt=0, description="The largest attachment, in MiB.")
    base_url: str = ""
    language: str = "zh-hans"
    timezone: str = "Asia/Shanghai"


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
