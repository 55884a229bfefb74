"""`kewen bot`: one chat app in a process of its own."""

from __future__ import annotations

from typing import Annotated, Literal

import typer


def bot(
    app: Annotated[
        Literal["telegram", "feishu", "wecom", "dingtalk", "webhook"],
        typer.Argument(help="The chat app; its settings are in .env.example, its guide in docs/bot.md."),
    ],
) -> None:
    """Run the bot of one chat app until it is told to stop; it asks the Kewen at KEWEN_API_URL.

    `kewen serve` starts every bot whose settings are set: this is for a bot in a process of its own.
    """
    import logging

    from bot.alone import run_alone
    from settings import load_settings

    settings = load_settings()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S"
    )
    # These write the addresses that they call, and Telegram's has the token in it.
    for name in ("httpx", "httpcore", "telegram", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    run_alone(settings, app)
