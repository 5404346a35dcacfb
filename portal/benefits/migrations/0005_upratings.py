"""What is announced of an uprating is never rewritten, and what was previewed of a family is never changed."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

KEEP = """
CREATE FUNCTION benefits_keep_uprating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.form_key, NEW.key, NEW.from_day, NEW.value_cents, NEW.before_cents, NEW.source, NEW.reason, NEW.asks_two,
        NEW.proposed_by, NEW.proposed_at) IS DISTINCT FROM
       (OLD.form_key, OLD.key, OLD.from_day, OLD.value_cents, OLD.before_cents, OLD.source, OLD.reason, OLD.asks_two,
        OLD.proposed_by, OLD.proposed_at) THEN
        RAISE EXCEPTION 'un montant annoncé ne se réécrit pas : retirez-le et proposez-en un autre' USING ERRCODE = '23514';
    END IF;
    IF OLD.state IN ('IN_FORCE', 'WITHDRAWN') THEN
        RAISE EXCEPTION 'une revalorisation en vigueur ou retirée ne change plus' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_announced BEFORE UPDATE ON benefits_uprating
    FOR EACH ROW EXECUTE FUNCTION benefits_keep_uprating();
CREATE TRIGGER keep_rows BEFORE DELETE ON benefits_uprating FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON benefits_uprating FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER keep_lines BEFORE UPDATE ON benefits_upratingline
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
"""
LOOSE = """
DROP TRIGGER keep_lines ON benefits_upratingline; DROP TRIGGER keep_all ON benefits_uprating;
DROP TRIGGER keep_rows ON benefits_uprating; DROP TRIGGER keep_announced ON benefits_uprating;
DROP FUNCTION benefits_keep_uprating();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("batches", "0005_runs_done_at_once"),
        ("benefits", "0003_small_sums_wait"),
    ]

    operations = [
        migrations.CreateModel(
            name="Uprating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form_key", models.UUIDField(unique=True)),
                ("key", models.CharField(max_length=60)),
                ("from_day", models.DateField()),
                ("value_cents", models.BigIntegerField()),
                ("before_cents", models.BigIntegerField(null=True)),
                ("source", models.CharField(max_length=200)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("asks_two", models.BooleanField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposée"),
                            ("PREVIEWED", "Vue avant son jour"),
                            ("CONFIRMED", "Confirmée"),
                            ("IN_FORCE", "En vigueur"),
                            ("WITHDRAWN", "Retirée"),
                        ],
                        default="PROPOSED",
                        max_length=10,
                    ),
                ),
                ("proposed_by", models.CharField(max_length=150)),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_by", models.CharField(blank=True, max_length=150)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_digest", models.CharField(blank=True, max_length=64)),
                (
                    "run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="batches.run"
                    ),
                ),
            ],
            options={
                "verbose_name": "revalorisation",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("value_cents__gt", 0)), name="uprating_above_zero"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "WITHDRAWN"), _negated=True),
                        fields=("key", "from_day"),
                        name="uprating_one_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("before_cents__isnull", True),
                            ("value_cents__gte", models.F("before_cents")),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="uprating_lower_with_a_word",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("CONFIRMED", "IN_FORCE")), _negated=True),
                            models.Q(
                                models.Q(("confirmed_by", ""), _negated=True),
                                models.Q(("confirmed_digest", ""), _negated=True),
                                ("confirmed_at__isnull", False),
                                ("run__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="uprating_confirmed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("CONFIRMED", "IN_FORCE")), _negated=True),
                            ("asks_two", False),
                            models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="uprating_two_people",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UpratingLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slice_number", models.SmallIntegerField()),
                (
                    "benefit",
                    models.CharField(
                        choices=[
                            ("ARS", "Allocation de rentrée scolaire"),
                            ("AEEH", "Allocation d’éducation de l’enfant handicapé"),
                        ],
                        max_length=4,
                    ),
                ),
                ("fund", models.CharField(max_length=8)),
                ("beneficiary_no", models.CharField(max_length=40)),
                ("territory", models.CharField(max_length=9)),
                ("before_cents", models.BigIntegerField()),
                ("after_cents", models.BigIntegerField()),
                ("difference_cents", models.BigIntegerField()),
                ("crosses", models.BooleanField()),
                ("refusal", models.CharField(blank=True, max_length=40)),
                ("facts", models.JSONField()),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uprating_lines",
                        to="batches.run",
                    ),
                ),
            ],
            options={
                "verbose_name": "famille d’un aperçu",
                "indexes": [
                    models.Index(fields=["run", "benefit", "-difference_cents", "id"], name="upratingline_largest"),
                    models.Index(fields=["run", "benefit", "fund", "beneficiary_no"], name="upratingline_listed"),
                    models.Index(
                        condition=models.Q(("refusal", ""), _negated=True),
                        fields=["run", "benefit", "id"],
                        name="upratingline_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("crosses", True)),
                        fields=["run", "benefit", "id"],
                        name="upratingline_crossing",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "benefit", "beneficiary_no", "fund"), name="upratingline_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("after_cents__gte", 0),
                            ("before_cents__gte", 0),
                            (
                                "difference_cents",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("after_cents"), "-", models.F("before_cents")
                                ),
                            ),
                        ),
                        name="upratingline_adds_up",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LOOSE),
    ]
