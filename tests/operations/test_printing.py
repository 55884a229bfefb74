"""An answer on a terminal and in a pipe."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest

from assistant.records import Answer, Citation, DeltaEvent, DoneEvent, ErrorEvent, Event, StatusEvent
from operations.errors import AskFailed
from operations.printing import print_events, printable
from operations.progress import IndexProgress
from retrieval.indexing import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def answer(text: str) -> Answer:
    citation = Citation(
        number=1,
        kind="policy",
        id="toy",
        title="玩具办法",
        locator="第三条",
        quote="登记",
        quote_kind="digest",
        url="/policies/toy#art-3",
    )
    return Answer(
        id="a_1",
        conversation_id="c_1",
        language="zh",
        status="answered",
        text=text,
        citations=(citation,),
        filters={"access": ["open"]},
        notices=("模型没有回答。",),
        generated_by="composer",
    )


async def stream(*events: Event) -> AsyncIterator[Event]:
    for event in events:
        yield event


async def test_a_terminal_shows_the_text_as_it_comes_and_only_once() -> None:
    out, err = Terminal(), Terminal()
    events = stream(
        StatusEvent(stage="searching", text="正在查找…"),
        DeltaEvent(text="应当"),
        DeltaEvent(text="登记 [1]"),
        DoneEvent(answer=answer("应当登记 [1]")),
    )

    await print_events(events, as_json=False, out=out, err=err)

    shown = out.getvalue()
    assert shown.startswith("应当登记 [1]\n") and shown.count("应当登记") == 1
    assert "[1] 玩具办法 · 第三条 (摘要)\n      /policies/toy#art-3" in shown
    assert "筛选条件：open" in shown and "说明：模型没有回答。" in shown
    assert "正在查找…" in err.getvalue() and err.getvalue().endswith("\r\x1b[K")


async def test_where_the_check_changed_the_text_the_checked_one_is_shown_too() -> None:
    out = Terminal()
    events = stream(DeltaEvent(text="没有依据的话"), DoneEvent(answer=answer("应当登记 [1]")))

    await print_events(events, as_json=False, out=out, err=io.StringIO())

    before, after = out.getvalue().split("核对后的回答：")
    assert "没有依据的话" in before and after.startswith("\n应当登记 [1]\n")


async def test_a_pipe_gets_the_checked_text_alone_and_no_escapes() -> None:
    out, err = io.StringIO(), io.StringIO()
    events = stream(
        StatusEvent(stage="searching", text="正在查找…"),
        DeltaEvent(text="没有依据的话"),
        DoneEvent(answer=answer("应当登记 [1]")),
    )

    await print_events(events, as_json=False, out=out, err=err)

    assert "没有依据" not in out.getvalue() and "\x1b" not in out.getvalue()
    assert err.getvalue() == ""


async def test_an_error_and_an_early_end_are_failures() -> None:
    with pytest.raises(AskFailed, match="down"):
        await print_events(stream(ErrorEvent(code="x", message="down")), as_json=False, out=io.StringIO())
    with pytest.raises(AskFailed, match="Ask again"):
        await print_events(stream(DeltaEvent(text="半")), as_json=True, out=io.StringIO())


def test_what_is_printed_cannot_drive_the_terminal() -> None:
    assert printable("a\x1b]0;title\x07\u202eb\r\nc\td\u3000e") == "a]0;titleb \nc d\u3000e"


def test_progress_is_a_bar_on_a_terminal_and_lines_elsewhere() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for out in (terminal, pipe):
        with IndexProgress(out) as show:
            for done in range(0, 1001, 10):
                show(Progress("embedding", done, 1000))
            show(Progress("checking", 1000, 1000))
        assert show.built

    assert "1000/1000" in terminal.getvalue() and "\x1b" in terminal.getvalue()
    lines = pipe.getvalue().splitlines()
    assert len(lines) == 12 and lines[0] == "Computing vectors: 0 of 1000"
    assert lines[-2:] == ["Computing vectors: 1000 of 1000", "Checking: 1000 of 1000"]
