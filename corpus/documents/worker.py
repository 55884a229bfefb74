"""The child process that reads one file: python -I worker.py ROOT SUFFIX CPU_S MEMORY, bytes on stdin.

It prints {"document": …} or {"refused": reason}; with PAGE and DPI behind them the picture of that page of a
PDF, as PGM, or nothing. Its limits are set before anything of the file is seen;
what breaks a reader ends this process and no other.
"""

from __future__ import annotations

import json
import resource
import sys

OUTPUT = 64_000_000
"""Largest answer, in bytes."""


def main() -> None:
    root, suffix, cpu_s, memory = sys.argv[1:5]
    sys.path.insert(0, root)
    limits = (
        (resource.RLIMIT_CPU, int(cpu_s)),
        (resource.RLIMIT_AS, int(memory)),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    )
    for limit, value in limits:
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value if limit != resource.RLIMIT_CPU else value + 1))
    if len(sys.argv) > 5:
        sys.stdout.buffer.write(_picture(int(sys.argv[5]), int(sys.argv[6])))
    else:
        sys.stdout.write(json.dumps(_answer(suffix)))


def _picture(page: int, dpi: int) -> bytes:
    from corpus.documents.errors import Unreadable
    from corpus.documents.pdf import drawn

    try:
        return drawn(sys.stdin.buffer.read(), page, dpi)
    except (Unreadable, MemoryError):
        return b""


def _answer(suffix: str) -> dict[str, object]:
    try:
        from corpus.documents.errors import Unreadable
        from corpus.documents.kinds import reader_of
        from corpus.documents.plausibility import fault

        data = sys.stdin.buffer.read()
        try:
            document = reader_of(data, suffix)(data)
            # Pages of a PDF were judged one by one.
            if document.format != "pdf" and (reason := fault("".join(p.text for p in document.paragraphs))):
                return {"refused": f"is {reason}"}
            return {"document": document.to_json()}
        except Unreadable as refused:
            return {"refused": str(refused)}
    except MemoryError:
        return {"memory": True}
    except RecursionError:
        return {"refused": "is nested too deeply to be a document"}
    except Exception as broken:  # whatever a damaged file brings about: it is the file that is at fault
        return {"refused": f"is damaged: reading it ended with {type(broken).__name__}"}


if __name__ == "__main__":
    main()
