"""What is done with a programme: drafted, submitted to data protection, adopted, lived, reviewed, closed, reported.

One transaction, one move and one line of the journal each. Nothing here takes a result: results are counted.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from fraud.models import (
    ControlProgramme,
    HalfYearReview,
    InternalControlPlan,
    ProgrammeAxis,
    ProgrammeMove,
    ProgrammeObjective,
    ProgrammeOpinion,
    ProgrammeStatus,
    ProgrammeSynthesis,
)
from fraud.programme import figures
from fraud.programme.content import Content
from fraud.programme.selectors import plan_of
from fraud.rules import programme as rules
from fraud.rules.indicators import INDICATORS, NOTICE_TARGET
from fraud.rules.programme import ProgrammeRefused
from portal.accounts.models import Role, User
from portal.accounts.permissions import may, roles_on
from portal.accounts.rights import Right
from portal.audit.operations import journal
from portal.letters.operations import ask_letter

LETTER = "control.synthesis"
WORDS_LEAST, WORDS_MOST = 20, 2000


@dataclass(frozen=True)
class Who:
    """Who acts, when: the day of the pages and the instant."""

    user_pk: int
    on: date
    at: datetime

    @property
    def user(self) -> User:
        return User.objects.get(pk=self.user_pk)


def subject_of(programme: ControlProgramme) -> str:
    return f"programme:{programme.body}:{programme.year}"


def enter_plan(*, body: str, year: int, reference: str, adopted_on: date, who: Who) -> tuple[InternalControlPlan, bool]:
    """Write down the internal control plan of a year, with whether it was known already. Raises ProgrammeRefused."""
    if not reference.strip() or adopted_on > who.on:
        raise ProgrammeRefused("Écrivez la référence du plan et le jour de son adoption, aujourd’hui au plus tard.")
    with transaction.atomic():
        plan, is_new = InternalControlPlan.objects.get_or_create(
            body=body, year=year,
            defaults={"reference": reference.strip()[:60], "adopted_on": adopted_on, "entered_by_id": who.user_pk, "entered_at": who.at},
        )  # fmt: skip
        if is_new:
            _tell(who, "plan_entered", f"programme:{body}:{year}", {"reference": plan.reference})
    return plan, not is_new


def draft_programme(
    *, body: str, year: int, content: Content, key: UUID, who: Who, reason: str = ""
) -> tuple[ControlProgramme, bool]:
    """Write a draft: the first of the year, or an amendment of what stands. With whether this very form was received already.

    Raises ProgrammeRefused when a draft is being written, when the year is closed, or for an amendment without a reason.
    """
    with transaction.atomic():
        if (earlier := ControlProgramme.objects.filter(form_key=key).first()) is not None:
            return earlier, True
        version = _next_version(body, year, reason)
        try:
            with transaction.atomic():
                made = ControlProgramme.objects.create(
                    body=body, year=year, version=version, reason=reason.strip()[:500], risks=content.risks,
                    drafted_by_id=who.user_pk, drafted_on=who.on, form_key=key,
                )  # fmt: skip
        except IntegrityError as error:
            raise ProgrammeRefused("Un projet existe déjà pour cette année : ouvrez-le.") from error
        _fill(made, content)
        _log(made, "", made.status, who, reason or "projet rédigé")
    return made, False


def _next_version(body: str, year: int, reason: str) -> int:
    found = ControlProgramme.objects.filter(body=body, year=year)
    last: int = found.aggregate(last=Max("version"))["last"] or 0
    if last and not reason.strip():
        raise ProgrammeRefused("Dites pourquoi le programme change : une modification est une nouvelle version.")
    if found.filter(status__in=(rules.CLOSED, rules.REPORTED)).exists():
        raise ProgrammeRefused("Ce programme est clos : il ne se modifie plus.")
    return last + 1


def _fill(programme: ControlProgramme, content: Content) -> None:
    ProgrammeAxis.objects.filter(programme=programme).delete()
    ProgrammeObjective.objects.filter(programme=programme).delete()
    for axis in content.axes:
        ProgrammeAxis.objects.create(
            programme=programme, code=axis.code, object=axis.object, population=axis.population, method=axis.method,
            planned=axis.planned, share=axis.share,
        )  # fmt: skip
    for code, target in content.targets.items():
        ProgrammeObjective.objects.create(programme=programme, indicator=code, target=target)


def redraft(*, programme_pk: int, content: Content, who: Who) -> ControlProgramme:
    """Change a draft. The opinion given on what it said no longer counts; who changes it is one of those who wrote it.

    Raises ProgrammeRefused when it is no draft any more.
    """
    with transaction.atomic():
        found = _locked(programme_pk)
        if found.status != rules.DRAFT:
            raise ProgrammeRefused("Ce programme est adopté : une modification est une nouvelle version.")
        found.risks, found.drafted_by_id, found.drafted_on = content.risks, who.user_pk, who.on
        found.opinion, found.opinion_text, found.opinion_on, found.opinion_by = "", "", None, None
        found.save()
        _fill(found, content)
        _log(found, rules.DRAFT, rules.DRAFT, who, "projet modifié")
    return found


def give_opinion(*, programme_pk: int, opinion: str, text: str, who: Who) -> ControlProgramme:
    """The opinion of data protection on a draft as it stands. Raises ProgrammeRefused."""
    with transaction.atomic():
        found = _locked(programme_pk)
        if Role.DATA_PROTECTION not in roles_on(who.user, who.on):
            raise ProgrammeRefused("L’avis est donné par la personne chargée de la protection des données.")
        if found.status != rules.DRAFT or has_written(found, who.user_pk):
            raise ProgrammeRefused("L’avis porte sur un projet, écrit par une autre personne.")
        if opinion not in ProgrammeOpinion.values or len(text.strip()) < WORDS_LEAST:
            raise ProgrammeRefused(f"Choisissez le sens de l’avis et motivez-le, en {WORDS_LEAST} signes au moins.")
        found.opinion, found.opinion_text = opinion, text.strip()[:WORDS_MOST]
        found.opinion_on, found.opinion_by_id = who.on, who.user_pk
        found.save(update_fields=["opinion", "opinion_text", "opinion_on", "opinion_by"])
        _tell(who, "opinion_given", subject_of(found), {"version": found.version, "opinion": opinion})
    return found


def adopt(*, programme_pk: int, who: Who) -> ControlProgramme:
    """The direction adopts a draft that somebody else wrote; the version that stood gives way, and the new one goes on from
    where it was. Raises what `check_programme_adoption` raises, ProgrammeMoveNotAllowed for a second call."""
    with transaction.atomic():
        found = _locked(programme_pk)
        _check_director(who)
        rules.check_programme_move(found.status, rules.ADOPTED)
        plan = plan_of(found.body, found.year)
        rules.check_programme_adoption(
            year=found.year, plan_year=plan.year if plan else None, plan_adopted_on=plan.adopted_on if plan else None,
            opinion_on=found.opinion_on, on=who.on, is_by_its_drafter=has_written(found, who.user_pk),
        )  # fmt: skip
        former = _supersede(found, who)
        found.plan, found.adopted_by_id, found.adopted_on = plan, who.user_pk, who.on
        _move(found, rules.ADOPTED, who, f"plan {plan.reference}" if plan else "")
        if former == rules.IN_PROGRESS:
            _move(found, rules.IN_PROGRESS, who, "suite de la version précédente")
    return found


def has_written(programme: ControlProgramme, user_pk: int) -> bool:
    """Whether somebody wrote a part of this version: its first draft, or a change of it."""
    username = User.objects.values_list("username", flat=True).get(pk=user_pk)
    return programme.moves.filter(to_status=rules.DRAFT, by=username).exists()


def _supersede(found: ControlProgramme, who: Who) -> str:
    """Put the version that stands aside; returns where it was."""
    former = (
        ControlProgramme.objects.select_for_update(of=("self",))
        .filter(body=found.body, year=found.year, superseded_on=None)
        .exclude(status=rules.DRAFT)
        .first()
    )
    if former is None:
        return ""
    if former.status not in (rules.ADOPTED, rules.IN_PROGRESS):
        raise ProgrammeRefused("Ce programme est clos : il ne se modifie plus.")
    former.superseded_on = who.on
    former.save(update_fields=["superseded_on"])
    return former.status


def start(*, programme_pk: int, who: Who) -> ControlProgramme:
    """An adopted programme begins, in its year. Raises ProgrammeRefused."""
    with transaction.atomic():
        found = _current(programme_pk)
        rules.check_programme_move(found.status, rules.IN_PROGRESS)
        rules.check_programme_started(found.year, who.on)
        _move(found, rules.IN_PROGRESS, who, "mis en œuvre")
    return found


def review(*, programme_pk: int, findings: str, measures: str, who: Who) -> tuple[HalfYearReview, bool]:
    """The half-year review, with the figures of the day, and whether it was done already. Raises ProgrammeRefused."""
    with transaction.atomic():
        found = _current(programme_pk)
        if (earlier := HalfYearReview.objects.filter(body=found.body, year=found.year).first()) is not None:
            return earlier, True
        if found.status != rules.IN_PROGRESS:
            raise ProgrammeRefused("La revue porte sur un programme en cours.")
        rules.check_review_in_time(found.year, who.on)
        if min(len(findings.strip()), len(measures.strip())) < WORDS_LEAST:
            raise ProgrammeRefused(
                f"Écrivez ce que montre le semestre et ce qui en suit, en {WORDS_LEAST} signes au moins chacun."
            )
        kept = figures.frozen(figures.figures_of(found, as_of=who.on))
        made = HalfYearReview.objects.create(
            programme=found, body=found.body, year=found.year, reviewed_on=who.on, reviewed_by_id=who.user_pk,
            findings=findings.strip()[:WORDS_MOST], measures=measures.strip()[:WORDS_MOST], figures=kept,
            digest=figures.digest_of(kept),
        )  # fmt: skip
        _tell(who, "reviewed", subject_of(found), {"digest": made.digest})
    return made, False


def close(*, programme_pk: int, words: str, who: Who) -> ProgrammeSynthesis:
    """The direction closes the year: figures are frozen with their digest. Raises ProgrammeRefused.

    The target of the notices is the law's: when it is not reached, the words must say why; they are asked for in any case.
    """
    with transaction.atomic():
        found = _current(programme_pk)
        _check_director(who)
        rules.check_programme_move(found.status, rules.CLOSED)
        rules.check_programme_over(found.year, who.on)
        if len(words.strip()) < WORDS_LEAST:
            raise ProgrammeRefused(f"Écrivez la synthèse de l’année, en {WORDS_LEAST} signes au moins.")
        kept = figures.frozen(figures.figures_of(found, as_of=who.on))
        _move(found, rules.CLOSED, who, "année close")
        made = ProgrammeSynthesis.objects.create(
            programme=found, as_of=who.on, frozen_at=who.at, closed_by_id=who.user_pk, words=words.strip()[: 2 * WORDS_MOST],
            figures=kept, digest=figures.digest_of(kept),
        )  # fmt: skip
        _tell(who, "sealed", subject_of(found), {"digest": made.digest, "as_of": who.on.isoformat()})
    return made


def report(*, programme_pk: int, who: Who) -> ControlProgramme:
    """The synthesis goes to the national body, as a letter written from the frozen figures. Raises ProgrammeRefused."""
    from fraud.programme.synthesis import facts_of

    with transaction.atomic():
        found = _current(programme_pk)
        _check_director(who)
        rules.check_programme_move(found.status, rules.REPORTED)
        _move(found, rules.REPORTED, who, "synthèse transmise à la caisse nationale")
        ask_letter(
            kind=LETTER, key=f"{subject_of(found)}:synthesis", subject=subject_of(found), dated=who.on,
            facts=facts_of(found.synthesis, who.on), by=who.user.get_username(),
        )  # fmt: skip
    return found


def missed_target(programme: ControlProgramme, as_of: date) -> bool:
    """Whether somebody was not told what others said before a decision: the one target that the law sets."""
    actual = INDICATORS["NOTICES"].actual(figures.figures_of(programme, as_of=as_of).of())
    return actual.value is not None and actual.value < NOTICE_TARGET


def _check_director(who: Who) -> None:
    if not may(who.user, Right.DIRECT_CONTROL, who.on):
        raise ProgrammeRefused("Cet acte revient à la direction.")


def _locked(programme_pk: int) -> ControlProgramme:
    return ControlProgramme.objects.select_for_update(of=("self",)).get(pk=programme_pk)


def _current(programme_pk: int) -> ControlProgramme:
    found = _locked(programme_pk)
    if not found.is_current:
        raise ProgrammeRefused("Une autre version est en vigueur : ouvrez-la.")
    return found


def _move(found: ControlProgramme, to: str, who: Who, reason: str) -> None:
    before, found.status = found.status, ProgrammeStatus(to)
    found.save()
    _log(found, before, to, who, reason)


def _log(found: ControlProgramme, before: str, to: str, who: Who, reason: str) -> None:
    username = who.user.get_username()
    ProgrammeMove.objects.create(
        programme=found, from_status=before, to_status=to, at=who.at, dated=who.on, by=username, reason=reason[:500]
    )
    _tell(who, _act(before, to), subject_of(found), {"version": found.version, "from": before})


def _act(before: str, to: str) -> str:
    return "redrafted" if before == to else "drafted" if to == rules.DRAFT else to.lower()


def _tell(who: Who, action: str, subject: str, detail: dict[str, object]) -> None:
    journal(
        actor=who.user.get_username(), action=f"control.programme.{action}", subject=subject, detail=detail, at=who.at
    )
