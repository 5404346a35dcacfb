"""What the operations refuse, the database refuses too: a decision before the notice of L. 114-21, a step that the table does
not allow, a sanction that no panel qualified, a second penalty for the same facts, a paper that is changed afterwards.

The pairs are those of CASE_MOVES and PENALTY_MOVES (fraud/models): a test compares them.
"""

from django.db import migrations

MOVES = """
CREATE FUNCTION fraud_case_pair(former text, later text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (former, later) IN (
        ('OPENED', 'INFORMED'), ('INFORMED', 'INVESTIGATING'), ('INVESTIGATING', 'FINDINGS_SENT'),
        ('FINDINGS_SENT', 'ADVERSARIAL'), ('ADVERSARIAL', 'DECISION'),
        ('DECISION', 'NO_ACTION'), ('DECISION', 'ADJUSTED'), ('DECISION', 'OVERPAYMENT'),
        ('DECISION', 'PENALTY_PROCEDURE'), ('DECISION', 'COMPLAINT'),
        ('NO_ACTION', 'CLOSED'), ('ADJUSTED', 'CLOSED'),
        ('OVERPAYMENT', 'PENALTY_PROCEDURE'), ('OVERPAYMENT', 'COMPLAINT'), ('OVERPAYMENT', 'CLOSED'),
        ('PENALTY_PROCEDURE', 'COMPLAINT'), ('PENALTY_PROCEDURE', 'CLOSED'), ('COMPLAINT', 'CLOSED'))
$$;
CREATE FUNCTION fraud_penalty_pair(former text, later text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (former, later) IN (
        ('PROPOSED', 'NOTIFIED'), ('PROPOSED', 'DROPPED'),
        ('NOTIFIED', 'DECIDED'), ('NOTIFIED', 'WARNED'), ('NOTIFIED', 'DROPPED'),
        ('DECIDED', 'APPEALED'), ('DECIDED', 'IN_COURT'), ('DECIDED', 'FINAL'), ('DECIDED', 'ANNULLED'),
        ('WARNED', 'APPEALED'), ('WARNED', 'IN_COURT'), ('WARNED', 'FINAL'), ('WARNED', 'ANNULLED'),
        ('APPEALED', 'OPINION_GIVEN'), ('APPEALED', 'ANNULLED'),
        ('OPINION_GIVEN', 'UPHELD'), ('OPINION_GIVEN', 'CANCELLED'), ('OPINION_GIVEN', 'ABANDONED'),
        ('OPINION_GIVEN', 'ANNULLED'),
        ('UPHELD', 'IN_COURT'), ('UPHELD', 'FINAL'), ('UPHELD', 'ANNULLED'),
        ('IN_COURT', 'FINAL'), ('IN_COURT', 'ANNULLED'), ('FINAL', 'ANNULLED'))
$$;
CREATE FUNCTION fraud_refuse(sentence text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', sentence USING ERRCODE = '23514';
END $$;
CREATE FUNCTION fraud_notice_gap(wanted bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM fraud_obtainedinformation o WHERE o.case_id = wanted AND NOT EXISTS (
            SELECT 1 FROM fraud_toldinformation t JOIN fraud_casepaper p ON p.id = t.paper_id
             WHERE t.obtained_id = o.id AND p.case_id = wanted AND p.kind = 'NOTICE'))
            THEN 'l’avis de l’article L. 114-21 manque'
        WHEN EXISTS (SELECT 1 FROM fraud_copyrequest c WHERE c.case_id = wanted AND c.paper_id IS NULL)
            THEN 'la copie demandée n’est pas envoyée'
        ELSE '' END
$$;
CREATE FUNCTION fraud_qualified(wanted bigint, outcomes text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT outcome = ANY(outcomes) FROM fraud_qualification
                      WHERE case_id = wanted AND outcome <> '' ORDER BY id DESC LIMIT 1), false)
$$;
CREATE FUNCTION fraud_is_forgotten(wanted bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT anonymised_on IS NOT NULL FROM fraud_controlcase WHERE id = wanted), false)
$$;

CREATE FUNCTION fraud_check_new_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'OPENED' OR NEW.outcome <> '' OR NEW.decided_on IS NOT NULL OR NEW.closed_on IS NOT NULL
       OR NEW.annulled_on IS NOT NULL OR NEW.anonymised_on IS NOT NULL
       OR coalesce(NEW.fraud_cents, NEW.owed_by_cents, NEW.owed_to_cents, NEW.avoided_cents) IS NOT NULL THEN
        PERFORM fraud_refuse('dossier ' || NEW.number || ' : un dossier commence ouvert, sans rien de décidé');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION fraud_check_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gap text;
    last_from text;
    last_to text;
    forgets boolean := OLD.anonymised_on IS NULL AND NEW.anonymised_on IS NOT NULL;
BEGIN
    IF (NEW.number, NEW.fund, NEW.source, NEW.legal_basis, NEW.benefit, NEW.opened_on, NEW.on_site)
       IS DISTINCT FROM (OLD.number, OLD.fund, OLD.source, OLD.legal_basis, OLD.benefit, OLD.opened_on, OLD.on_site)
       OR (NOT forgets AND (NEW.subject, NEW.title, NEW.purpose, NEW.new_fact)
           IS DISTINCT FROM (OLD.subject, OLD.title, OLD.purpose, OLD.new_fact))
       OR (OLD.anonymised_on IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
        PERFORM fraud_refuse('dossier ' || OLD.number || ' : son origine ne change pas');
    END IF;
    IF forgets AND NEW.state <> 'CLOSED' THEN
        PERFORM fraud_refuse('dossier ' || OLD.number || ' : il n’est pas clos, il ne peut pas être anonymisé');
    END IF;
    IF NEW.state <> OLD.state THEN
        SELECT from_state, to_state INTO last_from, last_to FROM fraud_casemove WHERE case_id = OLD.id ORDER BY id DESC LIMIT 1;
        IF NOT fraud_case_pair(OLD.state, NEW.state) OR (last_from, last_to) IS DISTINCT FROM (OLD.state::text, NEW.state::text) THEN
            PERFORM fraud_refuse('dossier ' || OLD.number || ' : ' || OLD.state || ' ne mène pas à ' || NEW.state);
        END IF;
    END IF;
    IF NEW.state NOT IN ('OPENED', 'INFORMED', 'INVESTIGATING', 'FINDINGS_SENT', 'ADVERSARIAL')
       AND (NEW.state <> OLD.state OR NEW.decided_on IS DISTINCT FROM OLD.decided_on) THEN
        gap := fraud_notice_gap(OLD.id);
        IF gap <> '' THEN
            PERFORM fraud_refuse('dossier ' || OLD.number || ' : ' || gap);
        END IF;
        IF NOT EXISTS (SELECT 1 FROM fraud_casepaper WHERE case_id = OLD.id AND kind = 'FINDINGS') THEN
            PERFORM fraud_refuse('dossier ' || OLD.number || ' : les constats ne sont pas envoyés');
        END IF;
    END IF;
    IF NEW.state IN ('OPENED', 'INFORMED', 'INVESTIGATING', 'FINDINGS_SENT', 'ADVERSARIAL', 'DECISION')
       AND (NEW.outcome <> '' OR NEW.decided_on IS NOT NULL OR NEW.fraud_cents IS NOT NULL OR NEW.avoided_cents IS NOT NULL
            OR NEW.owed_by_cents IS NOT NULL OR NEW.owed_to_cents IS NOT NULL) THEN
        PERFORM fraud_refuse('dossier ' || OLD.number || ' : rien n’est encore décidé');
    END IF;
    IF ((NEW.state IN ('PENALTY_PROCEDURE') AND OLD.state <> NEW.state) OR (NEW.outcome = 'PENALTY' AND OLD.outcome <> 'PENALTY'))
       AND NOT fraud_qualified(OLD.id, ARRAY['FRAUD', 'FAULT']) THEN
        PERFORM fraud_refuse('dossier ' || OLD.number || ' : aucune commission ne l’a qualifié');
    END IF;
    IF ((NEW.state = 'COMPLAINT' AND OLD.state <> NEW.state) OR (NEW.outcome = 'COMPLAINT' AND OLD.outcome <> 'COMPLAINT')
        OR (NEW.fraud_cents > 0 AND NEW.fraud_cents IS DISTINCT FROM OLD.fraud_cents))
       AND NOT fraud_qualified(OLD.id, ARRAY['FRAUD']) THEN
        PERFORM fraud_refuse('dossier ' || OLD.number || ' : aucune commission n’y a vu de fraude');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION fraud_check_case_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present text;
    begun boolean;
BEGIN
    SELECT state INTO present FROM fraud_controlcase WHERE id = NEW.case_id FOR UPDATE;
    begun := EXISTS (SELECT 1 FROM fraud_casemove WHERE case_id = NEW.case_id);
    IF (NEW.from_state = '' AND (begun OR NEW.to_state <> 'OPENED'))
       OR (NEW.from_state <> '' AND (present <> NEW.from_state OR NOT fraud_case_pair(NEW.from_state, NEW.to_state))) THEN
        PERFORM fraud_refuse('dossier ' || NEW.case_id || ' : ' || present || ' ne mène pas à ' || NEW.to_state);
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_move_followed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present text;
    last_to text;
BEGIN
    SELECT state INTO present FROM fraud_controlcase WHERE id = NEW.case_id;
    SELECT to_state INTO last_to FROM fraud_casemove WHERE case_id = NEW.case_id ORDER BY id DESC LIMIT 1;
    IF present IS DISTINCT FROM last_to THEN
        PERFORM fraud_refuse('dossier ' || NEW.case_id || ' : une étape est écrite et le dossier n’a pas bougé');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER begins BEFORE INSERT ON fraud_controlcase FOR EACH ROW EXECUTE FUNCTION fraud_check_new_case();
CREATE TRIGGER moves BEFORE UPDATE ON fraud_controlcase FOR EACH ROW EXECUTE FUNCTION fraud_check_case();
CREATE TRIGGER stays BEFORE DELETE ON fraud_controlcase FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER follows BEFORE INSERT ON fraud_casemove FOR EACH ROW EXECUTE FUNCTION fraud_check_case_move();
CREATE CONSTRAINT TRIGGER followed AFTER INSERT ON fraud_casemove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fraud_check_move_followed();
"""
UNDO_MOVES = """
DROP TRIGGER followed ON fraud_casemove; DROP TRIGGER follows ON fraud_casemove;
DROP TRIGGER stays ON fraud_controlcase; DROP TRIGGER moves ON fraud_controlcase; DROP TRIGGER begins ON fraud_controlcase;
DROP FUNCTION fraud_check_move_followed(); DROP FUNCTION fraud_check_case_move(); DROP FUNCTION fraud_check_case();
DROP FUNCTION fraud_check_new_case(); DROP FUNCTION fraud_is_forgotten(bigint); DROP FUNCTION fraud_qualified(bigint, text[]);
DROP FUNCTION fraud_notice_gap(bigint); DROP FUNCTION fraud_refuse(text);
DROP FUNCTION fraud_penalty_pair(text, text); DROP FUNCTION fraud_case_pair(text, text);
"""

