"""What a visitor lives through: languages, records, earlier talks, lost lines, foreign sites."""

from __future__ import annotations

import json
import re

import httpx
from playwright.sync_api import Request, Route, expect

from tests.page.conftest import in_turn
from tests.widget.conftest import Open
from tests.widget.hosts import WebSite, script

SNOW = "玩具雪山科学数据中心怎么申请？"
WHEAT = "玩具小麦种质库在哪里？"
_SELECT = """() => {
  const turn = document.querySelector("kewen-chat").shadowRoot.querySelector(".turn");
  getSelection().setBaseAndExtent(turn, 0, turn, turn.childNodes.length);
}"""


def inline(kewen: str, **settings: str) -> str:
    return script(kewen, site="toy", mode="inline", **settings)


def test_a_foreign_site_is_refused_and_its_web_master_told_why(
    visit: Open, stranger: WebSite, kewen: str
) -> None:
    tab = visit(stranger.add("/", body=script(kewen, site="toy")))
    page = tab.page
    page.get_by_role("button", name="问科问").click()

    expect(page.locator(".failure")).to_contain_text("这个网站还没有登记使用科问")
    expect(page.get_by_role("textbox")).to_have_count(0)
    check = page.get_by_role("link", name="站点管理员请看诊断").get_attribute("href") or ""
    told = httpx.get(check, headers={"Accept-Language": "zh"}).text
    assert f"站点“toy”没有登记来源 {stranger.origin}：请把它加入登记。" in told
    assert "kewen sites allow toy" in told and stranger.origin in told
    # What the browser itself says of a refused origin, and nothing of ours.
    assert all("has been blocked by CORS policy" in one or "ERR_FAILED" in one for one in tab.complaints)
    read = page.evaluate(
        f"fetch('{kewen}/api/ask', {{method: 'POST', body: '{{}}'}}).then(() => 'read', () => 'refused')"
    )
    assert read == "refused"


def test_an_unknown_site_id_is_told(visit: Open, member: WebSite, kewen: str) -> None:
    page = visit(member.add("/unknown", body=script(kewen, site="nowhere", mode="inline"))).page
    expect(page.locator(".failure")).to_contain_text("站点编号没有登记")


def test_a_frame_is_for_the_sites_own_pages(
    visit: Open, member: WebSite, stranger: WebSite, kewen: str
) -> None:
    frame = f'<iframe src="{kewen}/widget/frame?site=toy" width="500" height="600" title="科问"></iframe>'
    tab = visit(member.add("/frame", body=frame))
    inside = tab.page.frame_locator("iframe")
    inside.get_by_role("textbox").fill(SNOW)
    inside.get_by_role("textbox").press("Enter")
    expect(inside.locator(".prose")).to_contain_text("注册账号")
    assert tab.complaints == []

    refused = visit(stranger.add("/frame", body=frame))
    expect(refused.page.frame_locator("iframe").locator("kewen-chat")).to_have_count(0)
    assert any("frame-ancestors" in one for one in refused.complaints)


def test_the_language_is_that_of_the_page_until_one_is_chosen(
    visit: Open, member: WebSite, kewen: str
) -> None:
    tab = visit(member.add("/en", body=inline(kewen), lang="en-GB"), locale="zh-CN")
    page = tab.page
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.evaluate("document.documentElement.lang = 'zh'")
    expect(page.get_by_role("button", name="提问")).to_be_visible()

    page.get_by_role("button", name="Switch to English").click()
    page.evaluate("document.documentElement.lang = 'zh-CN'")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    assert tab.complaints == []


def test_on_a_records_page_the_first_question_is_about_the_record(
    visit: Open, member: WebSite, kewen: str
) -> None:
    tab = visit(member.add("/record", body=inline(kewen, context="toy-snow")))
    page = tab.page
    expect(page.get_by_text("关于：玩具雪山科学数据中心")).to_be_visible()
    page.get_by_role("button", name="怎么申请？", exact=True).click()
    expect(page.locator(".prose")).to_contain_text("提交用途说明")
    expect(page.locator(".question")).to_contain_text("玩具雪山科学数据中心：怎么申请？")
    expect(page.locator(".about")).to_be_hidden()
    tab.ask("它在哪里？")
    expect(page.locator(".question").nth(1)).to_have_text(re.compile("它在哪里？$"))

    page.get_by_role("button", name="新的对话").click()
    page.get_by_role("button", name="不限于玩具雪山科学数据中心").click()
    expect(page.get_by_role("button", name="南极冰芯数据在哪里？怎么申请？")).to_be_visible()
    tab.ask(WHEAT)
    expect(page.locator(".question")).to_have_text(re.compile(f"你问：{re.escape(WHEAT)}"))

    english = visit(
        member.add("/policy", body=inline(kewen, context="policy:toy-sharing-rules"), lang="en"), locale="en"
    ).page
    expect(english.get_by_text("About: Toy Sample Sharing Measures")).to_be_visible()
    assert tab.complaints == []


