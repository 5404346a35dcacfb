"""Papers that prove: kept as they came, whoever writes."""

import django.db.models.deletion
from django.db import migrations, models

EVIDENCE = """
CREATE FUNCTION fraud_check_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    former jsonb := to_jsonb(OLD) - 'case_id' - 'content' - 'purged_on';
    later jsonb := to_jsonb(NEW) - 'case_id' - 'content' - 'purged_on';
    tied boolean := OLD.case_id IS NULL AND NEW.case_id IS NOT NULL
        AND NEW.content = OLD.content AND NEW.purged_on IS NOT DISTINCT FROM OLD.purged_on;
    emptied boolean := OLD.purged_on IS NULL AND NEW.purged_on IS NOT NULL
        AND length(NEW.content) = 0 AND NEW.case_id IS NOT DISTINCT FROM OLD.case_id;
BEGIN
    IF former <> later OR NOT (tied OR emptied) THEN
        RAISE EXCEPTION 'pièce % : une preuve ne se modifie pas', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE UPDATE ON fraud_evidenceitem FOR EACH ROW EXECUTE FUNCTION fraud_check_evidence();
CREATE TRIGGER protect BEFORE DELETE ON fraud_evidenceitem FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_evidenceitem
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
ALTER TABLE fraud_evidenceitem ADD CONSTRAINT evidence_says_where_from
    CHECK (provenance ?& ARRAY['body', 'system', 'extraction_at', 'officer']);
"""
UNDO_EVIDENCE = """
ALTER TABLE fraud_evidenceitem DROP CONSTRAINT evidence_says_where_from;
DROP TRIGGER protect_all ON fraud_evidenceitem;
DROP TRIGGER protect ON fraud_evidenceitem;
DROP TRIGGER keeps ON fraud_evidenceitem;
DROP FUNCTION fraud_check_evidence();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("fraud", "0001_control_begins"),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PDF", "document PDF"),
                            ("PNG", "image PNG"),
                            ("JPEG", "image JPEG"),
                            ("TEXT", "texte ou données"),
                        ],
                        max_length=4,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                ("provenance", models.JSONField()),
                ("kept_by", models.CharField(max_length=150)),
                ("kept_at", models.DateTimeField()),
                ("purged_on", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="fraud.controlcase",
                    ),
                ),
            ],
            options={
                "verbose_name": "pièce de preuve",
                "indexes": [models.Index(fields=["case", "id"], name="evidence_case")],
                "constraints": [models.UniqueConstraint(fields=("reference", "sha256"), name="evidence_once")],
            },
        ),
        migrations.RunSQL(EVIDENCE, UNDO_EVIDENCE),
    ]
