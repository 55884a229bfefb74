"""What Feishu and WeCom do to a message before they push it, after their documentation."""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def encrypt_cbc(key: bytes, iv: bytes, content: bytes, block: int) -> bytes:
    """AES-256-CBC of the content, padded as in PKCS#7 to `block` bytes."""
    size = block - len(content) % block
    closing = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return closing.update(content + bytes([size]) * size) + closing.finalize()


def feishu_encrypt(encrypt_key: str, content: bytes) -> str:
    key, iv = hashlib.sha256(encrypt_key.encode()).digest(), secrets.token_bytes(16)
    return base64.b64encode(iv + encrypt_cbc(key, iv, content, 16)).decode()


def wecom_encrypt(key: bytes, message: bytes, receiver: str) -> str:
    content = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + receiver.encode()
    return base64.b64encode(encrypt_cbc(key, key[:16], content, 32)).decode()
