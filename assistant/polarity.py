"""Permission, duty, ban and price: words that turn a rule round must stand in the evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

_STRONG: dict[str, re.Pattern[str]] = {
    "free of charge": re.compile(
        r"免费|无偿|不收费|免收|不用(?:花|交|付)钱|零费用|\bfree of charge\b|\bfor free\b|\bno (?:charge|"
        r"fee|cost)s?\b|"
        r"\bwithout (?:charge|cost|fee|payment)\b|\bcost-free\b|"
        r"\bfree\b(?! (?:of (?!charge)|from|trade|time|slots?)\b)(?!-)|\bfreely\b"
    ),
    "paid": re.compile(
        r"收费|付费|有偿|缴费|费用|成本|价格|收取|\bpa(?:y|id|yment)\b|\bfees?\b|\bcharges?d?\b|\bcosts?\b|\bprice"
    ),
    "banned": re.compile(
        r"不得|禁止|严禁|不可以?(?!分割|逆|少|或缺)|不能|不允许|不准|不许|无权|"
        r"\b(?:may|must|shall|can|is|are|be) ?not\b|\bcannot\b|\bcan't\b|\bprohibit|\bforbid|\bban(?:s|"
        r"ned)?\b|\bnot (?:allowed|permitted)\b|\bno (?:one|person|unit|organi[sz]ation|individual)\b"
    ),
    "not needed": re.compile(
        r"无需|不需要?|不必|无须|毋须|不用|免于|豁免|免予|不须|不要求|即可直接|\bno need\b|\bneed not\b|"
        r"\bneedn't\b|\bnot (?:need|require)|\bnot have to\b|"
        r"\bwithout (?:an? |any |prior )*(?:approval|permission|registration|application|licen[cs]e|"
        r"review|consent|permit)|\bexempt|\bno (?:approval|permission|registration|application|"
        r"licen[cs]e|review|permit)\b"
    ),
    "sure": re.compile(r"保证|一定能|肯定能|必然|百分百|\bguarantee|\bdefinitely\b|\bcertainly\b"),
    "everyone": re.compile(
        r"任何人|所有人|人人|谁都|\banyone\b|\beveryone\b|\banybody\b|\beverybody\b|\bunrestricted|不限"
    ),
}
_PERMIT = re.compile(
    r"(?<!不)(?<!方)可以?(?=[^能行供靠是见])|(?<!不)允许|(?<!不)准予|有权|\b(?:may|can)\b(?! ?not)|"
    r"(?<!not )\b(?:allowed|permitted)\b|\bentitled\b"
)
_DUTY = re.compile(
    r"(?<!无)(?<!不)(?<!必)须|必须|(?<!不)应当?|(?<!不)(?<!无)(?<!所)需要?(?!求)|\bmust\b(?! ?not)|"
    r"\bshall\b(?! ?not)|(?<!not )\brequire[sd]?\b|(?<!not )(?<!no )\bneeds? (?:to|an?|the|approval|"
    r"permission)\b|(?<!not )\bhave to\b"
)


def contradicted(sentence: str, texts: Sequence[str]) -> str | None:
    """The strong word of a sentence that its evidence does not have, or has only turned round; else None.

    Texts come folded (numerals.fold). 「不得」 in a rule does not bear a sentence with 「可以」, nor does
    「无需审批」 one with 「须审批」.
    """
    evidence = "\n".join(texts)
    for name, pattern in _STRONG.items():
        found = pattern.search(sentence)
        if found and not pattern.search(evidence):
            return f"“{found[0]}” ({name})"
    banned, exempt = _STRONG["banned"], _STRONG["not needed"]
    permits = _PERMIT.search(sentence)
    if permits and not banned.search(sentence) and banned.search(evidence) and not _PERMIT.search(evidence):
        return f"“{permits[0]}” where the evidence only forbids"
    duty = _DUTY.search(sentence)
    if duty and not exempt.search(sentence) and exempt.search(evidence) and not _DUTY.search(evidence):
        return f"“{duty[0]}” where the evidence only exempts"
    return None


def takes_sides(text: str) -> bool:
    """True when the text permits, demands, forbids, exempts, promises or prices something."""
    folded = text.lower()
    return bool(
        _PERMIT.search(folded)
        or _DUTY.search(folded)
        or any(pattern.search(folded) for pattern in _STRONG.values())
        or re.search(r"^(?:是的?|否|对|能|行|会|yes|no)\b|^(?:是的|否|可以|能|不能|不行)[,，:：。]", folded)
    )
