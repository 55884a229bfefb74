"""Every sentence of the chat page and of the diagnosis for web masters, in Chinese and English."""

from __future__ import annotations

from assistant.records import Language

_TEXTS: dict[str, tuple[str, str]] = {
    # name: Chinese, English
    "title": ("提问", "Ask"),
    "lead": (
        "科学数据、仪器设施、种质与样本在哪里，谁能用，怎么申请，哪一条规定是怎么说的。中文、英文都可以问。",
        "Where data, instruments, germplasm and samples are, who may use them, how to "
        "apply, and which article of "
        "which rule says so. Ask in English or Chinese.",
    ),
    "welcome": ("问科技资源，句句有出处", "Ask about science resources; every sentence has a source"),
    "machine": (
        "我是程序，不是人。回答只依据收录的资源目录和政策条款，点开编号可看出处；库里没有的，会直说没有。",
        "I am a program, not a person. I answer only from the catalogue and the policy "
        "articles I hold; open a "
        "number to see its source. What is not there, I say is not there.",
    ),
    "no_script": (
        "提问需要 JavaScript。不用脚本也可以浏览资源和政策，或用命令行 kewen ask 提问。",
        "Asking needs JavaScript. Without it you can browse the resources and policies, or "
        "ask on the command "
        "line with kewen ask.",
    ),
    # the diagnosis
    "check_title": ("嵌入问答的诊断", "Why the widget does or does not work"),
    "check_lead": (
        "填入站点编号和网页地址，这里会用一句话说明问题在哪里。",
        "Give the site's id and the address of a page; one sentence says what is wrong.",
    ),
    "check_site": ("站点编号（data-site）", "Site id (data-site)"),
    "check_page": ("网页地址", "Address of the page"),
    "check_do": ("诊断", "Check"),
    "check_ask": ("请填写站点编号和网页地址。", "Give both the site's id and the address of a page."),
    "check_unknown": (
        "站点编号“{site}”没有登记：请核对 data-site，或用 kewen sites add 登记。",
        "The site id “{site}” is not registered: check data-site, or register it with kewen sites add.",
    ),
    "check_address": (
        "“{page}”不是网页地址：请写成 https://www.example.org/ 的样子。",
        "“{page}” is no address of a page: write it like https://www.example.org/.",
    ),
    "check_file": (
        "从磁盘打开的网页（file://）没有来源，浏览器不让它提问：请通过网站服务器打开。",
        "A page opened from a disk (file://) has no origin, so the browser does not let it "
        "ask: serve it from a "
        "web server.",
    ),
    "check_good": (
        "可以使用：{origin} 已登记在站点“{site}”。如果页面上仍不出现，请看下面的内容安全策略一条。",
        "It works: {origin} is listed by site “{site}”. If nothing shows all the same, see "
        "the content security "
        "policy below.",
    ),
    "check_own": (
        "可以使用：这是科问自己的网页，不需要登记。",
        "It works: this is Kewen's own page, which needs no registration.",
    ),
    "check_scheme": (
        "登记的是 {listed}，而网页是 {origin}：两者只差 http 与 https，请把 {origin} 也加入登记，"
        "或让网页统一用 https。",
        "Listed is {listed} but the page is {origin}: only http and https differ. List "
        "{origin} too, or serve the "
        "page with https.",
    ),
    "check_port": (
        "登记的是 {listed}，而网页是 {origin}：端口不同，请把 {origin} 加入登记。",
        "Listed is {listed} but the page is {origin}: the port differs. List {origin} too.",
    ),
    "check_www": (
        "登记的是 {listed}，而网页是 {origin}：带不带 www 是两个来源，请把 {origin} 也加入登记。",
        "Listed is {listed} but the page is {origin}: with and without www are two origins. "
        "List {origin} too.",
    ),
    "check_apex": (
        "登记的 {listed} 只包括子域名，不包括 {origin} 本身：请把 {origin} 也加入登记。",
        "Listed is {listed}, which stands for sub-domains, not for {origin} itself. List {origin} too.",
    ),
    "check_elsewhere": (
        "站点“{site}”没有登记来源 {origin}，它属于站点“{other}”：请把 data-site 改成 {other}，"
        "或把这个来源加入登记。",
        "Site “{site}” does not list {origin}; site “{other}” does. Set data-site to "
        "{other}, or list the origin.",
    ),
    "check_unlisted": (
        "站点“{site}”没有登记来源 {origin}：请把它加入登记。",
        "Site “{site}” does not list the origin {origin}: list it.",
    ),
    "check_insecure": (
        "网页是 https，而科问的地址 {base} 是 http：浏览器会拦下，请给科问配上 https 并设置 "
        "KEWEN_PUBLIC_URL。",
        "The page is https but Kewen is at {base}, which is http: browsers block that. "
        "Serve Kewen with https and "
        "set KEWEN_PUBLIC_URL.",
    ),
    "check_fix": ("登记这个来源", "To list this origin"),
    "check_snippet": ("粘贴到网页里的一行", "The line to paste into the pages"),
    "check_policy": (
        "网页如有内容安全策略（Content-Security-Policy），须允许下面两项；不需要内联样式或脚本，"
        "也不用 Cookie",
        "A page with a Content-Security-Policy must allow these two; no inline style or script and no cookie "
        "is needed",
    ),
    "check_frame": (
        "不能运行外来脚本的网页可以用框架",
        "Pages that cannot run a script from elsewhere may frame it",
    ),
    "copy": ("复制", "Copy"),
    "copied": ("已复制", "Copied"),
}


def say(key: str, language: Language, **values: object) -> str:
    """The text for `key` with its values filled in. Raises KeyError for an unknown key."""
    chinese, english = _TEXTS[key]
    return (chinese if language == "zh" else english).format(**values)