# What never changes, and the columns whose words go when the case forgets who it was about.
FORGETTING = {
    "casemove": "reason", "obtainedinformation": "content, origin", "finding": "fact, source", "casereply": "text, helped_by",
    "swornreport": "text", "qualification": "question", "intentevidence": "text", "panelseat": "reason",
    "paymentsuspension": "missing, reason",
    "penaltymove": "reason",
}  # fmt: skip
NEVER = ("caseact", "toldinformation", "complaint", "caserecovery", "casepaper", "swornofficer", "caseoverpayment")
OWNER = {"intentevidence": "qualification", "panelseat": "qualification", "penaltymove": "penalty"}
PAPERS = """
CREATE FUNCTION fraud_check_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    words text[] := string_to_array(TG_ARGV[0], ', ');
BEGIN
    IF TG_ARGV[1] = 'case' THEN
        wanted := (to_jsonb(OLD) ->> 'case_id')::bigint;
    ELSE
        EXECUTE format('SELECT case_id FROM fraud_%s WHERE id = $1', TG_ARGV[1])
            INTO wanted USING (to_jsonb(OLD) ->> (TG_ARGV[1] || '_id'))::bigint;
    END IF;
    IF NOT fraud_is_forgotten(wanted) OR (to_jsonb(OLD) - words) <> (to_jsonb(NEW) - words) THEN
        PERFORM fraud_refuse(TG_TABLE_NAME || ' : ce papier ne se modifie pas');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_casepaper p JOIN fraud_obtainedinformation o ON o.case_id = p.case_id
                    WHERE p.id = NEW.paper_id AND o.id = NEW.obtained_id AND p.kind = 'NOTICE') THEN
        PERFORM fraud_refuse('un avis ne communique que les informations de son dossier');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM fraud_controlcase WHERE id = NEW.case_id) NOT IN ('OPENED', 'INFORMED', 'INVESTIGATING')
       OR EXISTS (SELECT 1 FROM fraud_casepaper WHERE case_id = NEW.case_id AND kind = 'FINDINGS') THEN
        PERFORM fraud_refuse('les constats sont envoyés : ils ne changent plus');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.paper_id IS NOT NULL OR NEW.paper_id IS NULL
       OR (to_jsonb(OLD) - 'paper_id') <> (to_jsonb(NEW) - 'paper_id')) THEN
        PERFORM fraud_refuse('demande de copie : elle ne se modifie pas');
    END IF;
    IF NEW.paper_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM fraud_casepaper WHERE id = NEW.paper_id AND case_id = NEW.case_id AND kind = 'COPIES') THEN
        PERFORM fraud_refuse('demande de copie : ce courrier n’est pas la copie de ce dossier');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_suspension() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gap text := fraud_notice_gap(NEW.case_id);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.lifted_on IS NULL AND NEW.lifted_on IS NOT NULL
           AND (to_jsonb(OLD) - 'lifted_on') = (to_jsonb(NEW) - 'lifted_on') THEN
            RETURN NEW;
        END IF;
        IF fraud_is_forgotten(OLD.case_id)
           AND (to_jsonb(OLD) - ARRAY['missing', 'reason']) = (to_jsonb(NEW) - ARRAY['missing', 'reason']) THEN
            RETURN NEW;
        END IF;
        PERFORM fraud_refuse('suspension : elle ne se modifie pas, elle se lève');
    END IF;
    IF gap <> '' THEN
        PERFORM fraud_refuse('suspension : ' || gap);
    END IF;
    IF NOT EXISTS (SELECT 1 FROM fraud_casepaper WHERE id = NEW.reminder_id AND case_id = NEW.case_id AND kind = 'DOCUMENTS'
                   AND sent_on < NEW.decided_on) THEN
        PERFORM fraud_refuse('suspension : aucun rappel des documents ne l’a précédée');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_swornofficer WHERE id = NEW.sworn_id AND sworn_on <= NEW.dated
                   AND approved_on <= NEW.dated AND until > NEW.dated) THEN
        PERFORM fraud_refuse('rapport : l’agent n’est pas assermenté et agréé ce jour-là');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agrees BEFORE INSERT ON fraud_toldinformation FOR EACH ROW EXECUTE FUNCTION fraud_check_told();
CREATE TRIGGER open BEFORE INSERT ON fraud_finding FOR EACH ROW EXECUTE FUNCTION fraud_check_finding();
CREATE TRIGGER agrees BEFORE INSERT OR UPDATE ON fraud_copyrequest FOR EACH ROW EXECUTE FUNCTION fraud_check_copy();
CREATE TRIGGER stays BEFORE DELETE ON fraud_copyrequest FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER agrees BEFORE INSERT OR UPDATE ON fraud_paymentsuspension FOR EACH ROW EXECUTE FUNCTION fraud_check_suspension();
CREATE TRIGGER sworn BEFORE INSERT ON fraud_swornreport FOR EACH ROW EXECUTE FUNCTION fraud_check_report();
"""
UNDO_PAPERS = """
DROP TRIGGER sworn ON fraud_swornreport; DROP TRIGGER agrees ON fraud_paymentsuspension;
DROP TRIGGER stays ON fraud_copyrequest; DROP TRIGGER agrees ON fraud_copyrequest;
DROP TRIGGER open ON fraud_finding; DROP TRIGGER agrees ON fraud_toldinformation;
DROP FUNCTION fraud_check_report(); DROP FUNCTION fraud_check_suspension(); DROP FUNCTION fraud_check_copy();
DROP FUNCTION fraud_check_finding(); DROP FUNCTION fraud_check_told(); DROP FUNCTION fraud_check_forgetting();
"""
PENALTIES = """
CREATE FUNCTION fraud_check_qualification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.outcome <> '' THEN
            PERFORM fraud_refuse('qualification : une commission ne s’est pas prononcée');
        END IF;
        RETURN NEW;
    END IF;
    IF fraud_is_forgotten(OLD.case_id) AND (to_jsonb(OLD) - 'question') = (to_jsonb(NEW) - 'question') THEN
        RETURN NEW;
    END IF;
    IF OLD.outcome <> '' OR (to_jsonb(OLD) - ARRAY['outcome', 'decided_on']) <> (to_jsonb(NEW) - ARRAY['outcome', 'decided_on']) THEN
        PERFORM fraud_refuse('qualification : elle ne se modifie pas');
    END IF;
    IF (SELECT count(*) FROM fraud_panelseat WHERE qualification_id = OLD.id AND outcome = NEW.outcome) < 2 THEN
        PERFORM fraud_refuse('qualification : deux membres de la commission au moins en sont d’accord');
    END IF;
    IF NEW.outcome = 'FRAUD' AND NOT EXISTS (SELECT 1 FROM fraud_intentevidence WHERE qualification_id = OLD.id) THEN
        PERFORM fraud_refuse('qualification : aucune preuve de l’intention');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_seat() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    name text := (SELECT username FROM accounts_user WHERE id = NEW.member_id);
BEGIN
    SELECT case_id INTO wanted FROM fraud_qualification WHERE id = NEW.qualification_id AND outcome = '' FOR UPDATE;
    IF wanted IS NULL THEN
        PERFORM fraud_refuse('commission : elle s’est déjà prononcée');
    END IF;
    IF EXISTS (SELECT 1 FROM fraud_controlcase WHERE id = wanted AND officer_id = NEW.member_id)
       OR EXISTS (SELECT 1 FROM fraud_casemove WHERE case_id = wanted AND by = name)
       OR EXISTS (SELECT 1 FROM fraud_casepaper WHERE case_id = wanted AND by = name)
       OR EXISTS (SELECT 1 FROM fraud_finding WHERE case_id = wanted AND by = name) THEN
        PERFORM fraud_refuse('commission : qui a instruit le dossier n’y siège pas');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_intent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT outcome FROM fraud_qualification WHERE id = NEW.qualification_id) <> '' THEN
        PERFORM fraud_refuse('preuve de l’intention : la commission s’est déjà prononcée');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_new_penalty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'PROPOSED' OR NEW.signed_by_id IS NOT NULL OR NEW.decided_by_id IS NOT NULL THEN
        PERFORM fraud_refuse('pénalité : elle commence par une proposition');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM fraud_controlcase WHERE id = NEW.case_id AND state = 'PENALTY_PROCEDURE')
       OR NOT EXISTS (SELECT 1 FROM fraud_qualification WHERE id = NEW.qualification_id AND case_id = NEW.case_id
                      AND outcome IN ('FRAUD', 'FAULT') AND (outcome = 'FRAUD' OR NOT NEW.has_intent)) THEN
        PERFORM fraud_refuse('pénalité : aucune commission ne l’a qualifiée');
    END IF;
    IF EXISTS (SELECT 1 FROM fraud_penalty p JOIN fraud_controlcase c ON c.id = p.case_id
                WHERE c.subject = (SELECT subject FROM fraud_controlcase WHERE id = NEW.case_id)
                  AND p.ground = NEW.ground AND p.since < NEW.until AND NEW.since < p.until
                  AND p.state NOT IN ('DROPPED', 'CANCELLED', 'ABANDONED', 'ANNULLED')) THEN
        PERFORM fraud_refuse('pénalité : ces faits sont déjà sanctionnés pour cette période');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_penalty() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_from text;
    last_to text;
    fixed text[] := ARRAY['case_id', 'qualification_id', 'ground', 'since', 'until', 'has_intent', 'is_organised_gang',
        'minimum_cents', 'maximum_cents', 'scale_source', 'amount_cents', 'proposed_by_id', 'proposed_on'];
    former jsonb := to_jsonb(OLD);
    later jsonb := to_jsonb(NEW);
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(fixed) name WHERE former -> name IS DISTINCT FROM later -> name)
       OR (NEW.reason <> OLD.reason AND NOT fraud_is_forgotten(OLD.case_id)) THEN
        PERFORM fraud_refuse('pénalité : les faits et le montant proposés ne changent pas');
    END IF;
    IF NEW.state <> OLD.state THEN
        SELECT from_state, to_state INTO last_from, last_to FROM fraud_penaltymove WHERE penalty_id = OLD.id ORDER BY id DESC LIMIT 1;
        IF NOT fraud_penalty_pair(OLD.state, NEW.state) OR (last_from, last_to) IS DISTINCT FROM (OLD.state::text, NEW.state::text) THEN
            PERFORM fraud_refuse('pénalité ' || OLD.id || ' : ' || OLD.state || ' ne mène pas à ' || NEW.state);
        END IF;
    END IF;
    IF NEW.state = 'DECIDED' AND NEW.decided_cents IS NULL THEN
        PERFORM fraud_refuse('pénalité : son montant manque');
    END IF;
    IF OLD.decided_cents IS NOT NULL AND (NEW.decided_cents IS NULL OR NEW.decided_cents > OLD.decided_cents) THEN
        PERFORM fraud_refuse('pénalité : un recours ne l’aggrave pas');
    END IF;
    IF NEW.state IN ('OPINION_GIVEN', 'UPHELD', 'CANCELLED', 'ABANDONED') AND (NEW.opinion_on IS NULL OR NEW.director_until IS NULL) THEN
        PERFORM fraud_refuse('pénalité : l’avis de la commission du conseil manque');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_check_penalty_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present text;
    begun boolean;
BEGIN
    SELECT state INTO present FROM fraud_penalty WHERE id = NEW.penalty_id FOR UPDATE;
    begun := EXISTS (SELECT 1 FROM fraud_penaltymove WHERE penalty_id = NEW.penalty_id);
    IF (NEW.from_state = '' AND (begun OR NEW.to_state <> 'PROPOSED'))
       OR (NEW.from_state <> '' AND (present <> NEW.from_state OR NOT fraud_penalty_pair(NEW.from_state, NEW.to_state))) THEN
        PERFORM fraud_refuse('pénalité ' || NEW.penalty_id || ' : ' || present || ' ne mène pas à ' || NEW.to_state);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decides BEFORE INSERT OR UPDATE ON fraud_qualification FOR EACH ROW EXECUTE FUNCTION fraud_check_qualification();
CREATE TRIGGER apart BEFORE INSERT ON fraud_panelseat FOR EACH ROW EXECUTE FUNCTION fraud_check_seat();
CREATE TRIGGER open BEFORE INSERT ON fraud_intentevidence FOR EACH ROW EXECUTE FUNCTION fraud_check_intent();
CREATE TRIGGER begins BEFORE INSERT ON fraud_penalty FOR EACH ROW EXECUTE FUNCTION fraud_check_new_penalty();
CREATE TRIGGER moves BEFORE UPDATE ON fraud_penalty FOR EACH ROW EXECUTE FUNCTION fraud_check_penalty();
CREATE TRIGGER stays BEFORE DELETE ON fraud_penalty FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER follows BEFORE INSERT ON fraud_penaltymove FOR EACH ROW EXECUTE FUNCTION fraud_check_penalty_move();
"""
UNDO_PENALTIES = """
DROP TRIGGER follows ON fraud_penaltymove; DROP TRIGGER stays ON fraud_penalty; DROP TRIGGER moves ON fraud_penalty;
DROP TRIGGER begins ON fraud_penalty; DROP TRIGGER open ON fraud_intentevidence; DROP TRIGGER apart ON fraud_panelseat;
DROP TRIGGER decides ON fraud_qualification;
DROP FUNCTION fraud_check_penalty_move(); DROP FUNCTION fraud_check_penalty(); DROP FUNCTION fraud_check_new_penalty();
DROP FUNCTION fraud_check_intent(); DROP FUNCTION fraud_check_seat(); DROP FUNCTION fraud_check_qualification();
"""


