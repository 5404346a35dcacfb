"""DM03, DM05, DM12: a child claimed twice, hours of care that meet, hours billed that nobody came for."""

from fraud.signals.matchers.base import DECLARING_FAMILIES, Fact, Matcher, Row, Told, hours, part_of
from portal.frame.templatetags.portal import month_name, plural

FUNDS, PAJEMPLOI = "Droits reçus des caisses", "Déclarations reçues de Pajemploi"
MINDERS, CRECHES = "Relevés de garde reçus de Pajemploi", "Relevés de présence reçus des crèches"
DEPARTEMENTS = "Agréments reçus des départements"

# Two claims in force at the same time, unless both say that the child lives with each parent in turn.
TWICE = f"""
WITH claims AS MATERIALIZED (
    SELECT DISTINCT ON (r.child_id, r.fund, r.beneficiary_no) r.child_id, r.fund, r.beneficiary_no, r.employer_no,
           r.starts_on, coalesce(r.ends_on, 'infinity'::date) AS ends_on, coalesce(r.shared_residence, false) AS is_shared
      FROM cmg_right r
     WHERE r.known_until IS NULL AND r.side = 'F' AND r.status = 'ACTIVE' AND r.beneficiary_no IS NOT NULL
       AND r.starts_on <= %(on)s AND (r.ends_on IS NULL OR r.ends_on > %(since)s) AND {part_of("r.child_id")}
     ORDER BY r.child_id, r.fund, r.beneficiary_no, r.starts_on DESC
), several AS (
    SELECT child_id FROM claims GROUP BY child_id HAVING count(*) >= %(claims)s
)
SELECT c.child_id || ':' || c.fund || ':' || c.beneficiary_no AS natural,
       coalesce('cmg:employer:' || c.employer_no, 'family:' || c.fund || ':' || c.beneficiary_no) AS subject, c.fund,
       c.starts_on, count(*) AS others, string_agg(DISTINCT o.fund, ', ') AS funds, min(o.starts_on) AS other_from
  FROM claims c JOIN several USING (child_id)
  JOIN claims o ON o.child_id = c.child_id AND (o.fund, o.beneficiary_no) <> (c.fund, c.beneficiary_no)
   AND c.starts_on < o.ends_on AND o.starts_on < c.ends_on AND NOT (c.is_shared AND o.is_shared)
 GROUP BY c.child_id, c.fund, c.beneficiary_no, c.employer_no, c.starts_on
HAVING count(*) + 1 >= %(claims)s
"""


def _twice(row: Row) -> Told:
    others = row["others"]
    words = f"{others} {plural('autre droit ouvert,autres droits ouverts', others)} pour le même enfant"
    return Told(
        words.capitalize(),
        (
            Fact("Droit de ce dossier, ouvert depuis", f"{row['starts_on']:%d/%m/%Y}", FUNDS, row["starts_on"]),
            Fact("Même identifiant d’enfant dans", f"{others} {plural('autre droit,autres droits', others)} ({row['funds']})",
                 FUNDS, row["other_from"]),
        ),
    )  # fmt: skip


