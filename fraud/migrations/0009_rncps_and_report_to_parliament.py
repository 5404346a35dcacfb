"""The directory: who may look, what was looked up and what it was worth; the report to Parliament.

The triggers refuse, whoever writes: a look-up without its reason or its authorisation, or of somebody linked; any change of
what was noted; a move outside the tables (`ORDER_MOVES`, `REPORT_MOVES`: tests compare them); a report due on another day; an
adverse end of a case that rests on a lead nobody confirmed.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = (
    "fraud_rncpsconsultation", "fraud_rncpsresult", "fraud_rncpsconfirmation", "fraud_rncpsordermove",
    "fraud_parliamentreportmove", "fraud_parliamentsection",
)  # fmt: skip
PROTECT = "".join(
    f"""
CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
    for table in APPEND_ONLY
)
UNPROTECT = "".join(f"DROP TRIGGER protect ON {table}; DROP TRIGGER protect_all ON {table};\n" for table in APPEND_ONLY)
SQL = r"""
CREATE FUNCTION fraud_check_rncps_look() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    permit fraud_rncpsauthorisation%ROWTYPE;
    about text := '';
BEGIN
    IF NEW.dated <> (NEW.at AT TIME ZONE 'Europe/Paris')::date THEN
        RAISE EXCEPTION 'consultation du répertoire : son jour n’est pas celui de son heure' USING ERRCODE = '23514';
    END IF;
    IF NEW.refusal <> '' THEN
        RETURN NEW;
    END IF;
    SELECT * INTO permit FROM fraud_rncpsauthorisation WHERE id = NEW.authorisation_id FOR SHARE;
    IF NOT FOUND OR permit.user_id <> NEW.officer_id OR permit.fund <> NEW.fund OR NOT NEW.motive = ANY (permit.motives)
       OR NEW.dated < permit.valid_from OR NEW.dated >= permit.valid_to OR NEW.dated >= permit.ended_on THEN
        RAISE EXCEPTION 'consultation du répertoire sans habilitation en cours pour ce motif' USING ERRCODE = '23514';
    END IF;
    IF NEW.mode = 'COLLECTIVE' THEN
        IF NEW.reference_kind <> 'AXIS' OR NEW.motive NOT IN ('MANAGEMENT', 'CONTROL') OR NOT EXISTS (
            SELECT 1 FROM fraud_rncpsorder o
             WHERE o.id = NEW.order_id AND o.mode = 'COLLECTIVE' AND o.visa_by_id IS NOT NULL AND o.state <> 'VISA_REFUSED'
               AND o.officer_id = NEW.officer_id
        ) THEN
            RAISE EXCEPTION 'liste collective sans axe du programme ou sans visa' USING ERRCODE = '23514';
        END IF;
    ELSIF NEW.reference_kind = 'CASE' THEN
        SELECT subject INTO about FROM fraud_controlcase
         WHERE id = NEW.case_id AND number = NEW.reference AND fund = NEW.fund AND state <> 'CLOSED';
        IF NOT FOUND OR NEW.motive = 'RIGHTS_OPENING' THEN
            RAISE EXCEPTION 'consultation du répertoire sans dossier de contrôle ouvert' USING ERRCODE = '23514';
        END IF;
    ELSIF NEW.reference_kind <> 'CLAIM' OR NEW.motive NOT IN ('RIGHTS_OPENING', 'MANAGEMENT') THEN
        RAISE EXCEPTION 'consultation du répertoire sans dossier ni demande' USING ERRCODE = '23514';
    END IF;
    IF EXISTS (
        SELECT 1 FROM fraud_declaredlink l
         WHERE l.user_id = NEW.officer_id AND l.since <= NEW.dated AND (l.until IS NULL OR l.until > NEW.dated)
           AND (l.person_key = NEW.person_key OR (about <> '' AND l.subject = about))
    ) THEN
        RAISE EXCEPTION 'consultation du répertoire de soi, d’un proche ou d’un collègue' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON fraud_rncpsconsultation FOR EACH ROW EXECUTE FUNCTION fraud_check_rncps_look();

CREATE FUNCTION fraud_check_rncps_authorisation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending text[] := ARRAY['ended_on', 'ended_by_id', 'end_reason'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_on IS NOT NULL OR to_jsonb(OLD) - ending <> to_jsonb(NEW) - ending THEN
        RAISE EXCEPTION 'habilitation % : elle ne se modifie pas, elle se termine', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON fraud_rncpsauthorisation
    FOR EACH ROW EXECUTE FUNCTION fraud_check_rncps_authorisation();

CREATE FUNCTION fraud_check_rncps_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'demande % au répertoire : elle ne s’efface pas', OLD.id USING ERRCODE = '23514';
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.state <> (CASE NEW.mode WHEN 'COLLECTIVE' THEN 'TO_VISA' ELSE 'ORDERED' END) THEN
            RAISE EXCEPTION 'demande au répertoire : une liste commence par un visa' USING ERRCODE = '23514';
        END IF;
    ELSIF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('TO_VISA', 'VISA_GIVEN'), ('TO_VISA', 'VISA_REFUSED'), ('VISA_GIVEN', 'ORDERED'), ('ORDERED', 'READY'),
        ('ORDERED', 'EXPIRED'), ('READY', 'SHOWN'), ('READY', 'EXPIRED')
    ) THEN
        RAISE EXCEPTION 'demande % au répertoire : % ne mène pas à %', OLD.id, OLD.state, NEW.state USING ERRCODE = '23514';
    ELSIF (OLD.mode, OLD.motive, OLD.reference, OLD.officer_id, OLD.count) IS DISTINCT FROM
          (NEW.mode, NEW.motive, NEW.reference, NEW.officer_id, NEW.count) THEN
        RAISE EXCEPTION 'demande % au répertoire : ce que le visa a lu ne change plus', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER moves BEFORE INSERT OR UPDATE OR DELETE ON fraud_rncpsorder
    FOR EACH ROW EXECUTE FUNCTION fraud_check_rncps_order();

CREATE FUNCTION fraud_check_rncps_alert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    reading text[] := ARRAY['verdict', 'said', 'read_by_id', 'read_at'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.verdict <> '' OR to_jsonb(OLD) - reading <> to_jsonb(NEW) - reading THEN
        RAISE EXCEPTION 'alerte % : elle se lit une fois, elle ne s’efface pas', OLD.id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON fraud_rncpsalert FOR EACH ROW EXECUTE FUNCTION fraud_check_rncps_alert();

CREATE FUNCTION fraud_check_parliament_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rapport % au Parlement : il ne s’efface pas', OLD.id USING ERRCODE = '23514';
    END IF;
    IF NEW.due_on <> (NEW.published_on + make_interval(months => NEW.months))::date THEN
        RAISE EXCEPTION 'rapport au Parlement : dû % mois après la publication, pas le %', NEW.months, NEW.due_on
            USING ERRCODE = '23514';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PLANNED' THEN
            RAISE EXCEPTION 'rapport au Parlement : il commence par être prévu' USING ERRCODE = '23514';
        END IF;
    ELSIF OLD.state = 'SENT' THEN
        RAISE EXCEPTION 'rapport % au Parlement : il est remis, rien n’y change', OLD.id USING ERRCODE = '23514';
    ELSIF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('PLANNED', 'DRAFT'), ('DRAFT', 'VALIDATED'), ('VALIDATED', 'DRAFT'), ('VALIDATED', 'SENT')
    ) THEN
        RAISE EXCEPTION 'rapport % au Parlement : % ne mène pas à %', OLD.id, OLD.state, NEW.state USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE INSERT OR UPDATE OR DELETE ON fraud_parliamentreport
    FOR EACH ROW EXECUTE FUNCTION fraud_check_parliament_report();

CREATE FUNCTION fraud_check_parliament_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM fraud_parliamentreport WHERE id = NEW.report_id AND state IN ('PLANNED', 'DRAFT') FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'rapport % au Parlement : validé, ses textes ne changent plus', NEW.report_id USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON fraud_parliamentsection
    FOR EACH ROW EXECUTE FUNCTION fraud_check_parliament_text();

CREATE FUNCTION fraud_check_rncps_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM fraud_rncpsconsultation c JOIN fraud_rncpsresult r ON r.consultation_id = c.id
         WHERE c.case_id = NEW.id AND r.outcome = 'ANSWERED'
           AND NOT EXISTS (SELECT 1 FROM fraud_rncpsconfirmation k WHERE k.consultation_id = c.id)
    ) THEN
        RAISE EXCEPTION 'dossier % : une réponse du répertoire est une piste, l’organisme qui sert la prestation ne l’a pas confirmée',
            NEW.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rncps_confirmed BEFORE UPDATE OF state ON fraud_controlcase FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NEW.state IN ('OVERPAYMENT', 'PENALTY_PROCEDURE', 'COMPLAINT'))
    EXECUTE FUNCTION fraud_check_rncps_confirmed();
"""
UNDO = """
DROP TRIGGER rncps_confirmed ON fraud_controlcase;
DROP TRIGGER checked ON fraud_parliamentsection;
DROP TRIGGER moves ON fraud_parliamentreport;
DROP TRIGGER kept ON fraud_rncpsalert;
DROP TRIGGER moves ON fraud_rncpsorder;
DROP TRIGGER kept ON fraud_rncpsauthorisation;
DROP TRIGGER checked ON fraud_rncpsconsultation;
DROP FUNCTION fraud_check_rncps_confirmed(); DROP FUNCTION fraud_check_parliament_text();
DROP FUNCTION fraud_check_parliament_report(); DROP FUNCTION fraud_check_rncps_alert(); DROP FUNCTION fraud_check_rncps_order();
DROP FUNCTION fraud_check_rncps_authorisation(); DROP FUNCTION fraud_check_rncps_look();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0008_requests_to_third_parties_and_the_committee"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ParliamentReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act", models.CharField(max_length=160)),
                ("article", models.CharField(max_length=80)),
                ("published_on", models.DateField()),
                ("months", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("covers_from", models.DateField()),
                ("covers_to", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PLANNED", "Prévu"),
                            ("DRAFT", "En rédaction"),
                            ("VALIDATED", "Validé"),
                            ("SENT", "Remis"),
                        ],
                        default="PLANNED",
                        max_length=9,
                    ),
                ),
                ("figures", models.JSONField(null=True)),
                ("validated_on", models.DateField(null=True)),
                ("sent_on", models.DateField(null=True)),
            ],
            options={
                "verbose_name": "rapport au Parlement",
                "constraints": [
                    models.UniqueConstraint(fields=("act", "article"), name="parliament_report_once"),
                    models.CheckConstraint(
                        condition=models.Q(("covers_to__gt", models.F("covers_from"))),
                        name="parliament_report_half_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "SENT"), ("sent_on__isnull", False)),
                            models.Q(models.Q(("state", "SENT"), _negated=True), ("sent_on", None)),
                            _connector="OR",
                        ),
                        name="parliament_report_sent_is_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["PLANNED", "DRAFT"]),
                            models.Q(("figures__isnull", False), ("validated_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="parliament_report_frozen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ParliamentReportMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PLANNED", "Prévu"),
                            ("DRAFT", "En rédaction"),
                            ("VALIDATED", "Validé"),
                            ("SENT", "Remis"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("PLANNED", "Prévu"),
                            ("DRAFT", "En rédaction"),
                            ("VALIDATED", "Validé"),
                            ("SENT", "Remis"),
                        ],
                        max_length=9,
                    ),
                ),
                ("dated", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="fraud.parliamentreport"
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’un rapport au Parlement",
            },
        ),
        migrations.CreateModel(
            name="RncpsAuthorisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fund", models.CharField(max_length=8)),
                (
                    "motives",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("RIGHTS_OPENING", "Ouvrir un droit"),
                                ("MANAGEMENT", "Gérer un droit"),
                                ("CONTROL", "Contrôler un dossier"),
                                ("FRAUD", "Vérifier une fraude possible"),
                            ],
                            max_length=14,
                        ),
                        size=None,
                    ),
                ),
                ("act_no", models.CharField(max_length=40)),
                ("act_dated", models.DateField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("given_at", models.DateTimeField()),
                ("form_key", models.UUIDField(unique=True)),
                ("ended_on", models.DateField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=300)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rncps_authorisations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "habilitation au répertoire",
            },
        ),
        migrations.CreateModel(
            name="RncpsConsultation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form_key", models.UUIDField()),
                ("fund", models.CharField(max_length=8)),
                (
                    "motive",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RIGHTS_OPENING", "Ouvrir un droit"),
                            ("MANAGEMENT", "Gérer un droit"),
                            ("CONTROL", "Contrôler un dossier"),
                            ("FRAUD", "Vérifier une fraude possible"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "reference_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CASE", "dossier de contrôle"),
                            ("CLAIM", "demande"),
                            ("AXIS", "axe du programme"),
                        ],
                        max_length=5,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=40)),
                ("person_key", models.UUIDField(null=True)),
                ("by_identity", models.BooleanField(default=False)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("REALTIME", "tout de suite"),
                            ("DEFERRED", "réponse différée"),
                            ("COLLECTIVE", "liste collective"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField()),
                ("dated", models.DateField()),
                ("refusal", models.CharField(blank=True, max_length=24)),
                (
                    "authorisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="fraud.rncpsauthorisation",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rncps_consultations",
                        to="fraud.controlcase",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rncps_consultations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "consultation du répertoire",
            },
        ),
        migrations.CreateModel(
            name="RncpsConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "worth",
                    models.CharField(
                        choices=[
                            ("CONFIRMED", "Confirmé par l’organisme"),
                            ("CONTRADICTED", "Démenti par l’organisme"),
                            ("NOT_USED", "Nous n’en tirons rien"),
                        ],
                        max_length=12,
                    ),
                ),
                ("in_favour", models.BooleanField(default=False)),
                ("body", models.CharField(blank=True, max_length=160)),
                ("said", models.CharField(max_length=1000)),
                ("answered_on", models.DateField()),
                ("noted_at", models.DateTimeField()),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "consultation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmation",
                        to="fraud.rncpsconsultation",
                    ),
                ),
            ],
            options={
                "verbose_name": "confirmation d’une piste",
            },
        ),
        migrations.CreateModel(
            name="RncpsOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fund", models.CharField(max_length=8)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("REALTIME", "tout de suite"),
                            ("DEFERRED", "réponse différée"),
                            ("COLLECTIVE", "liste collective"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "motive",
                    models.CharField(
                        choices=[
                            ("RIGHTS_OPENING", "Ouvrir un droit"),
                            ("MANAGEMENT", "Gérer un droit"),
                            ("CONTROL", "Contrôler un dossier"),
                            ("FRAUD", "Vérifier une fraude possible"),
                        ],
                        max_length=14,
                    ),
                ),
                ("reference", models.CharField(max_length=40)),
                ("purpose", models.CharField(blank=True, max_length=500)),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None),
                ),
                ("count", models.PositiveIntegerField()),
                ("people", models.BinaryField(default=bytes)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("TO_VISA", "Attend le visa"),
                            ("VISA_REFUSED", "Visa refusé"),
                            ("VISA_GIVEN", "Visa donné, à demander"),
                            ("ORDERED", "Demandé au répertoire"),
                            ("READY", "Réponse prête"),
                            ("SHOWN", "Réponse montrée"),
                            ("EXPIRED", "Réponse perdue"),
                        ],
                        max_length=12,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_on", models.DateField()),
                ("form_key", models.UUIDField(unique=True)),
                ("visa_at", models.DateTimeField(null=True)),
                ("visa_reason", models.CharField(blank=True, max_length=500)),
                ("ticket", models.CharField(blank=True, max_length=64)),
                ("kept_until", models.DateField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rncps_orders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visa_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "demande différée au répertoire",
            },
        ),
        migrations.AddField(
            model_name="rncpsconsultation",
            name="order",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consultations",
                to="fraud.rncpsorder",
            ),
        ),
        migrations.CreateModel(
            name="RncpsOrderMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TO_VISA", "Attend le visa"),
                            ("VISA_REFUSED", "Visa refusé"),
                            ("VISA_GIVEN", "Visa donné, à demander"),
                            ("ORDERED", "Demandé au répertoire"),
                            ("READY", "Réponse prête"),
                            ("SHOWN", "Réponse montrée"),
                            ("EXPIRED", "Réponse perdue"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("TO_VISA", "Attend le visa"),
                            ("VISA_REFUSED", "Visa refusé"),
                            ("VISA_GIVEN", "Visa donné, à demander"),
                            ("ORDERED", "Demandé au répertoire"),
                            ("READY", "Réponse prête"),
                            ("SHOWN", "Réponse montrée"),
                            ("EXPIRED", "Réponse perdue"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="fraud.rncpsorder"
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’une demande différée",
            },
        ),
        migrations.CreateModel(
            name="RncpsResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("ANSWERED", "Réponse reçue"),
                            ("UNKNOWN_PERSON", "Personne inconnue du répertoire"),
                            ("AMBIGUOUS", "Plusieurs personnes possibles"),
                            ("REFUSED_THERE", "Refusé par le répertoire"),
                            ("TOO_MANY", "Trop de demandes"),
                            ("UNAVAILABLE", "Répertoire indisponible"),
                            ("WITHHELD", "Réponse non montrée"),
                            ("EXPIRED", "Réponse perdue"),
                        ],
                        max_length=14,
                    ),
                ),
                ("lines", models.JSONField(default=dict)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("directory_no", models.CharField(blank=True, max_length=64)),
                ("provenance", models.JSONField(default=dict)),
                ("person_key", models.UUIDField(null=True)),
                ("withheld", models.CharField(blank=True, max_length=24)),
                ("at", models.DateTimeField()),
                (
                    "consultation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="result", to="fraud.rncpsconsultation"
                    ),
                ),
            ],
            options={
                "verbose_name": "résultat d’une consultation",
            },
        ),
        migrations.CreateModel(
            name="ParliamentSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("base", "Base légale"),
                            ("organismes", "Organismes participants"),
                            ("donnees", "Données détenues"),
                            ("habilitations", "Agents habilités"),
                            ("consultations", "Consultations, par organisme, motif et mois"),
                            ("usages", "Usages, pour les droits et pour le contrôle"),
                            ("resultats", "Résultats"),
                            ("incidents", "Incidents de sécurité"),
                            ("protection", "Protection des données"),
                            ("couts", "Coûts"),
                            ("autres", "Autres outils d’échange"),
                            ("propositions", "Propositions"),
                        ],
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="fraud.parliamentreport"
                    ),
                ),
            ],
            options={
                "verbose_name": "texte d’un rapport au Parlement",
                "constraints": [
                    models.UniqueConstraint(fields=("report", "code", "version"), name="parliament_text_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RncpsAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("LINKED", "Consultation de soi, d’un proche ou d’un collègue tentée"),
                            ("SAME_NAME", "Personne du même nom de famille que l’agent"),
                            ("DAILY_VOLUME", "Beaucoup de consultations en un jour"),
                            ("DAILY_LIMIT", "Nombre de consultations d’une journée atteint"),
                            ("MONTHLY_VOLUME", "Beaucoup de consultations en un mois"),
                            ("MISMATCH", "Réponse sur une autre personne"),
                            ("AUTHORISATION_ENDS", "Habilitation bientôt finie"),
                            ("REPORT_DUE", "Rapport au Parlement bientôt dû"),
                            ("REPORT_OVERDUE", "Rapport au Parlement en retard"),
                        ],
                        max_length=20,
                    ),
                ),
                ("fund", models.CharField(blank=True, max_length=8)),
                ("told", models.CharField(max_length=300)),
                ("raised_on", models.DateField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[("NOTHING", "Rien d’anormal"), ("INCIDENT", "Incident de sécurité")],
                        max_length=8,
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=500)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "alerte du répertoire",
                "indexes": [models.Index(fields=["verdict", "id"], name="rncps_alert_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", ""),
                            models.Q(
                                ("read_at__isnull", False),
                                ("read_by__isnull", False),
                                models.Q(("said", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rncps_alert_read_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("read_by", models.F("officer")), _negated=True),
                        name="rncps_alert_not_ones_own",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="rncpsauthorisation",
            index=models.Index(fields=["user", "valid_from"], name="rncps_authorisation_user"),
        ),
        migrations.AddConstraint(
            model_name="rncpsauthorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="rncps_authorisation_half_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="rncpsauthorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_by", models.F("user")), _negated=True), name="rncps_authorisation_by_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="rncpsauthorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("motives__len__gt", 0)), name="rncps_authorisation_has_motives"
            ),
        ),
        migrations.AddConstraint(
            model_name="rncpsauthorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on", None),
                    models.Q(("ended_by__isnull", False), models.Q(("end_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="rncps_authorisation_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="rncpsauthorisation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("ended_on", None)),
                expressions=[
                    ("user", "="),
                    ("fund", "="),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="rncps_authorisation_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="rncpsconfirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("said", ""), _negated=True),
                    models.Q(("worth", "NOT_USED"), models.Q(("body", ""), _negated=True), _connector="OR"),
                ),
                name="rncps_confirmed_by_a_body",
            ),
        ),
        migrations.AddIndex(
            model_name="rncpsorder",
            index=models.Index(fields=["officer", "id"], name="rncps_order_officer"),
        ),
        migrations.AddIndex(
            model_name="rncpsorder",
            index=models.Index(fields=["state", "id"], name="rncps_order_state"),
        ),
        migrations.AddConstraint(
            model_name="rncpsorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("visa_by", models.F("officer")), _negated=True), name="rncps_order_visa_by_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="rncpsorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mode", "COLLECTIVE"), _negated=True),
                    ("state", "TO_VISA"),
                    models.Q(
                        ("visa_at__isnull", False),
                        ("visa_by__isnull", False),
                        models.Q(("visa_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="rncps_list_needs_a_visa",
            ),
        ),
        migrations.AddIndex(
            model_name="rncpsconsultation",
            index=models.Index(fields=["officer", "id"], name="rncps_of_officer"),
        ),
        migrations.AddIndex(
            model_name="rncpsconsultation",
            index=models.Index(fields=["person_key", "id"], name="rncps_of_person"),
        ),
        migrations.AddIndex(
            model_name="rncpsconsultation",
            index=models.Index(fields=["case", "id"], name="rncps_of_case"),
        ),
        migrations.AddIndex(
            model_name="rncpsconsultation",
            index=models.Index(fields=["dated", "fund"], name="rncps_of_year"),
        ),
        migrations.AddConstraint(
            model_name="rncpsconsultation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("order", None), ("refusal", "")), fields=("form_key",), name="rncps_asked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rncpsconsultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refusal", ""), _negated=True),
                    models.Q(
                        models.Q(("motive", ""), _negated=True),
                        models.Q(("reference", ""), _negated=True),
                        models.Q(("reference_kind", ""), _negated=True),
                        ("authorisation__isnull", False),
                        ("person_key__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="rncps_no_look_without_a_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="rncpsordermove",
            index=models.Index(fields=["order", "id"], name="rncps_order_move"),
        ),
        migrations.AddConstraint(
            model_name="rncpsresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "ANSWERED"), _negated=True),
                    models.Q(("sha256", ""), _negated=True),
                    _connector="OR",
                ),
                name="rncps_answer_has_a_fingerprint",
            ),
        ),
        migrations.RunSQL(SQL + PROTECT, UNPROTECT + UNDO),
    ]
