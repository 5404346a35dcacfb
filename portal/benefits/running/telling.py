"""Families of which an issued run says that nothing is due are told once, by a notice: their page says why, and how to contest.

A claim is a decision of the commission (AEEH), or a child old enough and told at school (ARS): nobody is written to because
their children are all too young.
"""

from datetime import date
from pathlib import Path

from portal.benefits.running.issuing import issue_run
from portal.benefits.running.reasons import NO_CHILD
from portal.benefits.running.standing import ISSUED
from portal.notices.kinds import NoticeKind, register
from portal.notices.operations import ask_many

NOTICE, PATH = "benefits.refused", "/famille/prestations/"
# The same reason as the month before is no news: the AEEH is decided each month.
REFUSED = f"""
SELECT 'family:' || a.fund || '/' || a.beneficiary_no FROM benefits_award a JOIN batches_run r ON r.id = a.run_id AND {ISSUED}
WHERE a.run_id = %(run)s AND a.status = 'REFUSED'
  AND (a.refusal <> '{NO_CHILD}' OR a.facts @> '{{"children": [{{"is_at_school": true}}]}}')
  AND NOT EXISTS (
    SELECT 1 FROM benefits_award o JOIN batches_run p ON p.id = o.run_id
    WHERE o.beneficiary_no = a.beneficiary_no AND o.fund = a.fund AND o.benefit = a.benefit AND o.status = 'REFUSED'
      AND o.refusal = a.refusal AND o.month = a.month - interval '1 month'
      AND p.state IN ('ISSUED', 'RECONCILED') AND NOT p.dry_run)
"""


def register_notice() -> None:
    register(NoticeKind(
        NOTICE, "Une prestation (rentrée, handicap) ne m’est pas versée", "Une décision vous attend",
        "Une décision vous attend dans votre espace : elle dit pourquoi une prestation n’est pas versée, et comment la contester.",
    ))  # fmt: skip


def issue_and_tell(*, run_pk: int, out: Path, on: date, by: str) -> dict[str, int]:
    """Issue a run, then tell whom it refuses. Called again after a crash, what was done or asked for is not done twice."""
    done = issue_run(run_pk=run_pk, out=out, on=on, by=by)
    tell_refused(run_pk=run_pk)
    return done


def tell_refused(*, run_pk: int) -> int:
    """Ask for the notices of an issued run; the same again asks nothing. How many were asked."""
    return ask_many(
        subjects_sql=REFUSED, values={"run": run_pk}, kind=NOTICE, prefix=f"{NOTICE}:{run_pk}:", suffix="", path=PATH, words="",
    )  # fmt: skip
