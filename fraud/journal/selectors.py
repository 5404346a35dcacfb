"""The journal read again, for its pages: progress, lines, what a line tells of an act, never of a family."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from fraud.models import AuthorisedOfficer, InfoExchange, JournalSample, LookQuestion, ReadingAlarm, SampledLine
from fraud.models.words import GONE
from portal.accounts.models import Posting, User
from portal.audit.models import JournalEntry, JournalSeal
from portal.audit.persons import index_of

# What is shown of a row's detail: everything else may be about the family.
SHOWN = {
    "fields": "Rubriques lues", "why": "Motif", "reason": "Motif", "case": "Dossier", "result": "Résultat", "relation": "Lien déclaré",
    "tried": "Ce qui a été tenté", "rows": "Lignes", "body": "Organisme",
}  # fmt: skip
RESULTS = {"SHOWN": "montré", "EMPTY": "rien trouvé", "REFUSED": "refusé"}
# Of what each subject is, by its beginning.
KINDS = {
    "cmg:": "famille, aide à la garde", "aripa:": "dossier de pension", "person:": "personne", "care_place": "lieu d’accueil",
    "user:": "compte", "run:": "mois émis", "file:": "fichier reçu", "programme:": "programme",
}  # fmt: skip


# What was done, for the acts met most; any other is told by its code.
DEEDS = {
    "cmg.family.read": "dossier de famille ouvert", "control.case_read": "dossier de contrôle ouvert", "control.lead_read": "signal ouvert",
    "control.evidence_read": "pièce ouverte", "control.paper_read": "courrier relu", "control.exchange_read": "échange ouvert",
    "control.rncps_consulted": "réponse du répertoire lue", "control.linked_refused": "refusé : lien déclaré",
}  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """How far a month is read again."""

    sample: JournalSample
    done: int
    total: int
    unjustified: int

    @property
    def left(self) -> int:
        return self.total - self.done


def progress_of(samples: Sequence[JournalSample]) -> list[Progress]:
    """One query for all of them."""
    counted = SampledLine.objects.filter(sample__in=samples).order_by().values_list("sample_id")
    counts = {
        pk: (done, total, bad)
        for pk, done, total, bad in counted.annotate(
            done=Count("pk", filter=Q(verdict__in=["NORMAL", "UNJUSTIFIED"])), total=Count("pk"),
            bad=Count("pk", filter=Q(verdict="UNJUSTIFIED")),
        )
    }  # fmt: skip
    return [Progress(one, *counts.get(one.pk, (0, 0, 0))) for one in samples]


def open_alarms() -> QuerySet[ReadingAlarm]:
    return ReadingAlarm.objects.filter(handled_by=None).select_related("user").order_by("day", "pk")


def count_open(user: User, day: date) -> int:
    """What the menu says: alarms nobody has looked at."""
    return ReadingAlarm.objects.filter(handled_by=None).exclude(user=user).count()


def last_seal() -> JournalSeal | None:
    return JournalSeal.objects.order_by("-day").first()


@dataclass(frozen=True)
class Told:
    """What one row of the journal says, in words, without naming anybody but who acted."""

    entry: JournalEntry
    person: str
    kind: str
    detail: list[tuple[str, str]]
    full_name: str = ""
    postings: list[str] = field(default_factory=list)
    designation: str = ""
    others: int = 0

    @property
    def deed(self) -> str:
        return DEEDS.get(self.entry.action, "")


def kind_of(subject: str) -> str:
    return next((words for beginning, words in KINDS.items() if subject.startswith(beginning)), "autre")


def told(entry: JournalEntry) -> Told:
    """A row whole: who, for which body, under which designation, when, from where, about whom (an index), what, why."""
    day = timezone.localtime(entry.at).date()
    actor = User.objects.filter(username=entry.actor).first()
    others = (
        JournalEntry.objects.filter(subject=entry.subject, actor=entry.actor).exclude(pk=entry.pk)
        if entry.subject
        else None
    )
    return Told(
        entry, index_of(entry.subject) if entry.subject else "", kind_of(entry.subject), _detail(entry.detail) + _motive(entry),
        actor.full_name if actor else entry.actor, _postings(actor, day), _designation(actor, entry, day),
        others[:100].count() if others is not None else 0,
    )  # fmt: skip


def _detail(detail: dict[str, Any]) -> list[tuple[str, str]]:
    shown = []
    for name, label in SHOWN.items():
        value = detail.get(name)
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        if value not in (None, ""):
            shown.append((label, RESULTS.get(str(value), str(value))))
    return shown


def _motive(entry: JournalEntry) -> list[tuple[str, str]]:
    """The reason written for an exchange, as long as the exchange keeps it: the journal only says that there was one."""
    if not entry.detail.get("motive_signs"):
        return []
    holder, _colon, number = entry.subject.removeprefix("exchange:").partition(":")
    words = InfoExchange.objects.filter(holder_id=holder, number=number).values_list("motive", flat=True).first()
    return [("Motif", words or GONE)]


def _postings(actor: User | None, day: date) -> list[str]:
    """The roles of that day, with their fund: a posting is dated and never removed."""
    if actor is None:
        return []
    found = Posting.objects.in_force_on(day).filter(user=actor).order_by("role", "fund")
    return [f"{one.get_role_display()}{f', {one.place}' if one.fund else ''}" for one in found]


def _designation(actor: User | None, entry: JournalEntry, day: date) -> str:
    """The act under which it was done, as the row tells it; else the one that was in force."""
    found = AuthorisedOfficer.objects.filter(user=actor) if actor else AuthorisedOfficer.objects.none()
    number = entry.detail.get("designation")
    one = found.filter(pk=number).first() if number else None
    in_force = Q(revoked_on=None) | Q(revoked_on__gt=day)
    one = one or found.filter(in_force, valid_from__lte=day, valid_to__gt=day).first()
    return f"n° {one.act_no} du {one.act_dated:%d/%m/%Y}" if one else ""


def lines_shown(lines: Sequence[SampledLine]) -> list[tuple[SampledLine, str, str, str]]:
    """Each line with the index and the kind of whom it is about, and what was done."""
    return [
        (
            line,
            index_of(line.entry.subject) if line.entry.subject else "effacé",
            kind_of(line.entry.subject),
            DEEDS.get(line.entry.action, ""),
        )
        for line in lines
    ]


def questions_waiting() -> QuerySet[LookQuestion]:
    return LookQuestion.objects.filter(answered_at=None).select_related("manager").order_by("answer_by", "pk")
