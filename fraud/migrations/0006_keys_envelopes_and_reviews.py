"""Keys, envelopes and reviews; what a designation and an envelope may never be, whoever writes.

The moves are those of `OUTGOING_MOVES`, the longest designation and the opening to health agencies those of
fraud/parameters: a test compares them. A content is forgotten by forgetting its key, never changed.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = r"""
ALTER TABLE fraud_authorisedofficer
    ADD CONSTRAINT designation_three_years_at_most CHECK (valid_to <= valid_from + interval '3 years'),
    ADD CONSTRAINT designation_health_agency_open CHECK (category <> 'HEALTH_AGENCY' OR act_dated >= '2019-12-28'),
    ADD CONSTRAINT designation_by_an_act CHECK (act_no ~ '\S' AND signatory ~ '\S' AND signatory_quality ~ '\S'),
    ADD CONSTRAINT designation_signed_by_another CHECK (
        lower(trim(signatory)) <> lower(trim(first_name) || ' ' || trim(last_name)));
CREATE FUNCTION fraud_protect_designation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'désignation % : elle ne s’efface pas, elle se retire', OLD.id USING ERRCODE = '23514';
    END IF;
    IF to_jsonb(NEW) - 'revoked_on' <> to_jsonb(OLD) - 'revoked_on' THEN
        RAISE EXCEPTION 'désignation % : un acte ne se modifie pas, il se remplace', OLD.id USING ERRCODE = '23514';
    END IF;
    IF OLD.revoked_on IS NOT NULL AND (NEW.revoked_on IS NULL OR NEW.revoked_on > OLD.revoked_on) THEN
        RAISE EXCEPTION 'désignation % : ce qui est retiré le reste', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_authorisedofficer
    FOR EACH ROW EXECUTE FUNCTION fraud_protect_designation();
CREATE FUNCTION fraud_protect_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'clé % : elle ne s’efface pas, elle se révoque', OLD.kid USING ERRCODE = '23514';
    END IF;
    IF NEW.private IS NOT NULL AND NOT (SELECT is_here FROM fraud_exchangebody WHERE code = NEW.body_id) THEN
        RAISE EXCEPTION 'clé % : pas de clé privée d’un organisme qui n’est pas tenu ici', NEW.kid USING ERRCODE = '23514';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.kid, NEW.body_id, NEW.use, NEW.request) IS DISTINCT FROM (OLD.kid, OLD.body_id, OLD.use, OLD.request)
           OR NEW.private IS DISTINCT FROM OLD.private
           OR (OLD.certificates <> '' AND (NEW.certificates, NEW.valid_from, NEW.valid_to)
               IS DISTINCT FROM (OLD.certificates, OLD.valid_from, OLD.valid_to))
           OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
            RAISE EXCEPTION 'clé % : elle ne se modifie pas, une révocation ne se reprend pas', OLD.kid
                USING ERRCODE = '23514';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER protect BEFORE INSERT OR UPDATE OR DELETE ON fraud_bodykey
    FOR EACH ROW EXECUTE FUNCTION fraud_protect_key();
CREATE FUNCTION fraud_check_sending() RETURNS trigger LANGUAGE plpgsql AS $$
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
        SELECT 1 FROM accounts_posting p WHERE p.user_id = held.user_id AND p.fund = held.body_id
           AND p.starts_on <= day AND (p.ends_on IS NULL OR p.ends_on > day)
    ) THEN
        RAISE EXCEPTION 'enveloppe % : cette personne n’a pas ce poste ce jour', NEW.envelope_id USING ERRCODE = '23514';
    END IF;
    IF NEW.state <> 'WAITING' THEN
        RAISE EXCEPTION 'enveloppe % : elle commence dans la file', NEW.envelope_id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_sending BEFORE INSERT ON fraud_outgoingenvelope
    FOR EACH ROW EXECUTE FUNCTION fraud_check_sending();
