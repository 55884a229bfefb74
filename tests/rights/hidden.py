"""A corpus with secrets at every level and of two units, in records, articles, old texts, notes and links.

Every secret is a made-up word that stands in hidden texts only, so that it may be looked for anywhere.
"""

from __future__ import annotations

from corpus.disagreements import Disagreement, Statement
from corpus.loaders import corpus_digest
from corpus.records import (
    Access,
    Application,
    Article,
    Corpus,
    FormerNumber,
    Identifier,
    Lines,
    Note,
    Policy,
    PolicyVersion,
    Resource,
    Succession,
    Text,
    Tombstone,
    VersionArticle,
)
from corpus.rights import Level

SECRETS: dict[tuple[Level, str | None], str] = {
    ("registered", None): "Qorvane",
    ("member", None): "Belthax",
    ("unit", "alpha"): "Drimzol",
    ("unit", "beta"): "Fenwick",
    ("unit", None): "Gulmora",
    ("staff", None): "Vextrin",
}
"""(visibility, unit) -> the word of its record."""
HAN = {
    "Qorvane": "螭瑶",
    "Belthax": "鹬岚",
    "Drimzol": "獬泽",
    "Fenwick": "貔苑",
    "Gulmora": "麒砚",
    "Vextrin": "鸑峤",
}
Who = tuple[Level, str | None]
"""Who asks: their level and, at the level of units, whose they are."""
ASKERS: list[Who] = [
    ("public", None),
    ("registered", None),
    ("member", None),
    ("unit", "alpha"),
    ("unit", "beta"),
    ("unit", "gamma"),
    ("staff", None),
]
ARTICLE_SECRETS = {"staff": "朱砂匣密钥", "alpha": "翡翠匣密钥", "old": "玄铁匣密钥"}
"""In an article for staff, in one of unit alpha, and in the old words of the one for staff."""
NOTE_SECRET = "琥珀匣期限"
POLICY_SECRET = "鸑峤保管条例"


def both(zh: str, en: str | None = None) -> Text:
    return Text(zh=zh, en=en or zh)


def _resource(level: Level, unit: str | None, word: str) -> Resource:
    return Resource(
        id=f"kept-{word.lower()}",
        type="scientific_data",
        visibility=level,
        unit=unit,
        name=both(f"{HAN[word]}观测数据集", f"{word} Observation Dataset"),
        aliases=(f"{word}库",),
        former_names=(f"{HAN[word]}旧观测网",),
        host=both(f"{HAN[word]}研究所", f"{word} Institute"),
        province="甘肃省",
        identifiers=(Identifier(scheme="doi", value=f"10.77777/{word.lower()}.2020"),),
        holdings=both(f"{HAN[word]}记录", f"{word} records"),
        access=Access(level="application", text=both(f"经{HAN[word]}同意", f"With leave of {word}")),
        how_to_apply=Application(steps=Lines(zh=(f"联系{HAN[word]}",), en=(f"Write to {word}",))),
        verification="verified",
        questions=Lines(zh=(f"{HAN[word]}的数据在哪里",), en=(f"where is the data of {word}",)),
    )


PLAIN = (
    "任何单位和个人放飞孔明灯，应当提前三日向县级灯会办公室备案，并说明放飞的时间、地点和数量。",
    "孔明灯的直径不得超过一百厘米，燃料应当在十分钟内燃尽，灯体应当使用可以降解的纸张。",
    "灯会办公室应当自收到备案材料之日起两日内告知是否适宜放飞，并在网站上公布当日风力。",
    "大风蓝色以上预警期间禁止放飞孔明灯，已经备案的可以改期一次，改期不再重新提交材料。",
)


def _versions() -> tuple[PolicyVersion, ...]:
    secret = f"灯库的开启办法是{ARTICLE_SECRETS['old']}，由值守人员每日更换一次并记入交接簿备查。"
    later = f"灯库的开启办法是{ARTICLE_SECRETS['staff']}，由值守人员每日更换一次并记入交接簿备查。"
    own = f"甲组的存放处为{ARTICLE_SECRETS['alpha']}所在的柜子，钥匙由甲组自行保管，不得转交他人。"

    def version(name: str, until: str | None, texts: dict[int, str]) -> PolicyVersion:
        return PolicyVersion(
            version=name,
            issued=name,
            effective=name,
            until=until,
            status="superseded" if until else "in_force",
            source=f"rules/{name}.txt",
            sha256=name.replace("-", "").ljust(64, "0"),
            articles=tuple(
                VersionArticle(no=f"第{_numeral(number)}条", anchor=f"art-{number}", text=text)
                for number, text in sorted(texts.items())
            ),
        )

    old = {1: PLAIN[0], 2: PLAIN[1], 3: PLAIN[2], 8: own, 9: PLAIN[3], 12: secret}
    new = {1: PLAIN[0], 2: PLAIN[1], 3: PLAIN[2], 4: PLAIN[3], 5: later, 6: own}
    return version("2015-03-01", "2021-06-01", old), version("2021-06-01", None, new)


def _numeral(number: int) -> str:
    return "十二" if number == 12 else "一二三四五六七八九"[number - 1]


