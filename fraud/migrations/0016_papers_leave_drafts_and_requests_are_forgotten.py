"""A paper joined by mistake leaves what was not sent yet. What was asked of third parties is forgotten with its case, and only
who is sworn and approved asks them. A list looked up in the directory is for an axis of the programme in force.
"""

from django.db import migrations, models

PAPERS = """
CREATE FUNCTION fraud_paper_may_leave(exchange bigint, item bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM fraud_infoexchange e WHERE e.id = exchange AND (e.state = 'DRAFT' OR (
        item IS NOT NULL AND e.direction = 'IN' AND e.kind = 'REQUEST' AND e.state IN ('ACKNOWLEDGED', 'EXPIRED'))))
$$;
CREATE FUNCTION fraud_check_paper_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever sends it at the same moment is waited for.
    PERFORM 1 FROM fraud_infoexchange WHERE id = OLD.exchange_id FOR SHARE;
    IF NOT fraud_paper_may_leave(OLD.exchange_id, OLD.item_id) THEN
        PERFORM fraud_refuse('pièce d’un échange : ce qui est envoyé ou reçu reste');
    END IF;
    IF EXISTS (SELECT 1 FROM fraud_evidenceitem WHERE id = OLD.evidence_id AND purged_on IS NULL)
       AND NOT EXISTS (SELECT 1 FROM fraud_exchangedocument WHERE evidence_id = OLD.evidence_id AND id <> OLD.id) THEN
        PERFORM fraud_refuse('pièce d’un échange : elle ne part qu’avec son contenu');
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER protect ON fraud_exchangedocument;
CREATE TRIGGER protect BEFORE UPDATE ON fraud_exchangedocument FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER leaves BEFORE DELETE ON fraud_exchangedocument FOR EACH ROW EXECUTE FUNCTION fraud_check_paper_leaves();

CREATE FUNCTION fraud_check_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT fraud_is_forgotten(OLD.case_id) AND EXISTS (
        SELECT 1 FROM fraud_exchangedocument d JOIN fraud_infoexchange e ON e.id = d.exchange_id
         WHERE d.evidence_id = OLD.id AND e.state NOT IN ('CLOSED', 'PURGED')
           AND NOT fraud_paper_may_leave(d.exchange_id, d.item_id)) THEN
        PERFORM fraud_refuse('pièce ' || OLD.id || ' : un échange envoyé la garde jusqu’à sa fin');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER emptied BEFORE UPDATE OF purged_on ON fraud_evidenceitem FOR EACH ROW
    WHEN (OLD.purged_on IS NULL AND NEW.purged_on IS NOT NULL) EXECUTE FUNCTION fraud_check_emptied();
"""
UNDO_PAPERS = """
DROP TRIGGER emptied ON fraud_evidenceitem; DROP FUNCTION fraud_check_emptied();
DROP TRIGGER leaves ON fraud_exchangedocument; DROP TRIGGER protect ON fraud_exchangedocument;
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_exchangedocument
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
DROP FUNCTION fraud_check_paper_leaves(); DROP FUNCTION fraud_paper_may_leave(bigint, bigint);
"""

KEPT = """number, case_id, kind, name, purpose, asked, concerned, persons, is_identified, attempt_on, attempt_way,
    no_attempt_reason, officer_id, sent_on"""


def _sent_stays(columns: str, unless: str = "") -> str:
    """The trigger under which what left in a letter changes no more."""
    old, new = (", ".join(f"{row}.{one.strip()}" for one in columns.split(",")) for row in ("OLD", "NEW"))
    return (
        f"CREATE TRIGGER sent_stays BEFORE UPDATE ON fraud_thirdpartyrequest FOR EACH ROW "
        f"WHEN (OLD.state <> 'PREPARED'{unless} AND ({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION portal_refuse_change();\n"
    )


