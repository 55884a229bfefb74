"""kewen tickets, kewen curated: what staff do with questions that were handed to them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from assistant.curated import Sources
    from storage.database import Database
    from storage.records import CuratedAnswer, Ticket

OpenDatabase = Callable[[], "Database"]
OpenSources = Callable[[], "Sources"]
State = Literal["open", "answered", "closed"]

_SHOWN = 60


def ticket_commands(open_database: OpenDatabase, open_sources: OpenSources) -> typer.Typer:
    """`kewen tickets`; neither the index nor its lock is needed, so a server may go on running."""
    app = typer.Typer(help="Questions handed to the staff.", no_args_is_help=True)

    @app.command("list")
    def list_tickets(
        state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    ) -> None:
        """List tickets, oldest first: id, state, when, channel, question."""
        from storage.tickets import Tickets

        with _opened(open_database) as database:
            Tickets(database).forget_contacts()
            found = Tickets(database).all(state)
        for one in found:
            told = f"{one.id}  {one.state:<8}  {one.created:%Y-%m-%d %H:%M}Z  {one.channel:<8}"
            typer.echo(f"{told}  {_line(one.question)}")
        if not found:
            typer.echo(f"No {f'{state} ' if state else ''}tickets.", err=True)

    @app.command("show")
    def show_ticket(ticket_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
        """Print a ticket: the question, our answer, what was searched, the contact, the replies."""
        from storage.conversations import Conversations
        from storage.tickets import Tickets

        with _opened(open_database) as database, _known("kewen tickets list"):
            book = Tickets(database)
            book.forget_contacts()
            ticket = book.get(ticket_id)
            turns = Conversations(database).turns(ticket.conversation_id)
            replies = book.replies(ticket_id)
        for line in _ticket_lines(ticket, [turn.question for turn in turns]):
            _print(line)
        for reply in replies:
            _print(f"\nreply {reply.created:%Y-%m-%d %H:%M}Z by {reply.author or '(no name)'}\n{reply.text}")

    @app.command("answer")
    def answer_ticket(
        ticket_id: Annotated[str, typer.Argument(metavar="ID")],
        text: Annotated[str, typer.Argument(help="The reply; - reads it from standard input.")],
        by: Annotated[
            str | None, typer.Option(metavar="NAME", help="Who replies: the asker sees it.")
        ] = None,
        publish: Annotated[
            bool, typer.Option("--publish", help="Give it to everyone who asks the same.")
        ] = False,
        sources: Annotated[
            list[str] | None,
            typer.Option(metavar="ID[#art-N]", help="What [1], [2] … rest on, in order; may be repeated."),
        ] = None,
        until: Annotated[
            datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day, if published.")
        ] = None,
        owner: Annotated[
            str | None, typer.Option(metavar="NAME", help="Who answers for it, if published.")
        ] = None,
        question: Annotated[
            list[str] | None,
            typer.Option(help="A wording it answers, instead of the asker's own; may be repeated."),
        ] = None,
        translation: Annotated[
            str | None, typer.Option(metavar="TEXT", help="The same text in the other language.")
        ] = None,
    ) -> None:
        """Reply to a ticket: the reply goes into the asker's conversation, marked as a person's."""
        if publish and not (sources and until and owner):
            raise typer.BadParameter("--publish needs --sources, --until and --owner.")
        if not publish and (sources or until or owner or question or translation):
            raise typer.BadParameter("--sources, --until, --owner, --question, --translation need --publish.")
        from storage.tickets import REPLY_LIMIT, Tickets

        text = (sys.stdin.read() if text == "-" else text).strip()
        if not text or len(text) > REPLY_LIMIT:
            raise typer.BadParameter(f"The reply has {len(text)} characters; 1 to {REPLY_LIMIT} are allowed.")
        with _opened(open_database) as database, _known("kewen tickets list"):
            book = Tickets(database)
            ticket = book.get(ticket_id)
            if not publish:
                book.answer(ticket_id, text, by)
                typer.echo(f"Ticket {ticket_id} is answered. The reply stands in the asker's conversation.")
                return
            assert until is not None and owner is not None
            refs = [ref.strip() for given in sources or () for ref in given.split(",") if ref.strip()]
            curated, citations = _curate(
                open_sources(), ticket, text, translation, question or (), refs, owner, until.date()
            )
            book.answer(ticket_id, text, by or owner, citations=citations, curated=curated)
        typer.echo(f"Ticket {ticket_id} is answered, and published as {curated.id} until {curated.until}.")
        for wording in curated.questions:
            _print(f"  answers: {wording}")

    @app.command("close")
    def close_ticket(
        ticket_id: Annotated[str, typer.Argument(metavar="ID")],
        by: Annotated[str | None, typer.Option(metavar="NAME", help="Who closes it.")] = None,
    ) -> None:
        """Close a ticket: the asker sees that nothing more will come."""
        from storage.tickets import Tickets

        with _opened(open_database) as database, _known("kewen tickets list"):
            Tickets(database).close(ticket_id, by)
        typer.echo(f"Ticket {ticket_id} is closed.")

    return app


def curated_commands(open_database: OpenDatabase, open_sources: OpenSources) -> typer.Typer:
    """`kewen curated`."""
    app = typer.Typer(help="Staff answers that stand for every asker.", no_args_is_help=True)

    @app.command("list")
    def list_curated() -> None:
        """List published answers: id, whether they are given, last day, owner, question."""
        from storage.curated import CuratedBook

        with _opened(open_database) as database:
            found = CuratedBook(database).all()
        places = open_sources() if found else None
        for one in found:
            assert places is not None
            state = places.state(one, date.today())
            told = f"{one.id}  {state:<14}  {one.until}"
            typer.echo(f"{told}  {_line(one.owner)}  {_line(one.questions[0])}")
        if not found:
            typer.echo("Nothing is published.", err=True)

    @app.command("show")
    def show_curated(curated_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
        """Print a published answer with its wordings and sources, and whether it is given."""
        from storage.curated import CuratedBook

        with _opened(open_database) as database, _known("kewen curated list"):
            one = CuratedBook(database).get(curated_id)
        for line in _curated_lines(one, open_sources()):
            _print(line)

    @app.command("withdraw")
    def withdraw_curated(curated_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
        """Give a published answer to nobody from now on."""
        from storage.curated import CuratedBook

        with _opened(open_database) as database, _known("kewen curated list"):
            CuratedBook(database).withdraw(curated_id)
        typer.echo(f"Curated answer {curated_id} is withdrawn.")

    return app


def _curate(
    places: Sources,
    ticket: Ticket,
    text: str,
    translation: str | None,
    questions: list[str] | tuple[()],
    refs: list[str],
    owner: str,
    until: date,
) -> tuple[CuratedAnswer, list[dict[str, object]]]:
    """What is published, and the citations of the reply itself."""
    from assistant.curated import curate
    from assistant.language import detect_language
    from assistant.same_question import leans
    from assistant.sentences import MARKER
    from operations.errors import OperationError

    if not questions and leans(ticket.question):
        raise OperationError(
            f"Not published. The question {ticket.question!r} leans on what was said before it: give a "
            "wording that stands alone with --question."
        )
    curated = curate(
        places,
        questions=questions or [ticket.question],
        texts=[text] if translation is None else [text, translation],
        refs=refs,
        owner=owner,
        until=until,
        today=date.today(),
    )
    language = detect_language(MARKER.sub("", text))
    cited = places.citations(places.places(curated), language)
    return curated, [citation.model_dump(mode="json") for citation in cited]


def _ticket_lines(ticket: Ticket, questions: list[str]) -> Iterator[str]:
    yield f"ticket       {ticket.id}, {ticket.state}" + (f", {ticket.owner}" if ticket.owner else "")
    yield f"created      {ticket.created:%Y-%m-%d %H:%M}Z, {ticket.channel}, {ticket.language}"
    yield f"conversation {ticket.conversation_id}, answer {ticket.answer_id}"
    yield f"\nquestion\n{ticket.question}"
    if len(questions) > 1:
        yield "\nall questions of the conversation\n" + "\n".join(f"  - {one}" for one in questions)
    yield f"\nour answer ({ticket.answer_status})\n{ticket.answer}"
    yield "\nsearched"
    for name, value in ticket.searched.items():
        if name == "cited":
            value = ", ".join(f"{one['id']} {one['locator']}" for one in value)
        elif isinstance(value, list):
            value = ", ".join(str(one) for one in value)
        yield f"  {name:<13}{value or '-'}"
    for note in ticket.notes:
        yield f"\nfrom the asker, {note.created:%Y-%m-%d %H:%M}Z"
        if note.message:
            yield note.message
        if note.contact:
            yield f"contact: {note.contact}"


def _curated_lines(one: CuratedAnswer, places: Sources) -> Iterator[str]:
    yield f"curated   {one.id}, {places.state(one, date.today())}"
    yield f"owner     {one.owner}, from {one.created:%Y-%m-%d} until {one.until}"
    if one.withdrawn:
        yield f"withdrawn {one.withdrawn:%Y-%m-%d %H:%M}Z"
    if one.ticket_id:
        yield f"ticket    {one.ticket_id}"
    for question in one.questions:
        yield f"answers   {question}"
    for number, source in enumerate(one.sources, 1):
        place = places.place(source["ref"])
        told = "gone" if place is None else "as it was"
        if place is not None and places.digest(place) != source["digest"]:
            told = "changed"
        yield f"[{number}]       {source['ref']} ({told})"
    for language, text in one.texts.items():
        yield f"\n{language}\n{text}"


@contextmanager
def _opened(open_database: OpenDatabase) -> Iterator[Database]:
    database = open_database()
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _known(command: str) -> Iterator[None]:
    """An unknown id is told together with the command that lists the known ones."""
    from operations.errors import OperationError
    from storage.errors import RecordUnknown

    try:
        yield
    except RecordUnknown as error:
        raise OperationError(f"{error} `{command}` shows those there are.") from error


def _print(text: str) -> None:
    from operations.printing import printable

    typer.echo(printable(text))


def _line(text: str) -> str:
    from operations.printing import printable

    text = printable(" ".join(text.split()))
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