def lantern_rules() -> Policy:
    """Public; article 5, 12 before, is for staff, and 6, 8 before as its words tell, is of unit alpha."""
    versions = _versions()
    seen: dict[int, tuple[Level, str | None]] = {5: ("staff", None), 6: ("unit", "alpha")}
    articles = []
    for one in versions[1].articles:
        level, unit = seen.get(one.number or 0, ("public", None))
        articles.append(
            Article(
                no=one.no,
                text=one.text,
                visibility=level,
                unit=unit,
                former=(FormerNumber(no="第十二条", until="2021-06-01"),) if one.number == 5 else (),
            )
        )
    return Policy(
        id="lantern-rules-2021",
        title=both("孔明灯放飞管理办法", "Measures for Sky Lanterns"),
        rank="local",
        issuing_body=both("灯会办公室", "Lantern Office"),
        doc_number="灯办发〔2021〕3号",
        issued="2021-06-01",
        effective="2021-06-01",
        status="in_force",
        scope=both("孔明灯的放飞", "Flying sky lanterns"),
        coverage="all",
        last_article=6,
        read="full",
        articles=tuple(articles),
        versions=versions,
        current="2021-06-01",
        related=("kept-vextrin", "vextrin-keeping-2020"),
        replaced_by=(
            Succession(title=both("孔明灯条例", "Lantern Regulation"), policy_id="vextrin-keeping-2020"),
        ),
        notes=(Note(kind="contradiction", text=DIFFERENCE.told, disagreement=DIFFERENCE),),
    )


DIFFERENCE = Disagreement(
    about=("lantern-rules-2021", "vextrin-keeping-2020"),
    subject=both("备案期限", "Time limit of filing"),
    cues=Lines(zh=("期限", "备案"), en=("time limit",)),
    statements=(
        Statement(
            says=both("三日", "three days"),
            source=both("孔明灯放飞管理办法", "Measures for Sky Lanterns"),
            weight="local",
            record="lantern-rules-2021",
            article="第一条",
        ),
        Statement(
            says=both(f"{NOTE_SECRET}七日", f"seven days {NOTE_SECRET}"),
            source=both("内部条例", "Internal regulation"),
            weight="local",
            record="vextrin-keeping-2020",
        ),
    ),
    why=both("未定", "undecided"),
)


def _hidden_policy() -> Policy:
    return Policy(
        id="vextrin-keeping-2020",
        visibility="staff",
        title=both(POLICY_SECRET, "Vextrin Keeping Regulation"),
        rank="local",
        issuing_body=both("鸑峤委员会", "Vextrin Board"),
        doc_number="鸑委发〔2020〕88号",
        issued="2020-01-01",
        effective="2020-01-01",
        status="in_force",
        scope=both("鸑峤物品的保管", "Keeping Vextrin things"),
        coverage="all",
        read="full",
        articles=(
            Article(no="第一条", digest=both("鸑峤物品应当双人保管。", "Vextrin things need two keepers.")),
        ),
        notes=(Note(kind="contradiction", text=DIFFERENCE.told, disagreement=DIFFERENCE),),
    )


def with_secrets(plain: Corpus) -> Corpus:
    """A public corpus with everything hidden put into it."""
    first, *others = plain.resources
    first = first.model_copy(update={"related": (*first.related, "kept-drimzol", "kept-vextrin")})
    hidden = [_resource(level, unit, word) for (level, unit), word in SECRETS.items()]
    resources = sorted([first, *others, *hidden], key=lambda one: one.id)
    policies = sorted([*plain.policies, lantern_rules(), _hidden_policy()], key=lambda one: one.id)
    stone = Tombstone(
        id="gone-vextrin",
        name=both("鸑峤旧档案馆", "Vextrin Old Archive"),
        reason=both("并入鸑峤观测数据集", "Merged into Vextrin"),
        withdrawn="2024-01-01",
        successor="kept-vextrin",
        visibility="staff",
        identifiers=(Identifier(scheme="doi", value="10.77777/vextrin.gone"),),
    )
    led = Tombstone(
        id="gone-lantern",
        name=both("孔明灯旧目录", "Old Lantern List"),
        reason=both("已停用", "Out of use"),
        withdrawn="2024-01-01",
        successor="kept-vextrin",
    )
    return Corpus(
        resources=tuple(resources),
        policies=tuple(policies),
        digest=corpus_digest([*resources, *policies]),
        tombstones=(led, stone),
    )


def secrets_for(level: Level, unit: str | None = None) -> tuple[set[str], set[str]]:
    """(strings that who asks may find, strings that they must never see)."""
    order = ("public", "registered", "member", "unit", "staff")
    everything: set[str] = {NOTE_SECRET, POLICY_SECRET, *ARTICLE_SECRETS.values()}
    seen: set[str] = set(everything) if level == "staff" else set()
    for (needed, of), word in SECRETS.items():
        strings = {word, word.lower(), HAN[word]}
        everything |= strings
        if (
            level == "staff"
            or (needed not in ("unit", "staff") and order.index(needed) <= order.index(level))
            or (level == "unit" and needed == "unit" and of is not None and of == unit)
        ):
            seen |= strings
    if level == "unit" and unit == "alpha":
        seen.add(ARTICLE_SECRETS["alpha"])
    return seen, everything - seen
