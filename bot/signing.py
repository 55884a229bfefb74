"""Signatures and envelopes of the platforms that push: HMAC, SHA and AES-CBC."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.errors import Rejected


def same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def hmac_sha256(key: bytes, content: bytes) -> str:
    """In base64."""
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def fresh(timestamp: str, moment: float, within_s: float) -> bool:
    """True for a Unix time in seconds that is near `moment`."""
    return timestamp.isascii() and timestamp.isdecimal() and abs(int(timestamp[:15]) - moment) <= within_s


def decrypt_cbc(key: bytes, iv: bytes, encrypted: bytes, block: int) -> bytes:
    """The content of AES-256-CBC with PKCS#7 padding to `block` bytes. Raises Rejected."""
    if not encrypted or len(encrypted) % 16:
        raise Rejected("the envelope is not whole blocks", 400)
    opened = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    content = opened.update(encrypted) + opened.finalize()
    size = content[-1]
    if not 1 <= size <= block or content[-size:] != bytes([size]) * size:
        raise Rejected("the envelope does not open with our key", 400)
    return content[:-size]


def from_base64(text: str) -> bytes:
    """Raises Rejected."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected("the envelope is not base64", 400) from error


# Feishu: https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case


def feishu_signature(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    return hashlib.sha256(f"{timestamp}{nonce}{encrypt_key}".encode() + body).hexdigest()


def feishu_decrypt(encrypt_key: str, encrypted: str) -> bytes:
    """Raises Rejected."""
    content = from_base64(encrypted)
    key = hashlib.sha256(encrypt_key.encode()).digest()
    return decrypt_cbc(key, content[:16].ljust(16, b"\0"), content[16:], 16)


# WeCom: https://developer.work.weixin.qq.com/document/path/90968


def wecom_signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    joined = "".join(sorted((token, timestamp, nonce, encrypted)))
    return hashlib.sha1(joined.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def wecom_decrypt(key: bytes, encrypted: str, receiver: str) -> bytes:
    """The message; `receiver` is the corp id that must stand behind it. Raises Rejected."""
    content = decrypt_cbc(key, key[:16], from_base64(encrypted), 32)
    if len(content) < 20:
        raise Rejected("the envelope is too short", 400)
    (length,) = struct.unpack(">I", content[16:20])
    message, behind = content[20 : 20 + length], content[20 + length :]
    if len(message) != length or not same(behind.decode("utf-8", "replace"), receiver):
        raise Rejected("the envelope is for another receiver", 403)
    return message
