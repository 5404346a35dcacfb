"""Exchanges between bodies, a row a side, and what must never be of them, whoever writes.

The pairs are those of `ALLOWED_MOVES` (fraud/rules/exchange.py) and 28 December 2019 is the second day of
`exchange.payload_kinds`: tests compare them.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

RULES = """
CREATE FUNCTION fraud_designated_on(officer bigint, body varchar, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM fraud_authorisedofficer o WHERE o.id = officer AND o.body_id = body AND o.valid_from <= day
                      AND o.valid_to > day AND (o.revoked_on IS NULL OR o.revoked_on > day));
$$;
CREATE FUNCTION fraud_exchange_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.dated <> (coalesce(NEW.acknowledged_at, NEW.sent_at) AT TIME ZONE 'Europe/Paris')::date THEN
        RAISE EXCEPTION 'échange % : son jour n''est pas celui de son envoi', NEW.number USING ERRCODE = '23514';
    END IF;
    IF NOT fraud_designated_on(NEW.officer_id, NEW.holder_id, NEW.dated)
       OR NOT fraud_designated_on(NEW.counterpart_officer_id, NEW.counterpart_id, NEW.dated) THEN
        RAISE EXCEPTION 'échange % : une des deux personnes n''est pas désignée ce jour', NEW.number
            USING ERRCODE = '23514';
    END IF;
    IF NEW.legal_basis = 'L114-12' AND NEW.dated < DATE '2019-12-28' AND NOT NEW.payload_kinds <@ '{INFORMATION}' THEN
        RAISE EXCEPTION 'échange % : L. 114-12 ne permettait alors que des renseignements', NEW.number
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_exchange_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.direction, NEW.state) NOT IN (('OUT', 'DRAFT'), ('IN', 'ACKNOWLEDGED')) THEN
        RAISE EXCEPTION 'échange % : il commence par un brouillon, ou par une réception', NEW.number
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_exchange_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total int;
    given int;
    undecided int;
    told text;
BEGIN
    IF (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'SENT'), ('DRAFT', 'CLOSED'),
        ('SENT', 'ACKNOWLEDGED'), ('SENT', 'REFUSED'), ('SENT', 'EXPIRED'),
        ('ACKNOWLEDGED', 'ANSWERED'), ('ACKNOWLEDGED', 'PARTIAL'), ('ACKNOWLEDGED', 'REFUSED'),
        ('ACKNOWLEDGED', 'EXPIRED'), ('ACKNOWLEDGED', 'CLOSED'),
        ('ANSWERED', 'CLOSED'), ('PARTIAL', 'CLOSED'), ('REFUSED', 'CLOSED'),
        ('EXPIRED', 'ANSWERED'), ('EXPIRED', 'PARTIAL'), ('EXPIRED', 'REFUSED'), ('EXPIRED', 'CLOSED'),
        ('CLOSED', 'PURGED')
    ) THEN
        RAISE EXCEPTION 'échange % : % ne mène pas à %', OLD.number, OLD.state, NEW.state USING ERRCODE = '23514';
    END IF;
    IF NEW.state IN ('ANSWERED', 'PARTIAL', 'REFUSED') THEN
        SELECT count(*), count(*) FILTER (WHERE outcome = 'GIVEN'), count(*) FILTER (WHERE outcome = '')
          INTO total, given, undecided FROM fraud_exchangeitem WHERE exchange_id = NEW.id;
        told := CASE given WHEN total THEN 'ANSWERED' WHEN 0 THEN 'REFUSED' ELSE 'PARTIAL' END;
        IF total = 0 OR undecided > 0 OR NEW.state <> told THEN
            RAISE EXCEPTION 'échange % : chaque élément doit être décidé, et l''état le dire', NEW.number
                USING ERRCODE = '23514';
        END IF;
        IF NEW.direction = 'IN' AND NOT fraud_designated_on(
            NEW.officer_id, NEW.holder_id, (NEW.answered_at AT TIME ZONE 'Europe/Paris')::date) THEN
            RAISE EXCEPTION 'échange % : qui répond n''est pas désigné ce jour', NEW.number USING ERRCODE = '23514';
        END IF;
    END IF;
    IF NEW.state = 'PURGED' AND (
        EXISTS (SELECT 1 FROM fraud_exchangeitem WHERE exchange_id = NEW.id AND sealed IS NOT NULL)
        OR EXISTS (SELECT 1 FROM fraud_exchangedocument d JOIN fraud_evidenceitem e ON e.id = d.evidence_id
                    WHERE d.exchange_id = NEW.id AND e.purged_on IS NULL)) THEN
        RAISE EXCEPTION 'échange % : son contenu n''est pas tout effacé', NEW.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_exchange_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'PURGED' OR (
        OLD.holder_id, OLD.direction, OLD.kind, OLD.reference, OLD.number, OLD.counterpart_id, OLD.counterpart_officer_id,
        OLD.legal_basis, OLD.purpose, OLD.scope, OLD.departement, OLD.period_start, OLD.period_end, OLD.payload_kinds)
       IS DISTINCT FROM (
        NEW.holder_id, NEW.direction, NEW.kind, NEW.reference, NEW.number, NEW.counterpart_id, NEW.counterpart_officer_id,
        NEW.legal_basis, NEW.purpose, NEW.scope, NEW.departement, NEW.period_start, NEW.period_end, NEW.payload_kinds)
       OR (OLD.direction = 'OUT' AND OLD.officer_id <> NEW.officer_id)
       OR (OLD.case_id IS NOT NULL AND OLD.case_id IS DISTINCT FROM NEW.case_id) THEN
        RAISE EXCEPTION 'échange % : ce qui a été demandé ne change plus', OLD.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION fraud_exchange_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    side fraud_infoexchange%ROWTYPE;
