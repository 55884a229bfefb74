"""What a reader is told of an address that does not answer, in both languages."""

from __future__ import annotations

from datetime import date

from corpus.records import Contact, Note, Resource, Text
from storage.harvest_records import LinkState


def link_note(record: Resource, state: LinkState, today: date, other: Resource | None) -> Note:
    """链接3天前失效 …, and whom to ask instead: the record's contact, else that of `other`, a record of the
    same host."""
    days = (today - state.since.date()).days
    checked = state.checked.date().isoformat()
    zh = f"链接{days}天前失效" if days > 0 else "链接今天失效"
    en = (
        f"The link has been dead for {days} day{'s' if days != 1 else ''}"
        if days > 0
        else "The link died today"
    )
    why = f"HTTP {state.status}" if state.status else None
    seen_zh = f"最近一次检查：{checked}" + (f"，{why}" if why else "，无法连接")
    seen_en = f"last checked {checked}" + (f", {why}" if why else ", no connection")
    zh, en = f"{zh}（{seen_zh}）", f"{en} ({seen_en})"
    told = _reach(record.contact)
    if told is not None:
        return _note(f"{zh}，请改用联系方式：{told[0]}", f"{en}; use the contact instead: {told[1]}")
    if other is not None and other.id != record.id and (told := _reach(other.contact)):
        return _note(
            f"{zh}，可改为联系依托单位：{told[0]}（据“{other.name.zh}”的记录）",
            f"{en}; ask the host instead: {told[1]} (from the record of {other.name.en})",
        )
    if record.host is not None:
        return _note(f"{zh}，可向依托单位{record.host.zh}询问", f"{en}; ask the host, {record.host.en}")
    return _note(zh, en)


def _note(zh: str, en: str) -> Note:
    return Note(kind="link", text=Text(zh=zh, en=en))


def _reach(contact: Contact | None) -> tuple[str, str] | None:
    if contact is None or not (contact.phone or contact.email):
        return None
    zh = "，".join(part for part in (contact.phone and f"电话 {contact.phone}", contact.email) if part)
    en = ", ".join(part for part in (contact.phone and f"phone {contact.phone}", contact.email) if part)
    return zh, en
