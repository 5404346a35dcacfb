"""Who sends an envelope holds a post of the body whose files they are: at the joint fund that took it over, from its day on."""

from django.db import migrations

CHECK = """
CREATE OR REPLACE FUNCTION fraud_check_sending() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := (NEW.sent_at AT TIME ZONE 'Europe/Paris')::date;
    held fraud_authorisedofficer;
BEGIN
    SELECT * INTO held FROM fraud_authorisedofficer WHERE id = NEW.officer_id;
    IF held.body_id <> NEW.sender_id THEN
        RAISE EXCEPTION 'enveloppe % : l’agent est d’un autre organisme', NEW.envelope_id USING ERRCODE = '23514';
    END IF;
    IF NOT (SELECT is_here FROM fraud_exchangebody WHERE code = NEW.sender_id) THEN
        RAISE EXCEPTION 'enveloppe % : cet organisme n’est pas tenu ici', NEW.envelope_id USING ERRCODE = '23514';
    END IF;
    IF day < held.valid_from OR day >= held.valid_to OR day >= held.revoked_on THEN
        RAISE EXCEPTION 'enveloppe % : la désignation n’est pas en vigueur ce jour', NEW.envelope_id USING ERRCODE = '23514';
    END IF;
    IF held.user_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM accounts_posting p WHERE p.user_id = held.user_id AND SERVED_CODE = held.body_id
           AND p.starts_on <= day AND (p.ends_on IS NULL OR p.ends_on > day)
    ) THEN
        RAISE EXCEPTION 'enveloppe % : cette personne n’a pas ce poste ce jour', NEW.envelope_id USING ERRCODE = '23514';
    END IF;
    IF NEW.state <> 'WAITING' THEN
        RAISE EXCEPTION 'enveloppe % : elle commence dans la file', NEW.envelope_id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
"""
SERVED = "accounts_serves(p.role, p.fund, p.branch, day)"


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0016_papers_leave_drafts_and_requests_are_forgotten"),
        ("accounts", "0007_postings_by_branch"),
    ]
    operations = [migrations.RunSQL(CHECK.replace("SERVED_CODE", SERVED), CHECK.replace("SERVED_CODE", "p.fund"))]