BEGIN
    SELECT * INTO side FROM fraud_infoexchange WHERE id = NEW.exchange_id FOR UPDATE;
    IF TG_OP = 'INSERT' THEN
        IF side.state = 'DRAFT' OR (side.direction = 'IN' AND side.state = 'ACKNOWLEDGED') THEN
            RETURN NEW;
        END IF;
    ELSIF (OLD.exchange_id, OLD.code, OLD.position) = (NEW.exchange_id, NEW.code, NEW.position) THEN
        IF side.state IN ('SENT', 'ACKNOWLEDGED', 'EXPIRED') THEN
            RETURN NEW;
        END IF;
        -- What was said stays; at the end its content alone goes.
        IF side.state = 'CLOSED' AND NEW.sealed IS NULL AND (OLD.outcome, OLD.refusal, OLD.decided_by, OLD.decided_at)
           IS NOT DISTINCT FROM (NEW.outcome, NEW.refusal, NEW.decided_by, NEW.decided_at) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'échange % : cet élément ne change plus', side.number USING ERRCODE = '23514';
END $$;
CREATE TRIGGER begins BEFORE INSERT ON fraud_infoexchange FOR EACH ROW EXECUTE FUNCTION fraud_exchange_begins();
CREATE TRIGGER comes_in BEFORE INSERT ON fraud_infoexchange FOR EACH ROW
    WHEN (NEW.state = 'ACKNOWLEDGED') EXECUTE FUNCTION fraud_exchange_leaves();
CREATE TRIGGER leaves BEFORE UPDATE OF state ON fraud_infoexchange FOR EACH ROW
    WHEN (OLD.state = 'DRAFT' AND NEW.state = 'SENT') EXECUTE FUNCTION fraud_exchange_leaves();