CREATE FUNCTION fraud_protect_envelope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% % : une enveloppe ne s’efface pas', TG_TABLE_NAME, OLD.id USING ERRCODE = '23514';
    END IF;
    IF (NEW.envelope_id, NEW.sender_id, NEW.recipient_id, NEW.officer_id, NEW.kind, NEW.sequence, NEW.sent_at, NEW.sha256)
       <> (OLD.envelope_id, OLD.sender_id, OLD.recipient_id, OLD.officer_id, OLD.kind, OLD.sequence, OLD.sent_at, OLD.sha256)
       OR NEW.kept <> OLD.kept THEN
        RAISE EXCEPTION '% % : ce qui est envoyé ou reçu ne change plus', TG_TABLE_NAME, OLD.id USING ERRCODE = '23514';
    END IF;
    IF NEW.kept_key IS NOT NULL AND NEW.kept_key IS DISTINCT FROM OLD.kept_key THEN
        RAISE EXCEPTION '% % : un contenu s’efface, il ne se remplace pas', TG_TABLE_NAME, OLD.id USING ERRCODE = '23514';
    END IF;
    IF OLD.receipt <> '' AND NEW.receipt <> OLD.receipt THEN
        RAISE EXCEPTION '% % : un accusé ne change plus', TG_TABLE_NAME, OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_protect_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sealed IS NOT NULL AND NEW.sealed IS DISTINCT FROM OLD.sealed THEN
        RAISE EXCEPTION 'enveloppe % : ce qui est scellé ne se remplace pas', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER protect_sealed BEFORE UPDATE OF sealed ON fraud_outgoingenvelope
    FOR EACH ROW EXECUTE FUNCTION fraud_protect_sealed();
CREATE FUNCTION fraud_protect_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.received_at, NEW.refusal, NEW.receipt) <> (OLD.received_at, OLD.refusal, OLD.receipt) THEN
        RAISE EXCEPTION 'enveloppe % : ce qui en fut fait ne change plus', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER protect_received BEFORE UPDATE ON fraud_receivedenvelope
    FOR EACH ROW EXECUTE FUNCTION fraud_protect_received();
CREATE FUNCTION fraud_protect_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'times' <> to_jsonb(OLD) - 'times' OR NEW.times < OLD.times THEN
        RAISE EXCEPTION 'refus % : il reste tel qu’il fut', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_outgoingenvelope
    FOR EACH ROW EXECUTE FUNCTION fraud_protect_envelope();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_receivedenvelope
    FOR EACH ROW EXECUTE FUNCTION fraud_protect_envelope();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_refusedenvelope
    FOR EACH ROW EXECUTE FUNCTION fraud_protect_refused();
CREATE FUNCTION fraud_check_envelope_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('WAITING', 'SENDING'), ('SENDING', 'WAITING'), ('SENDING', 'ACCEPTED'), ('SENDING', 'REFUSED'),
        ('SENDING', 'FAILED'), ('FAILED', 'WAITING')
    ) THEN
        RAISE EXCEPTION 'enveloppe % : % ne mène pas à %', OLD.id, OLD.state, NEW.state USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE UPDATE OF state ON fraud_outgoingenvelope FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION fraud_check_envelope_move();
CREATE FUNCTION fraud_check_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.by_id = (SELECT user_id FROM fraud_authorisedofficer WHERE id = NEW.officer_id) THEN
        RAISE EXCEPTION 'revue : personne ne relit sa propre désignation' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_review BEFORE INSERT ON fraud_designationreview
    FOR EACH ROW EXECUTE FUNCTION fraud_check_review();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_designationreview
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
"""
for_all = "".join(
    f"CREATE TRIGGER protect_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();\n"
    for table in (
        "fraud_outgoingenvelope", "fraud_receivedenvelope", "fraud_refusedenvelope", "fraud_bodykey",
        "fraud_authorisedofficer", "fraud_designationreview",
    )
)  # fmt: skip
UNDO = """
DROP TRIGGER protect_all ON fraud_authorisedofficer;
DROP TRIGGER protect ON fraud_authorisedofficer;
ALTER TABLE fraud_authorisedofficer DROP CONSTRAINT designation_three_years_at_most,
    DROP CONSTRAINT designation_health_agency_open, DROP CONSTRAINT designation_by_an_act,
    DROP CONSTRAINT designation_signed_by_another;
