"""DM01, DM02, DM04, DM08, DM09, DM11: what other bodies say, beside what the portal holds."""

from fraud.signals.matchers.base import (
    ACCOUNT_OF_PERSON,
    CMG_FAMILIES,
    PENSION_FAMILIES,
    Fact,
    Matcher,
    Row,
    Told,
    part_of,
)
from portal.frame.templatetags.portal import money, month_name, plural

# Never for a parent who is protected: nobody compares where they live.
TWO_ADULTS = f"""
WITH receiving AS MATERIALIZED (
    SELECT c.household_id, max(c.fund) AS fund, min(s.month) AS since, p.nir_key
      FROM aripa_case c JOIN aripa_asfmonth s ON s.case_id = c.case_no AND s.paid_cents > 0 AND s.month >= %(since)s
      JOIN LATERAL (SELECT q.nir_key FROM aripa_parent q WHERE q.parent_no = c.household_id AND q.known_until IS NULL
                     AND q.updated_on <= %(on)s ORDER BY q.updated_at DESC, q.id DESC LIMIT 1) p ON p.nir_key IS NOT NULL
     WHERE {part_of("c.household_id")} AND c.fund <> ''
     GROUP BY c.household_id, p.nir_key HAVING NOT bool_or(c.violence)
)
SELECT r.household_id || ':' || o.nir_key || ':' || o.address_key AS natural, 'aripa:parent:' || r.household_id AS subject, r.fund,
       r.since AS asf_since, count(DISTINCT o.source) AS sources, max(greatest(m.starts_on, o.starts_on)) AS together_since
  FROM receiving r
  JOIN fraud_knownaddress m ON m.nir_key = r.nir_key AND m.known_until IS NULL
  JOIN fraud_knownaddress o ON o.address_key = m.address_key AND o.nir_key <> m.nir_key AND o.known_until IS NULL
   AND greatest(m.starts_on, o.starts_on) + make_interval(months => (%(months)s)::int)
       <= least(coalesce(m.ends_on, %(on)s), coalesce(o.ends_on, %(on)s), %(on)s)
 GROUP BY r.household_id, r.fund, r.since, o.nir_key, o.address_key
HAVING count(DISTINCT o.source) >= %(sources)s
"""


def _two_adults(row: Row) -> Told:
    return Told(
        f"{row['sources']} organismes connaissent un autre adulte à la même adresse",
        (
            Fact("Allocation de soutien familial versée depuis", month_name(row["asf_since"]), "Pensions", row["asf_since"]),
            Fact("Organismes qui disent la même adresse", str(row["sources"]), "Adresses connues des organismes",
                 row["together_since"]),
            Fact("Ensemble depuis le", f"{row['together_since']:%d/%m/%Y}", "Adresses connues des organismes",
                 row["together_since"]),
        ),
    )  # fmt: skip


RESOURCES = f"""
SELECT r.nir_key || ':' || r.quarter AS natural, 'cmg:employer:' || a.employer_no AS subject, r.fund, r.quarter,
       r.net_cents AS declared, p.paid::bigint AS paid
  FROM fraud_declaredresource r
  JOIN LATERAL (SELECT sum(e.net_cents) AS paid FROM fraud_employerpay e WHERE e.nir_key = r.nir_key AND e.known_until IS NULL
                   AND e.month >= r.quarter AND e.month < r.quarter + interval '3 months') p ON p.paid IS NOT NULL
  {ACCOUNT_OF_PERSON.format(key="r.nir_key")}
 WHERE r.known_until IS NULL AND r.quarter + interval '3 months' <= %(on)s AND r.quarter >= %(since)s - interval '9 months'
   AND p.paid - r.net_cents > greatest(%(gap)s * 100, %(share)s * r.net_cents) AND {part_of("r.nir_key::text")}
"""


def _resources(row: Row) -> Told:
    gap = row["paid"] - row["declared"]
    quarter = f"trimestre de {month_name(row['quarter'])}"
    return Told(
        f"{money(gap)} de salaires non déclarés sur le {quarter}",
        (
            Fact("Ressources déclarées", money(row["declared"]), "Déclarations de ressources", row["quarter"]),
            Fact("Salaires déclarés par les employeurs", money(row["paid"]), "DSN", row["quarter"]),
        ),
    )


