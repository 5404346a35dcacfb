"""A suspension is proposed by one and decided by another: the database refuses one that nobody proposed, one that its proposer
decides, other words than those proposed, a reminder whose days have not run, and a proposal answered twice.

Suspensions decided before have no proposal, and stay as they are.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
CREATE FUNCTION fraud_check_suspension_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answered text[] := ARRAY['answer', 'answer_reason', 'answered_on', 'answered_by_id'];
    words text[] := ARRAY['missing', 'reason', 'answer_reason'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.answer <> '' THEN
            PERFORM fraud_refuse('suspension proposée : elle n’a pas encore de réponse');
        END IF;
        IF NOT EXISTS (SELECT 1 FROM fraud_casepaper WHERE id = NEW.reminder_id AND case_id = NEW.case_id
                        AND kind = 'DOCUMENTS' AND until <= NEW.proposed_on) THEN
            PERFORM fraud_refuse('suspension proposée : le rappel des documents n’a pas laissé son délai');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.answer = '' AND NEW.answer <> '' AND (to_jsonb(OLD) - answered) = (to_jsonb(NEW) - answered) THEN
        IF (NEW.answer = 'DECIDED') <> EXISTS (SELECT 1 FROM fraud_paymentsuspension WHERE proposal_id = OLD.id) THEN
            PERFORM fraud_refuse('suspension proposée : sa réponse n’est pas ce qui est décidé');
        END IF;
        RETURN NEW;
    END IF;
    IF fraud_is_forgotten(OLD.case_id) AND (to_jsonb(OLD) - words) = (to_jsonb(NEW) - words) THEN
        RETURN NEW;
    END IF;
    PERFORM fraud_refuse('suspension proposée : elle ne se modifie pas, elle reçoit une réponse');
    RETURN NEW;
END $$;
CREATE TRIGGER agrees BEFORE INSERT OR UPDATE ON fraud_suspensionproposal
    FOR EACH ROW EXECUTE FUNCTION fraud_check_suspension_proposal();
CREATE TRIGGER protect BEFORE DELETE ON fraud_suspensionproposal FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_suspensionproposal
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION fraud_check_suspension_proposed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_suspensionproposal WHERE id = NEW.proposal_id AND case_id = NEW.case_id
                    AND answer = '' AND proposed_by_id <> NEW.decided_by_id
                    AND (missing, reason) = (NEW.missing, NEW.reason)) THEN
        PERFORM fraud_refuse('suspension : une autre personne la propose d’abord, avec les mêmes raisons');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM fraud_casepaper WHERE id = NEW.reminder_id AND until <= NEW.decided_on) THEN
        PERFORM fraud_refuse('suspension : le rappel des documents n’a pas laissé son délai');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposed BEFORE INSERT ON fraud_paymentsuspension
    FOR EACH ROW EXECUTE FUNCTION fraud_check_suspension_proposed();
"""
UNDO = """
DROP TRIGGER proposed ON fraud_paymentsuspension; DROP TRIGGER protect_all ON fraud_suspensionproposal;
DROP TRIGGER protect ON fraud_suspensionproposal; DROP TRIGGER agrees ON fraud_suspensionproposal;
DROP FUNCTION fraud_check_suspension_proposed(); DROP FUNCTION fraud_check_suspension_proposal();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0013_what_is_decided_stays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SuspensionProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("missing", models.CharField(max_length=500)),
                ("reason", models.CharField(max_length=1000)),
                ("proposed_on", models.DateField()),
                (
                    "answer",
                    models.CharField(
                        blank=True, choices=[("DECIDED", "Décidée"), ("DECLINED", "Refusée")], max_length=8
                    ),
                ),
                ("answer_reason", models.CharField(blank=True, max_length=500)),
                ("answered_on", models.DateField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspension_proposals",
                        to="fraud.controlcase",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "reminder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.casepaper"
                    ),
                ),
            ],
            options={
                "verbose_name": "suspension proposée",
            },
        ),
        migrations.AddField(
            model_name="paymentsuspension",
            name="proposal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suspension",
                to="fraud.suspensionproposal",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspensionproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer", "")), fields=("case",), name="suspension_proposed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="suspensionproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("missing", ""), _negated=True)),
                name="suspension_proposal_reasoned",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspensionproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_by", None), ("answered_on", None)),
                    models.Q(
                        models.Q(("answer", ""), _negated=True),
                        ("answered_on__gte", models.F("proposed_on")),
                        models.Q(("answered_by", models.F("proposed_by")), _negated=True),
                        ("answered_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="suspension_answered_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="suspensionproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "DECLINED"), _negated=True),
                    models.Q(("answer_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="suspension_declined_with_a_reason",
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
