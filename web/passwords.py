"""argon2id, off the event loop and two at a time: each hash takes a quarter of a second and 64 MiB by design."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from meetings.errors import Problem
from meetings.text import clean, fold

SHORTEST, LONGEST = 12, 200
_few = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_hasher = PasswordHasher()
# For passwords that we make ourselves: 80 random bits cannot be guessed, however fast the hash; and an import makes
# hundreds at once.
_light = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
_COMMON = (
    "matkhau", "password", "qwertyuiop", "123456", "654321", "abcdef", "iloveyou", "admin", "administrator", "welcome",
    "quantri", "diemcau", "hopkhonggiay", "anhyeuem", "emyeuanh", "vietnam", "hanoi", "thanhphohue", "letmein", "dragon",
)  # fmt: skip


async def hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_few, _hasher.hash, clean(password))


async def hashed_temporary(passwords: list[str]) -> list[str]:
    """Hashes of passwords that `temporary` made."""
    return await asyncio.get_running_loop().run_in_executor(_few, lambda: [_light.hash(one) for one in passwords])


async def verified_temporary(given: list[tuple[str, str]]) -> list[bool]:
    """For each (password, hash) whether they belong together."""
    return list(await asyncio.get_running_loop().run_in_executor(_few, lambda: [_matches(_light, *one) for one in given]))


def temporary(key: bytes, purpose: str) -> str:
    """A password to hand to somebody, such as `kq7m-2xwd-h3pn-v6ta`; the same again for the same purpose, so that a form sent
    twice shows what is stored."""
    letters = base64.b32encode(hmac.new(key, f"temporary:{purpose}".encode(), hashlib.sha256).digest()[:10]).decode().lower()
    return "-".join(letters[n : n + 4] for n in range(0, 16, 4))


async def verified(password: str, known_hash: str | None) -> bool:
    """Whether it is the password; False, after the same time, when there is no account or it has no password yet."""
    return await asyncio.get_running_loop().run_in_executor(_few, _verify, clean(password[:LONGEST]), known_hash or "")


def _verify(password: str, known_hash: str) -> bool:
    right = _matches(_light, password, known_hash) if "m=8192," in known_hash else None
    if right is None and known_hash:
        return _matches(_hasher, password, known_hash)
    _matches(_hasher, password, _nobody())
    return bool(right)


def _matches(hasher: PasswordHasher, password: str, known_hash: str) -> bool:
    try:
        return hasher.verify(known_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))


def problems_of(password: str, again: str, username: str) -> list[Problem]:
    """Why this may not be a new password; empty when it may."""
    if password != again:
        return [Problem("passwords_differ", "again")]
    if len(clean(password)) < SHORTEST:
        return [Problem("password_short", "password", {"n": SHORTEST})]
    if len(password) > LONGEST:
        return [Problem("password_long", "password", {"n": LONGEST})]
    plain = "".join(fold(password).split())
    left = plain.replace(username.lower(), "") if username else plain
    for word in _COMMON:
        left = left.replace(word, "")
    if len(left) < 8 or len(set(plain)) < 5:
        return [Problem("password_common", "password")]
    return []
