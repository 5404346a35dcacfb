"""The journal."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from fraud.journal.sampling import draw_sample
from fraud.models import LookQuestion, ReadingAlarm, SampledLine
from portal.accounts.models import Role, User
from portal.accounts.permissions import moment_on
from portal.accounts.rights import Right, holders
from portal.audit.operations import journal
from portal.audit.sealing import seal_journal
from tests.portal.access import DAY, Line

READ = holders(Right.SAMPLE_JOURNAL)

LINES: dict[str, Line] = {
    "fraud:journal": Line(READ),
    # Forms without their key are none of ours.
    "fraud:journal_draw": Line(frozenset({Role.DATA_PROTECTION}), None, 404),
    "fraud:journal_month": Line(READ, own={"month": "journal_month"}),
    "fraud:journal_line": Line(READ, 200, 404, own={"pk": "journal_line"}),
    "fraud:journal_alarm": Line(READ, 200, 404, own={"pk": "reading_alarm"}),
    "fraud:journal_sensitive": Line(READ, 200, 404),
    # Who is asked, and nobody else: neither another manager nor who asked.
    "fraud:journal_question": Line(frozenset({Role.SUPERVISOR}), 200, 404, own={"pk": "look_question_here"},
                                   others={"pk": "look_question_elsewhere"}, never=True),
}  # fmt: skip


def objects(folder: Path, known: dict[str, Any]) -> dict[str, Any]:
    at = datetime(2026, 9, 7, 7, tzinfo=UTC)
    reader, chief, asker = (User.objects.create(username=name) for name in ("reader", "chief", "asker"))
    journal(actor="reader", action="cmg.family.read", subject="cmg:employer:1", at=at)
    seal_journal(day=date(2026, 10, 25))
    draw_sample(month=date(2026, 9, 1), by="x", on=DAY, at=moment_on(DAY))
    line = SampledLine.objects.get(actor="reader")
    alarm = ReadingAlarm.objects.create(
        user=reader, kind="HOUR", day=date(2026, 9, 7), since=at, until=at, files=61, limit=60, raised_at=at
    )
    asked = [
        LookQuestion.objects.create(
            line=line, manager=chief, question="x", asked_by=asker, asked_at=at, answer_by=DAY, form_key=uuid4()
        )
        for _place in range(2)
    ]
    return {
        "journal_month": "2026-09", "journal_line": line.pk, "reading_alarm": alarm.pk, "look_question_here": asked[0].pk,
        "look_question_elsewhere": asked[1].pk,
    }  # fmt: skip


def hold(user: User, role: Role, known: dict[str, Any]) -> None:
    """A supervisor is asked a question."""
    if role == Role.SUPERVISOR:
        LookQuestion.objects.filter(pk=known["look_question_here"]).update(manager=user)