_OF_SIDE = f"""
SELECT child_id, day, provider_no, employer_no, arrived, departed FROM fraud_careday
 WHERE known_until IS NULL AND arrived IS NOT NULL AND day >= %(since)s AND day <= %(on)s AND {part_of("child_id")}
"""
# Hours at both places; a carer whose approval covers no day of the month; more children at once than the approval allows.
HOURS = f"""
WITH minder AS MATERIALIZED ({_OF_SIDE} AND side = 'CHILDMINDER'), creche AS MATERIALIZED ({_OF_SIDE} AND side = 'CRECHE'),
both_places AS (
    SELECT m.child_id, m.employer_no, date_trunc('month', m.day)::date AS month, count(DISTINCT m.day) AS days,
           sum(least(m.departed, c.departed) - greatest(m.arrived, c.arrived)) AS minutes
      FROM minder m JOIN creche c ON c.child_id = m.child_id AND c.day = m.day
       AND m.arrived < c.departed AND c.arrived < m.departed
     GROUP BY m.child_id, m.employer_no, date_trunc('month', m.day)
    HAVING sum(least(m.departed, c.departed) - greatest(m.arrived, c.arrived)) > %(overlap)s * 60
)
SELECT 'hours:' || b.child_id || ':' || b.employer_no || ':' || b.month AS natural, 'HOURS' AS what,
       'cmg:employer:' || b.employer_no AS subject, a.fund, b.month, b.minutes::int, b.days::int,
       (SELECT min(f.day) FROM fraud_careday f WHERE f.child_id = b.child_id AND f.side = 'CRECHE' AND f.known_until IS NULL
           AND f.arrived IS NOT NULL) AS first_day, NULL::date AS ended_on, NULL::int AS most
  FROM both_places b JOIN cmg_account a ON a.employer_no = b.employer_no AND a.known_until IS NULL AND a.fund IS NOT NULL
 WHERE EXISTS (SELECT 1 FROM cmg_declaration d WHERE d.employer_no = b.employer_no AND d.care_month = b.month
                  AND b.child_id = ANY (string_to_array(d.child_ids, '|')) AND d.kind <> 'CANCELLATION')
"""
# Only where the département's file knows the number: an approval that was not received yet says nothing of a family.
NOT_APPROVED = f"""
SELECT DISTINCT 'approval:' || d.employer_no || ':' || d.employee_no || ':' || d.care_month, 'APPROVAL',
       'cmg:employer:' || d.employer_no, a.fund, d.care_month, NULL::int, NULL::int, NULL::date,
       least(p."end", coalesce(p.stopped_on, p."end")), NULL::int
  FROM cmg_declaration d
  JOIN cmg_employee e ON e.employer_no = d.employer_no AND e.employee_no = d.employee_no AND e.known_until IS NULL
   AND e.employee_kind = 'CHILDMINDER'
  JOIN monenfant_approval p ON p.approval_number = e.licence_no AND p.known_until IS NULL
  JOIN cmg_account a ON a.employer_no = d.employer_no AND a.known_until IS NULL AND a.fund IS NOT NULL
 WHERE d.care_month >= %(since)s AND d.kind <> 'CANCELLATION' AND {part_of("d.employer_no")}
   AND NOT EXISTS (SELECT 1 FROM monenfant_approval q WHERE q.childminder_no = p.childminder_no AND q.known_until IS NULL
                      AND q.start < d.care_month + interval '1 month' AND q."end" > d.care_month
                      AND (q.stopped_on IS NULL OR q.stopped_on > d.care_month))
"""
TOO_MANY = f"""
SELECT 'limit:' || t.childminder_no || ':' || t.month, 'LIMIT', 'childminder:' || t.childminder_no, t.fund, t.month,
       NULL::int, count(*)::int, NULL::date, NULL::date, max(t.together)::int
  FROM (SELECT p.childminder_no, 'CAF' || p.departement AS fund, p.max_children, m.day,
               date_trunc('month', m.day)::date AS month,
               (SELECT count(DISTINCT o.child_id) FROM fraud_careday o
                 WHERE o.side = 'CHILDMINDER' AND o.known_until IS NULL AND o.day = m.day AND o.provider_no = m.provider_no
                   AND o.arrived <= m.arrived AND o.departed > m.arrived) AS together
          FROM fraud_careday m
          JOIN cmg_employee e ON e.employer_no = m.employer_no AND e.employee_no = m.provider_no AND e.known_until IS NULL
          JOIN monenfant_approval p ON p.approval_number = e.licence_no AND p.known_until IS NULL
         WHERE m.side = 'CHILDMINDER' AND m.known_until IS NULL AND m.arrived IS NOT NULL
           AND m.day >= %(since)s AND m.day <= %(on)s AND {part_of("m.provider_no")}) t
 WHERE t.together > t.max_children
 GROUP BY t.childminder_no, t.fund, t.month
"""


