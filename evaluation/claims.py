"""How many false claims a reader would see in a model's words, and what becomes of the true ones."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.judging.alignment import language_of
from assistant.judging.claim_sets import ClaimItem, load_claims
from assistant.judging.grounds import Ground
from assistant.judging.proof import Outcome, Prover
from evaluation.errors import SetInvalid
from evaluation.progress import progress

_LEVELS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
Judged = tuple[ClaimItem, Outcome, float]


def run_claims(path: Path, prover: Prover) -> str:
    """The figures of a set of claims, as text. Raises SetInvalid."""
    try:
        items = load_claims(path)
    except ValueError as error:
        raise SetInvalid([str(error)]) from error
    judged: list[Judged] = []
    begun = time.process_time()
    with progress(path.name, len(items)) as step:
        for item in items:
            proof = prover.prove(item.claim, [Ground(one) for one in item.citations])
            judged.append((item, proof.outcome, proof.chance))
            step(item.kind)
    spent = 1000 * (time.process_time() - begun) / max(1, len(items))
    return "\n".join([*told(judged), f"{spent:.0f} ms of processor time a claim"])


def told(judged: Sequence[Judged]) -> list[str]:
    """The line of figures, within one language and across, and by kind."""
    across = [one for one in judged if _across(one[0])]
    same = [one for one in judged if not _across(one[0])]
    lines = [f"claims: {figures(judged)}"]
    for name, some in (("same language", same), ("across languages", across)):
        if some:
            lines.append(f"  {name}: {figures(some)}")
            lines.append(f"    true in own words / false shown by likelihood: {_curve(some)}")
    false = Counter(item.kind for item, _, _ in judged if not item.supported)
    shown = Counter(item.kind for item, how, _ in judged if not item.supported and how == "proven")
    lines.append(
        "  false shown by kind: "
        + ", ".join(f"{kind} {shown[kind]}/{n}" for kind, n in sorted(false.items()))
    )
    true = Counter(item.kind for item, _, _ in judged if item.supported)
    own = Counter(item.kind for item, how, _ in judged if item.supported and how == "proven")
    lines.append(
        "  true in own words by kind: "
        + ", ".join(f"{kind} {own[kind]}/{n}" for kind, n in sorted(true.items()))
    )
    return lines


def figures(judged: Sequence[Judged]) -> str:
    """Share of false claims shown, and of the true ones what became of them."""
    true = [how for item, how, _ in judged if item.supported]
    false = [how for item, how, _ in judged if not item.supported]
    return (
        f"false shown {_share(false, 'proven')} · true in own words {_share(true, 'proven')} · "
        f"quoted {_share(true, 'undecided')} · lost {_share(true, 'contradicted')}"
        f" ({len(true)} true, {len(false)} false)"
    )


def _share(outcomes: Sequence[Outcome], outcome: Outcome) -> str:
    return f"{100 * sum(one == outcome for one in outcomes) / max(1, len(outcomes)):.1f} %"


def _curve(judged: Sequence[Judged]) -> str:
    """By likelihood alone, among what no closed value contradicts or leaves in doubt."""
    points = []
    for level in _LEVELS:
        passed = [item.supported for item, how, chance in judged if how != "contradicted" and chance >= level]
        true = sum(item.supported for item, _, _ in judged)
        false = len(judged) - true
        points.append(
            f"{level}: {100 * sum(passed) / max(1, true):.0f}"
            f"/{100 * (len(passed) - sum(passed)) / max(1, false):.0f}"
        )
    return " ".join(points)


def _across(item: ClaimItem) -> bool:
    return all(Ground(one).language != language_of(item.claim) for one in item.citations)
