"""Which of the attributes asked for a record really holds."""

from __future__ import annotations

import re

from assistant.cues import LIVE, Attribute
from corpus.records import Policy, Resource

MONEY = re.compile(
    r"\d[\d,.]*\s*(万|亿)?\s*(元|美元|欧元|英镑)|[¥$€£]\s?\d|\b(cny|rmb|usd|eur|gbp|yuan)\b|\b\d[\d,.]*\s*(yuan|dollars|euros)\b",
    re.I,
)
STRONG: tuple[Attribute, ...] = (
    "host",
    "governing_body",
    "place",
    "url",
    "phone",
    "email",
    "contact",
    "since",
)
"""Attributes with a field of their own, in the order answers give them."""
_ASKS_HOW = re.compile(
    r"怎么(申请|办|弄|预约|下载|获取|订|买|用|拿|要|提交)|如何|流程|步骤|手续|\bhow (do|can|to|would|should|could) (i|we|to|one|an?|you|my|apply|get|request)?|\bapply\b",
    re.I,
)

_ASKS_CONTACT = re.compile(
    r"联系(方式|人|电话|邮箱|办法|地址)|怎么联系|如何联系|(找|跟|和|向)谁(联系|交|缴|付)|联系谁|\bcontact (details|info\w*|person|number|address)|\bwhom? (do|can|should) (i|we) (contact|call|e-?mail|write)|\bhow (do|can) (i|we) (contact|reach)|get in touch|\bcontacts?\?",
    re.I,
)


def resource_text(resource: Resource) -> str:
    """All that a record says, in both languages, for looking words up in."""
    parts: list[str | None] = [resource.name.zh, resource.name.en, *resource.aliases, *resource.former_names]
    for text in (
        resource.host,
        resource.governing_body,
        resource.city,
        resource.holdings,
        resource.access.text,
        resource.since,
    ):
        parts += [text.zh, text.en] if text else []
    parts += [
        *resource.subjects.zh,
        *resource.subjects.en,
        resource.province,
        resource.url,
        *resource.other_urls,
    ]
    if resource.how_to_apply:
        parts += [*resource.how_to_apply.steps.zh, *resource.how_to_apply.steps.en]
    parts += [f"{one.scheme} {one.value}" for one in resource.identifiers]
    for note in resource.notes:
        parts += [note.text.zh, note.text.en]
    # A text known in one language stands in both.
    return "\n".join(part for part in dict.fromkeys(parts) if part)


def holds(resource: Resource, attribute: Attribute) -> bool:
    """True when the record can say something on this attribute."""
    contact = resource.contact
    if attribute in LIVE:
        return False
    if attribute == "amount":
        return bool(MONEY.search(resource_text(resource)))
    present: dict[str, object] = {
        "url": resource.url,
        "host": resource.host,
        "governing_body": resource.governing_body,
        "place": resource.province or resource.city,
        "phone": contact and contact.phone,
        "email": contact and contact.email,
        "contact": contact,
        "since": resource.since,
        "holdings": resource.holdings,
        "access": resource.access.text or resource.access.level,
        "steps": resource.how_to_apply,
    }
    return bool(present[attribute])


def asked_of(attributes: frozenset[Attribute], text: str) -> tuple[list[Attribute], list[Attribute]]:
    """(what the question is decidedly about, what its wording merely touches).

    「我交的申请批到哪一步了」 touches the steps but is about the asker's own case.
    """
    decided = [name for name in STRONG if name in attributes]
    decided += [
        name for name in ("amount", "stock", "schedule", "own_case", "person", "rating") if name in attributes
    ]
    touched: list[Attribute] = [name for name in ("holdings", "access", "steps") if name in attributes]
    if "steps" in touched and "own_case" not in attributes and _ASKS_HOW.search(text):
        decided.append("steps")
        touched.remove("steps")
    if "contact" in decided and not _ASKS_CONTACT.search(text):
        # 「找谁申请」 asks for the way, not for a telephone.
        decided.remove("contact")
    if "phone" in decided or "email" in decided:
        decided = [name for name in decided if name != "contact"]
    return decided, touched


def missing_of(
    resource: Resource, attributes: frozenset[Attribute], text: str
) -> tuple[list[Attribute], bool]:
    """(attributes asked for that the record lacks, whether anything asked for is there)."""
    decided, touched = asked_of(attributes, text)
    missing = [name for name in decided if not holds(resource, name)]
    if not decided:
        return [], True
    there = [name for name in decided if name not in missing]
    if "own_case" in missing:
        return missing, False
    if there:
        return missing, True
    # Only what the record lacks was decidedly asked; 「收费吗」 beside 「多少钱」 is answered all the same.
    return missing, not missing or ("access" in touched and _ASKS_IF_PAID.search(text) is not None)


_ASKS_IF_PAID = re.compile(
    r"(收费|免费|要钱|付费|花钱|要不要钱|有偿|无偿)(吗|么|嘛|不|还是)|是否(收费|免费|付费)|\bis it (free|paid)|\bfree of charge\b|\bdo i (have to )?pay\b",
    re.I,
)


def policy_text(policy: Policy) -> str:
    """All that is known of a document, in both languages."""
    parts: list[str | None] = [
        policy.title.zh,
        policy.title.en,
        *policy.aliases,
        policy.doc_number,
        policy.scope.zh,
        policy.scope.en,
    ]
    for article in policy.articles:
        parts += [article.no, article.says.zh, article.says.en, article.text]
    for note in policy.notes:
        parts += [note.text.zh, note.text.en]
    return "\n".join(part for part in parts if part)
