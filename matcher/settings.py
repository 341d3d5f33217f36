"""What an office may set from outside, read once at the door and passed on as arguments."""

from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 2**20
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Settings(BaseSettings):
    """Environment variables: MATCHER_HOME, MATCHER_DATABASE_URL and so on; REDIS_URL without a prefix."""

    model_config = SettingsConfigDict(env_prefix="MATCHER_", frozen=True, extra="ignore", populate_by_name=True)

    home: Path = Path("var")
    database_url: str = ""
    """Empty: SQLite in `home`."""
    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    """None: the embedded server in `home`."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    time_zone: str = "Asia/Shanghai"
    body_limit: int = Field(default=1 * MEBIBYTE, ge=1024)
    import_limit: int = Field(default=32 * MEBIBYTE, ge=1024)
    solve_memory_mb: int = Field(default=1500, ge=256)
    lease_seconds: float = Field(default=15.0, gt=0)
    public_url: str = ""
    """How people's devices reach the pages; empty: host and port."""
    hosts: str = ""
    """More names by which browsers may reach us, like `matcher.local, 10.20.0.5`, besides that of `public_url`."""
    mail_url: str = Field(default="", repr=False)
    """smtp://host:25, smtp+starttls://name:password@host:587 or smtps://name:password@host:465; empty: no e-mail."""
    mail_from: str = "matcher@localhost"
    sms_url: str = ""
    """The gateway that takes `POST {id, to, text, language}`; empty: no SMS."""
    sms_token: str = Field(default="", repr=False)
    console_notices: bool = False
    """Write every notice to the notifier's log too."""
    inside_networks: str = ""
    """Networks that are not public but may hold webhooks, for example `10.20.0.0/16, 127.0.0.0/8`."""
    secret_key: str = Field(default="", repr=False)
    """From which the secrets of webhooks are derived; empty: a file in `home`. Several machines need the same."""

    keep_notices_days: int = Field(default=365, ge=30)
    """After so long notices and their deliveries are taken away."""
    keep_questions_days: int = Field(default=30, ge=1)
    """After so long questions about a roster and their answers are taken away."""

    @field_validator("inside_networks")
    @classmethod
    def _are_networks(cls, listed: str) -> str:
        for part in filter(None, map(str.strip, listed.split(","))):
            ip_network(part)
        return listed

    @field_validator("mail_url")
    @classmethod
    def _is_a_mail_server(cls, url: str) -> str:
        if url and not url.startswith(("smtp://", "smtp+starttls://", "smtps://")):
            raise ValueError("begin with smtp://, smtp+starttls:// or smtps://")
        return url

    @property
    def host_names(self) -> frozenset[str]:
        """All our names; none: any is taken, since we listen everywhere and were told no name."""
        named = {part.strip().lower() for part in self.hosts.split(",") if part.strip()}
        reached = urlsplit(self.public_url).hostname or ""
        if not named and reached in ("0.0.0.0", "::"):
            return frozenset()
        return frozenset(named | LOOPBACK | {reached})

    def model_post_init(self, context: object) -> None:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.home.absolute() / 'matcher.sqlite3'}")
        if not self.public_url:
            object.__setattr__(self, "public_url", f"http://{self.host}:{self.port}")
