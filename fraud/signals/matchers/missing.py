"""DR01, DR02, DR03: what families are owed and nobody paid. These leads are treated before all others."""

from datetime import date

from aripa.rules.asf import AsfChild, asf_of_month
from fraud.signals.matchers.base import (
    CMG_FAMILIES,
    DECLARING_FAMILIES,
    PENSION_FAMILIES,
    Fact,
    Matcher,
    Row,
    Told,
    part_of,
)
from portal.frame.templatetags.portal import money, month_name

# The last version of a declaration of a child with a right in force, which no issued run settled on that right. Where a
# dossier is open, somebody is at it already.
UNSETTLED = f"""
SELECT 'cmg:' || d.declaration_no AS natural, 'cmg:employer:' || d.employer_no AS subject, a.fund, d.care_month,
       min(r.starts_on) AS right_from, (d.received_at AT TIME ZONE 'Europe/Paris')::date AS declared_on, d.hours_hundredths
  FROM cmg_declaration d
  JOIN cmg_account a ON a.employer_no = d.employer_no AND a.known_until IS NULL AND a.fund IS NOT NULL
  JOIN cmg_right r ON r.employer_no = d.employer_no AND r.known_until IS NULL AND r.side = 'F' AND r.status = 'ACTIVE'
   AND r.child_id = ANY (string_to_array(d.child_ids, '|'))
   AND r.starts_on <= d.care_month AND (r.ends_on IS NULL OR r.ends_on > d.care_month)
 WHERE d.care_month >= %(since)s AND d.care_month + interval '1 month' + make_interval(days => (%(days)s)::int) <= %(on)s
   AND d.kind <> 'CANCELLATION' AND d.hours_hundredths > 0 AND {part_of("d.employer_no")}
   AND NOT EXISTS (SELECT 1 FROM cmg_declaration n WHERE n.declaration_no = d.declaration_no AND n.version > d.version)
   AND NOT EXISTS (SELECT 1 FROM cmg_settlement s JOIN batches_run b ON b.id = s.run_id
                    WHERE s.employer_no = d.employer_no AND s.care_month = d.care_month AND s.declaration_no = d.declaration_no
                      AND b.state IN ('ISSUED', 'RECONCILED') AND (s.decision = 'RIGHT' OR s.payout_cents > 0))
   AND NOT EXISTS (SELECT 1 FROM casework_dossier o WHERE o.subject = 'cmg:employer:' || d.employer_no
                      AND o.state IN ('OPEN', 'ESCALATED'))
 GROUP BY d.declaration_no, d.employer_no, a.fund, d.care_month, d.received_at, d.hours_hundredths
"""


def _unsettled(row: Row) -> Told:
    return Told(
        f"CMG de {month_name(row['care_month'])} déclaré et jamais réglé",
        (
            Fact("Droit ouvert depuis le", f"{row['right_from']:%d/%m/%Y}", "Droits reçus des caisses", row["right_from"]),
            Fact("Mois déclaré", f"{month_name(row['care_month'])}, {row['hours_hundredths'] // 100} h",
                 "Déclarations reçues de Pajemploi", row["declared_on"]),
            Fact("Aide réglée", "aucune", "Règlements du portail"),
        ),
    )  # fmt: skip


# ASF asks for a parent who lives alone: the last thing that they said of it decides; what came in must be less than it.
WITHOUT_ASF = f"""
SELECT c.case_no || ':' || extract(year FROM min(t.month)) AS natural, 'aripa:parent:' || c.household_id AS subject, c.fund,
       c.case_no, count(DISTINCT t.month) AS months, min(t.month) AS first, sum(t.due_cents - t.to_creditor_cents)::bigint AS missing
  FROM aripa_term t JOIN aripa_case c ON c.case_no = t.case_id AND c.fund <> '' AND c.end_date IS NULL
 WHERE NOT t.is_arrears AND t.status IN ('UNPAID', 'NOTICED', 'FORCED', 'RETURNED')
   AND t.to_creditor_cents < least(t.due_cents, %(asf_net)s)
   AND t.due_on >= %(since)s AND t.due_on + (%(days)s)::int <= %(on)s AND {part_of("c.household_id")}
   AND NOT EXISTS (SELECT 1 FROM aripa_asfmonth s JOIN aripa_case k ON k.case_no = s.case_id
                    WHERE k.household_id = c.household_id AND s.child_id = t.child_id AND s.month = t.month AND s.paid_cents > 0)
   AND coalesce((SELECT e.reason FROM aripa_event e WHERE e.case_no = c.case_no AND e.kind = 'LONE_PARENT' AND e.day <= %(on)s
                  ORDER BY e.event_no DESC LIMIT 1), 'ALONE') = 'ALONE'
 GROUP BY c.case_no, c.household_id, c.fund
"""


def _asf_net(on: date) -> dict[str, object]:
    """The ASF of a child of whom nothing was paid."""
    child = AsfChild(kind_of_case="D", birth_date=None, support_due_cents=1_000_00, support_received_cents=0)
    return {"asf_net": asf_of_month([child], on)[0].net_cents}


def _without_asf(row: Row) -> Told:
    months = row["months"]
    return Told(
        f"Pension impayée {months} mois, aucune ASF versée pour ce temps",
        (
            Fact("Dossier de pension", row["case_no"], "Pensions"),
            Fact("Premier mois impayé", month_name(row["first"]), "Pensions", row["first"]),
            Fact("Reste impayé", money(row["missing"]), "Pensions", row["first"]),
            Fact("ASF versée pour ces mois", "aucune", "Pensions"),
        ),
    )


# A payment that came back, and none to the same family for the same thing that left after it.
CAME_BACK = f"""
SELECT 'order:' || o.id AS natural, o.subject, f.fund, o.amount_cents, o.due_on, o.state, o.reason_code
  FROM banking_paymentorder o
  JOIN (SELECT 'cmg:employer:' || employer_no AS subject, fund FROM cmg_account WHERE known_until IS NULL AND fund IS NOT NULL
        UNION SELECT 'aripa:parent:' || household_id, fund FROM aripa_case WHERE fund <> '') f ON f.subject = o.subject
 WHERE o.kind = 'CREDIT' AND o.state IN ('REJECTED', 'RETURNED') AND o.due_on >= %(since)s - interval '9 months'
   AND o.due_on + (%(days)s)::int <= %(on)s AND {part_of("o.subject")}
   AND NOT EXISTS (SELECT 1 FROM banking_paymentorder n WHERE n.subject = o.subject AND n.id > o.id AND n.kind = 'CREDIT'
                      AND n.amount_cents >= o.amount_cents AND n.state NOT IN ('REJECTED', 'RETURNED'))
"""


def _came_back(row: Row) -> Told:
    return Told(
        f"{money(row['amount_cents'])} revenus de la banque et jamais repartis",
        (
            Fact("Versement", money(row["amount_cents"]), "Ordres de paiement", row["due_on"]),
            Fact("Réponse de la banque", row["reason_code"] or "sans motif", "Messages de la banque", row["due_on"]),
            Fact("Versement suivant", "aucun", "Ordres de paiement"),
        ),
    )


MATCHERS = (
    Matcher("DR01", ("declarations", "rights_fund"), "cmg_declaration", UNSETTLED, DECLARING_FAMILIES, _unsettled),
    Matcher("DR02", ("titles",), "aripa_term", WITHOUT_ASF, PENSION_FAMILIES, _without_asf, _asf_net),
    Matcher("DR03", (), "banking_paymentorder", CAME_BACK, CMG_FAMILIES, _came_back),
)
