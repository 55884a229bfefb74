"""Everything that can be asked of Kewen near what is hidden: each question and address by each channel."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

import httpx

from api.exports import Form
from assistant.records import AskFilters, DoneEvent
from bot.local import LocalBackend
from tests.rights.hidden import HAN, SECRETS, Who, secrets_for
from wiring import Kewen

Headers = dict[str, str]
Told = tuple[int, str]
"""(status, text) of an answer."""
RULES = "lantern-rules-2021"
NAMES = [
    ("鸑峤观测数据集", "鼗鼖观测数据集"),
    ("鸑峤旧观测网", "鼗鼖旧观测网"),
    ("鸑峤保管条例", "鼗鼖保管条例"),
    ("Vextrin Observation Dataset", "Vostrum Observation Dataset"),
    ("Vextrin库", "Vostrum库"),
    ("鸑委发〔2020〕88号", "鼗委发〔2020〕88号"),
    ("10.77777/vextrin.2020", "10.77777/vostrum.2020"),
    ("鸑峤旧档案馆", "鼗鼖旧档案馆"),
    ("獬泽观测数据集", "鼗鼖观测数据集"),
    ("kept-vextrin", "kept-vostrum"),
]
"""(a hidden name, one of nothing)."""
FORMS = [
    "《{}》在哪里",
    "{}怎么申请",
    "{}的电话",
    "{}是什么",
    "Where is {}?",
    "{}和青岚冰雪科学数据中心有什么区别",
    "有没有{}",
    "How many records does {} have?",
]
QUESTIONS = [
    "2016年时孔明灯放飞管理办法第十二条怎么说",
    "孔明灯放飞管理办法第五条怎么说",
    "孔明灯放飞管理办法现在的第五条以前是第几条",
    "孔明灯放飞管理办法第十二条后来是第几条",
    "What did article 12 of the Measures for Sky Lanterns say in 2016?",
    "灯库的开启办法是什么",
    "甲组的存放处在哪里",
    "孔明灯备案期限是几日",
    "观测数据集有哪些",
    "一共有几个数据集",
    "甘肃有哪些科学数据",
    "哪些单位在甘肃",
    "How many observation datasets are there?",
    "孔明灯放飞管理办法被什么文件替代",
    "孔明灯旧目录",
    "鸑峤的数据在哪里",
    "獬泽旧观测网",
    "10.77777/vextrin.2020",
    "鸑委发〔2020〕88号",
    "鸑峤旧档案馆",
]
AS_OF = {"filters": {"as_of": "2016-05-01"}}
TAKEN_AWAY = ("csv", "ris", "bib", "atom")
ALWAYS_PUBLIC = ("/sitemap.xml", "/sitemap-1.xml", "/oai", "/readyz", "/", "/robots.txt")


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing asked by one channel; `asked` is what an answer may give back of it."""

    channel: str
    asked: str
    path: str = ""
    body: str = ""
    """JSON, where something is posted."""


def cells() -> list[Cell]:
    """All of them, in an order that mixes channels."""
    return [*_addresses(), *_searches(), *_questions()]