def test_a_restriction_is_seen_and_taken_away(visit: Open, member: WebSite, kewen: str) -> None:
    tab = visit(member.add("/filters", body=inline(kewen)))
    page = tab.page
    tab.ask("甘肃省有哪些科学数据中心？")
    first = page.locator(".turn").first
    expect(first.locator(".filters")).to_contain_text("科学数据")
    first.get_by_role("button", name="去掉条件：甘肃省").click()

    expect(page.locator(".question").nth(1)).to_contain_text("不限地区")
    second = page.locator(".turn").nth(1)
    expect(second.locator(".filters")).to_contain_text("科学数据")
    expect(second.locator(".filters")).not_to_contain_text("甘肃省")
    # What an earlier answer was restricted to stays to be read.
    expect(first.locator(".filters")).to_contain_text("甘肃省")
    expect(first.locator("button.filter")).to_have_count(0)
    assert tab.complaints == []


def test_the_address_of_the_chat_page_may_name_a_question_or_a_record(visit: Open, kewen: str) -> None:
    page = visit(f"{kewen}/?q=雪坑数据").page
    expect(page.get_by_role("textbox")).to_have_value("雪坑数据")
    expect(page.locator(".turn")).to_have_count(0)  # a link asks nothing by itself

    page = visit(f"{kewen}/?about=toy-snow&lang=en").page
    expect(page.get_by_text("About: Toy Snow Mountain Data Centre")).to_be_visible()
    page.get_by_role("button", name="How do I apply?").click()
    expect(page.locator(".prose")).to_contain_text("State the purpose")


def test_settings_of_the_page_are_taken(visit: Open, member: WebSite, kewen: str) -> None:
    body = script(
        kewen,
        site="toy",
        accent="#ffcc00",
        theme="dark",
        position="left",
        name="冰雪问答",
        questions="甲在哪里？|乙呢？",
    )
    page = visit(member.add("/look", body=body)).page
    page.get_by_role("button", name="问科问").click()

    expect(page.get_by_role("heading", name="冰雪问答")).to_be_visible()
    expect(page.get_by_role("button", name="甲在哪里？")).to_be_visible()
    box = page.locator(".panel").bounding_box()
    assert box is not None and box["x"] < 40
    assert (
        page.locator(".panel").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(20, 24, 26)"
    )
    assert (
        page.locator("#send").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 204, 0)"
    )


def test_earlier_talks_are_opened_again_and_deleted(visit: Open, member: WebSite, kewen: str) -> None:
    tab = visit(member.add("/past", body=inline(kewen)))
    page = tab.page
    tab.ask(SNOW)
    page.get_by_role("button", name="新的对话").click()
    tab.ask(WHEAT)

    page.get_by_role("button", name="以前的对话").click()
    past = page.get_by_role("region", name="以前的对话")
    expect(past.get_by_role("heading")).to_be_focused()
    expect(past.locator(".past-open")).to_have_count(2)
    past.get_by_role("button", name=SNOW).first.click()
    expect(page.locator(".question")).to_contain_text(SNOW)

    page.get_by_role("button", name="以前的对话").click()
    with page.expect_response(lambda response: response.request.method == "DELETE") as gone:
        past.get_by_role("button", name=f"删除：{WHEAT}").click()
    assert gone.value.status == 204
    expect(past.locator(".past-open")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".question")).to_contain_text(SNOW)
    page.reload()
    expect(page.locator(".question")).to_contain_text(SNOW)
    assert page.evaluate("JSON.parse(localStorage['kewen.history.toy']).length") == 1
    assert tab.complaints == []


