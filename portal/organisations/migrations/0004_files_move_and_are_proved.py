"""What is noted of an open file on a joint fund's first day never changes; it is found again, or what lacks is told."""

from django.db import migrations, models

NOTED = """
CREATE FUNCTION organisations_check_filemove() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.creation_id, NEW.kind, NEW.key, NEW.former, NEW.deadline)
       IS DISTINCT FROM (OLD.creation_id, OLD.kind, OLD.key, OLD.former, OLD.deadline)
       OR (OLD.moved_at IS NOT NULL AND NEW.moved_at IS DISTINCT FROM OLD.moved_at) THEN
        PERFORM organisations_refuse('dossier repris ' || OLD.kind || ' : ce qui est noté le premier jour ne change plus');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER noted BEFORE UPDATE ON organisations_filemove FOR EACH ROW EXECUTE FUNCTION organisations_check_filemove();
CREATE TRIGGER kept BEFORE DELETE ON organisations_filemove FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER kept_all BEFORE TRUNCATE ON organisations_filemove FOR EACH STATEMENT
    EXECUTE FUNCTION portal_refuse_change();
"""
UNDO_NOTED = """
DROP TRIGGER noted ON organisations_filemove; DROP TRIGGER kept ON organisations_filemove;
DROP TRIGGER kept_all ON organisations_filemove; DROP FUNCTION organisations_check_filemove();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0003_no_joint_fund_without_its_votes"),
    ]

    operations = [
        migrations.AddIndex(model_name="filemove", index=models.Index(fields=["kind", "key"], name="filemove_file")),
        migrations.AddField(
            model_name="filemove",
            name="trouble",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="filemove",
            name="moved_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="filemove",
            index=models.Index(condition=models.Q(("moved_at", None)), fields=["creation", "id"], name="filemove_left"),
        ),
        migrations.AddIndex(
            model_name="filemove",
            index=models.Index(
                condition=models.Q(("trouble", ""), _negated=True), fields=["creation", "id"], name="filemove_trouble"
            ),
        ),
        migrations.AddConstraint(
            model_name="filemove",
            constraint=models.CheckConstraint(
                condition=models.Q(("moved_at", None), ("trouble", ""), _connector="OR"),
                name="filemove_found_or_in_trouble",
            ),
        ),
        migrations.RunSQL(NOTED, UNDO_NOTED),
    ]