FORGOTTEN = """
CREATE FUNCTION fraud_check_third_party_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words text[] := ARRAY['purged_on', 'name', 'address', 'asked', 'concerned', 'no_attempt_reason', 'secret'];
BEGIN
    IF OLD.purged_on IS NOT NULL OR (to_jsonb(OLD) - words) <> (to_jsonb(NEW) - words) THEN
        PERFORM fraud_refuse('demande ' || OLD.number || ' : effacée, elle garde sa trace et rien d’autre');
    END IF;
    IF NOT fraud_is_forgotten(OLD.case_id) OR OLD.state = 'FINE_PROPOSED' THEN
        PERFORM fraud_refuse('demande ' || OLD.number || ' : elle vit autant que son dossier, et que son amende à décider');
    END IF;
    IF EXISTS (SELECT 1 FROM fraud_evidenceitem WHERE reference = OLD.number AND purged_on IS NULL)
       OR EXISTS (SELECT 1 FROM fraud_thirdpartyanswer WHERE request_id = OLD.id AND purged_on IS NULL)
       OR EXISTS (SELECT 1 FROM fraud_thirdpartymove WHERE request_id = OLD.id AND reason <> '') THEN
        PERFORM fraud_refuse('demande ' || OLD.number || ' : ses réponses ou leurs pièces ne sont pas effacées');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forgotten BEFORE UPDATE ON fraud_thirdpartyrequest FOR EACH ROW
    WHEN (OLD.purged_on IS NOT NULL OR NEW.purged_on IS NOT NULL) EXECUTE FUNCTION fraud_check_third_party_forgotten();

-- What is written of a request, and the columns whose words go when its case forgets whom it was about.
CREATE FUNCTION fraud_check_third_party_words() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words text[] := string_to_array(TG_ARGV[0], ', ');
BEGIN
    IF NOT fraud_is_forgotten((SELECT case_id FROM fraud_thirdpartyrequest WHERE id = OLD.request_id))
       OR (to_jsonb(OLD) - words) <> (to_jsonb(NEW) - words) THEN
        PERFORM fraud_refuse(TG_TABLE_NAME || ' : cette table ne se modifie pas, elle se complète');
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER protect ON fraud_thirdpartyanswer; DROP TRIGGER protect ON fraud_thirdpartymove;
DROP TRIGGER decided_stays ON fraud_thirdpartyfine; DROP TRIGGER sent_stays ON fraud_thirdpartyrequest;
CREATE TRIGGER protect BEFORE DELETE ON fraud_thirdpartyanswer FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE DELETE ON fraud_thirdpartymove FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keeps BEFORE UPDATE ON fraud_thirdpartyanswer
    FOR EACH ROW EXECUTE FUNCTION fraud_check_third_party_words('words, contact, purged_on');
CREATE TRIGGER keeps BEFORE UPDATE ON fraud_thirdpartymove
    FOR EACH ROW EXECUTE FUNCTION fraud_check_third_party_words('reason');
""" + _sent_stays(f"{KEPT}, sent_by_id", " AND NEW.purged_on IS NULL")
FINE_STAYS = """
CREATE TRIGGER decided_stays BEFORE UPDATE ON fraud_thirdpartyfine FOR EACH ROW
    WHEN (OLD.state <> 'PROPOSED' OR (OLD.request_id, OLD.persons, OLD.per_person_cents, OLD.cap_cents, OLD.amount_cents,
          OLD.proposed_by_id, OLD.proposed_on, OLD.reason, OLD.reply_until) IS DISTINCT FROM (NEW.request_id, NEW.persons,
          NEW.per_person_cents, NEW.cap_cents, NEW.amount_cents, NEW.proposed_by_id, NEW.proposed_on, NEW.reason, NEW.reply_until))
    EXECUTE FUNCTION
"""
UNDO_FORGOTTEN = (
    """
DROP TRIGGER sent_stays ON fraud_thirdpartyrequest; DROP TRIGGER decided_stays ON fraud_thirdpartyfine;
DROP TRIGGER keeps ON fraud_thirdpartymove; DROP TRIGGER keeps ON fraud_thirdpartyanswer;
DROP TRIGGER protect ON fraud_thirdpartymove; DROP TRIGGER protect ON fraud_thirdpartyanswer;
DROP TRIGGER forgotten ON fraud_thirdpartyrequest;
DROP FUNCTION fraud_check_third_party_words(); DROP FUNCTION fraud_check_third_party_forgotten();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_thirdpartyanswer
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_thirdpartymove FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
"""
    + _sent_stays(KEPT)
    + f"{FINE_STAYS} portal_refuse_change();"
)
FORGOTTEN += f"{FINE_STAYS} fraud_check_third_party_words('reason, decision');"

