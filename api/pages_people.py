"""GET and POST /login, /logout and /me: signing in, and one's own account."""

from __future__ import annotations

import asyncio
from datetime import datetime

from fastapi import APIRouter, Request, Response

from api.deps import DatabaseDep, StateDep
from api.limits import client_of
from api.pages_errors import PageRoute
from api.pages_shell import NOT_KEPT, READ, ZONE, Shell, render, shell_of
from api.people_texts import say
from api.signing_in import (
    Visitor,
    VisitorDep,
    first_token,
    forget,
    form_of,
    remember,
    remember_first,
    to,
    to_login,
    way_on,
)
from api.state import ApiState
from assistant.roles import may, role_of
from storage.accounts import NAME_LIMIT, Accounts
from storage.actions import ActionLog
from storage.database import Database
from storage.errors import AccountInvalid
from storage.passwords import LONGEST, SHORTEST
from storage.records import Account, Actor
from storage.sign_ins import SignIns

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.api_route("/login", methods=READ)
async def login_page(request: Request, visitor: VisitorDep, next: str = "") -> Response:
    """The form; who is signed in already is sent on."""
    if visitor:
        return to(way_on(next, "/me"))
    return _login(request, next)


@router.post("/login")
async def sign_in(request: Request, state: StateDep, database: DatabaseDep, visitor: VisitorDep) -> Response:
    """Signed in with a secret that no browser has had before, or the form again."""
    fields = await form_of(request, visitor)
    name, password = fields.get("name", ""), fields.get("password", "")
    _count_try(state, request, name)
    account = await asyncio.to_thread(Accounts(database).check, name, password)
    if account is None:
        return _login(request, fields.get("next", ""), name[:NAME_LIMIT], wrong=True)
    before = visitor.secret if visitor else None
    secret = await asyncio.to_thread(
        lambda: SignIns(database).begin(account, state.signed_in_s, instead_of=before)
    )
    await _note(database, account, "sign_in")
    otherwise = "/staff" if may(account.role, "tickets") else "/me"
    done = to(way_on(fields.get("next", ""), otherwise))
    remember(done, request, secret, state.signed_in_s)
    return done


@router.post("/logout")
async def sign_out(request: Request, database: DatabaseDep, visitor: VisitorDep) -> Response:
    """This browser is nobody's any more."""
    if visitor is None:
        return to("/login")
    await form_of(request, visitor)
    await asyncio.to_thread(SignIns(database).end, visitor.secret)
    await _note(database, visitor.account, "sign_out")
    done = to("/login")
    forget(done, request)
    return done


@router.api_route("/me", methods=READ)
async def own_page(request: Request, database: DatabaseDep, visitor: VisitorDep, done: str = "") -> Response:
    """Who one is here, what one may do and see."""
    if visitor is None:
        return to_login("/me", request.query_params.get("lang"))
    told = {"changed": "changed", "others": "others_ended"}.get(done)
    return await _own(request, database, visitor, told, good=True)


@router.api_route("/me/{part}", methods=READ)
async def back_to_own(request: Request) -> Response:
    """Where a form was posted there is nothing to read."""
    return to(shell_of(request).url("/me"))


@router.post("/me/others")
async def end_others(request: Request, database: DatabaseDep, visitor: VisitorDep) -> Response:
    """The account is signed in here alone."""
    if visitor is None:
        return to_login("/me")
    await form_of(request, visitor)
    await asyncio.to_thread(SignIns(database).end_others, visitor.account, visitor.secret)
    return to(shell_of(request).url("/me", {"done": "others"}))


@router.post("/me/password")
async def change_password(
    request: Request, state: StateDep, database: DatabaseDep, visitor: VisitorDep
) -> Response:
    """Another password; this browser gets another secret and stays signed in."""
    if visitor is None:
        return to_login("/me")
    fields = await form_of(request, visitor)
    name = visitor.account.name
    _count_try(state, request, name)
    if fields.get("new", "") != fields.get("again", ""):
        return await _own(request, database, visitor, "not_same")
    if await asyncio.to_thread(Accounts(database).check, name, fields.get("now", "")) is None:
        return await _own(request, database, visitor, "not_now")
    try:
        account = await asyncio.to_thread(Accounts(database).set_password, name, fields.get("new", ""))
    except AccountInvalid:
        return await _own(request, database, visitor, "not_good")
    await _note(database, account, "password")
    secret = await asyncio.to_thread(SignIns(database).begin, account, state.signed_in_s)
    done = to(shell_of(request).url("/me", {"done": "changed"}))
    remember(done, request, secret, state.signed_in_s)
    return done


async def _note(database: Database, account: Account, action: str) -> None:
    """In the log of what staff do, and of nobody else."""
    if may(account.role, "tickets"):
        actor = Actor(account.id, account.shown)
        await asyncio.to_thread(ActionLog(database).note, actor, action, account.name)


def _count_try(state: ApiState, request: Request, name: str) -> None:
    """By where it comes from, and by the name, whether or not anybody has it. Raises ApiError 429."""
    state.limiter.take(client_of(request), "password")
    state.limiter.take(f"name {name.strip().casefold()[:NAME_LIMIT]}", "password")


def _login(request: Request, next: str, name: str = "", *, wrong: bool = False) -> Response:
    shell = shell_of(request, [("next", next)] if way_on(next, "") else [])
    token, secret = first_token(request)
    page = render(
        shell,
        "login.html",
        title=say("login_title", shell.language),
        status=403 if wrong else 200,
        indexed=False,
        headers=NOT_KEPT,
        w=lambda key, **values: say(key, shell.language, **values),
        token=token,
        next=way_on(next, ""),
        name=name,
        wrong=wrong,
        longest=LONGEST,
        name_limit=NAME_LIMIT,
    )
    remember_first(page, request, secret)
    return page


async def _own(
    request: Request, database: Database, visitor: Visitor, told: str | None, *, good: bool = False
) -> Response:
    shell = shell_of(request)
    account = visitor.account
    others = await asyncio.to_thread(SignIns(database).count, account) - 1
    return render(
        shell,
        "me.html",
        title=say("me_title", shell.language),
        status=200 if good else 422,
        indexed=False,
        headers=NOT_KEPT,
        w=lambda key, **more: say(key, shell.language, shortest=SHORTEST, longest=LONGEST, **more),
        token=visitor.token,
        account=account,
        role=role_of(account.role),
        desk=may(account.role, "tickets"),
        until=moment(visitor.sign_in.expires, shell),
        others=others,
        told=told,
        good=good,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def moment(when: datetime, shell: Shell) -> str:
    """Day and time in the zone of those who read it."""
    local = when.astimezone(ZONE)
    return f"{local:%Y-%m-%d %H:%M}{'（北京时间）' if shell.language == 'zh' else ' (UTC+8)'}"
