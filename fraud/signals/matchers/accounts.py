"""DM06, DM07, DM10: accounts that many files share, an account and contacts changed before a payment, a document seen twice."""

from fraud.signals.flows import GIVEN_PAPERS
from fraud.signals.matchers.base import CMG_FAMILIES, Fact, Matcher, Row, Told, part_of
from portal.frame.templatetags.portal import plural

ACCOUNTS, PAPERS = "Comptes des dossiers", "Pièces remises au portail"

# Only between two people whose numbers are both known and differ: what is not known does not make two strangers.
SHARED = f"""
WITH used AS MATERIALIZED (
    SELECT a.iban_key, 'cmg:employer:' || a.employer_no AS subject, a.employer_no, a.fund, a.beneficiary_no, a.nir_key
      FROM cmg_account a
     WHERE a.known_until IS NULL AND a.iban_key IS NOT NULL AND a.iban_valid AND a.nir_key IS NOT NULL AND a.fund IS NOT NULL
       AND {part_of("a.iban_key::text")}
    UNION ALL
    SELECT p.iban_key, 'aripa:parent:' || p.parent_no, NULL, p.fund, NULL, p.nir_key
      FROM (SELECT DISTINCT ON (parent_no) * FROM aripa_parent WHERE known_until IS NULL AND updated_on <= %(on)s
             ORDER BY parent_no, updated_at DESC, id DESC) p
     WHERE p.iban_key IS NOT NULL AND p.iban_valid AND p.nir_key IS NOT NULL AND p.fund IS NOT NULL
       AND {part_of("p.iban_key::text")}
), many AS (
    SELECT u.iban_key FROM used u GROUP BY u.iban_key HAVING count(DISTINCT u.nir_key) >= %(files)s
       AND NOT EXISTS (SELECT 1 FROM fraud_sharedaccount w WHERE w.iban_key = u.iban_key)
)
SELECT u.iban_key || ':' || u.subject AS natural, u.subject, u.fund, count(DISTINCT o.nir_key) AS others,
       string_agg(DISTINCT o.fund, ', ') AS funds, count(DISTINCT o.nir_key) + 1 >= %(high)s AS is_high
  FROM used u JOIN many USING (iban_key)
  JOIN used o ON o.iban_key = u.iban_key AND o.subject <> u.subject AND o.nir_key <> u.nir_key
   AND (o.fund, o.beneficiary_no) IS DISTINCT FROM (u.fund, u.beneficiary_no)
   AND NOT EXISTS (SELECT 1 FROM cmg_right x JOIN cmg_right y ON y.child_id = x.child_id AND y.known_until IS NULL
                    WHERE x.known_until IS NULL AND x.employer_no = u.employer_no AND y.employer_no = o.employer_no)
 GROUP BY u.iban_key, u.subject, u.fund
HAVING count(DISTINCT o.nir_key) + 1 >= %(files)s
"""


def _shared(row: Row) -> Told:
    others = row["others"]
    urgent = " (à lire en premier)" if row["is_high"] else ""
    return Told(
        f"Un même compte pour {others + 1} dossiers sans lien connu{urgent}",
        (
            Fact("Autres dossiers payés sur ce compte", f"{others} ({row['funds']})", ACCOUNTS),
            Fact("Enfant, personne ou numéro d’allocataire en commun", "aucun connu", "Droits reçus des caisses"),
        ),
    )


