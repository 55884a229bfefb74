"""Every sentence of signing in and of one's own page, in Chinese and English."""

from __future__ import annotations

from assistant.records import Language

_TEXTS: dict[str, tuple[str, str]] = {
    # name: Chinese, English
    "login_title": ("登录", "Sign in"),
    "login_lead": (
        "提问、查目录不用登录。登录后还能看到您的账户可看的内容；服务人员由此进入工作台。",
        "Asking and browsing need no account. Signed in you also see what your account may see; staff get to "
        "their desk.",
    ),
    "login_whence": (
        "账户由管理者开通；忘记密码也请找管理者。",
        "Managers make accounts, and set a new password where one is forgotten.",
    ),
    "name": ("用户名", "User name"),
    "password": ("密码", "Password"),
    "sign_in": ("登录", "Sign in"),
    "wrong": (
        "没有登录：用户名或密码不对，或者账户已停用。",
        "Not signed in: the name or the password is wrong, or the account is disabled.",
    ),
    "me_title": ("我的账户", "My account"),
    "signed_in_as": ("已登录", "Signed in"),
    "who": ("姓名", "Name"),
    "role": ("角色", "Role"),
    "role_supplier": ("资源供给者", "supplier of resources"),
    "role_seeker": ("需求者", "seeker"),
    "role_staff": ("服务者（工作人员）", "staff"),
    "role_manager": ("管理者", "manager"),
    "may": ("可以做", "May do"),
    "may_supplier": ("提问、查目录、转人工", "ask, browse, hand a question to staff"),
    "may_seeker": ("提问、查目录、转人工", "ask, browse, hand a question to staff"),
    "may_staff": (
        "提问、查目录；在工作台认领、答复、交回、关闭转来的问题",
        "ask, browse; take, answer, hand back and close handed-over questions at the staff desk",
    ),
    "may_manager": (
        "服务者能做的；看操作记录，替别人交回工单",
        "what staff may; read the audit log, hand back tickets for others",
    ),
    "to_desk": ("打开工作台", "Open the staff desk"),
    "level": ("可见范围", "May see"),
    "level_public": ("公开内容", "what is public"),
    "level_registered": (
        "公开内容，和注册用户可看的内容",
        "what is public, and what is for registered users",
    ),
    "level_member": (
        "公开内容、注册用户和成员单位可看的内容",
        "what is public, for registered users and for members",
    ),
    "level_unit": (
        "成员可看的内容，和本单位（{unit}）的内容",
        "what members see, and what is of the unit {unit}",
    ),
    "level_staff": ("全部内容", "everything"),
    "until": ("登录有效至", "Signed in until"),
    "role_and_level": (
        "角色决定能做什么，可见范围决定能看什么，两者分开设置；要调整请找管理者。",
        "A role says what one may do, a level what one may see, each by itself; managers change them.",
    ),
    "sign_out": ("退出登录", "Sign out"),
    "sign_out_what": (
        "退出会同时清除这台电脑上保存的对话列表，下一个人看不到您问过什么。",
        "Signing out also clears the list of conversations in this browser, so that nobody else sees it.",
    ),
    "others": ("另有 {n} 处登录着这个账户。", "This account is signed in at {n} more places."),
    "end_others": ("让其他地方退出", "Sign out everywhere else"),
    "others_ended": ("其他地方已全部退出。", "Everywhere else is signed out."),
    "change_title": ("修改密码", "Change the password"),
    "change_what": (
        "至少 {shortest} 个字符，长短随意，用几个不相干的词最好记。改后其他地方的登录全部失效。",
        "At least {shortest} characters; a few words that do not belong together are easy to keep in mind. "
        "Every other place is signed out then.",
    ),
    "password_now": ("现在的密码", "Password now"),
    "password_new": ("新密码", "New password"),
    "password_again": ("再输一次新密码", "The new password again"),
    "change": ("修改密码", "Change it"),
    "changed": (
        "密码已修改，其他地方的登录已失效。",
        "The password is changed; everywhere else is signed out.",
    ),
    "not_now": ("没有修改：现在的密码不对。", "Not changed: the password now is wrong."),
    "not_same": ("没有修改：两次输入的新密码不一样。", "Not changed: the two new passwords differ."),
    "not_good": (
        "没有修改：新密码须有 {shortest} 至 {longest} 个字符，且不能只是重复几个字符或用户名。",
        "Not changed: a new password has {shortest} to {longest} characters and more in it than a few "
        "characters or the user name again and again.",
    ),
}


def say(key: str, language: Language, **values: object) -> str:
    """The sentence of that name."""
    chinese, english = _TEXTS[key]
    return (chinese if language == "zh" else english).format(**values)
