"""Facts told through pages have their table; what was received is never overwritten, whoever asks."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = ("familyfile", "familychild", "familyresources", "schooling", "commissiondecision", "boardingperiod")
# The row as it will be is compared whole, its end put aside: a new column is protected without a word here.
FUNCTION = """
CREATE FUNCTION benefits_keep_received() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ended timestamptz := NEW.known_until;
BEGIN
    NEW.known_until := OLD.known_until;
    IF OLD.known_until IS NOT NULL OR NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'ce qui a été reçu ne se réécrit pas : une nouvelle version y met fin' USING ERRCODE = '23514';
    END IF;
    NEW.known_until := ended;
    RETURN NEW;
END $$;
"""
ENTERED = """
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON benefits_enteredfacts
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON benefits_enteredfacts
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
RECEIVED = """
CREATE TRIGGER keep_received BEFORE UPDATE ON benefits_{table}
    FOR EACH ROW EXECUTE FUNCTION benefits_keep_received();
CREATE TRIGGER keep_rows BEFORE DELETE ON benefits_{table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON benefits_{table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
UNPROTECTED = """
DROP TRIGGER keep_received ON benefits_{table}; DROP TRIGGER keep_rows ON benefits_{table};
DROP TRIGGER keep_all ON benefits_{table};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("benefits", "0002_awards_of_issued_runs_stay"),
        ("exchange", "0007_files_of_senders_and_third_parties"),
    ]

    operations = [
        migrations.CreateModel(
            name="EnteredFacts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "act",
                    models.CharField(
                        choices=[("SCHOOLING", "scolarité"), ("DECISION", "décision de la CDAPH")], max_length=10
                    ),
                ),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("done_by", models.CharField(max_length=150)),
                ("done_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "fait saisi",
            },
        ),
        migrations.AddConstraint(
            model_name="boardingperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"),
                name="boarding_half_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="familychild",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dependent_until__isnull", True),
                    ("dependent_until__gt", models.F("dependent_from")),
                    _connector="OR",
                ),
                name="familychild_half_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="familychild",
            constraint=models.CheckConstraint(
                condition=models.Q(("dependent_from__gte", models.F("birth_date"))), name="familychild_after_birth"
            ),
        ),
        migrations.AddConstraint(
            model_name="familyresources",
            constraint=models.CheckConstraint(
                condition=models.Q(("net_category_income_cents__gte", 0)), name="familyresources_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="schooling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cycle__isnull", True), models.Q(("status", "NONE"), _negated=True), _connector="OR"
                ),
                name="schooling_cycle_when_at_school",
            ),
        ),
        migrations.AddConstraint(
            model_name="schooling",
            constraint=models.CheckConstraint(
                condition=models.Q(("monthly_pay_cents__isnull", True), ("monthly_pay_cents__gte", 0), _connector="OR"),
                name="schooling_pay_not_negative",
            ),
        ),
        migrations.AddField(
            model_name="enteredfacts",
            name="file",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exchange.receivedfile"
            ),
        ),
        migrations.AddIndex(
            model_name="enteredfacts",
            index=models.Index(fields=["beneficiary_no", "fund", "-id"], name="enteredfacts_family"),
        ),
        migrations.RunSQL(
            ENTERED, "DROP TRIGGER protect ON benefits_enteredfacts; DROP TRIGGER protect_all ON benefits_enteredfacts;"
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION benefits_keep_received();"),
        migrations.RunSQL(
            "".join(RECEIVED.format(table=table) for table in KEPT),
            "".join(UNPROTECTED.format(table=table) for table in KEPT),
        ),
    ]