# Of a family of the CMG: a new account, an address for e-mails given meanwhile, an order to pay. Of a parent of a pension: two
# rows of what they told, and a term due.
CHANGED = f"""
SELECT 'cmg:' || a.employer_no || ':' || a.known_from AS natural, 'cmg:employer:' || a.employer_no AS subject, a.fund,
       (a.known_from AT TIME ZONE 'Europe/Paris')::date AS account_on,
       (n.asked_at AT TIME ZONE 'Europe/Paris')::date AS contact_on, min(o.due_on) AS due_on
  FROM cmg_account a
  JOIN cmg_account b ON b.employer_no = a.employer_no AND b.known_until = a.known_from AND b.iban_key <> a.iban_key
  JOIN accounts_familylink l ON l.subject = 'cmg:employer:' || a.employer_no AND (l.until IS NULL OR l.until > %(on)s)
  JOIN notices_contact n ON n.user_id = l.user_id
   AND abs(extract(epoch FROM n.asked_at - a.known_from)) <= %(hours)s * 3600
  JOIN banking_paymentorder o ON o.subject = l.subject AND o.kind = 'CREDIT'
   AND o.due_on BETWEEN (a.known_from AT TIME ZONE 'Europe/Paris')::date
                    AND (a.known_from AT TIME ZONE 'Europe/Paris')::date + (%(days)s)::int
 WHERE a.known_until IS NULL AND a.fund IS NOT NULL AND a.known_from >= %(since)s AND {part_of("a.employer_no")}
 GROUP BY a.employer_no, a.fund, a.known_from, n.asked_at
UNION ALL
SELECT 'aripa:' || i.parent_no || ':' || i.updated_at, 'aripa:parent:' || i.parent_no, i.fund, i.updated_on, min(k.updated_on),
       min(t.due_on)
  FROM (SELECT *, lag(iban_key) OVER w AS before FROM aripa_parent WHERE known_until IS NULL AND {part_of("parent_no")}
        WINDOW w AS (PARTITION BY parent_no ORDER BY updated_at, id)) i
  JOIN (SELECT parent_no, updated_at, updated_on, lag(id) OVER w IS NOT NULL
               AND (phone, email, address) IS DISTINCT FROM (lag(phone) OVER w, lag(email) OVER w, lag(address) OVER w)
               AS moved
          FROM aripa_parent WHERE known_until IS NULL AND {part_of("parent_no")}
        WINDOW w AS (PARTITION BY parent_no ORDER BY updated_at, id)) k
    ON k.parent_no = i.parent_no AND k.moved AND abs(extract(epoch FROM k.updated_at - i.updated_at)) <= %(hours)s * 3600
  JOIN aripa_case c ON c.household_id = i.parent_no
  JOIN aripa_term t ON t.case_id = c.case_no AND t.due_on BETWEEN i.updated_on AND i.updated_on + (%(days)s)::int
 WHERE i.before IS NOT NULL AND i.iban_key <> i.before AND i.updated_on >= %(since)s AND i.updated_on <= %(on)s
   AND i.fund IS NOT NULL
 GROUP BY i.parent_no, i.updated_at, i.fund, i.updated_on
"""


def _changed(row: Row) -> Told:
    return Told(
        f"Compte changé le {row['account_on']:%d/%m/%Y}, avec les coordonnées, avant un paiement",
        (
            Fact("Compte bancaire changé le", f"{row['account_on']:%d/%m/%Y}", ACCOUNTS, row["account_on"]),
            Fact(
                "Coordonnées changées le",
                f"{row['contact_on']:%d/%m/%Y}",
                "Coordonnées des dossiers",
                row["contact_on"],
            ),
            Fact("Paiement prévu le", f"{row['due_on']:%d/%m/%Y}", "Ordres de paiement", row["due_on"]),
        ),
    )


CHANGING = (
    f"{CMG_FAMILIES} UNION SELECT DISTINCT 'aripa:parent:' || household_id, fund FROM aripa_case WHERE fund <> ''"
)

SEEN_TWICE = f"""
WITH several AS MATERIALIZED (
    SELECT sha256, count(DISTINCT subject) AS files FROM casework_attachment WHERE {part_of("sha256")}
     GROUP BY sha256 HAVING count(DISTINCT subject) >= %(files)s
), given AS (
    SELECT t.sha256, t.subject, s.files, min(t.given_at) AS given_at FROM casework_attachment t JOIN several s USING (sha256)
     GROUP BY t.sha256, t.subject, s.files
)
SELECT g.sha256 || ':' || g.subject AS natural, g.subject, f.fund, g.files,
       (g.given_at AT TIME ZONE 'Europe/Paris')::date AS given_on
  FROM given g JOIN (
    SELECT 'cmg:employer:' || employer_no AS subject, fund FROM cmg_account WHERE known_until IS NULL
    UNION SELECT 'aripa:parent:' || household_id, fund FROM aripa_case) f USING (subject)
 WHERE f.fund <> ''
"""


def _seen_twice(row: Row) -> Told:
    others = row["files"] - 1
    return Told(
        f"Le même document dans {row['files']} dossiers",
        (
            Fact("Document remis le", f"{row['given_on']:%d/%m/%Y}", PAPERS, row["given_on"]),
            Fact(
                "Même fichier, à l’octet près, dans",
                f"{others} {plural('autre dossier,autres dossiers', others)}",
                PAPERS,
            ),
        ),
    )


GIVING = f"""
SELECT f.subject, f.fund FROM ({CMG_FAMILIES}) f
 WHERE EXISTS (SELECT 1 FROM casework_attachment t WHERE t.subject = f.subject)
"""
MATCHERS = (
    Matcher("DM06", ("accounts",), "cmg_account", SHARED, CMG_FAMILIES, _shared),
    Matcher("DM07", ("accounts",), "cmg_account", CHANGED, CHANGING, _changed),
    Matcher("DM10", (GIVEN_PAPERS,), "casework_attachment", SEEN_TWICE, GIVING, _seen_twice),
)