def _protect(table: str, words: str | None) -> str:
    """Deletion is refused always; a change too, but for `words` when the case forgets (None: checked by another trigger)."""
    found = [
        f"CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change()",
        f"CREATE TRIGGER protect BEFORE DELETE ON fraud_{table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change()",
    ]
    if words == "":
        found.append(
            f"CREATE TRIGGER keeps BEFORE UPDATE ON fraud_{table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change()"
        )
    elif words:
        found.append(
            f"CREATE TRIGGER keeps BEFORE UPDATE ON fraud_{table} FOR EACH ROW "
            f"EXECUTE FUNCTION fraud_check_forgetting('{words}', '{OWNER.get(table, 'case')}')"
        )
    return ";\n".join(found) + ";"


def _unprotect(table: str) -> str:
    names = ("protect_all", "protect", "keeps")
    return " ".join(f"DROP TRIGGER IF EXISTS {name} ON fraud_{table};" for name in names)


CHECKED_APART = ("qualification", "paymentsuspension")
PROTECT = "\n".join(
    [_protect(table, None if table in CHECKED_APART else words) for table, words in FORGETTING.items()]
    + [_protect(table, "") for table in NEVER]
)
UNPROTECT = "\n".join(_unprotect(table) for table in (*FORGETTING, *NEVER))


class Migration(migrations.Migration):
    dependencies = [("fraud", "0003_the_papers_of_a_case"), ("accounts", "__first__")]

    operations = [
        migrations.RunSQL(MOVES, UNDO_MOVES),
        migrations.RunSQL(PAPERS, UNDO_PAPERS),
        migrations.RunSQL(PENALTIES, UNDO_PENALTIES),
        migrations.RunSQL(PROTECT, UNPROTECT),
    ]
