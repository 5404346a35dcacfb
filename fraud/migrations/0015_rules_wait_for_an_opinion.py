"""A version of a rule begins by waiting for the opinion of the data protection officer, and runs only once it is written."""

from django.db import migrations, models

MOVES = """
CREATE OR REPLACE FUNCTION fraud_check_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state') THEN
        RAISE EXCEPTION 'règle % version % : ce qui a été publié ne change pas, une nouvelle version le remplace',
            OLD.code, OLD.version USING ERRCODE = '23514';
    END IF;
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        {pairs}
    ) THEN
        RAISE EXCEPTION 'règle % version % : % ne mène pas à %', OLD.code, OLD.version, OLD.state, NEW.state
            USING ERRCODE = '23514';
    END IF;{opinion}
    RETURN NEW;
END $$;
"""
BEFORE = "('RUNNING', 'SUSPENDED'), ('RUNNING', 'REPLACED'), ('SUSPENDED', 'REPLACED')"
PAIRS = f"""('AWAITING', 'RUNNING'), ('AWAITING', 'SUSPENDED'), ('AWAITING', 'REPLACED'),
        {BEFORE}"""
OPINION = """
    IF OLD.state = 'AWAITING' AND NEW.state = 'RUNNING' AND NOT EXISTS (
        SELECT 1 FROM fraud_rulemove m
         WHERE m.rule_id = OLD.id AND m.from_state = 'AWAITING' AND m.to_state = 'RUNNING' AND m.by <> OLD.published_by
    ) THEN
        RAISE EXCEPTION 'règle % version % : aucun avis d’une autre personne que celle qui l’a publiée', OLD.code, OLD.version
            USING ERRCODE = '23514';
    END IF;"""
FIRST = """
CREATE FUNCTION fraud_check_new_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'AWAITING' THEN
        RAISE EXCEPTION 'règle % version % : elle attend d’abord un avis', NEW.code, NEW.version USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER awaits BEFORE INSERT ON fraud_ruleversion FOR EACH ROW EXECUTE FUNCTION fraud_check_new_rule();
"""
UNDO_FIRST = "DROP TRIGGER awaits ON fraud_ruleversion; DROP FUNCTION fraud_check_new_rule();"
SQL = MOVES.format(pairs=PAIRS, opinion=OPINION) + FIRST
UNDO = UNDO_FIRST + MOVES.format(pairs=BEFORE, opinion="")
STATES = [
    ("AWAITING", "Attend un avis"),
    ("RUNNING", "En service"),
    ("SUSPENDED", "Suspendue"),
    ("REPLACED", "Remplacée"),
]


class Migration(migrations.Migration):
    dependencies = [("fraud", "0014_suspensions_are_proposed")]

    operations = [
        migrations.AlterField(
            model_name="ruleversion",
            name="state",
            field=models.CharField(choices=STATES, default="AWAITING", max_length=9),
        ),
        migrations.AlterField(
            model_name="rulemove",
            name="from_state",
            field=models.CharField(blank=True, choices=STATES, max_length=9),
        ),
        migrations.AlterField(
            model_name="rulemove", name="to_state", field=models.CharField(choices=STATES, max_length=9)
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
