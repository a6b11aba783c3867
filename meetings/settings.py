"""Every setting of the installation, read once from the environment. Nothing else in the product reads it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

PREFIX = "DIEMCAU_"


def _setting(meaning: str, default: Any, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"meaning": meaning, "secret": secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """One field a setting; the environment name is DIEMCAU_ and the field's name in capitals."""

    data: Path = _setting("folder of the embedded database and the installation's secret", Path("data"))
    database: str = _setting("database URL; empty: SQLite in the data folder", "")
    redis: str = _setting("Redis URL, for presence shared by several processes; empty: one process", "")
    host: str = _setting("address to listen on", "127.0.0.1")
    port: int = _setting("port to listen on", 8080)
    base_url: str = _setting("how browsers reach the product, without a slash at the end", "http://127.0.0.1:8080")
    secret: str = _setting("signs personal links, 32 characters or more; empty: made once in the data folder", "", secret=True)
    name: str = _setting("name of the product on its pages", "Điểm Cầu")
    place: str = _setting("the city or province that runs it", "thành phố Huế")
    language: str = _setting("language of those who have not chosen one: vi or en", "vi")
    zone: str = _setting("time zone of the installation", "Asia/Ho_Chi_Minh")
    mail: str = _setting("how mail leaves: smtp, or local (kept on a page of the product, for trials)", "local")
    mail_domain: str = _setting("domain of message and calendar identifiers", "diemcau.example")
    mail_from: str = _setting("organiser address of agencies that have none of their own", "hop@diemcau.example")
    smtp_host: str = _setting("mail server", "127.0.0.1")
    smtp_port: int = _setting("port of the mail server", 25)
    smtp_user: str = _setting("account on the mail server; empty: none", "")
    smtp_password: str = _setting("password of that account", "", secret=True)
    smtp_tls: str = _setting("none, starttls or implicit", "none")
    smtp_connections: int = _setting("how many connections to the mail server at once", 8)
    dkim_key: str = _setting("file of the RSA key (PEM) that signs mail by DKIM; empty: the mail server signs, or nobody", "")
    dkim_selector: str = _setting("name of that key in the DNS: <selector>._domainkey.<domain>", "diemcau")
    dkim_domain: str = _setting("domain that signs; empty: that of DIEMCAU_MAIL_DOMAIN", "")
    inbox: str = _setting("how answers by mail come in: off, lmtp (the mail server hands them over) or imap (a mailbox)", "off")
    inbox_address: str = _setting("address of answers and bounces: * is the secret of each, {agency} the agency's code", "")
    inbox_host: str = _setting("lmtp: address to listen on; imap: the mailbox's server", "127.0.0.1")
    inbox_port: int = _setting("port of LMTP or IMAP; 0: 8024, or the usual one of IMAP", 0)
    inbox_user: str = _setting("account of the mailbox", "")
    inbox_password: str = _setting("password of that account", "", secret=True)
    inbox_tls: str = _setting("IMAP: implicit, starttls or none", "implicit")
    inbox_folder: str = _setting("IMAP: folder that is read", "INBOX")
    inbox_authority: str = _setting("name with which our mail server signs its Authentication-Results; empty: none believed", "")
    inbox_days: int = _setting("how many days the text of mail that came in is kept", 90)
    jitsi: str = _setting("Jitsi server on which a video room can be made for a meeting", "https://meet.jit.si")
    calendar_networks: str = _setting("own networks whose calendars may be read, such as 10.0.0.0/8, 192.168.0.0/16; empty: none", "")
    proxies: int = _setting("how many reverse proxies stand in front (whose X-Forwarded-For is believed)", 0)
    log_level: str = _setting("debug, info, warning or error", "info")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Raises ValueError that names the setting when a value does not fit, or when an unknown DIEMCAU_ name is set."""
        known = {PREFIX + f.name.upper(): f for f in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environ.items():
            if not name.startswith(PREFIX) or name.startswith(PREFIX + "TEST_"):
                continue
            if name not in known:
                raise ValueError(f"{name} is not a setting")
            default = known[name].default
            kind = type(default) if default is not MISSING else str
            try:
                values[known[name].name] = kind(text)
            except ValueError:
                raise ValueError(f"{name} must be a {kind.__name__}, not {text!r}") from None
        if "port" in values:
            values.setdefault("base_url", f"http://127.0.0.1:{values['port']}")
        return cls(**values)

    def environ(self) -> dict[str, str]:
        """What `from_environ` reads back as these settings: for a process that is to have the same."""
        return {PREFIX + f.name.upper(): str(getattr(self, f.name)) for f in fields(self)}

    def __post_init__(self) -> None:
        if not 1 <= self.smtp_connections <= 50:
            raise ValueError(f"{PREFIX}SMTP_CONNECTIONS must be 1 to 50, not {self.smtp_connections}")
        local, _, domain = self.inbox_address.partition("@")
        if self.inbox not in ("off", "lmtp", "imap"):
            raise ValueError(f"{PREFIX}INBOX must be off, lmtp or imap, not {self.inbox!r}")
        if self.inbox_address and (local.count("*") != 1 or not domain or len(local.replace("{agency}", "")) > 12):
            raise ValueError(f"{PREFIX}INBOX_ADDRESS must look like hop+*@example, with at most 11 letters around the *")
        if self.inbox != "off" and not self.inbox_address and len(self.mail_from.partition("@")[0]) > 10:
            raise ValueError(f"{PREFIX}INBOX_ADDRESS must be set: the name in {PREFIX}MAIL_FROM is too long to carry a secret")

    @property
    def answers_to(self) -> str:
        """The pattern of the addresses that answers and bounces come to; empty when none are read. Trials without a mail server
        have them too."""
        local, _, domain = self.mail_from.partition("@")
        return (self.inbox_address or f"{local[:10]}+*@{domain}") if self.inbox != "off" or self.mail == "local" else ""

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite+aiosqlite:///{(self.data / 'diemcau.sqlite3').as_posix()}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the product over TLS, so that cookies may say so."""
        return self.base_url.startswith("https://")

    def signing_key(self) -> bytes:
        """The installation's secret; made and kept in the data folder when none is set."""
        if self.secret:
            return self.secret.encode()
        kept = self.data / "secret"
        if not kept.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_hex(32), encoding="ascii")
        return kept.read_text(encoding="ascii").encode()
