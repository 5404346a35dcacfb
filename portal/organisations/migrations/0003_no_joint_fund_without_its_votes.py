"""A joint fund is created step by step, whoever writes: no step is skipped, none is taken without its votes, its opinions and
its order; a vote stays once the order is signed; a fund that works has the missions that its file announced.

The pairs of states are those of `MOVES` (portal/organisations/rules/creation.py): a test compares them.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

FILES = """
CREATE FUNCTION organisations_refuse(sentence text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', sentence USING ERRCODE = '23514';
END $$;
CREATE FUNCTION organisations_creation_pair(former text, later text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (former, later) IN (
        ('PROPOSED', 'NATIONAL_OPINIONS'), ('PROPOSED', 'WITHDRAWN'),
        ('NATIONAL_OPINIONS', 'ORDER_SIGNED'), ('NATIONAL_OPINIONS', 'WITHDRAWN'),
        ('ORDER_SIGNED', 'LIVE'), ('ORDER_SIGNED', 'WITHDRAWN'))
$$;
-- What a file lacks to stand in its state; nothing when it lacks nothing.
CREATE FUNCTION organisations_creation_gap(f organisations_creationfile) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN f.state IN ('NATIONAL_OPINIONS', 'ORDER_SIGNED', 'LIVE') AND cardinality(f.concerned) > (
            SELECT count(*) FROM organisations_boardvote v
             WHERE v.file_id = f.id AND v.is_favourable AND v.body_id = ANY (f.concerned))
            THEN 'il manque le vote favorable d’un conseil'
        WHEN f.state IN ('ORDER_SIGNED', 'LIVE') AND cardinality(f.consulted) > (
            SELECT count(*) FROM organisations_nationalopinion o WHERE o.file_id = f.id AND o.body = ANY (f.consulted))
            THEN 'il manque l’avis d’un organisme national'
        WHEN f.state IN ('ORDER_SIGNED', 'LIVE')
             AND (f.order_reference = '' OR f.order_signed_on IS NULL OR f.starts_on IS NULL)
            THEN 'il manque l’arrêté du ministre'
        WHEN f.state = 'LIVE' AND (f.live_since IS NULL OR (f.live_since AT TIME ZONE 'Europe/Paris')::date < f.starts_on)
            THEN 'son premier jour n’est pas venu'
        WHEN f.state <> 'LIVE' AND f.live_since IS NOT NULL
            THEN 'une caisse qui n’est pas en service n’a pas de jour de mise en service'
        WHEN (f.state = 'WITHDRAWN') <> (f.withdrawn_on IS NOT NULL AND f.withdrawn_because <> '')
            THEN 'un retrait a son jour et son motif'
        ELSE '' END
$$;
CREATE FUNCTION organisations_check_creation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gap text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PROPOSED' OR NEW.order_reference <> '' OR NEW.order_signed_on IS NOT NULL OR NEW.starts_on IS NOT NULL
           OR cardinality(NEW.concerned) = 0 OR cardinality(NEW.consulted) = 0 OR cardinality(NEW.branches) = 0 THEN
            PERFORM organisations_refuse('caisse commune ' || NEW.code
                || ' : un dossier commence proposé, avec ses branches, les conseils qui votent, les avis à demander, sans arrêté');
        END IF;
    ELSE
        IF OLD.state IN ('LIVE', 'WITHDRAWN') THEN
            PERFORM organisations_refuse('caisse commune ' || OLD.code || ' : son dossier est fini, il ne change plus');
        END IF;
        IF (NEW.code, NEW.name, NEW.departement, NEW.branches, NEW.seat_city, NEW.concerned, NEW.consulted, NEW.proposed_on,
            NEW.opened_by_id, NEW.form_key)
           IS DISTINCT FROM (OLD.code, OLD.name, OLD.departement, OLD.branches, OLD.seat_city, OLD.concerned, OLD.consulted,
            OLD.proposed_on, OLD.opened_by_id, OLD.form_key)
           OR (OLD.order_reference <> '' AND (NEW.order_reference, NEW.order_signed_on, NEW.starts_on)
               IS DISTINCT FROM (OLD.order_reference, OLD.order_signed_on, OLD.starts_on)) THEN
            PERFORM organisations_refuse('caisse commune ' || OLD.code || ' : ce qui est proposé, puis arrêté, ne change pas');
        END IF;
        IF NEW.state <> OLD.state AND NOT organisations_creation_pair(OLD.state, NEW.state) THEN
            PERFORM organisations_refuse('caisse commune ' || OLD.code || ' : ' || OLD.state || ' ne mène pas à ' || NEW.state);
        END IF;
    END IF;
    gap := organisations_creation_gap(NEW);
    IF gap <> '' THEN
        PERFORM organisations_refuse('caisse commune ' || NEW.code || ' : ' || gap);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER steps BEFORE INSERT OR UPDATE ON organisations_creationfile FOR EACH ROW
    EXECUTE FUNCTION organisations_check_creation();
"""
UNDO_FILES = """
DROP TRIGGER steps ON organisations_creationfile;
DROP FUNCTION organisations_check_creation(); DROP FUNCTION organisations_creation_gap(organisations_creationfile);
DROP FUNCTION organisations_creation_pair(text, text); DROP FUNCTION organisations_refuse(text);
"""
DECIDED = """
CREATE FUNCTION organisations_check_vote() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found organisations_creationfile;
BEGIN
    SELECT * INTO found FROM organisations_creationfile WHERE id = NEW.file_id FOR UPDATE;
    IF TG_OP = 'UPDATE' AND (NEW.file_id, NEW.body_id) IS DISTINCT FROM (OLD.file_id, OLD.body_id) THEN
        PERFORM organisations_refuse('vote : il reste celui d’un conseil, sur un dossier');
    END IF;
    IF found.state NOT IN ('PROPOSED', 'NATIONAL_OPINIONS') THEN
        PERFORM organisations_refuse('vote : l’arrêté est signé ou le dossier retiré, les votes ne changent plus');
    END IF;
    IF found.state = 'NATIONAL_OPINIONS' AND NOT NEW.is_favourable THEN
        PERFORM organisations_refuse('vote : le dossier est aux avis nationaux, un conseil contre le fait retirer');
    END IF;
    IF NEW.body_id <> ALL (found.concerned) THEN
        PERFORM organisations_refuse('vote : ' || NEW.body_id || ' ne vote pas sur ce dossier');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER on_time BEFORE INSERT OR UPDATE ON organisations_boardvote FOR EACH ROW
    EXECUTE FUNCTION organisations_check_vote();

CREATE FUNCTION organisations_check_opinion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found organisations_creationfile;
BEGIN
    SELECT * INTO found FROM organisations_creationfile WHERE id = NEW.file_id FOR UPDATE;
    IF TG_OP = 'UPDATE' AND (NEW.file_id, NEW.body) IS DISTINCT FROM (OLD.file_id, OLD.body) THEN
        PERFORM organisations_refuse('avis : il reste celui d’un organisme, sur un dossier');
    END IF;
    IF found.state <> 'NATIONAL_OPINIONS' THEN
        PERFORM organisations_refuse('avis : il vient après les votes, avant l’arrêté');
    END IF;
    IF NEW.body <> ALL (found.consulted) THEN
        PERFORM organisations_refuse('avis : ' || NEW.body || ' n’est pas consulté sur ce dossier');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER on_time BEFORE INSERT OR UPDATE ON organisations_nationalopinion FOR EACH ROW
    EXECUTE FUNCTION organisations_check_opinion();
"""
UNDO_DECIDED = """
DROP TRIGGER on_time ON organisations_nationalopinion; DROP TRIGGER on_time ON organisations_boardvote;
DROP FUNCTION organisations_check_opinion(); DROP FUNCTION organisations_check_vote();
"""
MISSIONS = """
CREATE FUNCTION organisations_check_mission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM organisations_organisation WHERE code = NEW.body_id AND body = 'CCSS') THEN
        PERFORM organisations_refuse('mission : ' || NEW.body_id || ' n’est pas une caisse commune');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.body_id, NEW.branch, NEW.departement, NEW.former_id, NEW.starts_on)
       IS DISTINCT FROM (OLD.body_id, OLD.branch, OLD.departement, OLD.former_id, OLD.starts_on) THEN
        PERFORM organisations_refuse('mission : seule sa fin peut changer');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_joint_funds BEFORE INSERT OR UPDATE ON organisations_bodymission FOR EACH ROW
    EXECUTE FUNCTION organisations_check_mission();

