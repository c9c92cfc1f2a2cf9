"""The only reader of the environment.

Values come from, first wins: the environment, a `.env` file in the current folder,
and `keys.env` in the data folder, which is made at the first start and holds what
must be secret and must stay the same from start to start.
"""

import base64
import contextlib
import os
import secrets
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "TALLYDECK_"


class Settings(BaseSettings):
    """Everything an installation can choose. Each field is TALLYDECK_<NAME> in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address the web server listens on")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on")
    data: Path = Field(Path("data"), description="Folder for the database, keys and recordings")
    database_url: str = Field(
        "", description="SQLAlchemy address; empty: SQLite in the data folder"
    )
    jobs_database_url: str = Field(
        "", description="Where DBOS keeps its tables; empty: beside the database"
    )
    public_url: str = Field(
        "", description="Address people and vendors reach us at; empty: http://HOST:PORT"
    )
    trusted_hosts: str = Field(
        "",
        description="Host names we answer to, comma separated; empty: host of the public "
        "address, the listening address and localhost",
    )
    proxies: int = Field(
        0, ge=0, le=5, description="How many reverse proxies of yours stand in front of us"
    )
    longest_recording_h: int = Field(
        24,
        ge=0,
        le=24 * 30,
        description="Hours after which a recording without a longest time of its own is "
        "stopped; 0: never",
    )
    web_threads: int = Field(16, ge=4, le=256, description="Requests answered side by side")
    worker_id: str = Field("worker-1", description="Stable name of this worker process")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    engine_url: str = Field(
        "", description="Where the engine answers; empty: where it listens on this machine"
    )
    engine_host: str = Field("127.0.0.1", description="Address the engine listens on")
    engine_port: int = Field(18080, ge=1, le=65535, description="Port the engine listens on")
    engine_data: Path | None = Field(
        None, description="Folder of the engine; empty: `engine` in the data folder"
    )
    engine_callback_url: str = Field(
        "", description="Where the engine reports; empty: the built-in account's address here"
    )
    engine_demo_channel: str = Field(
        "studio-demo", description="Channel with three test cards at first start; empty: none"
    )

    secret_key: SecretStr = Field(SecretStr(""), description="Signs cookies and media addresses")
    encryption_key: SecretStr = Field(
        SecretStr(""), description="Encrypts vendors' secrets in the database; base64, 32 bytes"
    )
    encryption_key_old: SecretStr = Field(
        SecretStr(""), description="The key before, while a change of the key is under way"
    )
    engine_app_id: str = Field("", description="App ID of the engine's Agora door")
    engine_customer_key: str = Field("", description="Customer key of the engine's Agora door")
    engine_customer_secret: SecretStr = Field(SecretStr(""), description="Its customer secret")
    engine_callback_secret: SecretStr = Field(SecretStr(""), description="Signs its callbacks")
    engine_anyrtc_app_id: str = Field(
        "", description="App ID of an app of the engine that speaks anyRTC; empty: none"
    )
    engine_anyrtc_key: str = Field("", description="Its customer key")
    engine_anyrtc_secret: SecretStr = Field(SecretStr(""), description="Its customer secret")
    engine_anyrtc_callback_url: str = Field(
        "", description="Where the engine reports of its recordings; empty: nowhere"
    )
    engine_trtc_sdk_app_id: str = Field(
        "", description="SdkAppId of an app of the engine that speaks TRTC; empty: none"
    )
    engine_trtc_secret_id: str = Field("", description="SecretId that its calls are signed with")
    engine_trtc_secret_key: SecretStr = Field(SecretStr(""), description="The SecretKey to it")
    engine_trtc_app_secret: SecretStr = Field(
        SecretStr(""), description="Key that its UserSigs are made with"
    )
    engine_trtc_callback_url: str = Field(
        "", description="Where the engine reports of its recordings; empty: nowhere"
    )
    engine_apps: str = Field("", description="JSON file with more apps of the engine; empty: none")
    engine_account_key: str = Field(
        "", description="The part of the callback address that names the built-in account"
    )

    _keys_in_file: bool = PrivateAttr(False)

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("choose DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator(
        "public_url",
        "engine_url",
        "engine_callback_url",
        "engine_anyrtc_callback_url",
        "engine_trtc_callback_url",
    )
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("give a full address that begins with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _apps_are_whole(self) -> "Settings":
        """An app without its keys would look as if it were there, and let nobody in."""
        for name, needed in (
            ("engine_anyrtc_app_id", ("engine_anyrtc_key", "engine_anyrtc_secret")),
            (
                "engine_trtc_sdk_app_id",
                ("engine_trtc_secret_id", "engine_trtc_secret_key", "engine_trtc_app_secret"),
            ),
        ):
            missing = [one for one in needed if not getattr(self, one)]
            if getattr(self, name) and missing:
                named = ", ".join(f"{PREFIX}{one.upper()}" for one in missing)
                raise ValueError(f"{PREFIX}{name.upper()} needs {named}")
        return self

    @model_validator(mode="after")
    def _sqlite_has_one_machine(self) -> "Settings":
        if self.database_url and not self.database_url.startswith(("sqlite:", "postgresql")):
            raise ValueError("TALLYDECK_DATABASE_URL: use sqlite:///… or postgresql+psycopg://…")
        return self

    @cached_property
    def folder(self) -> Path:
        return self.data.expanduser().absolute()

    @cached_property
    def engine_folder(self) -> Path:
        return (self.engine_data or self.folder / "engine").expanduser().absolute()

    @property
    def bucket_folder(self) -> Path:
        """Where the engine keeps one folder per bucket."""
        return self.engine_folder / "buckets"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.folder / 'tallydeck.sqlite'}"

    @property
    def jobs_database(self) -> str:
        """DBOS needs a file of its own beside SQLite, and takes a PostgreSQL address as it is."""
        if self.jobs_database_url:
            return self.jobs_database_url
        if self.database.startswith("sqlite:"):
            return f"sqlite:///{self.folder / 'jobs.sqlite'}"
        return self.database

    @property
    def keys_file(self) -> Path:
        return self.folder / "keys.env"

    @property
    def keys_are_in_file(self) -> bool:
        """The keys are those of keys.env, not given from outside."""
        return self._keys_in_file

    def encryption_keys(self) -> tuple[str, ...]:
        """The key that seals, then the one that still opens; base64.

        Where keys.env holds them they are as the file has them now, so that processes that run
        follow a change of the key.
        """
        found = (self.encryption_key.get_secret_value(), self.encryption_key_old.get_secret_value())
        if self._keys_in_file:
            with contextlib.suppress(OSError):
                facts = self.keys_file.stat()
                found = _keys_of(self.keys_file, facts.st_mtime_ns, facts.st_ino) or found
        return tuple(key for key in found if key)

    @property
    def address(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def engine_address(self) -> str:
        """Where the built-in account finds its engine."""
        return self.engine_url or f"http://{_near(self.engine_host)}:{self.engine_port}"

    @property
    def callback_address(self) -> str:
        """Where the engine on this machine reports."""
        if self.engine_callback_url:
            return self.engine_callback_url
        return f"http://{_near(self.host)}:{self.port}/callbacks/{self.engine_account_key}"

    @property
    def hosts(self) -> list[str]:
        """The host names we answer to; a leading dot takes in subdomains."""
        if self.trusted_hosts:
            return [name.strip() for name in self.trusted_hosts.split(",") if name.strip()]
        public = urlsplit(self.address).hostname or self.host
        return sorted({public, self.host, "localhost", "127.0.0.1", "[::1]"})


def _near(host: str) -> str:
    """The address to call when we listen on this one: all addresses include our own."""
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104


class BadSettings(SystemExit):
    """Raised at start; prints one line a mistake and ends the process with status 2."""

    def __init__(self, fault: ValidationError) -> None:
        lines = ["Tallydeck cannot start with these settings:"]
        for error in fault.errors():
            name = PREFIX + "_".join(str(part) for part in error["loc"]).upper()
            lines.append(f"  {name if error['loc'] else 'settings'}: {error['msg']}")
        super().__init__("\n".join(lines))
        self.code = "\n".join(lines)


def load(**given: object) -> Settings:
    """Read the settings, and make the keys of this installation at the first start.

    given: values that win over everything else, by field name (for tests and flags).
    Raises BadSettings.
    """
    try:
        first = Settings(_env_file=".env", **given)
        keys = first.folder / "keys.env"
        if not keys.exists():
            _make_keys(keys)
        settings = Settings(_env_file=(keys, ".env"), **given)
        settings._keys_in_file = not first.encryption_key.get_secret_value()
        return settings
    except ValidationError as fault:
        raise BadSettings(fault) from None


def write_encryption_keys(path: Path, *keys: str) -> None:
    """Put the key, and the one before if there is one, into keys.env; all else there stays.

    Whoever reads the file finds the old one or the new one, also after a crash.
    """
    names = (f"{PREFIX}ENCRYPTION_KEY", f"{PREFIX}ENCRYPTION_KEY_OLD")
    starts = tuple(f"{name}=" for name in names)
    kept = [line for line in path.read_text().splitlines() if not line.startswith(starts)]
    kept += [f"{name}={key}" for name, key in zip(names, keys, strict=False)]
    draft = path.with_name(f".keys.{os.getpid()}")
    draft.touch(mode=0o600)
    with draft.open("w") as file:
        file.write("\n".join(kept) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@lru_cache(maxsize=4)
def _keys_of(path: Path, _mtime_ns: int, _inode: int) -> tuple[str, ...]:
    found = dotenv_values(path)
    keys = (found.get(f"{PREFIX}ENCRYPTION_KEY"), found.get(f"{PREFIX}ENCRYPTION_KEY_OLD"))
    return tuple(key for key in keys if key)


def _make_keys(path: Path) -> None:
    """Write random keys, readable by the owner alone; lose a race to another process in peace."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "ENGINE_APP_ID": secrets.token_hex(16),
        "ENGINE_CUSTOMER_KEY": secrets.token_hex(16),
        "ENGINE_CUSTOMER_SECRET": secrets.token_urlsafe(24),
        "ENGINE_CALLBACK_SECRET": secrets.token_urlsafe(24),
        "ENGINE_ACCOUNT_KEY": secrets.token_urlsafe(18),
    }
    text = "# Made at the first start. Keep it secret, keep it safe, keep it with the database.\n"
    text += "".join(f"{PREFIX}{name}={value}\n" for name, value in values.items())
    draft = path.with_name(f".keys.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
