"""Fixed texts about identifiers, in Chinese and English.

No digits of our own stand in them: every number of an answer comes from the question or a cited record.
"""

from __future__ import annotations

from corpus.records import Text
from corpus.texts import fixed_text as _t

HELD = _t("{shown} 是收录中的“{name}”。", "{shown} is “{name}” in this catalogue. ")
AUTHOR = _t("{shown} 是下列收录的作者或责任者的标识：", "{shown} identifies an author of these records: ")
OWNED = _t(
    "{shown} 的前缀 {prefix} 属于{name}。",
    "The prefix {prefix} of {shown} belongs to {name}. ",
)
EXAMPLE = _t(
    "{shown} 与{name}记录里的例子 {prefix} 同属一处。",
    "{shown} is of the same series as {prefix}, an example in the record of {name}. ",
)
LISTED = _t(
    "{shown} 在{name}的记录里作为标识的例子列出，属于该单位。",
    "{shown} stands in the record of {name} as an example of its identifiers. ",
)
PREFIX = _t("{prefix} 是{name}使用的前缀。", "{prefix} is a prefix used by {name}. ")
NOT_HELD = _t(
    "收录里没有这一条本身，它的题名、内容和获取方式请到该单位查询。",
    "The item itself is not held here; ask that unit for its title, content and access. ",
)
UNKNOWN = _t(
    "{shown} 的写法符合 {scheme} 的规则，但收录里既没有这一条，也没有哪个单位列有它的前缀，不知道它指什么。",
    "{shown} is well formed as a {scheme}, but neither the item nor a unit with its prefix is held here, "
    "so what it identifies is not known. ",
)
UNKNOWN_PERSON = _t(
    "{shown} 的写法和校验码符合 {scheme} 的规则，但收录里没有哪条记录列有它。",
    "{shown} is well formed as a {scheme}, check digit included, but no record here lists it. ",
)
ONLY_PREFIX = _t(
    "{shown} 只是 {scheme} 的前缀，后面还缺具体编号，所以指不到某一条。",
    "{shown} is only the prefix of a {scheme}; without the rest it points to no item. ",
)
NO_OWNER = _t("收录里没有哪个单位列有这个前缀。", "No unit here lists that prefix. ")
MALFORMED = _t("{shown} 不是完整、正确的 {scheme}：{fault}。", "{shown} is no complete {scheme}: {fault}. ")
CHECK = _t("请核对后再问。", "Please check it and ask again. ")
FAULTS: dict[str, Text] = {
    "doi": _t(
        "DOI 由前缀、斜线和后缀组成，前缀是“数字.注册机构号”",
        "a DOI is a prefix, a slash and a suffix, and the prefix is two numbers with a dot between them",
    ),
    "cstr": _t(
        "CSTR 由注册机构代码、两位数字的资源类型代码和内部标识三段组成，用点隔开",
        "a CSTR is a registrant's code, a type code of two digits and a local number, with dots between them",
    ),
    "ark": _t(
        "ARK 写作“ark:/机构号/名称”，机构号为数字",
        "an ARK is ark:/, the number of a body, a slash and a name",
    ),
    "handle": _t("Handle 由前缀、斜线和后缀组成", "a Handle is a prefix, a slash and a suffix"),
    "orcid": _t(
        "ORCID 由四组、每组四位组成，最后一位是校验码",
        "an ORCID has four groups of four, the last one a check digit",
    ),
    "isni": _t("ISNI 有十六位，最后一位是校验码", "an ISNI has sixteen digits, the last one a check digit"),
    "ror": _t("ROR 由零、六个字符和两位校验码组成", "a ROR is a zero, six characters and two check digits"),
    "issn": _t(
        "ISSN 由两组、每组四位组成，最后一位是校验码",
        "an ISSN has two groups of four, the last one a check digit",
    ),
    "isbn": _t(
        "ISBN 有十位或十三位，最后一位是校验码",
        "an ISBN has ten or thirteen digits, the last one a check digit",
    ),
}
CHECK_DIGIT = _t(
    "位数对，但校验码不符，多半抄错了一位",
    "its length is right but its check digit is not: one digit was probably miscopied",
)
NAMES = {
    "doi": "DOI", "cstr": "CSTR", "ark": "ARK", "handle": "Handle", "orcid": "ORCID", "isni": "ISNI",
    "ror": "ROR", "issn": "ISSN", "isbn": "ISBN",
}  # fmt: skip
