"""Opening a case, and noting what others said for it."""

from datetime import date, datetime
from textwrap import wrap
from typing import Any

from django.db import IntegrityError, connection, transaction

from fraud.models import CaseMove, CaseSource, CaseState, ControlCase, ObtainedInformation, ObtainedVia
from fraud.rules.delays import full_check_from
from fraud.rules.figures import control_parameters
from fraud.rules.words import word_of_blame
from portal.audit.operations import journal
from portal.legislation.words import day_in_words

# Of one row; longer words are cut between two of them, each kept with its spaces.
CONTENT_MOST = 1000
WHOLE: dict[str, Any] = {"replace_whitespace": False, "drop_whitespace": False, "expand_tabs": False}


class CaseAlreadyOpen(Exception):
    """One open case per file and subject."""


class CheckedLately(CaseAlreadyOpen):
    """The family was checked less than twelve months ago, and no new fact is told."""


class WordOfBlame(ValueError):
    """The title or the purpose blames: the person reads the purpose in the first letter, and it never changes afterwards."""


def open_case(
    *, fund: str, subject: str, title: str, source: str, legal_basis: str, purpose: str, benefit: str, officer_pk: int,
    on: date, at: datetime, by: str, axis_code: str = "", on_site: bool = False,
    new_fact: str = "",
    number: str = "",
) -> ControlCase:  # fmt: skip
    """Open one case, with its first move and its line in the journal. Raises WordOfBlame, CaseAlreadyOpen, or
    CheckedLately: a family is fully checked once in twelve months, unless `new_fact` says what is new or the person told it
    (SELF_REPORT).

    `number`: of a case that begins elsewhere (taken over from other software); empty for the next of the year.
    Whether the officer has a declared link is for the caller to refuse first (`fraud.guarding.refuse_linked`).
    """
    if found := word_of_blame(title, purpose):
        raise WordOfBlame(f"« {found} » ne s’écrit pas dans le but d’une vérification : la personne le lira.")
    if not new_fact.strip() and source != CaseSource.SELF_REPORT:
        _check_not_lately(fund, subject, on)
    try:
        with transaction.atomic():
            case = ControlCase.objects.create(
                number=number or _number(on), fund=fund, subject=subject, title=title, source=source, legal_basis=legal_basis,
                purpose=purpose, benefit=benefit, officer_id=officer_pk, opened_on=on, axis_code=axis_code, on_site=on_site,
                new_fact=new_fact.strip()[:300],
            )  # fmt: skip
            CaseMove.objects.create(case=case, to_state=CaseState.OPENED, at=at, dated=on, by=by, reason=purpose)
            journal(
                actor=by,
                action="control.opened",
                subject=subject,
                detail={"case": case.number, "source": source},
                at=at,
            )
    except IntegrityError as error:
        if "control_case_one_open" not in str(error):
            raise
        raise CaseAlreadyOpen("Un dossier de contrôle est déjà ouvert sur ce dossier.") from error
    return case


def lately_checked(*, fund: str, subject: str, on: date) -> tuple[ControlCase, date] | None:
    """The closed case that still forbids a whole check of this file, and the day from which another may open; or None. A
    case still open is joined instead."""
    last = ControlCase.objects.filter(fund=fund, subject=subject).order_by("-opened_on").first()
    if last is None or last.state != CaseState.CLOSED:
        return None
    free_on = full_check_from(last.opened_on, control_parameters())
    return (last, free_on) if on < free_on else None


def _check_not_lately(fund: str, subject: str, on: date) -> None:
    found = lately_checked(fund=fund, subject=subject, on=on)
    if found is not None:
        last, free_on = found
        raise CheckedLately(
            f"Cette famille a déjà été vérifiée ({last.number}) : pas de nouveau contrôle avant le {day_in_words(free_on)}, sauf "
            "fait nouveau, à écrire."
        )


def note_obtained(
    *, case_pk: int, via: ObtainedVia, reference: str, origin: str, content: str, on: date
) -> ObtainedInformation:
    """What a third party said, once a reference; a second call returns the first row.

    The notice of L. 114-21 is these words: what is longer than a row goes on in the next ones, and nothing is cut.
    """
    known = {"origin": origin, "obtained_on": on}
    with transaction.atomic():
        rows = [
            ObtainedInformation.objects.get_or_create(
                case_id=case_pk, via=via, reference=reference if part == 1 else f"{reference} ({part})",
                defaults=known | {"content": words},
            )[0]
            for part, words in enumerate(wrap(content, CONTENT_MOST, **WHOLE) or [content], 1)
        ]  # fmt: skip
    return rows[0]


def _number(on: date) -> str:
    """``C-2026-118``: the next of the year, one at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fraud_controlcase_number'))")
        cursor.execute(
            "SELECT coalesce(max(split_part(number, '-', 3)::int), 0) + 1 FROM fraud_controlcase WHERE number LIKE %s",
            (f"C-{on.year}-%",),
        )
        return f"C-{on.year}-{cursor.fetchone()[0]}"