def test_a_browser_that_keeps_nothing_still_talks(visit: Open, member: WebSite, kewen: str) -> None:
    forbid = "for (const name of ['localStorage', 'sessionStorage']) "
    forbid += (
        "Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    tab = visit(member.add("/none", body=inline(kewen)), init=forbid)
    page = tab.page
    tab.ask(SNOW)
    tab.ask("它在哪里？")

    page.get_by_role("button", name="以前的对话").click()
    expect(page.locator(".past-open")).to_have_count(1)
    assert tab.complaints == []


def test_offline_is_said_and_the_question_sent_once_when_back(
    visit: Open, member: WebSite, kewen: str
) -> None:
    tab = visit(member.add("/offline", body=inline(kewen)))
    page = tab.page
    expect(page.get_by_role("textbox")).to_be_visible()
    tab.ask(WHEAT)
    asked: list[str] = []

    def count(request: Request) -> None:
        if request.url.endswith("/api/ask") and request.method == "POST":
            asked.append(json.loads(request.post_data or "{}")["question"])

    page.on("request", count)
    page.context.set_offline(True)
    expect(page.get_by_role("alert").get_by_text("网络断开了")).to_be_visible()
    page.get_by_role("textbox").fill(SNOW)
    page.keyboard.press("Enter")
    expect(page.locator(".failure")).to_contain_text("恢复后会自动再发一次")
    lost = len(asked)

    page.context.set_offline(False)
    expect(page.locator(".prose").nth(1)).to_contain_text("注册账号")
    expect(page.get_by_role("alert").get_by_text("网络断开了")).to_be_hidden()
    assert asked[lost:] == [SNOW]
    page.evaluate("window.dispatchEvent(new Event('online'))")
    tab.ask("它在哪里？")
    assert asked[lost:] == [SNOW, "它在哪里？"]


def test_a_session_that_ended_is_renewed_without_a_word(visit: Open, member: WebSite, kewen: str) -> None:
    tab = visit(member.add("/ended", body=inline(kewen)))
    page = tab.page
    error = {"error": {"code": "session_expired", "message": "It has expired.", "request_id": "r_1"}}
    asked: list[str] = []

    def too_late(route: Route) -> None:
        route.fulfill(status=401, json=error, headers={"Access-Control-Allow-Origin": member.origin})

    def count(request: Request) -> None:
        if request.url.endswith("/api/ask") and request.method == "POST":
            asked.append(request.headers["x-kewen-session"])

    page.get_by_role("textbox").wait_for()
    in_turn(page, "**/api/ask", too_late)
    page.on("request", count)
    tab.ask(SNOW)

    assert len(asked) == len(set(asked)) == 2
    expect(page.locator(".prose")).to_contain_text("注册账号")
    expect(page.locator(".failure")).to_have_count(0)


def test_a_person_is_asked_and_the_answer_copied_with_its_mark(
    visit: Open, member: WebSite, kewen: str
) -> None:
    tab = visit(member.add("/person", body=inline(kewen)))
    page = tab.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.ask(SNOW)
    page.get_by_role("button", name="复制", exact=True).click()
    expect(page.get_by_text("已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "AI 生成，请核对来源" in copied and re.search(r"/answers/a_\w+$", copied)
    assert "[1] 玩具雪山科学数据中心 · 怎么申请 https://snow.example.org/" in copied
    page.get_by_role("button", name="复制链接").click()
    link = page.evaluate("navigator.clipboard.readText()")
    # Selected by hand: an address without what is only heard of its link, a word without its source.
    page.evaluate(_SELECT)
    page.keyboard.press("Control+c")
    by_hand = page.evaluate("navigator.clipboard.readText()")
    assert "snow.example.org" in by_hand and "新标签页" not in by_hand
    assert "注册账号" in by_hand and "注册账号1" not in by_hand.replace(" ", "")
    assert httpx.get(link, headers={"Accept-Language": "zh"}).status_code == 200

    page.get_by_role("button", name="有用", exact=True).click()
    expect(page.get_by_text("谢谢，已记下。")).to_be_visible()
    page.get_by_role("button", name="转人工").click()
    with page.expect_response("**/api/handoff") as handed:
        page.get_by_role("button", name="转交").click()
    assert handed.value.status == 201
    expect(page.locator(".handed")).to_be_focused()
    assert tab.complaints == []


def test_the_page_around_can_open_ask_and_listen(visit: Open, member: WebSite, kewen: str) -> None:
    tab = visit(member.add("/api", body=script(kewen, site="toy")))
    page = tab.page
    page.locator("kewen-chat").wait_for(state="attached")

    page.evaluate(
        "question => { window.heard = []; for (const name of ['open', 'answer', 'close']) "
        "document.addEventListener(`kewen:${name}`, "
        "(event) => heard.push([name, event.detail?.status ?? null])); "
        "document.querySelector('kewen-chat').ask(question); }",
        SNOW,
    )
    page.locator(".actions").wait_for()
    expect(page.locator(".prose")).to_contain_text("注册账号")
    page.evaluate("document.querySelector('kewen-chat').close()")

    assert page.evaluate("heard") == [["open", None], ["answer", "answered"], ["close", None]]
