"""What is thought of a look: a verdict with its note, a question to the manager of who looked, a name revealed for a reason.

Nobody judges their own look, nobody answers for themselves; each act leaves its line in the journal.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from cmg.selectors import names_of
from fraud.models import LineVerdict, LookQuestion, ReadingAlarm, SampledLine
from fraud.rules.figures import control_parameters
from portal.accounts.models import Posting, Role, User
from portal.audit.models import JournalEntry
from portal.audit.operations import journal, journal_read
from portal.legislation.calendar import nth_business_day

NOTE_LEAST, NOTE_MOST = 10, 1000
FAMILY = "cmg:employer:"


class ReviewRefused(Exception):
    """Why nothing was written; `str()` is the sentence shown."""


@dataclass(frozen=True)
class Reviewer:
    """Who reads again, when: the day of the pages and the instant."""

    user_pk: int
    on: date
    at: datetime

    @property
    def name(self) -> str:
        return User.objects.values_list("username", flat=True).get(pk=self.user_pk)


def judge_line(*, line_pk: int, verdict: str, note: str, by: Reviewer) -> SampledLine:
    """Write what is thought of a line; « to clear up » may become another later, nothing else changes. Raises ReviewRefused."""
    with transaction.atomic():
        line = SampledLine.objects.select_for_update(of=("self",)).get(pk=line_pk)
        _check(verdict, note)
        if line.actor == by.name:
            raise ReviewRefused("C’est votre propre consultation : une autre personne la relit.")
        if line.verdict in (LineVerdict.NORMAL, LineVerdict.UNJUSTIFIED):
            raise ReviewRefused(f"Cette ligne est déjà relue : {line.get_verdict_display().lower()}. Rien n’a changé.")
        line.verdict, line.note, line.reviewed_by_id, line.reviewed_at = (
            verdict,
            note.strip()[:NOTE_MOST],
            by.user_pk,
            by.at,
        )
        line.save(update_fields=["verdict", "note", "reviewed_by", "reviewed_at"])
        _tell(by, "judged", f"journal_line:{line.pk}", {"verdict": verdict})
    return line


def handle_alarm(*, alarm_pk: int, verdict: str, note: str, by: Reviewer) -> ReadingAlarm:
    """Write what an alarm was about. Raises ReviewRefused, also for a second call."""
    with transaction.atomic():
        alarm = ReadingAlarm.objects.select_for_update(of=("self",)).get(pk=alarm_pk)
        _check(verdict, note, always=True)
        if alarm.user_id == by.user_pk:
            raise ReviewRefused("Cette alerte porte sur votre compte : une autre personne la traite.")
        if alarm.handled_by_id is not None:
            raise ReviewRefused("Cette alerte est déjà traitée. Rien n’a changé.")
        alarm.verdict, alarm.note, alarm.handled_by_id, alarm.handled_at = (
            verdict,
            note.strip()[:NOTE_MOST],
            by.user_pk,
            by.at,
        )
        alarm.save(update_fields=["verdict", "note", "handled_by", "handled_at"])
        _tell(by, "alarm_handled", f"journal_alarm:{alarm.pk}", {"verdict": verdict})
    return alarm


def _check(verdict: str, note: str, *, always: bool = False) -> None:
    if verdict not in LineVerdict.values:
        raise ReviewRefused("Choisissez un avis.")
    if (always or verdict != LineVerdict.NORMAL) and len(note.strip()) < NOTE_LEAST:
        raise ReviewRefused(f"Écrivez pourquoi, en {NOTE_LEAST} signes au moins.")


def managers_of(username: str, on: date) -> list[User]:
    """Who answers for somebody: the supervisors of their funds, never themselves."""
    funds = set(Posting.objects.in_force_on(on).filter(user__username=username).values_list("serves", flat=True))
    found = (
        Posting.objects.in_force_on(on).filter(role=Role.SUPERVISOR).select_related("user").order_by("user__last_name")
    )
    able = {
        one.user_id: one.user
        for one in found
        if (not one.fund or one.serves in funds) and one.user.username != username
    }
    return list(able.values())


def ask_manager(
    *, manager_pk: int, question: str, key: UUID, by: Reviewer, line_pk: int | None = None, alarm_pk: int | None = None
) -> tuple[LookQuestion, bool]:
    """Ask the manager of who looked, about a line or an alarm; with whether this form was received already.

    Raises ReviewRefused.
    """
    with transaction.atomic():
        if (earlier := LookQuestion.objects.filter(form_key=key).first()) is not None:
            return earlier, True
        of_alarm = ReadingAlarm.objects.filter(pk=alarm_pk or 0).values_list("user__username", flat=True)
        username = SampledLine.objects.get(pk=line_pk).actor if line_pk else of_alarm.get()
        if manager_pk not in [one.pk for one in managers_of(username, by.on)]:
            raise ReviewRefused("Choisissez une personne qui encadre ce compte.")
        if len(question.strip()) < NOTE_LEAST:
            raise ReviewRefused(f"Écrivez la question, en {NOTE_LEAST} signes au moins.")
        days = int(control_parameters().value("journal.answer_days", by.on))
        made = LookQuestion.objects.create(
            line_id=line_pk, alarm_id=alarm_pk, manager_id=manager_pk, question=question.strip()[:500],
            asked_by_id=by.user_pk, asked_at=by.at, answer_by=nth_business_day(by.on, days), form_key=key,
        )  # fmt: skip
        _tell(by, "asked_manager", f"journal_question:{made.pk}", {"manager": manager_pk})
    return made, False


def answer_question(*, question_pk: int, answer: str, by: Reviewer) -> LookQuestion:
    """The manager answers, once. Raises ReviewRefused."""
    with transaction.atomic():
        found = LookQuestion.objects.select_for_update(of=("self",)).get(pk=question_pk, manager_id=by.user_pk)
        if found.answered_at is not None:
            raise ReviewRefused("Cette question a déjà sa réponse. Rien n’a changé.")
        if len(answer.strip()) < NOTE_LEAST:
            raise ReviewRefused(f"Écrivez la réponse, en {NOTE_LEAST} signes au moins.")
        found.answer, found.answered_at = answer.strip()[:NOTE_MOST], by.at
        found.save(update_fields=["answer", "answered_at"])
        _tell(by, "answered", f"journal_question:{found.pk}", {})
    return found


def reveal(*, line_pk: int, why: str, by: Reviewer) -> str:
    """Who a line is about, by name. The look is journaled as any other, and may be drawn in its turn. Raises ReviewRefused."""
    line = SampledLine.objects.select_related("entry").get(pk=line_pk)
    if len(why.strip()) < NOTE_LEAST:
        raise ReviewRefused(f"Dites pourquoi ce nom est nécessaire, en {NOTE_LEAST} signes au moins.")
    if not line.entry.subject:
        raise ReviewRefused("Cette consultation a plus de trois ans : son contenu est effacé.")
    journal_read(
        actor=by.name, action="journal.person.revealed", subject=line.entry.subject, fields=["identité"],
        why=why.strip()[:200], case=f"ligne {line.entry_id}", at=by.at,
    )  # fmt: skip
    return name_of(line.entry)


def name_of(entry: JournalEntry) -> str:
    """The family's name, or the file as its service numbers it."""
    if entry.subject.startswith(FAMILY):
        number = entry.subject.removeprefix(FAMILY).split(":")[0]
        return names_of([number]).get(number, f"n° d’employeur {number}")
    return entry.subject


def _tell(by: Reviewer, action: str, subject: str, detail: dict[str, object]) -> None:
    journal(actor=by.name, action=f"journal.{action}", subject=subject, detail=detail, at=by.at)
