"""Dovecot as its own process with a mailbox of its own: LMTP in, IMAP out, as at an agency's mail server."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .ports import free_port
from .requirements import need

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {login}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
recipient_delimiter = +
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


@dataclass
class Dovecot:
    folder: Path
    imap: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    password: str = "sông-Hương-8"

    async def deliver(self, mail: bytes, to: str, sender: str = "ai@do.example") -> None:
        def speak() -> None:
            with smtplib.LMTP("127.0.0.1", self.lmtp) as server:
                server.sendmail(sender, [to], mail)

        await asyncio.to_thread(speak)


@asynccontextmanager
async def running_dovecot() -> AsyncIterator[Dovecot]:
    """Skips the test where there is none."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    need("Dovecot (dovecot-imapd, dovecot-lmtpd)", program is not None)
    with tempfile.TemporaryDirectory() as name:  # where Dovecot's own users may come, too
        dovecot = Dovecot(Path(name))
        _prepare(dovecot)
        process = subprocess.Popen([str(program), "-F", "-c", str(dovecot.folder / "dovecot.conf")])
        try:
            await listens(dovecot.imap)
            await listens(dovecot.lmtp)
            yield dovecot
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 20)


def _prepare(dovecot: Dovecot) -> None:
    me = pwd.getpwuid(os.getuid())
    if me.pw_uid == 0:  # then Dovecot insists on users of its own, and on mail that is not root's
        owner, users = pwd.getpwnam("mail"), ("dovecot", "dovenull", "dovecot")
    else:
        owner, users = me, (me.pw_name, me.pw_name, str(me.pw_gid))
    dovecot.folder.chmod(0o755)
    for part in ("home", "mail"):
        (dovecot.folder / part).mkdir()
        os.chown(dovecot.folder / part, owner.pw_uid, owner.pw_gid)
    text = _CONFIGURATION.format(
        folder=dovecot.folder, imap=dovecot.imap, lmtp=dovecot.lmtp, password=dovecot.password, uid=owner.pw_uid, gid=owner.pw_gid,
        user=users[0], login=users[1], group=users[2],
    )  # fmt: skip
    (dovecot.folder / "dovecot.conf").write_text(text)


async def listens(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError(f"nothing listens on {port}")
