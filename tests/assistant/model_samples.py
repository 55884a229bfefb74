"""Evidence of our own writing for the tests of the model path."""

from __future__ import annotations

from assistant.records import Citation, Language


def citation(number: int, quote: str, *, title: str = "", locator: str = "overview", **more: str) -> Citation:
    return Citation.model_validate(
        {
            "number": number,
            "kind": "resource",
            "id": f"toy-{number}",
            "title": title or f"Toy {number}",
            "locator": locator,
            "quote": quote,
            "quote_kind": "digest",
            "url": f"/resources/toy-{number}",
            "source_url": None,
            **more,
        }
    )


CHINESE = (
    citation(
        1,
        "测试冰川数据中心\n依托单位：测试研究所\n收录：冰川观测数据 50 万条，始于 2018-03-17。\n"
        "开放方式：注册后免费下载。\n"
        "联系方式：电话 010-62551234，邮箱 data@ice.example.cn",
        title="测试冰川数据中心",
        source_url="https://ice.example.cn/data",
    ),
    citation(
        2,
        "1. 注册账号并实名认证\n2. 在线提交申请，20个工作日内答复\n3. 下载数据",
        title="测试冰川数据中心",
        locator="how_to_apply",
        source_url="https://ice.example.cn/data",
    ),
    citation(
        3,
        "涉密的观测数据不得对外提供；确需提供的，须经主管部门批准。",
        title="测试数据管理办法",
        locator="第二十条",
        kind="policy",
        url="/policies/toy-3#art-20",
    ),
)
ENGLISH = (
    citation(
        1,
        "Toy Glacier Data Centre\nHost: Toy Institute\nHolds: 500,000 glacier observations since 17 "
        "March 2018.\n"
        "Access: free download after registration.\nContact: phone 010-62551234, e-mail data@ice.example.cn",
        title="Toy Glacier Data Centre",
        source_url="https://ice.example.cn/data",
    ),
    citation(
        2,
        "1. Register an account with your real name\n2. Submit the application online; reply within 20 "
        "working days\n3. Download",
        title="Toy Glacier Data Centre",
        locator="how_to_apply",
        source_url="https://ice.example.cn/data",
    ),
    citation(
        3,
        "Classified observations must not be given to outsiders; where it is needed, the authority approves.",
        title="Toy Data Measures",
        locator="第二十条",
        kind="policy",
        url="/policies/toy-3#art-20",
    ),
)


def evidence(language: Language) -> tuple[Citation, ...]:
    return CHINESE if language == "zh" else ENGLISH


GOOD = {
    "zh": "测试冰川数据中心收录50万条冰川观测数据[1]。注册后可以免费下载[1]。\n申请步骤：\n1. "
    "注册账号并实名认证[2]\n"
    "2. 在线提交申请，20个工作日内答复[2]\n网址：https://ice.example.cn/data [1]\n",
    "en": "The Toy Glacier Data Centre holds 500,000 glacier observations [1]. Download is free after "
    "registration [1].\n"
    "How to apply:\n1. Register an account with your real name [2].\n2. Submit the application online [2].\n"
    "Address: https://ice.example.cn/data [1]\n",
}
