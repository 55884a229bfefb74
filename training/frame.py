"""How assistant/reading/frame.json was learned: `python -m training.frame`.

Content words that stand in many written questions, whatever is asked for: they say that something is asked
(收录, 名单, "records"), not what. A word counts when it stands in questions with several different answers, is
no subject of a record and is said by no record.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from assistant.judging.support import Texts
from assistant.reading.features import masked
from assistant.reading.values import Values
from corpus.loaders import load_corpus, load_vocabulary
from retrieval.analysis import content_words
from retrieval.names import NameIndex
from training.examples import SURE, read

TARGET = Path(__file__).parent.parent / "assistant" / "reading" / "frame.json"
LEAST = 5


def main() -> int:
    corpus = load_corpus()
    names, values = NameIndex(list(corpus)), Values(list(corpus), load_vocabulary())
    answers: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for one in read():
        if one.source == "foreign" or one.relation in ("chat", "nonsense"):
            continue
        spans = [(m.start, m.end) for m in names.mentions(one.whole) if m.confidence >= SURE]
        spans += [(v.start, v.end) for v in values.find(one.whole) if v.field != "subject"]
        for word in content_words(masked(one.whole, spans).replace("¤", " ")):
            answers[word].add(one.about or (one.whole,))
    subjects = {
        word for r in corpus.resources for s in (*r.subjects.zh, *r.subjects.en) for word in content_words(s)
    }
    texts = Texts(corpus.by_id)
    kept = sorted(
        word
        for word, found in answers.items()
        if len(found) >= LEAST and word not in subjects and not texts.knows(word)
    )
    TARGET.write_text(json.dumps(kept, ensure_ascii=False, indent=0), "utf-8")
    print(len(kept), "words:", " ".join(kept))
    return 0


if __name__ == "__main__":
    sys.exit(main())
