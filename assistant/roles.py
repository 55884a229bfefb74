"""What people may do, by their role; what they may see hangs on their level alone (assistant/access.py)."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["supplier", "seeker", "staff", "manager"]
"""资源供给者, 需求者, 服务者, 管理者."""
ROLES: tuple[Role, ...] = get_args(Role)
Action = Literal["tickets", "audit"]
"""Work at handed-over questions; read what staff did, and hand back what another has in hand."""
_MAY: dict[Role, frozenset[Action]] = {
    "supplier": frozenset(),
    "seeker": frozenset(),
    "staff": frozenset({"tickets"}),
    "manager": frozenset({"tickets", "audit"}),
}


def role_of(name: str) -> Role:
    """The role of that name; one that is not known may do what a seeker may: nothing but ask."""
    return next((role for role in ROLES if role == name), "seeker")


def may(role: str, action: Action) -> bool:
    """Whether that role does this."""
    return action in _MAY[role_of(role)]