_ACCOUNT = (
    "LEFT JOIN cmg_account a ON a.beneficiary_no = s.beneficiary_no AND a.fund = s.fund AND a.known_until IS NULL"
)
_SUBJECT = "coalesce('cmg:employer:' || min(a.employer_no), 'family:' || s.fund || ':' || s.beneficiary_no)"
SCHOOL = f"""
SELECT 'twice:' || s.child_id || ':' || s.school_year || ':' || s.fund || ':' || s.beneficiary_no AS natural, 'TWICE' AS what,
       {_SUBJECT} AS subject, s.fund, s.school_year, min(s.dated) AS dated,
       (SELECT count(DISTINCT o.reference_no) FROM fraud_schoolfact o WHERE o.child_id = s.child_id AND o.nature = 'ALLOWANCE'
           AND o.school_year = s.school_year AND o.known_until IS NULL) AS payments
  FROM fraud_schoolfact s {_ACCOUNT}
 WHERE s.nature = 'ALLOWANCE' AND s.known_until IS NULL AND s.dated >= %(since)s - interval '9 months' AND {part_of("s.child_id")}
   AND (SELECT count(DISTINCT o.reference_no) FROM fraud_schoolfact o WHERE o.child_id = s.child_id AND o.nature = 'ALLOWANCE'
           AND o.school_year = s.school_year AND o.known_until IS NULL) >= %(payments)s
 GROUP BY s.child_id, s.school_year, s.fund, s.beneficiary_no
UNION ALL
SELECT 'absent:' || s.child_id || ':' || s.school_year || ':' || s.fund || ':' || s.beneficiary_no, 'ABSENT', {_SUBJECT}, s.fund,
       s.school_year, max(o.dated), 1
  FROM fraud_schoolfact s {_ACCOUNT}
  JOIN fraud_schoolfact o ON o.child_id = s.child_id AND o.school_year = s.school_year AND o.nature = 'ATTENDANCE'
   AND o.known_until IS NULL AND NOT o.is_enrolled
 WHERE s.nature = 'ALLOWANCE' AND s.known_until IS NULL AND s.dated >= %(since)s - interval '9 months' AND {part_of("s.child_id")}
   AND NOT EXISTS (SELECT 1 FROM fraud_schoolfact y WHERE y.child_id = s.child_id AND y.school_year = s.school_year
                      AND y.nature = 'ATTENDANCE' AND y.known_until IS NULL AND y.is_enrolled)
 GROUP BY s.child_id, s.school_year, s.fund, s.beneficiary_no
"""


def _school(row: Row) -> Told:
    year = f"rentrée {row['school_year']}"
    if row["what"] == "TWICE":
        return Told(
            f"{row['payments']} versements pour un même enfant, {year}",
            (
                Fact(
                    "Versements de l’allocation de rentrée",
                    str(row["payments"]),
                    "Versements des caisses",
                    row["dated"],
                ),
            ),
        )
    return Told(
        f"Allocation versée, enfant non inscrit, {year}",
        (Fact("L’établissement dit", "enfant non inscrit", "Inscriptions scolaires", row["dated"]),),
    )


STAYS = f"""
SELECT s.nir_key || ':' || s.year AS natural, 'cmg:employer:' || a.employer_no AS subject, a.fund, s.year::int, s.days::int, s.papers::int
  FROM (SELECT t.nir_key, y.year, t.papers,
               (SELECT sum(least(upper(r), make_date(y.year + 1, 1, 1)) - greatest(lower(r), make_date(y.year, 1, 1)))
                  FROM unnest(t.stays) r WHERE r && daterange(make_date(y.year, 1, 1), make_date(y.year + 1, 1, 1))) AS days
          FROM (SELECT nir_key, range_agg(daterange(starts_on, ends_on)) AS stays, count(*) AS papers FROM fraud_provenstay
                 WHERE known_until IS NULL AND nir_key IS NOT NULL AND {part_of("nir_key::text")} GROUP BY nir_key) t
         CROSS JOIN (SELECT extract(year FROM %(on)s::date)::int - n AS year FROM generate_series(0, 1) n) y) s
  {ACCOUNT_OF_PERSON.format(key="s.nir_key")}
 WHERE s.days > %(days)s
"""


def _stays(row: Row) -> Told:
    return Told(
        f"{row['days']} jours hors de France en {row['year']}, sur pièces",
        (
            Fact("Jours hors de France", str(row["days"]), "Pièces remises"),
            Fact("Pièces", f"{row['papers']} {plural('pièce,pièces', row['papers'])}", "Pièces remises"),
        ),
    )