def _addresses() -> Iterator[Cell]:
    kept = [f"kept-{word.lower()}" for word in SECRETS.values()]
    for id_ in [*kept, "kept-vextrix", "gone-vextrin", "gone-lantern", "qinglan-snow-data"]:
        yield Cell("page", id_, f"/resources/{id_}")
        for form in get_args(Form):
            yield Cell("api", id_, f"/api/resources/{id_}?format={form}")
    for id_ in (RULES, "vextrin-keeping-2020", "vextrin-keeping-2021"):
        asked = id_ if "vextrin" in id_ else ""
        yield Cell("page", asked, f"/policies/{id_}")
        yield Cell("page", asked, f"/policies/{id_}/diff")
        yield Cell("api", asked, f"/api/policies/{id_}/diff")
        for form in get_args(Form):
            yield Cell("api", asked, f"/api/policies/{id_}?format={form}")
        for version in ("", "@2015-03-01", "@2021-06-01"):
            for number in range(1, 14):
                yield Cell("api", asked, f"/api/policies/{id_}/articles/{number}{version}")
            if version:
                yield Cell("page", asked, f"/policies/{id_}?version={version[1:]}")
        yield Cell("page", asked, f"/policies/{id_}?since=2010-01-01")
    for number in (5, 6, 12):
        yield Cell("page", "", f"/policies/{RULES}/articles/{number}")
    yield Cell("api", "", f"/api/policies/{RULES}/diff?from=2015-03-01&to=2021-06-01")
    for path in ("/robots.txt", "/readyz", "/sitemap-1.xml", "/v1/models", "/openapi.json", "/widget.js",
                 "/widget/frame?site=x", "/api/answers/a_0", "/api/search?type=x", "/api/none"):  # fmt: skip
        yield Cell("api", "", path)
    yield Cell("mcp", "", "/mcp/", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}))
    for path in ("/", "/resources", "/resources?view=places", "/resources?province=甘肃省", "/policies",
                 "/policies?rank=local", "/sitemap.xml", "/docs", "/about", "/resources?sort=name",
                 "/resources?sort=completeness"):  # fmt: skip
        yield Cell("page", "", path)
    for form in TAKEN_AWAY:
        yield Cell("list", "", f"/resources.{form}")
        yield Cell("list", "", f"/resources.{form}?sort=date&province=甘肃省")
    for filters in ("", "&type=scientific_data", "&province=甘肃省", "&access=application", "&kind=policy"):
        yield Cell("api", "", f"/api/search?k=200{filters}")
    for verb in ("ListRecords", "ListIdentifiers"):
        for form in ("oai_dc", "oai_datacite"):
            yield Cell("oai", "", f"/oai?verb={verb}&metadataPrefix={form}")
    for verb in ("Identify", "ListSets", "ListMetadataFormats", "ListRecords&resumptionToken=x"):
        yield Cell("oai", "", f"/oai?verb={verb}")
    yield Cell("oai", "", "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&set=resource:scientific_data")
    for id_ in (*kept, "vextrin-keeping-2020", "gone-vextrin"):
        identifier = f"oai:kewen.test:{id_}"
        yield Cell("oai", identifier, f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}")
    for id_ in (*kept, RULES, "vextrin-keeping-2020"):
        asked = "" if id_ == RULES else id_
        if id_ in kept:
            yield _tool("get_resource", asked, {"resource_id": id_})
            yield _tool("how_to_apply", asked, {"resource_id": id_})
        else:
            yield _tool("get_article", asked, {"policy_id": id_})
            yield _tool("get_article", asked, {"policy_id": id_, "article": "12@2015-03-01"})
            for day in (None, "2016-06-01"):
                given = {"policy_id": id_, "articles": ["5", "6", "12"], "as_of": day}
                yield _tool("get_article_as_of", asked, given)
        yield _tool("get_record", asked, {"id": id_})
        yield _tool("compare_records", asked, {"ids": ["qinglan-snow-data", id_]})
    for kind in ("resource", "policy"):
        yield _tool("list_records", "", {"kind": kind, "where": []})


def _searches() -> Iterator[Cell]:
    words = [*dict.fromkeys(name for pair in NAMES for name in pair), *HAN.values(), *SECRETS.values()]
    words += [
        "观测数据集",
        "Observation Dataset",
        "灯库的开启办法",
        "10.77777",
        "保管",
        "密钥",
        "孔明灯",
        "鸑峤观测数居集",
        "yuejiao guance shujuji",
        "Vextrim",
        "Vextrin Observation Datset",
    ]
    for query in words:
        yield Cell("api", query, f"/api/search?k=50&q={query}")
        yield Cell("page", query, f"/resources?q={query}")
        yield Cell("page", query, f"/policies?q={query}")
        yield Cell("list", query, f"/resources.csv?q={query}")
        yield _tool("find_resource", query, {"query": query, "k": 50})
        yield _tool("find_policy", query, {"query": query, "k": 20})
        yield _tool("search_statements", query, {"query": query, "k": 12})
        yield _tool("list_records", query, {"where": [{"field": "words", "values": [query]}]})


def _questions() -> Iterator[Cell]:
    named = [form.format(name) for pair in NAMES for form in FORMS for name in pair[:1]]
    for at, question in enumerate([*QUESTIONS, *named]):
        yield _ask(question)
        if at < len(QUESTIONS):
            yield _ask(question, AS_OF)
            yield Cell("stream", question, "/api/ask", json.dumps({"question": question}))
            yield Cell("kept", question, "/api/ask", json.dumps({"question": question}))
            yield _tool("ask", question, {"question": question})
            yield _chat(question, question)
            yield _chat(question, question, stream=True)
            yield Cell("bot", question)
        if "孔明灯放飞管理办法" in question:
            follow_up = question.replace("孔明灯放飞管理办法", "它的")
            yield _chat(follow_up, "孔明灯放飞管理办法", "…", follow_up)


def _ask(question: str, more: dict[str, Any] | None = None) -> Cell:
    return Cell("ask", question, "/api/ask", json.dumps({"question": question, **(more or {})}))


def _chat(asked: str, *said: str, stream: bool = False) -> Cell:
    roles = ("user", "assistant")
    messages = [{"role": roles[at % 2], "content": text} for at, text in enumerate(said)]
    body = {"model": "kewen", "messages": messages, "stream": stream}
    return Cell("v1", asked, "/v1/chat/completions", json.dumps(body))


