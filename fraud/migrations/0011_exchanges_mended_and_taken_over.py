"""Exchanges are mended and taken over: a draft is written otherwise until it leaves, another officer of the body goes on with
what left, one paper may answer two items; and a designation is asked for the benefit and the département too, whoever writes.
"""

from django.db import migrations, models

RULES = """
CREATE FUNCTION fraud_designated_for(officer bigint, body varchar, day date, benefit varchar, place varchar) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT fraud_designated_on(officer, body, day) AND EXISTS (
        SELECT 1 FROM fraud_authorisedofficer o WHERE o.id = officer AND benefit = ANY (o.scopes)
           AND (cardinality(o.territory) = 0 OR place = ANY (o.territory)));
$$;
CREATE OR REPLACE FUNCTION fraud_exchange_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.dated <> (coalesce(NEW.acknowledged_at, NEW.sent_at) AT TIME ZONE 'Europe/Paris')::date THEN
        RAISE EXCEPTION 'échange % : son jour n''est pas celui de son envoi', NEW.number USING ERRCODE = '23514';
    END IF;
    IF NOT fraud_designated_for(NEW.officer_id, NEW.holder_id, NEW.dated, NEW.scope, NEW.departement)
       OR NOT fraud_designated_for(NEW.counterpart_officer_id, NEW.counterpart_id, NEW.dated, NEW.scope, NEW.departement) THEN
        RAISE EXCEPTION 'échange % : une des deux personnes n''est pas désignée ce jour pour cela, ou pas là', NEW.number
            USING ERRCODE = '23514';
    END IF;
    IF NEW.legal_basis = 'L114-12' AND NEW.dated < DATE '2019-12-28' AND NOT NEW.payload_kinds <@ '{INFORMATION}' THEN
        RAISE EXCEPTION 'échange % : L. 114-12 ne permettait alors que des renseignements', NEW.number
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION fraud_exchange_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total int;
    given int;
    undecided int;
    told text;
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'SENT'), ('DRAFT', 'CLOSED'),
        ('SENT', 'ACKNOWLEDGED'), ('SENT', 'REFUSED'), ('SENT', 'EXPIRED'),
        ('ACKNOWLEDGED', 'ANSWERED'), ('ACKNOWLEDGED', 'PARTIAL'), ('ACKNOWLEDGED', 'REFUSED'),
        ('ACKNOWLEDGED', 'EXPIRED'), ('ACKNOWLEDGED', 'CLOSED'),
        ('ANSWERED', 'CLOSED'), ('PARTIAL', 'CLOSED'), ('REFUSED', 'CLOSED'),
        ('EXPIRED', 'ANSWERED'), ('EXPIRED', 'PARTIAL'), ('EXPIRED', 'REFUSED'), ('EXPIRED', 'CLOSED'),
        ('CLOSED', 'PURGED')
    ) THEN
        RAISE EXCEPTION 'échange % : % ne mène pas à %', OLD.number, OLD.state, NEW.state USING ERRCODE = '23514';
    END IF;
    IF NEW.state IN ('ANSWERED', 'PARTIAL', 'REFUSED') THEN
        SELECT count(*), count(*) FILTER (WHERE outcome = 'GIVEN'), count(*) FILTER (WHERE outcome = '')
          INTO total, given, undecided FROM fraud_exchangeitem WHERE exchange_id = NEW.id;
        told := CASE given WHEN total THEN 'ANSWERED' WHEN 0 THEN 'REFUSED' ELSE 'PARTIAL' END;
        IF total = 0 OR undecided > 0 OR NEW.state <> told THEN
            RAISE EXCEPTION 'échange % : chaque élément doit être décidé, et l''état le dire', NEW.number
                USING ERRCODE = '23514';
        END IF;
        IF NEW.direction = 'IN' AND NOT fraud_designated_for(
            NEW.officer_id, NEW.holder_id, (NEW.answered_at AT TIME ZONE 'Europe/Paris')::date, NEW.scope, NEW.departement) THEN
            RAISE EXCEPTION 'échange % : qui répond n''est pas désigné ce jour', NEW.number USING ERRCODE = '23514';
        END IF;
    END IF;
    IF NEW.state = 'PURGED' AND (
        EXISTS (SELECT 1 FROM fraud_exchangeitem WHERE exchange_id = NEW.id AND sealed IS NOT NULL)
        OR EXISTS (SELECT 1 FROM fraud_exchangedocument d JOIN fraud_evidenceitem e ON e.id = d.evidence_id
                    WHERE d.exchange_id = NEW.id AND e.purged_on IS NULL)) THEN
        RAISE EXCEPTION 'échange % : son contenu n''est pas tout effacé', NEW.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION fraud_exchange_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'PURGED' OR (OLD.holder_id, OLD.direction, OLD.kind, OLD.reference, OLD.number)
       IS DISTINCT FROM (NEW.holder_id, NEW.direction, NEW.kind, NEW.reference, NEW.number)
       -- Until it leaves, a draft may be written otherwise.
       OR ((OLD.state, NEW.state) IS DISTINCT FROM ('DRAFT', 'DRAFT') AND (
        OLD.counterpart_id, OLD.legal_basis, OLD.purpose, OLD.scope, OLD.departement,
        OLD.period_start, OLD.period_end, OLD.payload_kinds)
       IS DISTINCT FROM (
        NEW.counterpart_id, NEW.legal_basis, NEW.purpose, NEW.scope, NEW.departement,
        NEW.period_start, NEW.period_end, NEW.payload_kinds))
       OR (OLD.case_id IS NOT NULL AND OLD.case_id IS DISTINCT FROM NEW.case_id) THEN
        RAISE EXCEPTION 'échange % : ce qui a été demandé ne change plus', OLD.number USING ERRCODE = '23514';
    END IF;
    -- Somebody of the same body may go on with it, on either side, until it is closed.
    IF (OLD.officer_id, OLD.counterpart_officer_id) <> (NEW.officer_id, NEW.counterpart_officer_id) AND (
        OLD.state = 'CLOSED'
        OR NOT EXISTS (SELECT 1 FROM fraud_authorisedofficer o WHERE o.id = NEW.officer_id AND o.body_id = NEW.holder_id)
        OR NOT EXISTS (SELECT 1 FROM fraud_authorisedofficer o
                        WHERE o.id = NEW.counterpart_officer_id AND o.body_id = NEW.counterpart_id)) THEN
        RAISE EXCEPTION 'échange % : qui le suit ne change plus, ou n''est pas de cet organisme', OLD.number
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_exchange_item_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_infoexchange e WHERE e.id = OLD.exchange_id AND e.state = 'DRAFT') THEN
        RAISE EXCEPTION 'cet élément ne s''efface pas : seul un brouillon se récrit' USING ERRCODE = '23514';
    END IF;
    RETURN OLD;
END $$;
DROP TRIGGER protect ON fraud_exchangeitem;
CREATE TRIGGER protect BEFORE DELETE ON fraud_exchangeitem FOR EACH ROW EXECUTE FUNCTION fraud_exchange_item_goes();
-- The trace of a refused envelope goes at its term (`envelope.refused_kept_months`), and never in its first six months.
CREATE OR REPLACE FUNCTION fraud_protect_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.received_at > now() - interval '6 months' THEN
            RAISE EXCEPTION 'refus % : il reste tel qu’il fut', OLD.id USING ERRCODE = '23514';
        END IF;
        RETURN OLD;
    END IF;
    IF to_jsonb(NEW) - 'times' <> to_jsonb(OLD) - 'times' OR NEW.times < OLD.times THEN
        RAISE EXCEPTION 'refus % : il reste tel qu’il fut', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
"""
UNDO = """
CREATE OR REPLACE FUNCTION fraud_protect_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'times' <> to_jsonb(OLD) - 'times' OR NEW.times < OLD.times THEN
        RAISE EXCEPTION 'refus % : il reste tel qu’il fut', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER protect ON fraud_exchangeitem;
CREATE TRIGGER protect BEFORE DELETE ON fraud_exchangeitem FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
DROP FUNCTION fraud_exchange_item_goes();
CREATE OR REPLACE FUNCTION fraud_exchange_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.dated <> (coalesce(NEW.acknowledged_at, NEW.sent_at) AT TIME ZONE 'Europe/Paris')::date THEN
        RAISE EXCEPTION 'échange % : son jour n''est pas celui de son envoi', NEW.number USING ERRCODE = '23514';
    END IF;
    IF NOT fraud_designated_on(NEW.officer_id, NEW.holder_id, NEW.dated)
       OR NOT fraud_designated_on(NEW.counterpart_officer_id, NEW.counterpart_id, NEW.dated) THEN
        RAISE EXCEPTION 'échange % : une des deux personnes n''est pas désignée ce jour', NEW.number
            USING ERRCODE = '23514';
    END IF;
    IF NEW.legal_basis = 'L114-12' AND NEW.dated < DATE '2019-12-28' AND NOT NEW.payload_kinds <@ '{INFORMATION}' THEN
        RAISE EXCEPTION 'échange % : L. 114-12 ne permettait alors que des renseignements', NEW.number
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION fraud_exchange_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total int;
    given int;
    undecided int;
    told text;
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'SENT'), ('DRAFT', 'CLOSED'),
        ('SENT', 'ACKNOWLEDGED'), ('SENT', 'REFUSED'), ('SENT', 'EXPIRED'),
        ('ACKNOWLEDGED', 'ANSWERED'), ('ACKNOWLEDGED', 'PARTIAL'), ('ACKNOWLEDGED', 'REFUSED'),
        ('ACKNOWLEDGED', 'EXPIRED'), ('ACKNOWLEDGED', 'CLOSED'),
        ('ANSWERED', 'CLOSED'), ('PARTIAL', 'CLOSED'), ('REFUSED', 'CLOSED'),
        ('EXPIRED', 'ANSWERED'), ('EXPIRED', 'PARTIAL'), ('EXPIRED', 'REFUSED'), ('EXPIRED', 'CLOSED'),
        ('CLOSED', 'PURGED')
    ) THEN
        RAISE EXCEPTION 'échange % : % ne mène pas à %', OLD.number, OLD.state, NEW.state USING ERRCODE = '23514';
    END IF;
    IF NEW.state IN ('ANSWERED', 'PARTIAL', 'REFUSED') THEN
        SELECT count(*), count(*) FILTER (WHERE outcome = 'GIVEN'), count(*) FILTER (WHERE outcome = '')
          INTO total, given, undecided FROM fraud_exchangeitem WHERE exchange_id = NEW.id;
        told := CASE given WHEN total THEN 'ANSWERED' WHEN 0 THEN 'REFUSED' ELSE 'PARTIAL' END;
        IF total = 0 OR undecided > 0 OR NEW.state <> told THEN
            RAISE EXCEPTION 'échange % : chaque élément doit être décidé, et l''état le dire', NEW.number
                USING ERRCODE = '23514';
        END IF;
        IF NEW.direction = 'IN' AND NOT fraud_designated_on(
            NEW.officer_id, NEW.holder_id, (NEW.answered_at AT TIME ZONE 'Europe/Paris')::date) THEN
            RAISE EXCEPTION 'échange % : qui répond n''est pas désigné ce jour', NEW.number USING ERRCODE = '23514';
        END IF;
    END IF;
    IF NEW.state = 'PURGED' AND (
        EXISTS (SELECT 1 FROM fraud_exchangeitem WHERE exchange_id = NEW.id AND sealed IS NOT NULL)
        OR EXISTS (SELECT 1 FROM fraud_exchangedocument d JOIN fraud_evidenceitem e ON e.id = d.evidence_id
                    WHERE d.exchange_id = NEW.id AND e.purged_on IS NULL)) THEN
        RAISE EXCEPTION 'échange % : son contenu n''est pas tout effacé', NEW.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION fraud_exchange_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'PURGED' OR (
        OLD.holder_id, OLD.direction, OLD.kind, OLD.reference, OLD.number, OLD.counterpart_id, OLD.counterpart_officer_id,
        OLD.legal_basis, OLD.purpose, OLD.scope, OLD.departement, OLD.period_start, OLD.period_end, OLD.payload_kinds)
       IS DISTINCT FROM (
        NEW.holder_id, NEW.direction, NEW.kind, NEW.reference, NEW.number, NEW.counterpart_id, NEW.counterpart_officer_id,
        NEW.legal_basis, NEW.purpose, NEW.scope, NEW.departement, NEW.period_start, NEW.period_end, NEW.payload_kinds)
       OR (OLD.direction = 'OUT' AND OLD.officer_id <> NEW.officer_id)
       OR (OLD.case_id IS NOT NULL AND OLD.case_id IS DISTINCT FROM NEW.case_id) THEN
        RAISE EXCEPTION 'échange % : ce qui a été demandé ne change plus', OLD.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION fraud_designated_for(bigint, varchar, date, varchar, varchar);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0010_programme_and_reading_of_the_journal"),
    ]

    operations = [
        migrations.RunSQL(RULES, UNDO),
        migrations.RemoveConstraint(
            model_name="exchangedocument",
            name="exchange_document_once",
        ),
        migrations.AddIndex(
            model_name="outgoingenvelope",
            index=models.Index(
                condition=models.Q(("kept_key__isnull", False)), fields=["sent_at"], name="outgoing_kept"
            ),
        ),
        migrations.AddIndex(
            model_name="receivedenvelope",
            index=models.Index(
                condition=models.Q(("kept_key__isnull", False)), fields=["received_at"], name="received_kept"
            ),
        ),
        migrations.AddConstraint(
            model_name="exchangedocument",
            constraint=models.UniqueConstraint(
                fields=("exchange", "evidence", "item"), name="exchange_document_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("departement", ""), _negated=True), name="exchange_has_a_place"
            ),
        ),
    ]