DROP FUNCTION fraud_protect_designation(), fraud_protect_key(), fraud_check_sending(), fraud_protect_envelope(),
    fraud_protect_sealed(), fraud_protect_received(), fraud_protect_refused(), fraud_check_envelope_move(), fraud_check_review() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0005_rules_are_published_and_leads_decided"),
        ("audit", "0002_chain_and_protect"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedEnvelope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("code", models.CharField(max_length=30)),
                ("claimed_sender", models.CharField(blank=True, max_length=12)),
                ("received_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("receipt", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "enveloppe refusée",
                "indexes": [models.Index(fields=["-received_at"], name="refused_list")],
                "constraints": [models.UniqueConstraint(fields=("sha256", "code"), name="refused_once")],
            },
        ),
        migrations.CreateModel(
            name="BodyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("use", models.CharField(choices=[("SIGN", "Signature"), ("ENCRYPT", "Chiffrement")], max_length=7)),
                ("kid", models.CharField(max_length=64, unique=True)),
                ("certificates", models.TextField(blank=True)),
                ("request", models.TextField(blank=True)),
                ("private", models.BinaryField(null=True)),
                ("valid_from", models.DateTimeField(null=True)),
                ("valid_to", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="keys", to="fraud.exchangebody"
                    ),
                ),
            ],
            options={
                "verbose_name": "clé d’un organisme",
                "indexes": [models.Index(fields=["body", "use", "valid_from"], name="body_key_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("certificates", ""), ("valid_from", None), ("valid_to", None)),
                            models.Q(
                                models.Q(("certificates", ""), _negated=True), ("valid_to__gt", models.F("valid_from"))
                            ),
                            _connector="OR",
                        ),
                        name="body_key_certified_with_dates",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DesignationReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quarter", models.CharField(max_length=7)),
                ("is_kept", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="fraud.authorisedofficer",
                    ),
                ),
            ],
            options={
                "verbose_name": "revue d’une désignation",
                "constraints": [models.UniqueConstraint(fields=("officer", "quarter"), name="designation_review_once")],
            },
        ),
        migrations.CreateModel(
            name="OutgoingEnvelope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("envelope_id", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("sequence", models.PositiveIntegerField()),
                ("sent_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed", models.BinaryField(null=True)),
                ("kept", models.BinaryField()),
                ("kept_key", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "À remettre"),
                            ("SENDING", "Remise en cours"),
                            ("ACCEPTED", "Reçue"),
                            ("REFUSED", "Refusée"),
                            ("FAILED", "Non remise"),
                        ],
                        default="WAITING",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField()),
                ("last_error", models.CharField(blank=True, max_length=200)),
                ("receipt", models.TextField(blank=True)),
                ("receipt_at", models.DateTimeField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=30)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="envelopes",
                        to="fraud.authorisedofficer",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.exchangebody"
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.exchangebody"
                    ),
                ),
            ],
            options={
                "verbose_name": "enveloppe envoyée",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["WAITING", "SENDING"])),
                        fields=["next_try_at", "id"],
                        name="outgoing_turn",
                    ),
                    models.Index(fields=["sender", "-sent_at"], name="outgoing_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("sender", "recipient", "sequence"), name="outgoing_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ACCEPTED"), _negated=True),
                            models.Q(("receipt", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outgoing_accepted_with_receipt",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "REFUSED"), _negated=True),
                            models.Q(("refusal", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outgoing_refused_with_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sender", models.F("recipient")), _negated=True), name="outgoing_to_another"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedEnvelope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("envelope_id", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("sequence", models.PositiveIntegerField()),
                ("sent_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("kept", models.BinaryField()),
                ("kept_key", models.BinaryField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=30)),
                ("receipt", models.TextField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.authorisedofficer"
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.exchangebody"
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.exchangebody"
                    ),
                ),
            ],
            options={
                "verbose_name": "enveloppe reçue",
                "indexes": [models.Index(fields=["recipient", "-received_at"], name="received_list")],
            },
        ),
        migrations.RunSQL(SQL + for_all, UNDO),
    ]