-- At the end of the transaction: the missions are written after the move, or before it.
CREATE FUNCTION organisations_check_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(NEW.branches) AS wanted(branch) WHERE NOT EXISTS (
        SELECT 1 FROM organisations_bodymission m WHERE m.body_id = NEW.code AND m.branch = wanted.branch
           AND m.departement = NEW.departement AND m.starts_on = NEW.starts_on)) THEN
        PERFORM organisations_refuse('caisse commune ' || NEW.code || ' : en service sans les branches de son dossier');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER works AFTER UPDATE ON organisations_creationfile DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.state = 'LIVE') EXECUTE FUNCTION organisations_check_live();
"""
UNDO_MISSIONS = """
DROP TRIGGER works ON organisations_creationfile; DROP TRIGGER of_joint_funds ON organisations_bodymission;
DROP FUNCTION organisations_check_live(); DROP FUNCTION organisations_check_mission();
"""
SOCIAL = """
CREATE FUNCTION organisations_check_deliberation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM organisations_organisation WHERE code = NEW.body_id AND body = 'CCSS') THEN
        PERFORM organisations_refuse('délibération : ' || NEW.body_id || ' n’est pas une caisse commune');
    END IF;
    IF TG_OP = 'INSERT' AND NEW.deliberated_on IS NOT NULL THEN
        PERFORM organisations_refuse('délibération : un dossier est présenté avant d’être délibéré');
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.deliberated_on IS NOT NULL
        OR (NEW.body_id, NEW.title, NEW.presented_by_id, NEW.presented_on, NEW.guideline, NEW.form_key)
           IS DISTINCT FROM (OLD.body_id, OLD.title, OLD.presented_by_id, OLD.presented_on, OLD.guideline, OLD.form_key)) THEN
        PERFORM organisations_refuse('délibération : ce qui est présenté, puis délibéré, ne change pas');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER once BEFORE INSERT OR UPDATE ON organisations_socialactiondeliberation FOR EACH ROW
    EXECUTE FUNCTION organisations_check_deliberation();
"""
UNDO_SOCIAL = """
DROP TRIGGER once ON organisations_socialactiondeliberation; DROP FUNCTION organisations_check_deliberation();
"""
KEPT = ("creationfile", "boardvote", "nationalopinion", "bodymission", "socialactiondeliberation")
STAYS = "".join(
    f"""
CREATE TRIGGER kept BEFORE DELETE ON organisations_{one} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER kept_all BEFORE TRUNCATE ON organisations_{one} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
    for one in KEPT
)
UNDO_STAYS = "".join(
    f"DROP TRIGGER kept ON organisations_{one}; DROP TRIGGER kept_all ON organisations_{one};" for one in KEPT
)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_joint_funds"), ("audit", "0002_chain_and_protect")]

    operations = [
        migrations.AddField(
            model_name="creationfile",
            name="concerned",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="creationfile",
            name="consulted",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=list, size=None
            ),
        ),
        migrations.RunSQL(FILES, UNDO_FILES),
        migrations.RunSQL(DECIDED, UNDO_DECIDED),
        migrations.RunSQL(MISSIONS, UNDO_MISSIONS),
        migrations.RunSQL(SOCIAL, UNDO_SOCIAL),
        migrations.RunSQL(STAYS, UNDO_STAYS),
    ]