def _tool(name: str, asked: str, arguments: dict[str, Any]) -> Cell:
    params = {"name": name, "arguments": arguments}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return Cell("mcp", asked, "/mcp/", json.dumps(call))


_OF_THE_MOMENT = ("date", "x-request-id", "content-length")
"""A length hangs on the moments that an answer tells, some of which end in fewer digits."""
_ACCEPT = {"page": "text/html", "stream": "text/event-stream", "mcp": "application/json, text/event-stream"}


@dataclass(frozen=True, slots=True)
class Door:
    """One Kewen, asked by one client."""

    kewen: Kewen
    client: httpx.AsyncClient
    headers: Callable[[str, str | None], Headers]

    async def told(self, cell: Cell, who: Who) -> Told:
        if cell.channel == "bot":  # everyone there asks as the public
            return 200, await self._chat_app(cell.asked)
        given = {**self.headers(*who), "accept": _ACCEPT.get(cell.channel, "*/*")}
        if cell.channel == "mcp":
            given["mcp-protocol-version"] = "2025-06-18"
        if cell.body:
            given["content-type"] = "application/json"
            answer = await self.client.post(cell.path, content=cell.body.encode(), headers=given)
        else:
            answer = await self.client.get(cell.path, headers=given)
        told = _whole(answer)
        if cell.channel == "kept" and answer.status_code == 200:
            told += await self._afterwards(answer.json(), given)
        return answer.status_code, told

    async def _afterwards(self, answer: dict[str, Any], given: Headers) -> str:
        """What is told of an answer by whatever can be done with it."""
        about = {"answer_id": answer["id"]}
        conversation = f"/api/conversations/{answer['conversation_id']}"
        went_on = {"question": "它的电话呢", "conversation_id": answer["conversation_id"]}
        calls: list[tuple[str, str, Any]] = [
            ("POST", "/api/feedback", {**about, "verdict": "down"}),
            ("POST", "/api/handoff", {**about, "message": "?"}),
            ("POST", "/api/ask", went_on),
            ("GET", f"/api/answers/{answer['id']}", None),
            ("GET", f"/answers/{answer['id']}", None),
            ("GET", conversation, None),
            ("DELETE", conversation, None),
        ]
        said = [await self.client.request(m, path, json=body, headers=given) for m, path, body in calls]
        return "".join(f"\n{one.status_code} {_whole(one)}" for one in said)

    async def _chat_app(self, question: str) -> str:
        stream = LocalBackend(self.kewen).stream(
            question,
            conversation_id=None,
            language="auto",
            hint="zh",
            filters=AskFilters(),
            channel="telegram",
        )
        return "".join([e.answer.model_dump_json() async for e in stream if isinstance(e, DoneEvent)])


def _whole(answer: httpx.Response) -> str:
    """Text and headers, but for those of the moment."""
    kept = {name: value for name, value in answer.headers.items() if name not in _OF_THE_MOMENT}
    return f"{answer.text}\n{json.dumps(kept, sort_keys=True)}"


def leaked(cell: Cell, who: Who, text: str) -> list[str]:
    """Secrets of others that the text tells, beyond what the question said itself."""
    if cell.channel == "bot" or cell.path.split("?")[0] in ALWAYS_PUBLIC or cell.channel == "oai":
        who = ("public", None)
    for own in (cell.path, cell.path.removesuffix("/diff"), cell.asked, json.dumps(cell.asked)[1:-1]):
        text = text.replace(own, "") if own else text
    asked = cell.asked.lower()
    return [one for one in secrets_for(*who)[1] if one in text and one.lower() not in asked]


def blanked(text: str, *asked: str) -> str:
    """Without ids, moments and what was asked; of RDF, whose nodes have chance names, lines in some order."""
    if re.search(r"\bN[0-9a-f]{32}\b", text):
        text = "\n".join(sorted(re.sub(r"\bN[0-9a-f]{32}\b", "NODE", text).splitlines()))
    text = re.sub(r"\b(chatcmpl-)?[acfrt]_[0-9a-f]{16,32}\b", "ID", text)
    text = re.sub(r'"created":\s*\d+', '"created": 0', text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?", "THEN", text)
    text = re.sub(r'(<time datetime="THEN">)[^<]*', r"\1", text)
    for one in asked:
        text = text.replace(one, "ASKED")
    return text


async def fault(cell: Cell, who: Who, keeper: Door, innocent: Door | None = None) -> str | None:
    """What is wrong with a cell: it tells what is hidden, or tells something else than a Kewen that never
    heard of that; None: nothing."""
    status, text = await keeper.told(cell, who)
    if status >= 500:
        return f"is {status}"
    if found := leaked(cell, who, text):
        return f"tells {found}"
    if innocent is not None:
        there = await innocent.told(cell, who)
        if (status, blanked(text)) != (there[0], blanked(there[1])):
            return "differs"
    return None
