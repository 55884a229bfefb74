"""Passwords: kept as Argon2id (RFC 9106), with the parameters of argon2-cffi."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storage.errors import AccountInvalid

SHORTEST, LONGEST = 10, 200
"""Characters; NIST SP 800-63B wants length and no rules about kinds of characters."""


def check_password(password: str, name: str) -> None:
    """Raises AccountInvalid for one that is too short, too long, or hardly more than the account's name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountInvalid(
            f"The password has {len(password)} characters; {SHORTEST} to {LONGEST} are allowed."
        )
    folded = _normal(password).casefold()
    if len(set(folded)) < 4 or (name and len(folded.replace(name, "")) < SHORTEST // 2):
        raise AccountInvalid(
            "The password is easily guessed: it repeats a few characters or the account's name. "
            "Take several words that do not belong together."
        )


def hashed(password: str) -> str:
    """As it is kept, with its salt and parameters."""
    return _hasher().hash(_normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; None, as of an account that is not there, takes as long and is False."""
    nobody = _nobody()
    try:
        _hasher().verify(kept or nobody, _normal(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_dated(kept: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def _normal(password: str) -> str:
    # What a keyboard composes and what it does not are the same word (SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(16))
