"""What each movement asks of the bank. Of a row, only how it stands may change: never whose money, nor how much."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = ("id", "case_id", "number", "day", "kind", "party", "parent_no", "amount_cents", "month")
OLD, NEW = (", ".join(f"{row}.{name}" for name in KEPT) for row in ("OLD", "NEW"))
PROTECT = f"""
CREATE TRIGGER protect BEFORE UPDATE ON aripa_bankmove FOR EACH ROW
    WHEN (({OLD}) IS DISTINCT FROM ({NEW}) OR NEW.tries < OLD.tries) EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE DELETE OR TRUNCATE ON aripa_bankmove
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
LET = "DROP TRIGGER protect ON aripa_bankmove; DROP TRIGGER protect_all ON aripa_bankmove;"


class Migration(migrations.Migration):
    dependencies = [
        ("aripa", "0005_what_parents_do"),
        ("audit", "0002_chain_and_protect"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=12)),
                ("party", models.CharField(max_length=9)),
                ("parent_no", models.CharField(max_length=40)),
                ("amount_cents", models.BigIntegerField()),
                ("month", models.DateField(null=True)),
                ("tries", models.SmallIntegerField()),
                (
                    "waits",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "rien n’attend"),
                            ("NO_ACCOUNT", "pas de compte bancaire valable"),
                            ("CAME_BACK", "versement revenu de la banque"),
                            ("FILE_REFUSED", "fichier refusé en entier par la banque"),
                        ],
                        max_length=12,
                    ),
                ),
                ("since", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_moves",
                        to="aripa.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "mouvement demandé à la banque",
                "indexes": [
                    models.Index(fields=["day", "kind"], name="bankmove_day"),
                    models.Index(
                        condition=models.Q(("waits", ""), _negated=True), fields=["since", "id"], name="bankmove_waits"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "number"), name="bankmove_once"),
                    models.CheckConstraint(condition=models.Q(("amount_cents__gt", 0)), name="bankmove_moves"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("since__isnull", True), ("tries__gt", 0), ("waits", "")),
                            models.Q(models.Q(("waits", ""), _negated=True), ("since__isnull", False)),
                            _connector="OR",
                        ),
                        name="bankmove_ordered_or_waits",
                    ),
                ],
            },
        ),
        migrations.RunSQL(PROTECT, LET),
    ]
