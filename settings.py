"""Settings from KEWEN_*; only wiring and the entry points read them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ToolMode = Literal["auto", "native", "json", "off"]


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message names it and what is allowed."""

    code = "settings_invalid"


def _address(value: str | None, schemes: tuple[str, ...]) -> str | None:
    if value and not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValueError("must begin with " + " or ".join(f"{scheme}://" for scheme in schemes))
    return value.rstrip("/") if value else None


def _json(value: str) -> Any:
    """What is written, None where that is no JSON."""
    try:
        return json.loads(value)
    except ValueError:
        return None


def names_in(value: str | None) -> tuple[str, ...]:
    """The entries of a comma-separated setting."""
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


class Settings(BaseSettings):
    """Everything that can be set from outside. An empty value counts as unset."""

    model_config = SettingsConfigDict(
        env_prefix="KEWEN_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Field(default=Path("data"), description="Index, answers and caches.")
    corpus_dir: Path | None = Field(default=None, description="Unset: the bundled corpus.")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str | None = Field(default=None, description="Address that people see.")
    hosts: str | None = Field(
        default=None,
        description="Names that are served beside loopback and those of KEWEN_PUBLIC_URL and KEWEN_HOST, "
        "comma-separated; * any.",
    )
    signed_in_h: float = Field(
        default=12.0, ge=0.1, le=720, description="Hours that a browser stays signed in."
    )
    admin_email: str | None = Field(default=None, pattern=r"^\S+@(\S+\.)+\S+$", description="Told by /oai.")

    llm_base_url: str | None = None
    llm_api_key: SecretStr | None = None
    llm_model: str | None = None
    llm_fallback_base_url: str | None = None
    llm_fallback_api_key: SecretStr | None = None
    llm_fallback_model: str | None = None
    llm_timeout_s: float = Field(default=30.0, gt=0, le=600, description="One answer, in all.")
    llm_evidence_tokens: int = Field(default=6000, ge=500, le=200_000, description="Quotes of one prompt.")
    llm_max_tokens: int = Field(default=2000, ge=100, le=200_000, description="Of one reply.")
    llm_temperature: float = Field(default=0.0, ge=0, le=2)
    llm_extra_body: str | None = Field(
        default=None, description="A JSON object, before all other parameters."
    )
    llm_fallback_extra_body: str | None = None
    llm_tools: ToolMode = Field(default="auto", description="How tools are offered.")
    llm_fallback_tools: ToolMode = "auto"
    llm_tokens_per_day: int | None = Field(
        default=None, ge=1, description="Of both models; then the composer answers."
    )
    llm_mask: bool = Field(default=True, description="Whether people's numbers and mailboxes are hidden.")
    llm_restricted: bool = Field(
        default=False, description="Whether text that not everybody may read is sent to the model."
    )
    llm_tracing: bool = Field(
        default=False, description="Whether LANGSMITH_TRACING and the like may send prompts elsewhere."
    )

    embedding_base_url: str | None = None
    embedding_api_key: SecretStr | None = None
    embedding_model: str | None = None
    embedding_query_prefix: str | None = Field(
        default=None, description="In front of a question; unset: as e5 has it for e5, none for others."
    )
    embedding_passage_prefix: str | None = None
    embedding_dimensions: int | None = Field(default=None, ge=8, description="Fewer than the model's own.")

    rerank_base_url: str | None = None
    rerank_api_key: SecretStr | None = None
    rerank_model: str | None = None
    rerank_timeout_s: float = Field(default=2.0, gt=0, le=60, description="Then its order is done without.")

    chroma_url: str | None = None
    chroma_token: SecretStr | None = None
    database_url: str | None = None

    sites_file: Path | None = Field(default=None, description="Sites that may show the widget; YAML or JSON.")

    ocr: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$",
        description="Languages of an installed tesseract that read scanned PDFs, as chi_sim+eng; unset: not.",
    )

    harvest_hosts: str | None = Field(
        default=None, description="Hosts that may be fetched, comma-separated; unset: that of each source."
    )
    harvest_private: str | None = Field(
        default=None, description="Private hosts, addresses or networks that may be fetched all the same."
    )
    harvest_max_mb: int = Field(default=200, ge=1, le=4096, description="Of one answer, unpacked.")
    harvest_timeout_s: float = Field(default=120.0, gt=0, le=3600, description="One answer, in all.")
    harvest_delay_s: float = Field(default=0.5, ge=0, le=60, description="Between requests to one host.")
    harvest_max_loss: float = Field(
        default=0.3, ge=0, le=1, description="Share of a source's records that one run may withdraw."
    )
    harvest_every_h: float | None = Field(default=None, ge=0.1, description="Unset: only by command.")
    links_every_h: float | None = Field(default=None, ge=0.1, description="Unset: only by command.")
    refresh_s: float = Field(
        default=30.0, ge=0, description="How often a server looks for a new catalogue; 0: never."
    )

    rate_per_minute: int | None = Field(
        default=None, ge=1, description="Questions per client address; unset: 750 a core."
    )
    asks_at_once: int | None = Field(
        default=None,
        ge=2,  # one client could hold the only one
        description="At once; unset: 1 a core (2 at least), 16 with a model.",
    )

    api_url: str | None = Field(default=None, description="The Kewen that a bot running alone asks.")
    bot_port: int = Field(default=8001, ge=0, le=65535, description="Where a bot running alone listens.")
    bot_key: SecretStr | None = Field(
        default=None, description="Shared by a Kewen and a bot that runs alone: chats are then counted apart."
    )
    bot_allow: str | None = Field(default=None, description="telegram:123, feishu:ou_…: nobody else may ask.")
    bot_daily_questions: int = Field(default=200, ge=1, description="Of one person, in one chat app.")

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_secret: SecretStr | None = Field(default=None, description="Set: pushed, not polled.")

    feishu_app_id: str | None = None
    feishu_app_secret: SecretStr | None = None
    feishu_encrypt_key: SecretStr | None = None
    feishu_verification_token: SecretStr | None = None
    feishu_api_url: str = "https://open.feishu.cn"
    feishu_long_connection: bool = Field(default=False, description="We connect; no public address.")

    wecom_corp_id: str | None = None
    wecom_agent_id: int | None = None
    wecom_secret: SecretStr | None = None
    wecom_token: SecretStr | None = None
    wecom_aes_key: SecretStr | None = None
    wecom_api_url: str = "https://qyapi.weixin.qq.com"

    dingtalk_client_id: str | None = None
    dingtalk_client_secret: SecretStr | None = None
    dingtalk_robot_code: str | None = Field(default=None, description="Unset: the client id.")
    dingtalk_api_url: str = "https://api.dingtalk.com"
    dingtalk_push: bool = Field(default=False, description="DingTalk calls us; else we connect.")

    webhook_secret: SecretStr | None = Field(default=None, description="whsec_ and 24 to 64 bytes in base64.")
    webhook_reply_url: str | None = None

    @field_validator(
        "llm_base_url",
        "llm_fallback_base_url",
        "embedding_base_url",
        "rerank_base_url",
        "chroma_url",
        "public_url",
        "api_url",
        "telegram_api_url",
        "feishu_api_url",
        "wecom_api_url",
        "dingtalk_api_url",
        "webhook_reply_url",
    )
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        return _address(value, ("http", "https"))

    @field_validator("llm_extra_body", "llm_fallback_extra_body")
    @classmethod
    def _object(cls, value: str | None) -> str | None:
        if value and not isinstance(_json(value), dict):
            raise ValueError('must be a JSON object, as {"enable_thinking": false}')
        return value

    @field_validator("hosts")
    @classmethod
    def _names(cls, value: str | None) -> str | None:
        for name in names_in(value):
            if name != "*" and not re.fullmatch(r"[a-zA-Z0-9._-]+|[0-9a-fA-F:.]+", name):
                raise ValueError(
                    f"{name!r} is no name; list names or addresses without scheme and port, or *"
                )
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str | None) -> str | None:
        return _address(value, ("postgresql", "postgresql+psycopg", "sqlite"))

    @property
    def own_database(self) -> str:
        """Where conversations and answers live: as set, or in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'kewen.db'}"


def load_settings(**given: Any) -> Settings:
    """Settings of this process; what is `given` by a command comes before the environment.

    Raises SettingsError, one sentence a fault: which setting, which value, what is allowed.
    """
    try:
        settings = Settings(**given)
    except ValidationError as error:
        faults = []
        for fault in error.errors():
            name = "KEWEN_" + "_".join(str(part) for part in fault["loc"]).upper()
            shown = (
                "(hidden)" if {"KEY", "TOKEN", "SECRET"} & {*name.split("_")} else repr(fault.get("input"))
            )
            faults.append(f"{name} is {shown}: {fault['msg'].removeprefix('Value error, ')}.")
        raise SettingsError(" ".join(faults)) from error
    for prefix in ("llm", "llm_fallback", "embedding", "rerank"):
        base, model = getattr(settings, f"{prefix}_base_url"), getattr(settings, f"{prefix}_model")
        if bool(base) != bool(model):
            known, missing = ("BASE_URL", "MODEL") if base else ("MODEL", "BASE_URL")
            name = f"KEWEN_{prefix.upper()}"
            raise SettingsError(
                f"{name}_{known} is {(base or model)!r} but {name}_{missing} is not set: "
                "set both, or neither."
            )
    return settings