SWORN = """
CREATE FUNCTION fraud_check_third_party_sworn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_swornofficer WHERE user_id = NEW.sent_by_id AND sworn_on <= NEW.sent_on
                   AND approved_on <= NEW.sent_on AND until > NEW.sent_on)
       OR NOT EXISTS (SELECT 1 FROM accounts_posting p
                       JOIN fraud_controlcase c ON c.fund = accounts_serves(p.role, p.fund, p.branch, NEW.sent_on)
                       WHERE c.id = NEW.case_id AND p.user_id = NEW.sent_by_id AND p.role = 'CONTROLLER'
                         AND p.starts_on <= NEW.sent_on AND (p.ends_on IS NULL OR p.ends_on > NEW.sent_on)) THEN
        PERFORM fraud_refuse('demande ' || NEW.number || ' : qui l’envoie n’est pas assermenté et agréé dans cette caisse ce jour-là');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sworn BEFORE UPDATE OF state ON fraud_thirdpartyrequest FOR EACH ROW
    WHEN (NEW.state = 'SENT' AND OLD.state <> 'SENT') EXECUTE FUNCTION fraud_check_third_party_sworn();
"""
UNDO_SWORN = "DROP TRIGGER sworn ON fraud_thirdpartyrequest; DROP FUNCTION fraud_check_third_party_sworn();"

AXIS = """
CREATE FUNCTION fraud_check_rncps_axis() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted date := coalesce(to_jsonb(NEW) ->> 'asked_on', to_jsonb(NEW) ->> 'dated')::date;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM fraud_programmeaxis a JOIN fraud_controlprogramme p ON p.id = a.programme_id
         WHERE a.code = NEW.reference AND p.body = NEW.fund AND p.year = extract(year FROM wanted)
           AND p.status IN ('ADOPTED', 'IN_PROGRESS') AND p.adopted_on <= wanted
           AND (p.superseded_on IS NULL OR p.superseded_on > wanted)) THEN
        PERFORM fraud_refuse('liste collective : ' || NEW.reference || ' n’est pas un axe du programme en vigueur de ' || NEW.fund);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER axis BEFORE INSERT ON fraud_rncpsorder FOR EACH ROW
    WHEN (NEW.mode = 'COLLECTIVE') EXECUTE FUNCTION fraud_check_rncps_axis();
CREATE TRIGGER axis BEFORE INSERT ON fraud_rncpsconsultation FOR EACH ROW
    WHEN (NEW.mode = 'COLLECTIVE' AND NEW.refusal = '') EXECUTE FUNCTION fraud_check_rncps_axis();
"""
UNDO_AXIS = """
DROP TRIGGER axis ON fraud_rncpsconsultation; DROP TRIGGER axis ON fraud_rncpsorder;
DROP FUNCTION fraud_check_rncps_axis();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_postings_by_branch"),
        ("fraud", "0015_rules_wait_for_an_opinion"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="evidenceitem", name="evidence_once"),
        migrations.AddConstraint(
            model_name="evidenceitem",
            constraint=models.UniqueConstraint(
                fields=("reference", "sha256"), condition=models.Q(("purged_on", None)), name="evidence_once"
            ),
        ),
        migrations.AddField(model_name="thirdpartyanswer", name="purged_on", field=models.DateField(null=True)),
        migrations.AddField(model_name="thirdpartyrequest", name="purged_on", field=models.DateField(null=True)),
        migrations.RemoveConstraint(model_name="thirdpartyanswer", name="third_party_given_is_something"),
        migrations.AddConstraint(
            model_name="thirdpartyanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purged_on__isnull", False),
                    models.Q(("kind", "GIVEN"), _negated=True),
                    models.Q(("words", b""), _negated=True),
                    ("papers__gt", 0),
                    _connector="OR",
                ),
                name="third_party_given_is_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("purged_on", None), models.Q(("contact", b""), ("words", b"")), _connector="OR"),
                name="third_party_purged_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purged_on", None),
                    models.Q(
                        ("address", "effacé"),
                        ("asked", "effacé"),
                        ("concerned", b""),
                        ("name", "effacé"),
                        ("no_attempt_reason__in", ["", "effacé"]),
                        ("secret", b""),
                    ),
                    _connector="OR",
                ),
                name="third_party_purged_is_a_shell",
            ),
        ),
        migrations.RunSQL(PAPERS, UNDO_PAPERS),
        migrations.RunSQL(FORGOTTEN, UNDO_FORGOTTEN),
        migrations.RunSQL(SWORN, UNDO_SWORN),
        migrations.RunSQL(AXIS, UNDO_AXIS),
    ]