CREATE TRIGGER moves BEFORE UPDATE OF state ON fraud_infoexchange FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION fraud_exchange_moves();
CREATE TRIGGER stays BEFORE UPDATE ON fraud_infoexchange FOR EACH ROW EXECUTE FUNCTION fraud_exchange_stays();
CREATE TRIGGER stays BEFORE INSERT OR UPDATE ON fraud_exchangeitem FOR EACH ROW EXECUTE FUNCTION fraud_exchange_item();
CREATE TRIGGER protect BEFORE DELETE ON fraud_infoexchange FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE DELETE ON fraud_exchangeitem FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_exchangedocument
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON fraud_exchangemove
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_infoexchange
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_exchangeitem
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_exchangedocument
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON fraud_exchangemove
    FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
UNDO = """
DROP TRIGGER protect_all ON fraud_exchangemove;
DROP TRIGGER protect_all ON fraud_exchangedocument;
DROP TRIGGER protect_all ON fraud_exchangeitem;
DROP TRIGGER protect_all ON fraud_infoexchange;
DROP TRIGGER protect ON fraud_exchangemove;
DROP TRIGGER protect ON fraud_exchangedocument;
DROP TRIGGER protect ON fraud_exchangeitem;
DROP TRIGGER protect ON fraud_infoexchange;
DROP TRIGGER stays ON fraud_exchangeitem;
DROP TRIGGER stays ON fraud_infoexchange;
DROP TRIGGER moves ON fraud_infoexchange;
DROP TRIGGER leaves ON fraud_infoexchange;
DROP TRIGGER comes_in ON fraud_infoexchange;
DROP TRIGGER begins ON fraud_infoexchange;
DROP FUNCTION fraud_exchange_item();
DROP FUNCTION fraud_exchange_stays();
DROP FUNCTION fraud_exchange_moves();
DROP FUNCTION fraud_exchange_begins();
DROP FUNCTION fraud_exchange_leaves();
DROP FUNCTION fraud_designated_on(bigint, varchar, date);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0006_keys_envelopes_and_reviews"),
    ]

    operations = [
        migrations.CreateModel(
            name="InfoExchange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("direction", models.CharField(choices=[("OUT", "Envoyé"), ("IN", "Reçu")], max_length=3)),
                (
                    "kind",
                    models.CharField(
                        choices=[("REQUEST", "Demande"), ("SPONTANEOUS", "Communication spontanée")], max_length=11
                    ),
                ),
                ("reference", models.UUIDField()),
                ("number", models.CharField(max_length=30)),
                ("form_key", models.UUIDField(null=True, unique=True)),
                (
                    "legal_basis",
                    models.CharField(
                        choices=[
                            ("L114-12", "CSS L. 114-12 : droits, versements, information"),
                            ("L114-16-1", "CSS L. 114-16-1 : lutte contre la fraude"),
                            ("L114-19", "CSS L. 114-19 : droit de communication"),
                            ("L152-LPF", "LPF L. 152 : administration fiscale"),
                            ("CODAF", "Comité départemental (CODAF)"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("RIGHTS", "Apprécier des droits ou des obligations"),
                            ("INFORMING", "Informer la personne de ses droits"),
                            ("LIQUIDATION", "Contrôler un calcul ou un versement"),
                            ("FRAUD", "Prévenir et constater une fraude"),
                            ("FINDING", "Rechercher et constater une fraude sociale"),
                            ("CONTRIBUTIONS", "Recouvrer des cotisations dues"),
                            ("RECOVERY", "Recouvrer des prestations versées à tort"),
                        ],
                        max_length=13,
                    ),
                ),
                ("scope", models.CharField(max_length=24)),
                ("departement", models.CharField(max_length=3)),
                (
                    "payload_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=11), default=list, size=None
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("NORMAL", "Ordinaire"), ("URGENT", "Urgent")], default="NORMAL", max_length=6
                    ),
                ),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("case_number", models.CharField(blank=True, max_length=20)),
                ("motive", models.CharField(blank=True, max_length=500)),
                ("person_key", models.UUIDField(null=True)),
                ("sealed_key", models.BinaryField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Brouillon"),
                            ("SENT", "Envoyé"),
                            ("ACKNOWLEDGED", "Reçu par l’organisme"),
                            ("ANSWERED", "Répondu"),
                            ("PARTIAL", "Répondu en partie"),
                            ("REFUSED", "Refusé"),
                            ("EXPIRED", "Délai passé"),
                            ("CLOSED", "Clos"),
                            ("PURGED", "Effacé"),
                        ],
                        default="DRAFT",
                        max_length=12,
                    ),
                ),
                ("drafted_on", models.DateField()),
                ("dated", models.DateField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("retained_until", models.DateField(null=True)),
                ("envelope", models.UUIDField(null=True)),
                ("answer_envelope", models.UUIDField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchanges",
                        to="fraud.controlcase",
                    ),
                ),
                (
                    "counterpart",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.exchangebody"
                    ),
                ),
                (
                    "counterpart_officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.authorisedofficer"
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exchanges", to="fraud.exchangebody"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchanges",
                        to="fraud.authorisedofficer",
                    ),
                ),
            ],
            options={
                "verbose_name": "échange",
            },
        ),
        migrations.CreateModel(
            name="ExchangeMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("DRAFT", "Brouillon"),
                            ("SENT", "Envoyé"),
                            ("ACKNOWLEDGED", "Reçu par l’organisme"),
                            ("ANSWERED", "Répondu"),
                            ("PARTIAL", "Répondu en partie"),
                            ("REFUSED", "Refusé"),
                            ("EXPIRED", "Délai passé"),
                            ("CLOSED", "Clos"),
                            ("PURGED", "Effacé"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Brouillon"),
                            ("SENT", "Envoyé"),
                            ("ACKNOWLEDGED", "Reçu par l’organisme"),
                            ("ANSWERED", "Répondu"),
                            ("PARTIAL", "Répondu en partie"),
                            ("REFUSED", "Refusé"),
                            ("EXPIRED", "Délai passé"),
                            ("CLOSED", "Clos"),
                            ("PURGED", "Effacé"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("dated", models.DateField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "exchange",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="fraud.infoexchange"
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’un échange",
            },
        ),
        migrations.CreateModel(
            name="ExchangeItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(max_length=30)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("GIVEN", "Je réponds"),
                            ("NOT_HELD", "Je n’ai pas cette information"),
                            ("REFUSED", "Je refuse"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NOT_DESIGNATED", "La personne n’est pas désignée"),
                            ("OUT_OF_SCOPE", "Hors de la désignation"),
                            ("PURPOSE_UNLAWFUL", "Finalité que la loi ne permet pas"),
                            ("NOT_NECESSARY", "Plus que nécessaire"),
                            ("IDENTITY_UNCERTAIN", "Identité incertaine"),
                            ("NOT_HELD", "Information que nous n’avons pas"),
                            ("MEDICAL_SECRECY", "Secret médical"),
                            ("JUDICIAL_SECRECY", "Secret de l’enquête ou de l’instruction"),
                            ("TOO_OLD", "Trop ancien"),
                            ("DEFENCE_SECRECY", "Secret de la défense nationale"),
                        ],
                        max_length=18,
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("data_format", models.CharField(blank=True, max_length=10)),
                ("data_sha256", models.CharField(blank=True, max_length=64)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "exchange",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="fraud.infoexchange"
                    ),
                ),
            ],
            options={
                "verbose_name": "élément d’un échange",
            },
        ),
        migrations.CreateModel(
            name="ExchangeDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("dated", models.DateField(null=True)),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchange_documents",
                        to="fraud.evidenceitem",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="fraud.exchangeitem",
                    ),
                ),
                (
                    "exchange",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="fraud.infoexchange"
                    ),
                ),
            ],
            options={
                "verbose_name": "pièce d’un échange",
            },
        ),
        migrations.AddIndex(
            model_name="infoexchange",
            index=models.Index(
                models.F("holder"), models.OrderBy(models.F("id"), descending=True), name="exchange_list"
            ),
        ),
        migrations.AddIndex(
            model_name="infoexchange",
            index=models.Index(
                models.F("holder"), models.F("direction"), models.F("state"), models.F("due_on"), name="exchange_due"
            ),
        ),
        migrations.AddIndex(
            model_name="infoexchange",
            index=models.Index(fields=["case"], name="exchange_of_case"),
        ),
        migrations.AddIndex(
            model_name="infoexchange",
            index=models.Index(
                condition=models.Q(("state", "PURGED"), _negated=True), fields=["retained_until"], name="exchange_kept"
            ),
        ),
        migrations.AddIndex(
            model_name="infoexchange",
            index=models.Index(
                condition=models.Q(("state__in", ["SENT", "ACKNOWLEDGED"])), fields=["due_on"], name="exchange_waits"
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.UniqueConstraint(fields=("holder", "reference"), name="exchange_once_a_side"),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.UniqueConstraint(fields=("holder", "number"), name="exchange_number"),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("counterpart", models.F("holder")), _negated=True), name="exchange_with_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_end__gt", models.F("period_start"))), name="exchange_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "PURGED"),
                    ("case__isnull", False),
                    models.Q(("case_number", ""), _negated=True),
                    models.Q(("motive", ""), _negated=True),
                    _connector="OR",
                ),
                name="exchange_has_a_motive",
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("retained_until__isnull", False), ("case__isnull", False), _connector="OR"),
                name="exchange_ends_some_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["DRAFT", "CLOSED", "PURGED"]),
                    models.Q(("dated__isnull", False), ("sent_at__isnull", False)),
                    _connector="OR",
                ),
                name="exchange_sent_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sent_at__isnull", True), ("kind", "SPONTANEOUS"), ("due_on__isnull", False), _connector="OR"
                ),
                name="exchange_request_has_a_delay",
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "PURGED"), _negated=True),
                    models.Q(
                        ("motive", ""),
                        ("person_key__isnull", True),
                        ("sealed__isnull", True),
                        ("sealed_key__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="exchange_purged_is_a_shell",
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "PURGED"),
                    models.Q(("person_key__isnull", False), ("sealed__isnull", False), ("sealed_key__isnull", False)),
                    _connector="OR",
                ),
                name="exchange_names_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="infoexchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("legal_basis__in", ["L114-12", "L114-16-1", "L114-19", "L152-LPF", "CODAF"]),
                    (
                        "purpose__in",
                        ["RIGHTS", "INFORMING", "LIQUIDATION", "FRAUD", "FINDING", "CONTRIBUTIONS", "RECOVERY"],
                    ),
                ),
                name="exchange_known_grounds",
            ),
        ),
        migrations.AddIndex(
            model_name="exchangemove",
            index=models.Index(fields=["exchange", "id"], name="exchange_moves"),
        ),
        migrations.AddConstraint(
            model_name="exchangeitem",
            constraint=models.UniqueConstraint(fields=("exchange", "code"), name="exchange_item_once"),
        ),
        migrations.AddConstraint(
            model_name="exchangeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome", "REFUSED"),
                        (
                            "refusal__in",
                            [
                                "NOT_DESIGNATED",
                                "OUT_OF_SCOPE",
                                "PURPOSE_UNLAWFUL",
                                "NOT_NECESSARY",
                                "IDENTITY_UNCERTAIN",
                                "MEDICAL_SECRECY",
                                "JUDICIAL_SECRECY",
                                "TOO_OLD",
                                "DEFENCE_SECRECY",
                            ],
                        ),
                    ),
                    models.Q(("outcome", "NOT_HELD"), ("refusal", "NOT_HELD")),
                    models.Q(("outcome__in", ["", "GIVEN"]), ("refusal", "")),
                    _connector="OR",
                ),
                name="exchange_refusal_from_the_list",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchangeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", ""),
                    models.Q(("decided_at__isnull", False), models.Q(("decided_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="exchange_item_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchangedocument",
            constraint=models.UniqueConstraint(fields=("exchange", "evidence"), name="exchange_document_once"),
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
