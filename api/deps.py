"""What routes ask for: Kewen as the caller sees it, the caller, the language of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.auth import asker_of, asker_signed_in
from api.messages import Locale, locale_of
from api.sign_in_cookie import signed_in
from api.state import ApiState
from assistant.access import PUBLIC, Asker
from storage.database import Database

if TYPE_CHECKING:
    from wiring import View
else:
    View = Any

_bearer = HTTPBearer(
    scheme_name="Key", description="A key from `kewen keys add`; none means the public.", auto_error=False
)


def get_state(request: Request) -> ApiState:
    state: ApiState = request.app.state.api
    return state


StateDep = Annotated[ApiState, Depends(get_state)]


def get_database(state: StateDep) -> Database:
    return state.opened().database


async def get_public(state: StateDep) -> View:
    return await state.seen_by(PUBLIC)


DatabaseDep = Annotated[Database, Depends(get_database)]
PublicDep = Annotated[View, Depends(get_public)]


def get_authorization(
    request: Request, _declared: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> str | None:
    """The whole header: HTTPBearer would take a wrong scheme for no header at all."""
    return request.headers.get("authorization")


AuthorizationDep = Annotated[str | None, Depends(get_authorization)]


async def get_asker(
    request: Request, state: StateDep, database: DatabaseDep, authorization: AuthorizationDep
) -> Asker:
    """Whom the key names, else who is signed in, else the public."""
    if authorization is None:
        return asker_signed_in(await signed_in(request, state, database))
    return await asker_of(authorization, database)


async def get_openai_asker(database: DatabaseDep, authorization: AuthorizationDep) -> Asker:
    return await asker_of(authorization, database, own_keys_only=True)


def get_locale(request: Request) -> Locale:
    return locale_of(request.headers.get("accept-language"))


AskerDep = Annotated[Asker, Depends(get_asker)]


async def get_kewen(state: StateDep, asker: AskerDep) -> View:
    return await state.seen_by(asker)


KewenDep = Annotated[View, Depends(get_kewen)]
"""As the caller sees it: nothing that is hidden from them is in its corpus."""
OpenAIAskerDep = Annotated[Asker, Depends(get_openai_asker)]
LocaleDep = Annotated[Locale, Depends(get_locale)]