DECEASED = f"""
SELECT d.nir_key || ':' || r.right_no || ':' || r.child_id AS natural,
       coalesce('cmg:employer:' || r.employer_no, 'family:' || r.fund || ':' || coalesce(r.beneficiary_no, '')) AS subject, r.fund,
       d.died_on, r.starts_on
  FROM fraud_knowndeath d JOIN cmg_right r ON r.nir_key = d.nir_key AND r.known_until IS NULL AND r.side = 'F'
   AND r.status = 'ACTIVE' AND r.starts_on <= d.died_on
   AND (r.ends_on IS NULL OR r.ends_on > d.died_on + make_interval(months => (%(months)s)::int))
 WHERE d.known_until IS NULL AND d.died_on + make_interval(months => (%(months)s)::int) <= %(on)s
   AND {part_of("d.nir_key::text")}
"""


def _deceased(row: Row) -> Told:
    return Told(
        "Un droit reste ouvert au nom d’une personne décédée",
        (
            Fact("Décès le", f"{row['died_on']:%d/%m/%Y}", "RNIPP", row["died_on"]),
            Fact(
                "Droit ouvert depuis le", f"{row['starts_on']:%d/%m/%Y}", "Droits reçus des caisses", row["starts_on"]
            ),
        ),
    )


# Whole to the parent who receives, and an allowance that the fund would recover from the other one, for the same months.
PAID_TWICE = f"""
SELECT c.case_no || ':' || max(s.month) AS natural, 'aripa:parent:' || c.household_id AS subject, c.fund,
       count(DISTINCT s.month) AS months, min(s.month) AS first, max(s.month) AS last, sum(s.paid_cents)::bigint AS paid,
       sum(t.received)::bigint AS received
  FROM aripa_asfmonth s JOIN aripa_case c ON c.case_no = s.case_id AND c.fund <> ''
  JOIN LATERAL (SELECT sum(t.due_cents) AS due, sum(t.to_creditor_cents) AS received FROM aripa_term t
                 WHERE t.case_id = s.case_id AND t.month = s.month AND t.child_id = s.child_id AND NOT t.is_arrears) t ON t.due > 0
 WHERE s.month >= %(since)s AND s.paid_cents > 0 AND s.recoverable_cents > 0 AND t.received >= t.due
   AND {part_of("s.case_id")}
 GROUP BY c.case_no, c.household_id, c.fund HAVING count(DISTINCT s.month) >= %(months)s
"""


def _paid_twice(row: Row) -> Told:
    months = row["months"]
    return Told(
        f"ASF et pension reçues pour {months} {plural('même mois,mêmes mois', months)}",
        (
            Fact("ASF versée", money(row["paid"]), "Pensions", row["last"]),
            Fact("Pension reçue pour les mêmes mois", money(row["received"]), "Pensions", row["last"]),
            Fact("Depuis", month_name(row["first"]), "Pensions", row["first"]),
        ),
    )


PAID_ALLOWANCES = f"""
SELECT DISTINCT {_SUBJECT.replace("min(a.employer_no)", "a.employer_no")} AS subject, s.fund FROM fraud_schoolfact s {_ACCOUNT}
 WHERE s.nature = 'ALLOWANCE' AND s.known_until IS NULL
"""
RECEIVING_ASF = f"""
SELECT f.subject, f.fund FROM ({PENSION_FAMILIES}) f
 WHERE EXISTS (SELECT 1 FROM aripa_case c JOIN aripa_asfmonth s ON s.case_id = c.case_no
                WHERE 'aripa:parent:' || c.household_id = f.subject AND s.month >= %(since)s AND s.paid_cents > 0)
   AND NOT EXISTS (SELECT 1 FROM aripa_case c WHERE 'aripa:parent:' || c.household_id = f.subject AND c.violence)
"""
MATCHERS = (
    Matcher("DM01", ("titles", "declared-addresses"), "fraud_knownaddress", TWO_ADULTS, RECEIVING_ASF, _two_adults),
    Matcher(
        "DM02", ("declared-resources", "employer-pay"), "fraud_declaredresource", RESOURCES, CMG_FAMILIES, _resources
    ),
    Matcher("DM04", ("school-allowances", "school-attendance"), "fraud_schoolfact", SCHOOL, PAID_ALLOWANCES, _school),
    Matcher("DM08", ("proven-stays",), "fraud_provenstay", STAYS, CMG_FAMILIES, _stays),
    Matcher("DM09", ("rnipp-deaths",), "fraud_knowndeath", DECEASED, CMG_FAMILIES, _deceased),
    Matcher("DM11", ("titles",), "aripa_asfmonth", PAID_TWICE, PENSION_FAMILIES, _paid_twice),
)
