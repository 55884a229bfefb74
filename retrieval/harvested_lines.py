"""Lines of a card that only harvested records have: licence, dates, coverage, formats, ways in."""

from __future__ import annotations

from corpus.details import Download, coverage_text, grant_text, period_text, relation_text
from corpus.records import Resource
from corpus.texts import Text
from retrieval.records import Language

MOST_FILES = 8
"""Of one record in a passage; the record itself has more."""

_RIGHTS = {
    "open": ("开放获取", "open access"),
    "embargoed": ("有期限的限制（embargo）", "embargoed access"),
    "restricted": ("受限获取", "restricted access"),
    "metadata_only": ("仅元数据公开", "metadata only access"),
}
_DETAILS: tuple[tuple[str, str, str], ...] = (
    ("accession_numbers", "保藏编号", "Accession numbers"),
    ("number", "编号", "Number"),
    ("model", "型号", "Model"),
    ("maker", "生产厂商", "Maker"),
    ("certificate", "证书编号", "Certificate"),
    ("taxon", "物种", "Taxon"),
    ("biosafety_level", "生物安全等级", "Biosafety level"),
    ("booking_url", "预约网址", "Booking"),
    ("proposal_url", "课题申请网址", "Proposals"),
    ("request_url", "申领网址", "Request"),
    ("catalogue_url", "目录网址", "Catalogue"),
    ("registration_url", "注册网址", "Registration"),
    ("full_text_url", "全文网址", "Full text"),
    ("fees", "费用", "Fees"),
    ("opening", "开放时间", "Opening"),
    ("deadline", "申请截止", "Deadline"),
    ("agreement", "协议", "Agreement"),
    ("approvals", "所需许可", "Approvals"),
    ("ethics", "伦理要求", "Ethics"),
    ("delivery", "文献传递", "Delivery"),
    ("lodging", "食宿", "Lodging"),
    ("joining", "加入方式", "Joining"),
    ("numbers", "标准书刊号", "Numbers"),
    ("members", "成员", "Members"),
    ("version", "版本", "Version"),
    ("size", "大小", "Size"),
    ("variables", "变量", "Variables"),
    ("frequency", "更新频率", "Updated"),
    ("documentation", "说明文档", "Documentation"),
)
_GLOBAL = ("doi", "cstr", "ark", "handle", "isbn", "issn", "accession")


def labelled_lines(pairs: list[tuple[str, str, str]], lang: Language) -> str:
    """One line for each (Chinese label, English label, value) that has a value."""
    return "\n".join(
        f"{zh}：{value}" if lang == "zh" else f"{en}: {value}" for zh, en, value in pairs if value
    )


def harvested_lines(record: Resource, lang: Language) -> str:
    """Empty for a record that was not harvested."""
    if record.origin is None:
        return ""
    comma = "、" if lang == "zh" else ", "
    numbers = [f"{one.scheme.upper()} {one.value}" for one in record.identifiers if one.scheme in _GLOBAL]
    parts = [one for one in record.relations if one.kind == "part_of"]
    creators = [one.name for one in record.creators[:10]]
    rights = _RIGHTS.get(record.access_rights or "", ("", ""))
    return labelled_lines(
        [
            ("标识", "Identifiers", comma.join(numbers)),
            ("作者", "Creators", (comma if lang == "zh" else "; ").join(creators)),
            ("许可", "Licence", record.licence or ""),
            ("访问权限", "Access rights", rights[0 if lang == "zh" else 1]),
            ("发布日期", "Issued", record.issued or ""),
            ("更新日期", "Modified", record.modified or ""),
            ("时间范围", "Period", period_text(record.temporal)),
            ("空间范围", "Coverage", coverage_text(record.spatial, comma)),
            ("格式", "Formats", comma.join(record.formats)),
            ("资助", "Funded by", "; ".join(grant_text(one) for one in record.funding[:5])),
            ("属于", "Part of", "; ".join(relation_text(one) for one in parts[:3])),
        ],
        lang,
    )


def getting_lines(record: Resource, lang: Language) -> str:
    """The ways to the content that the record's details name."""
    details = record.details
    if details is None:
        return ""
    pairs: list[tuple[str, str, str]] = []
    for field, zh, en in _DETAILS:
        value = getattr(details, field, None)
        if isinstance(value, Text):
            value = value.in_(lang)
        if isinstance(value, tuple):
            value = ("、" if lang == "zh" else ", ").join(value[:20])
        if value:
            pairs.append((zh, en, str(value)))
    found = [labelled_lines(pairs, lang)]
    files: tuple[Download, ...] = getattr(details, "files", ()) or getattr(details, "endpoints", ())
    told_already = " ".join(record.how_to_apply.steps.in_(lang)) if record.how_to_apply else ""
    for one in [file for file in files if file.url not in told_already][:MOST_FILES]:
        label = ("接口" if one.service else "文件") if lang == "zh" else "Service" if one.service else "File"
        told = " ".join(filter(None, (one.title, f"({one.format})" if one.format else "", one.url)))
        found.append(f"{label}：{told}" if lang == "zh" else f"{label}: {told}")
    return "\n".join(filter(None, found))