def _care(row: Row) -> Told:
    month = month_name(row["month"])
    if row["what"] == "HOURS":
        return Told(
            f"{hours(row['minutes'])} déclarées à deux endroits en {month}",
            (
                Fact("Heures déclarées à la fois chez l’assistant maternel et en crèche", hours(row["minutes"]),
                     f"{MINDERS} ; {CRECHES}", row["month"]),
                Fact("Jours concernés", str(row["days"]), f"{MINDERS} ; {CRECHES}", row["month"]),
                Fact("Premier jour de l’enfant en crèche", f"{row['first_day']:%d/%m/%Y}", CRECHES, row["first_day"]),
            ),
        )  # fmt: skip
    if row["what"] == "APPROVAL":
        return Told(
            f"Agrément terminé avant {month}",
            (
                Fact("Mois déclaré", month, PAJEMPLOI, row["month"]),
                Fact(
                    "Dernier agrément connu, terminé le", f"{row['ended_on']:%d/%m/%Y}", DEPARTEMENTS, row["ended_on"]
                ),
            ),
        )
    return Told(
        f"Plus d’enfants à la fois que l’agrément n’en permet, en {month}",
        (
            Fact("Enfants présents en même temps, au plus", str(row["most"]), MINDERS, row["month"]),
            Fact("Relevés concernés", str(row["days"]), MINDERS, row["month"]),
        ),
    )


BILLED = f"""
SELECT c.provider_no || ':' || c.month AS natural, 'structure:' || c.provider_no AS subject, s.fund, c.month, c.billed::int,
       c.present::int, c.children::int
  FROM (SELECT provider_no, date_trunc('month', day)::date AS month, sum(billed_minutes) AS billed,
               coalesce(sum(departed - arrived), 0) AS present, count(DISTINCT child_id) AS children
          FROM fraud_careday WHERE side = 'CRECHE' AND known_until IS NULL AND day >= %(since)s AND day <= %(on)s
           AND {part_of("provider_no")}
         GROUP BY provider_no, date_trunc('month', day)) c
  JOIN monenfant_carestructure s ON s.cnaf_id = c.provider_no AND s.known_until IS NULL AND s.fund IS NOT NULL
 WHERE c.billed > 0 AND c.billed - c.present > %(share)s * c.billed
"""


def _billed(row: Row) -> Told:
    absent = 100 * (row["billed"] - row["present"]) // row["billed"]
    return Told(
        f"{absent} % des heures facturées sans présence en {month_name(row['month'])}",
        (
            Fact("Heures facturées", hours(row["billed"]), CRECHES, row["month"]),
            Fact("Heures de présence relevées", hours(row["present"]), CRECHES, row["month"]),
            Fact("Enfants concernés", str(row["children"]), CRECHES, row["month"]),
        ),
    )


CLAIMING = """
SELECT DISTINCT coalesce('cmg:employer:' || employer_no, 'family:' || fund || ':' || beneficiary_no) AS subject, fund
  FROM cmg_right WHERE known_until IS NULL AND side = 'F' AND status = 'ACTIVE' AND beneficiary_no IS NOT NULL
"""
BILLING = """
SELECT DISTINCT 'structure:' || c.provider_no AS subject, s.fund FROM fraud_careday c
  JOIN monenfant_carestructure s ON s.cnaf_id = c.provider_no AND s.known_until IS NULL AND s.fund IS NOT NULL
 WHERE c.side = 'CRECHE' AND c.known_until IS NULL AND c.day >= %(since)s
"""
MATCHERS = (
    Matcher("DM03", ("rights_fund",), "cmg_right", TWICE, CLAIMING, _twice),
    Matcher(
        "DM05",
        ("declarations", "creche-days", "childminder-days"),
        "fraud_careday",
        f"{HOURS} UNION ALL {NOT_APPROVED} UNION ALL {TOO_MANY}",
        DECLARING_FAMILIES,
        _care,
    ),
    Matcher("DM12", ("creche-days",), "fraud_careday", BILLED, BILLING, _billed),
)
