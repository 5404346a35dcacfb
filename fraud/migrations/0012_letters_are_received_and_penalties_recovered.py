"""Letters are received on a certain day, copies name what was joined, an acquittal and the recovery of a penalty are acts.

The database refuses what the operations refuse: a penalty decided before its month ran from the receipt of what announced it,
a formal notice of a penalty that is not final, a surcharge or a contrainte before the month of the formal notice, a penalty
on facts for which the person was acquitted, and any change of these rows.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
CREATE FUNCTION fraud_check_receipt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_casepaper WHERE id = NEW.paper_id AND sent_on <= NEW.received_on) THEN
        PERFORM fraud_refuse('réception : un courrier ne se reçoit pas avant son envoi');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agrees BEFORE INSERT ON fraud_paperdelivery FOR EACH ROW EXECUTE FUNCTION fraud_check_receipt();

CREATE FUNCTION fraud_check_copied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_casepaper p JOIN fraud_evidenceitem e ON e.case_id = p.case_id
                    WHERE p.id = NEW.paper_id AND e.id = NEW.item_id AND p.kind = 'COPIES') THEN
        PERFORM fraud_refuse('copie : ce document n’est pas de ce dossier');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agrees BEFORE INSERT ON fraud_copieditem FOR EACH ROW EXECUTE FUNCTION fraud_check_copied();

CREATE FUNCTION fraud_check_penalty_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_casepaper p JOIN fraud_paperdelivery d ON d.paper_id = p.id
                    WHERE p.case_id = OLD.case_id AND p.kind = 'PENALTY_NOTIFIED' AND p.sent_on >= OLD.notified_on
                      AND d.until < NEW.decided_on) THEN
        PERFORM fraud_refuse('pénalité : le mois de la personne court depuis la réception, et n’est pas passé');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER received BEFORE UPDATE OF state ON fraud_penalty FOR EACH ROW
    WHEN (OLD.state = 'NOTIFIED' AND NEW.state IN ('DECIDED', 'WARNED')) EXECUTE FUNCTION fraud_check_penalty_received();

CREATE FUNCTION fraud_check_not_acquitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM fraud_acquittal WHERE case_id = NEW.case_id) THEN
        PERFORM fraud_refuse('pénalité : le juge pénal a relaxé la personne pour ces faits');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_acquitted BEFORE INSERT ON fraud_penalty FOR EACH ROW EXECUTE FUNCTION fraud_check_not_acquitted();

CREATE FUNCTION fraud_check_demand() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided bigint;
    paid bigint;
BEGIN
    SELECT decided_cents INTO decided FROM fraud_penalty WHERE id = NEW.penalty_id AND state = 'FINAL' FOR UPDATE;
    IF decided IS NULL THEN
        PERFORM fraud_refuse('recouvrement : la pénalité n’est pas définitive');
    END IF;
    IF EXISTS (SELECT 1 FROM fraud_penalty WHERE id = NEW.penalty_id AND proposed_by_id = NEW.signed_by_id) THEN
        PERFORM fraud_refuse('recouvrement : qui a proposé la pénalité ne le signe pas');
    END IF;
    SELECT coalesce(sum(cents), 0) INTO paid FROM fraud_penaltypayment WHERE penalty_id = NEW.penalty_id;
    IF NEW.due_cents > decided - paid THEN
        PERFORM fraud_refuse('recouvrement : plus que ce qui reste dû');
    END IF;
    IF NEW.kind <> 'FORMAL_NOTICE' AND NOT EXISTS (
        SELECT 1 FROM fraud_penaltydemand n JOIN fraud_paperdelivery d ON d.paper_id = n.paper_id
         WHERE n.penalty_id = NEW.penalty_id AND n.kind = 'FORMAL_NOTICE' AND d.until < NEW.dated) THEN
        PERFORM fraud_refuse('recouvrement : le mois de la mise en demeure n’est pas passé');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agrees BEFORE INSERT ON fraud_penaltydemand FOR EACH ROW EXECUTE FUNCTION fraud_check_demand();
"""
UNDO = """
DROP TRIGGER agrees ON fraud_penaltydemand; DROP TRIGGER not_acquitted ON fraud_penalty;
DROP TRIGGER received ON fraud_penalty; DROP TRIGGER agrees ON fraud_copieditem; DROP TRIGGER agrees ON fraud_paperdelivery;
DROP FUNCTION fraud_check_demand(); DROP FUNCTION fraud_check_not_acquitted(); DROP FUNCTION fraud_check_penalty_received();
DROP FUNCTION fraud_check_copied(); DROP FUNCTION fraud_check_receipt();
"""
KEPT = ("paperdelivery", "copieditem", "acquittal", "penaltydemand", "penaltypayment")
# The words of an acquittal go when the case forgets, and only then.
KEEPS = {"acquittal": "fraud_check_forgetting('court, reference', 'case')"}
PROTECT = "".join(
    f"CREATE TRIGGER keeps BEFORE UPDATE ON fraud_{table} FOR EACH ROW "
    f"EXECUTE FUNCTION {KEEPS.get(table, 'portal_refuse_change()')};"
    f"CREATE TRIGGER protect BEFORE DELETE ON fraud_{table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();"
    f"CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_{table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();"
    for table in KEPT
)
UNPROTECT = "".join(
    f"DROP TRIGGER keeps ON fraud_{t}; DROP TRIGGER protect ON fraud_{t}; DROP TRIGGER protect_all ON fraud_{t};"
    for t in KEPT
)


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0011_exchanges_mended_and_taken_over"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="casepaper",
            name="kind",
            field=models.CharField(
                choices=[
                    ("INFORMATION", "Lettre d’information"),
                    ("DOCUMENTS", "Rappel de documents"),
                    ("FINDINGS", "Constats"),
                    ("NOTICE", "Avis de l’article L. 114-21"),
                    ("COPIES", "Copie des informations"),
                    ("SUSPENSION", "Décision de suspension"),
                    ("RESULT", "Résultat de la vérification"),
                    ("OVERPAYMENT", "Notification d’une somme versée en trop"),
                    ("PENALTY_NOTIFIED", "Pénalité envisagée"),
                    ("PENALTY_DECIDED", "Décision de pénalité"),
                    ("PENALTY_WARNING", "Avertissement"),
                    ("PENALTY_REVIEWED", "Décision après recours"),
                    ("PENALTY_ENDED", "Fin de la procédure de pénalité"),
                    ("PENALTY_HEARING", "Convocation à un entretien"),
                    ("PENALTY_DEMAND", "Mise en demeure de payer une pénalité"),
                    ("CONTRAINTE", "Contrainte"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="Acquittal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ruled_on", models.DateField()),
                ("court", models.CharField(max_length=160)),
                ("reference", models.CharField(max_length=60)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acquittal", to="fraud.controlcase"
                    ),
                ),
            ],
            options={
                "verbose_name": "relaxe définitive",
            },
        ),
        migrations.CreateModel(
            name="CopiedItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.evidenceitem"
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copied", to="fraud.casepaper"
                    ),
                ),
            ],
            options={
                "verbose_name": "document joint à une copie",
                "constraints": [models.UniqueConstraint(fields=("paper", "item"), name="copied_once")],
            },
        ),
        migrations.CreateModel(
            name="PaperDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("REGISTERED", "recommandé, avis de réception signé"),
                            ("UNCLAIMED", "recommandé non réclamé, au jour de la première présentation"),
                            ("BY_HAND", "remis en main propre contre signature"),
                            ("ELECTRONIC", "ouvert dans l’espace de la personne"),
                        ],
                        max_length=10,
                    ),
                ),
                ("received_on", models.DateField()),
                ("proof", models.CharField(max_length=80)),
                ("until", models.DateField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "paper",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="delivery", to="fraud.casepaper"
                    ),
                ),
            ],
            options={
                "verbose_name": "réception d’un courrier",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("proof", ""), _negated=True), name="delivery_proven")
                ],
            },
        ),
        migrations.CreateModel(
            name="PenaltyDemand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FORMAL_NOTICE", "Mise en demeure"),
                            ("SURCHARGE", "Majoration"),
                            ("CONTRAINTE", "Contrainte"),
                        ],
                        max_length=13,
                    ),
                ),
                ("dated", models.DateField()),
                ("due_cents", models.BigIntegerField()),
                ("surcharge_cents", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "paper",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demand",
                        to="fraud.casepaper",
                    ),
                ),
                (
                    "penalty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="demands", to="fraud.penalty"
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "acte de recouvrement d’une pénalité",
                "constraints": [
                    models.UniqueConstraint(fields=("penalty", "kind"), name="demand_once"),
                    models.CheckConstraint(condition=models.Q(("due_cents__gt", 0)), name="demand_of_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("surcharge_cents", 0),
                            models.Q(models.Q(("kind", "FORMAL_NOTICE"), _negated=True), ("surcharge_cents__gt", 0)),
                            _connector="OR",
                        ),
                        name="demand_surcharge_of_its_act",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("surcharge_cents__lt", models.F("due_cents"))),
                        name="demand_surcharge_below_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PenaltyPayment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField()),
                ("cents", models.BigIntegerField()),
                ("reference", models.CharField(max_length=80)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "penalty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="fraud.penalty"
                    ),
                ),
            ],
            options={
                "verbose_name": "paiement d’une pénalité",
                "constraints": [
                    models.UniqueConstraint(fields=("penalty", "reference"), name="penalty_paid_once"),
                    models.CheckConstraint(condition=models.Q(("cents__gt", 0)), name="penalty_payment_positive"),
                ],
            },
        ),
        migrations.RunSQL(SQL + PROTECT, UNPROTECT + UNDO),
    ]
