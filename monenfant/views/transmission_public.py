"""`/editeurs/`: the guide of vendors, and the bench where a message is tried without an account and without a trace."""

import json
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from monenfant.naming import DAYS
from monenfant.transmission.codes import RULES, Problem, problem, status_of
from monenfant.transmission.guide import guide
from monenfant.transmission.judging import Verdict, judge
from monenfant.transmission.receiving import message_of
from monenfant.transmission.register import register_of
from monenfant.transmission.sample import TRIAL_ID, trial_message, trial_register
from monenfant.transmission.shape import BODY_MEGABYTES, Message
from portal.accounts.limits import TooManyTries, address_of, take_turn
from portal.accounts.permissions import today

TRIALS_A_MINUTE = 30
# Of a long message, the slots that a page shows; the answer of the address itself says them all.
SLOTS_SHOWN = 200


@require_GET
def editors(request: HttpRequest) -> HttpResponse:
    return render(request, "monenfant/transmission_guide.html", {"guide": guide()})


@require_http_methods(["GET", "POST"])
def bench(request: HttpRequest) -> HttpResponse:
    """What a message would do, slot by slot. Nothing is published, and nothing of it is kept."""
    shown: dict[str, Any] = {"rules": RULES.values(), "trial": TRIAL_ID, "status": None}
    if request.method == "GET":
        text = json.dumps(trial_message(today()), ensure_ascii=False, indent=2)
        return render(request, "monenfant/transmission_bench.html", shown | {"text": text})
    text = request.POST.get("message", "")
    status, said = _tried(request, text)
    page_status = 422 if said.get("problems") else 200
    return render(
        request,
        "monenfant/transmission_bench.html",
        shown | {"text": text, "status": status, **said},
        status=page_status,
    )


def _tried(request: HttpRequest, text: str) -> tuple[int, dict[str, Any]]:
    """The status that the address would answer, and what the page says of it."""
    try:
        take_turn(f"bench:{address_of(request)}", most=TRIALS_A_MINUTE, within=timedelta(minutes=1))
    except TooManyTries:
        return _not_taken([problem("E040_RATE", "", "Plus de 30 essais en une minute.", "Attendez une minute.")])
    content = text.encode("utf-8", "replace")
    if len(content) > BODY_MEGABYTES * 1_000_000:
        return _not_taken([problem("E001_SCHEMA", "", f"Le message dépasse {BODY_MEGABYTES} Mo.")])
    message, problems = message_of(content)
    return _not_taken(problems) if message is None else _judged(message)


def _judged(message: Message) -> tuple[int, dict[str, Any]]:
    known = register_of(message.cnaf_id) if message.cnaf_id != TRIAL_ID else None
    register = trial_register(message.cnaf_id, known)
    if register is None:
        return _not_taken([problem("E010_UNKNOWN_STRUCTURE", "structure.cnaf_id")])
    verdict = judge(message, register, today())
    if verdict.problems:
        return _not_taken(verdict.problems)
    return (207 if verdict.is_flagged else 200), _taken(message, verdict)


def _taken(message: Message, verdict: Verdict) -> dict[str, Any]:
    rows = [{"sent": sent, "said": said, "words": _words(sent)}
            for sent, said in zip(message.slots[:SLOTS_SHOWN], verdict.slots, strict=False)]  # fmt: skip
    return {"rows": rows, "counts": verdict.counts, "more": max(0, len(message.slots) - SLOTS_SHOWN),
            "published": len(verdict.published), "message": message}  # fmt: skip


def _words(sent: Any) -> str:
    """Which days a slot is about."""
    if sent.on:
        return f"{sent.on:%d/%m/%Y}"
    return f"{', '.join(DAYS[day] for day in sorted(sent.weekdays))}, depuis le {sent.since:%d/%m/%Y}"


def _not_taken(problems: list[Problem]) -> tuple[int, dict[str, Any]]:
    return status_of(problems), {"problems": problems}
