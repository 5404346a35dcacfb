"""Structures that report no more: a message to the manager, then a call of the fund's adviser. No sanction exists.

Looked at on the day itself, never afterwards: a message is not dated before it leaves.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Count

from monenfant.duties.moving import first_hour
from monenfant.duties.reminders import SUBJECT
from monenfant.duties.territory import departement_of
from monenfant.models import CarePlace, StructureSilence
from monenfant.rules.rhythm import AUTOMATED, MISSED_BEFORE_MAIL, MISSED_BEFORE_TASK, missed_periods, period_of
from portal.accounts.models import Posting, Role
from portal.accounts.permissions import moment_on
from portal.frame.templatetags.portal import long_day
from portal.notices.operations import ask_outside
from portal.organisations.directory import competent_fund

KIND = "monenfant.silence"
# A place that must report, open on the day: neither in a closing period nor stopped by its manager. The clock begins with the
# last report (the listing, when there was none), with the duty, with the first day that was lived here (before it, nobody
# could tell anything), or on the day on which it opened again, whichever is later.
AWAITED = """
SELECT p.id, p.declared_mode,
       greatest(coalesce(p.declared_at, p.published_from::timestamp AT TIME ZONE 'Europe/Paris'),
                s.obligation_start::timestamp AT TIME ZONE 'Europe/Paris',
                coalesce((SELECT min(day) FROM monenfant_dutyday), %(on)s)::timestamp AT TIME ZONE 'Europe/Paris',
                (SELECT max(split_part(c, '/', 2)::date)::timestamp AT TIME ZONE 'Europe/Paris'
                   FROM unnest(string_to_array(s.closed_periods, '|')) c WHERE split_part(c, '/', 2)::date <= %(on)s),
                (SELECT max(t."end")::timestamp AT TIME ZONE 'Europe/Paris'
                   FROM monenfant_stop t WHERE t.place_id = p.id AND t.withdrawn_at IS NULL AND t."end" <= %(on)s))
  FROM monenfant_careplace p JOIN monenfant_carestructure s ON s.known_until IS NULL AND s.cnaf_id = p.number
 WHERE p.provider = 'STRUCTURE' AND p.published_from <= %(on)s AND s.obligation_start <= %(on)s
   AND NOT EXISTS (SELECT 1 FROM unnest(string_to_array(s.closed_periods, '|')) c
                    WHERE split_part(c, '/', 1)::date <= %(on)s AND split_part(c, '/', 2)::date > %(on)s)
   AND NOT EXISTS (SELECT 1 FROM monenfant_stop t WHERE t.place_id = p.id AND t.withdrawn_at IS NULL
                    AND t.start <= %(on)s AND (t."end" IS NULL OR t."end" > %(on)s))
"""
OVER = """
UPDATE monenfant_structuresilence q SET ended_on = %(on)s FROM monenfant_careplace p
 WHERE p.id = q.place_id AND q.ended_on IS NULL AND (p.declared_at > q.since OR p.published_from IS NULL)
"""
TOLD = f"""
SELECT '{SUBJECT}' || q.place_id, '{KIND}:' || q.id FROM monenfant_structuresilence q
 WHERE q.ended_on IS NULL AND q.mailed_on = %(on)s
"""


def follow_structures(*, on: date) -> int:
    """Silences that ended, that began, and those that become a call; how many began. Done again, nothing is left."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(OVER, {"on": on})
        begun = _begin(on)
        ask_outside(told_sql=TOLD, values={"on": on}, kind=KIND, path="", words=long_day(on))
        _give_tasks(on)
    return begun


def _begin(on: date) -> int:
    now = first_hour(on)
    made = [
        StructureSilence(place_id=pk, since=since, mode=mode, mailed_on=on)
        for pk, mode, since in _awaited(on, now)
        if missed_periods(since, mode, now) >= MISSED_BEFORE_MAIL
    ]
    known = set(StructureSilence.objects.filter(ended_on=None).values_list("place_id", flat=True))
    new = [one for one in made if one.place_id not in known]
    StructureSilence.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _awaited(on: date, now: datetime) -> list[tuple[int, str, datetime]]:
    """Those whose last sign is older than the shortest rhythm allows; the rule tells each."""
    shortest = now - MISSED_BEFORE_MAIL * period_of(AUTOMATED)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({AWAITED}) awaited (id, mode, since) WHERE since < %(shortest)s",
                       {"on": on, "shortest": shortest})  # fmt: skip
        return list(cursor.fetchall())


def missed_of(place: CarePlace, on: date) -> int:
    """How many reports of one place were due and did not come, as its manager reads it; none where none is awaited."""
    with connection.cursor() as cursor:
        cursor.execute(f"{AWAITED} AND p.id = %(place)s", {"on": on, "place": place.pk})
        row = cursor.fetchone()
    return missed_periods(row[2], row[1], moment_on(on)) if row else 0


def _give_tasks(on: date) -> None:
    """Silences that go on a whole period after the message become a call, dealt to the advisers of the fund, the least
    busy first."""
    now = first_hour(on)
    left = StructureSilence.objects.select_for_update(of=("self",)).select_related("place").order_by("pk")
    late = [
        one
        for one in left.filter(ended_on=None, task_on=None)
        if missed_periods(one.since, one.mode, now) >= MISSED_BEFORE_TASK
        and first_hour(one.mailed_on) + period_of(one.mode) <= now
    ]
    deal(late, on)
    StructureSilence.objects.bulk_update(late, ["task_on", "adviser"], batch_size=1000)


def deal(silences: Iterable[StructureSilence], on: date) -> None:
    """Name somebody of the fund for each; nobody where the fund has no caseworker."""
    teams: dict[str, list[int]] = {}
    postings = Posting.objects.in_force_on(on).filter(role=Role.FUND_CASEWORKER, user__is_active=True)
    for fund, user in postings.order_by("serves", "user").values_list("serves", "user").distinct():
        teams.setdefault(fund, []).append(user)
    open_tasks = StructureSilence.objects.filter(ended_on=None, adviser__isnull=False).values_list("adviser").order_by()
    loads = Counter(dict(open_tasks.annotate(count=Count("pk"))))
    for one in silences:
        competent = competent_fund("CAF", departement_of(one.place.insee_code))
        team = teams.get(competent.code, []) if competent else []
        one.task_on = on
        one.adviser_id = min(team, key=lambda user: (loads[user], user)) if team else None
        if one.adviser_id:
            loads[one.adviser_id] += 1
