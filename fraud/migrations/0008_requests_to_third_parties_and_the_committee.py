"""Requests to third parties and the departmental committee: their tables, and what no hand may write in them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

# Which moves the tables of `fraud.models` allow, and which categories sit when and where (`fraud/parameters/codaf_members.yaml`):
# tests compare them with these.
SQL = """
CREATE FUNCTION fraud_third_party_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'PREPARED' THEN
        RAISE EXCEPTION 'demande à un tiers : elle commence « à envoyer »' USING ERRCODE = '23514';
    END IF;
    IF NOT NEW.is_identified AND NOT EXISTS (
        SELECT 1 FROM fraud_unidentifiedauthorisation a
         WHERE a.id = NEW.authorisation_id AND a.user_id = NEW.officer_id AND a.valid_from <= NEW.prepared_on
           AND coalesce(NEW.sent_on, NEW.prepared_on) < a.valid_to) THEN
        RAISE EXCEPTION 'demande sur des personnes non identifiées : l''agent n''y est pas spécialement autorisé' USING ERRCODE = '23514';
    END IF;
    IF TG_OP = 'INSERT' OR OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
        ('PREPARED', 'SENT'), ('PREPARED', 'WITHDRAWN'),
        ('SENT', 'REMINDED'), ('SENT', 'ANSWERED'), ('SENT', 'REFUSED'), ('SENT', 'SILENT'), ('SENT', 'WITHDRAWN'),
        ('REMINDED', 'ANSWERED'), ('REMINDED', 'REFUSED'), ('REMINDED', 'SILENT'), ('REMINDED', 'WITHDRAWN'),
        ('REFUSED', 'ANSWERED'), ('REFUSED', 'FINE_PROPOSED'), ('REFUSED', 'WITHDRAWN'),
        ('SILENT', 'ANSWERED'), ('SILENT', 'REFUSED'), ('SILENT', 'FINE_PROPOSED'), ('SILENT', 'WITHDRAWN'),
        ('FINE_PROPOSED', 'FINED'), ('FINE_PROPOSED', 'FINE_DROPPED')
    ) THEN
        RAISE EXCEPTION 'demande % : % ne mène pas à %', OLD.number, OLD.state, NEW.state USING ERRCODE = '23514';
    END IF;
    IF NEW.state IN ('FINE_PROPOSED', 'FINED', 'FINE_DROPPED') AND NOT EXISTS (
        SELECT 1 FROM fraud_thirdpartyfine f WHERE f.request_id = NEW.id AND f.state = CASE NEW.state
               WHEN 'FINE_PROPOSED' THEN 'PROPOSED' WHEN 'FINED' THEN 'DECIDED' ELSE 'DROPPED' END) THEN
        RAISE EXCEPTION 'demande % : aucune amende ne le dit', OLD.number USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE INSERT OR UPDATE ON fraud_thirdpartyrequest
    FOR EACH ROW EXECUTE FUNCTION fraud_third_party_check();
CREATE TRIGGER sent_stays BEFORE UPDATE ON fraud_thirdpartyrequest FOR EACH ROW
    WHEN (OLD.state <> 'PREPARED' AND (OLD.number, OLD.case_id, OLD.kind, OLD.name, OLD.purpose, OLD.asked, OLD.concerned,
          OLD.persons, OLD.is_identified, OLD.attempt_on, OLD.attempt_way, OLD.no_attempt_reason, OLD.officer_id, OLD.sent_on)
          IS DISTINCT FROM (NEW.number, NEW.case_id, NEW.kind, NEW.name, NEW.purpose, NEW.asked, NEW.concerned, NEW.persons,
          NEW.is_identified, NEW.attempt_on, NEW.attempt_way, NEW.no_attempt_reason, NEW.officer_id, NEW.sent_on))
    EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER receipt_stays BEFORE UPDATE ON fraud_thirdpartyrequest FOR EACH ROW
    WHEN (OLD.received_on IS NOT NULL AND (OLD.received_on, OLD.receipt, OLD.due_on)
          IS DISTINCT FROM (NEW.received_on, NEW.receipt, NEW.due_on))
    EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE DELETE ON fraud_thirdpartyrequest
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION fraud_third_party_fine_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE asked fraud_thirdpartyrequest%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM fraud_thirdpartyrequest WHERE id = NEW.request_id FOR UPDATE;
    IF NEW.state <> 'PROPOSED' OR asked.state NOT IN ('SILENT', 'REFUSED') OR asked.due_on IS NULL
       OR NEW.proposed_on <= asked.due_on THEN
        RAISE EXCEPTION 'amende : le délai de réponse de la demande % n''est pas écoulé, ou elle a sa réponse', asked.number
            USING ERRCODE = '23514';
    END IF;
    IF NEW.persons <> asked.persons OR NEW.reply_until < NEW.proposed_on THEN
        RAISE EXCEPTION 'amende : elle concerne les personnes de la demande %, et laisse le temps de répondre', asked.number
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER due BEFORE INSERT ON fraud_thirdpartyfine FOR EACH ROW EXECUTE FUNCTION fraud_third_party_fine_check();
CREATE TRIGGER decided_stays BEFORE UPDATE ON fraud_thirdpartyfine FOR EACH ROW
    WHEN (OLD.state <> 'PROPOSED' OR (OLD.request_id, OLD.persons, OLD.per_person_cents, OLD.cap_cents, OLD.amount_cents,
          OLD.proposed_by_id, OLD.proposed_on, OLD.reason, OLD.reply_until) IS DISTINCT FROM (NEW.request_id, NEW.persons,
          NEW.per_person_cents, NEW.cap_cents, NEW.amount_cents, NEW.proposed_by_id, NEW.proposed_on, NEW.reason, NEW.reply_until))
    EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION fraud_codaf_may_sit(code text, day date, dep text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM (VALUES
        ('PROSECUTOR', date '2010-03-25', NULL::date, ''),
        ('PREFECTURE', date '2010-03-25', NULL::date, ''),
        ('POLICE', date '2010-03-25', NULL::date, ''),
        ('GENDARMERIE', date '2010-03-25', NULL::date, ''),
        ('PUBLIC_FINANCES', date '2010-03-25', NULL::date, ''),
        ('CUSTOMS', date '2010-03-25', NULL::date, ''),
        ('LABOUR', date '2010-03-25', NULL::date, ''),
        ('GENERAL_SCHEME', date '2010-03-25', NULL::date, ''),
        ('SELF_EMPLOYED', date '2010-03-25', date '2020-01-01', ''),
        ('AGRICULTURAL', date '2010-03-25', NULL::date, ''),
        ('HEALTH_INSURANCE', date '2010-03-25', NULL::date, ''),
        ('POLE_EMPLOI', date '2010-03-25', date '2020-10-12', ''),
        ('CNAV', date '2010-03-25', NULL::date, '75 77 78 91 92 93 94 95'),
        ('POLICE_PREFECT', date '2010-03-25', NULL::date, '92 93 94'),
        ('HEALTH_AGENCY', date '2020-10-12', NULL::date, ''),
        ('ENVIRONMENT', date '2020-10-12', NULL::date, ''),
        ('COMPETITION', date '2020-10-12', NULL::date, ''),
        ('AGS', date '2020-10-12', NULL::date, ''),
        ('FRANCE_TRAVAIL', date '2020-10-12', NULL::date, '')
    ) AS seat(category, since, until, places)
     WHERE seat.category = code AND seat.since <= day AND (seat.until IS NULL OR day < seat.until)
       AND (seat.places = '' OR dep = ANY (string_to_array(seat.places, ' '))))
$$;
CREATE FUNCTION fraud_codaf_attendance_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    met fraud_codafmeeting%ROWTYPE;
    who fraud_codafmember%ROWTYPE;
BEGIN
    SELECT * INTO met FROM fraud_codafmeeting
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.meeting_id ELSE NEW.meeting_id END FOR SHARE;
    IF met.state <> 'PLANNED' THEN
        RAISE EXCEPTION 'réunion % : elle n''est plus prévue, ses présences ne changent plus', met.number USING ERRCODE = '23514';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT * INTO who FROM fraud_codafmember WHERE id = NEW.member_id FOR SHARE;
    IF who.departement <> met.departement OR met.dated < who.valid_from OR met.dated >= coalesce(who.valid_to, 'infinity') THEN
        RAISE EXCEPTION 'réunion % : % % n''est pas membre ce jour-là dans ce département', met.number, who.first_name, who.last_name
            USING ERRCODE = '23514';
    END IF;
    IF NOT fraud_codaf_may_sit(who.category, met.dated, met.departement) THEN
        RAISE EXCEPTION 'réunion % : la catégorie % ne siège pas ce jour-là dans ce département', met.number, who.category
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sits BEFORE INSERT OR UPDATE OR DELETE ON fraud_codafattendance
    FOR EACH ROW EXECUTE FUNCTION fraud_codaf_attendance_check();
CREATE FUNCTION fraud_codaf_member_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM fraud_codafattendance a JOIN fraud_codafmeeting m ON m.id = a.meeting_id
                WHERE a.member_id = NEW.id AND m.state = 'HELD' AND a.attended AND m.dated >= NEW.valid_to) THEN
        RAISE EXCEPTION 'membre % : une réunion suivie après cette fin', NEW.last_name USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sat BEFORE UPDATE OF valid_to ON fraud_codafmember FOR EACH ROW EXECUTE FUNCTION fraud_codaf_member_check();
CREATE TRIGGER seat_stays BEFORE UPDATE ON fraud_codafmember FOR EACH ROW
    WHEN ((OLD.category, OLD.departement, OLD.valid_from) IS DISTINCT FROM (NEW.category, NEW.departement, NEW.valid_from))
    EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION fraud_codaf_meeting_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PLANNED' THEN
            RAISE EXCEPTION 'réunion % : elle commence prévue', NEW.number USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('PLANNED', 'HELD'), ('PLANNED', 'CANCELLED')) THEN
        RAISE EXCEPTION 'réunion % : % ne mène pas à %', OLD.number, OLD.state, NEW.state USING ERRCODE = '23514';
    END IF;
    IF NEW.state = 'HELD' AND EXISTS (SELECT 1 FROM fraud_codafattendance WHERE meeting_id = NEW.id AND attended IS NULL) THEN
        RAISE EXCEPTION 'réunion % : dites de chaque personne si elle est venue', OLD.number USING ERRCODE = '23514';
    END IF;
    IF NEW.state = 'HELD' AND NOT EXISTS (
        SELECT 1 FROM fraud_codafattendance a JOIN fraud_codafmember w ON w.id = a.member_id
         WHERE a.meeting_id = NEW.id AND a.attended AND (NEW.formation = 'PLENARY' OR w.category = 'PREFECTURE')) THEN
        RAISE EXCEPTION 'réunion % : personne n''est venu, ou la préfecture manque en formation restreinte', OLD.number
            USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE INSERT OR UPDATE OF state ON fraud_codafmeeting
    FOR EACH ROW EXECUTE FUNCTION fraud_codaf_meeting_check();
CREATE TRIGGER stays BEFORE UPDATE ON fraud_codafmeeting FOR EACH ROW
    WHEN ((OLD.number, OLD.departement, OLD.formation, OLD.dated, OLD.convener, OLD.prefect, OLD.prosecutor)
          IS DISTINCT FROM (NEW.number, NEW.departement, NEW.formation, NEW.dated, NEW.convener, NEW.prefect, NEW.prosecutor))
    EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER protect BEFORE DELETE ON fraud_codafmeeting FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();

CREATE FUNCTION fraud_codaf_formation_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kind text;
BEGIN
    SELECT formation INTO kind FROM fraud_codafmeeting WHERE id = NEW.meeting_id;
    IF kind <> TG_ARGV[0] THEN
        RAISE EXCEPTION '%', TG_ARGV[1] USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plenary BEFORE INSERT OR UPDATE ON fraud_codafguest FOR EACH ROW EXECUTE FUNCTION
    fraud_codaf_formation_check('PLENARY', 'une personne extérieure n''est entendue qu''en plénière');
CREATE TRIGGER restricted BEFORE INSERT OR UPDATE ON fraud_codafcase FOR EACH ROW EXECUTE FUNCTION
    fraud_codaf_formation_check('RESTRICTED', 'un dossier n''est vu qu''en formation restreinte');

CREATE FUNCTION fraud_codaf_held_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM fraud_codafmeeting WHERE id = NEW.meeting_id AND state = 'HELD') THEN
        RAISE EXCEPTION 'une réunion qui n''est pas tenue ne décide rien' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER held BEFORE INSERT ON fraud_codafdecision FOR EACH ROW EXECUTE FUNCTION fraud_codaf_held_check();
CREATE TRIGGER held BEFORE INSERT ON fraud_jointoperation FOR EACH ROW EXECUTE FUNCTION fraud_codaf_held_check();
CREATE FUNCTION fraud_codaf_operation_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'DECIDED'
       OR TG_OP = 'UPDATE' AND (OLD.state, NEW.state) NOT IN (('DECIDED', 'DONE'), ('DECIDED', 'ABANDONED')) THEN
        RAISE EXCEPTION 'opération conjointe : cet état ne suit pas' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE INSERT OR UPDATE ON fraud_jointoperation
    FOR EACH ROW EXECUTE FUNCTION fraud_codaf_operation_check();
CREATE FUNCTION fraud_codaf_secretariat_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.sent_by_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM fraud_codafmember w WHERE w.id = NEW.sent_by_id AND w.secretariat_act <> ''
           AND w.valid_from <= NEW.sent_on AND (w.valid_to IS NULL OR NEW.sent_on < w.valid_to)) THEN
        RAISE EXCEPTION 'seul le secrétariat permanent écrit à la mission nationale' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sent BEFORE INSERT OR UPDATE ON fraud_codafdecision FOR EACH ROW EXECUTE FUNCTION fraud_codaf_secretariat_check();
CREATE TRIGGER sent BEFORE INSERT OR UPDATE ON fraud_codafreport FOR EACH ROW EXECUTE FUNCTION fraud_codaf_secretariat_check();
CREATE TRIGGER stays BEFORE UPDATE ON fraud_codafdecision FOR EACH ROW
    WHEN (OLD.sent_on IS NOT NULL OR (OLD.meeting_id, OLD.text) IS DISTINCT FROM (NEW.meeting_id, NEW.text))
    EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER stays BEFORE UPDATE ON fraud_codafreport FOR EACH ROW
    WHEN (OLD.sent_on IS NOT NULL OR (OLD.departement, OLD.year, OLD.figures) IS DISTINCT FROM (NEW.departement, NEW.year, NEW.figures))
    EXECUTE FUNCTION portal_refuse_change();
""" + "".join(
    f"CREATE TRIGGER protect BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();\n"
    f"CREATE TRIGGER protect_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();\n"
    for table in ("fraud_thirdpartymove", "fraud_thirdpartyanswer", "fraud_codafmove")
)
UNDO = "".join(
    f"DROP FUNCTION fraud_{name} CASCADE;\n"
    for name in (
        "third_party_check()",
        "third_party_fine_check()",
        "codaf_attendance_check()",
        "codaf_member_check()",
        "codaf_meeting_check()",
        "codaf_formation_check()",
        "codaf_held_check()",
        "codaf_operation_check()",
        "codaf_secretariat_check()",
        "codaf_may_sit(text, date, text)",
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_chain_and_protect"),
        ("fraud", "0007_exchanges_item_by_item"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CodafMeeting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=24, unique=True)),
                ("departement", models.CharField(max_length=3)),
                (
                    "formation",
                    models.CharField(
                        choices=[("PLENARY", "Plénière"), ("RESTRICTED", "Formation restreinte")], max_length=10
                    ),
                ),
                ("dated", models.DateField()),
                ("place", models.CharField(max_length=120)),
                (
                    "convener",
                    models.CharField(
                        choices=[
                            ("CHAIRS", "la préfecture et le parquet"),
                            ("PROSECUTOR", "le procureur de la République"),
                        ],
                        max_length=10,
                    ),
                ),
                ("prefect", models.CharField(blank=True, max_length=120)),
                ("prosecutor", models.CharField(max_length=120)),
                ("agenda", models.CharField(max_length=2000)),
                (
                    "state",
                    models.CharField(
                        choices=[("PLANNED", "Prévue"), ("HELD", "Tenue"), ("CANCELLED", "Annulée")],
                        default="PLANNED",
                        max_length=9,
                    ),
                ),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "réunion du CODAF",
            },
        ),
        migrations.CreateModel(
            name="CodafGuest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("full_name", models.CharField(max_length=160)),
                ("quality", models.CharField(max_length=200)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="guests", to="fraud.codafmeeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "personne entendue par le CODAF",
            },
        ),
        migrations.CreateModel(
            name="CodafCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prosecutor_on", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codaf", to="fraud.controlcase"
                    ),
                ),
                (
                    "put_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cases", to="fraud.codafmeeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "dossier au CODAF",
            },
        ),
        migrations.CreateModel(
            name="CodafMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_name", models.CharField(max_length=80)),
                ("last_name", models.CharField(max_length=80)),
                ("body", models.CharField(max_length=160)),
                ("category", models.CharField(max_length=20)),
                ("departement", models.CharField(max_length=3)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("secretariat_act", models.CharField(blank=True, max_length=80)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codaf_seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "membre du CODAF",
            },
        ),
        migrations.CreateModel(
            name="CodafDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=1000)),
                ("form_key", models.UUIDField(unique=True)),
                ("sent_on", models.DateField(null=True)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="fraud.codafmeeting"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.codafmember"
                    ),
                ),
            ],
            options={
                "verbose_name": "décision du CODAF",
            },
        ),
        migrations.CreateModel(
            name="CodafAttendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attended", models.BooleanField(null=True)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendance", to="fraud.codafmeeting"
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendance", to="fraud.codafmember"
                    ),
                ),
            ],
            options={
                "verbose_name": "présence au CODAF",
            },
        ),
        migrations.CreateModel(
            name="CodafReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("departement", models.CharField(max_length=3)),
                ("year", models.PositiveSmallIntegerField()),
                ("made_on", models.DateField()),
                ("figures", models.JSONField()),
                ("letter_key", models.CharField(max_length=120)),
                ("sent_on", models.DateField(null=True)),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.codafmember"
                    ),
                ),
            ],
            options={
                "verbose_name": "compte rendu du CODAF",
            },
        ),
        migrations.CreateModel(
            name="JointOperation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("planned_on", models.DateField()),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("DECIDED", "À mener"), ("DONE", "Menée"), ("ABANDONED", "Abandonnée")],
                        default="DECIDED",
                        max_length=9,
                    ),
                ),
                ("done_on", models.DateField(null=True)),
                ("checks", models.PositiveIntegerField(null=True)),
                ("sanctions", models.PositiveIntegerField(null=True)),
                ("result", models.CharField(blank=True, max_length=1000)),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="fraud.codafmember"
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="operations", to="fraud.codafmeeting"
                    ),
                ),
            ],
            options={
                "verbose_name": "opération conjointe",
            },
        ),
        migrations.CreateModel(
            name="CodafMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_state", models.CharField(blank=True, max_length=9)),
                ("to_state", models.CharField(max_length=9)),
                ("at", models.DateTimeField()),
                ("dated", models.DateField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="fraud.codafmeeting"
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="fraud.jointoperation",
                    ),
                ),
            ],
            options={
                "verbose_name": "étape du CODAF",
            },
        ),
        migrations.CreateModel(
            name="ThirdPartyRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("BANK", "Banque"),
                            ("ENERGY", "Fournisseur d’énergie"),
                            ("TELECOM", "Opérateur de téléphone"),
                            ("EMPLOYER", "Employeur"),
                            ("LANDLORD", "Bailleur"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("address", models.CharField(max_length=300)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("DECLARATIONS", "Vérifier une déclaration"),
                            ("PAPERS", "Vérifier une pièce"),
                            ("RECOVERY", "Recouvrer une somme versée en trop"),
                        ],
                        max_length=12,
                    ),
                ),
                ("asked", models.CharField(max_length=1000)),
                ("concerned", models.BinaryField()),
                ("persons", models.PositiveSmallIntegerField()),
                ("is_identified", models.BooleanField(default=True)),
                ("attempt_on", models.DateField(null=True)),
                (
                    "attempt_way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LETTER", "par courrier"),
                            ("MESSAGE", "par message"),
                            ("PHONE", "par téléphone"),
                            ("MEETING", "en rendez-vous"),
                        ],
                        max_length=8,
                    ),
                ),
                ("no_attempt_reason", models.CharField(blank=True, max_length=500)),
                ("prepared_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PREPARED", "À envoyer"),
                            ("SENT", "Envoyée"),
                            ("REMINDED", "Rappelée"),
                            ("ANSWERED", "Répondue"),
                            ("REFUSED", "Refusée"),
                            ("SILENT", "Sans réponse"),
                            ("FINE_PROPOSED", "Amende proposée"),
                            ("FINED", "Amende décidée"),
                            ("FINE_DROPPED", "Amende abandonnée"),
                            ("WITHDRAWN", "Retirée"),
                        ],
                        default="PREPARED",
                        max_length=14,
                    ),
                ),
                ("sent_on", models.DateField(null=True)),
                ("received_on", models.DateField(null=True)),
                (
                    "receipt",
                    models.CharField(
                        blank=True,
                        choices=[("NOTICE", "accusé de réception"), ("LINK", "page de réponse ouverte avec le code")],
                        max_length=6,
                    ),
                ),
                ("due_on", models.DateField(null=True)),
                ("silent_on", models.DateField(null=True)),
                ("over_on", models.DateField(null=True)),
                ("secret", models.BinaryField()),
                ("secret_key", models.UUIDField(unique=True)),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="third_party_requests",
                        to="fraud.controlcase",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "demande à un tiers",
            },
        ),
        migrations.CreateModel(
            name="ThirdPartyMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PREPARED", "À envoyer"),
                            ("SENT", "Envoyée"),
                            ("REMINDED", "Rappelée"),
                            ("ANSWERED", "Répondue"),
                            ("REFUSED", "Refusée"),
                            ("SILENT", "Sans réponse"),
                            ("FINE_PROPOSED", "Amende proposée"),
                            ("FINED", "Amende décidée"),
                            ("FINE_DROPPED", "Amende abandonnée"),
                            ("WITHDRAWN", "Retirée"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("PREPARED", "À envoyer"),
                            ("SENT", "Envoyée"),
                            ("REMINDED", "Rappelée"),
                            ("ANSWERED", "Répondue"),
                            ("REFUSED", "Refusée"),
                            ("SILENT", "Sans réponse"),
                            ("FINE_PROPOSED", "Amende proposée"),
                            ("FINED", "Amende décidée"),
                            ("FINE_DROPPED", "Amende abandonnée"),
                            ("WITHDRAWN", "Retirée"),
                        ],
                        max_length=14,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("dated", models.DateField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="fraud.thirdpartyrequest"
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’une demande à un tiers",
            },
        ),
        migrations.CreateModel(
            name="ThirdPartyFine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("persons", models.PositiveSmallIntegerField()),
                ("per_person_cents", models.BigIntegerField()),
                ("cap_cents", models.BigIntegerField()),
                ("amount_cents", models.BigIntegerField()),
                ("proposed_on", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                ("reply_until", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("PROPOSED", "Proposée"), ("DECIDED", "Décidée"), ("DROPPED", "Abandonnée")],
                        default="PROPOSED",
                        max_length=8,
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                ("decision", models.CharField(blank=True, max_length=500)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fine", to="fraud.thirdpartyrequest"
                    ),
                ),
            ],
            options={
                "verbose_name": "amende d’un tiers",
            },
        ),
        migrations.CreateModel(
            name="ThirdPartyAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("GIVEN", "Voici ce qui est demandé"),
                            ("NOT_HELD", "Nous n’avons pas ces informations"),
                            ("REFUSED", "Nous refusons"),
                        ],
                        max_length=8,
                    ),
                ),
                ("words", models.BinaryField()),
                ("contact", models.BinaryField()),
                ("papers", models.PositiveSmallIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("by_link", models.BooleanField()),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "noted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="fraud.thirdpartyrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "réponse d’un tiers",
            },
        ),
        migrations.CreateModel(
            name="UnidentifiedAuthorisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act_no", models.CharField(max_length=40)),
                ("signatory", models.CharField(max_length=160)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                (
                    "granted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unidentified_acts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "autorisation spéciale",
            },
        ),
        migrations.AddField(
            model_name="thirdpartyrequest",
            name="authorisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="fraud.unidentifiedauthorisation",
            ),
        ),
        migrations.AddIndex(
            model_name="codafmeeting",
            index=models.Index(fields=["departement", "dated", "id"], name="codaf_meeting_list"),
        ),
        migrations.AddConstraint(
            model_name="codafmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("convener", "PROSECUTOR"), ("formation", "RESTRICTED")),
                    models.Q(("convener", "CHAIRS"), ("formation", "PLENARY")),
                    _connector="OR",
                ),
                name="codaf_restricted_by_prosecutor",
            ),
        ),
        migrations.AddConstraint(
            model_name="codafmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("prosecutor", ""), _negated=True),
                    models.Q(("formation", "RESTRICTED"), models.Q(("prefect", ""), _negated=True), _connector="OR"),
                ),
                name="codaf_chaired",
            ),
        ),
        migrations.AddConstraint(
            model_name="codafguest",
            constraint=models.UniqueConstraint(fields=("meeting", "full_name"), name="codaf_guest_once"),
        ),
        migrations.AddConstraint(
            model_name="codafcase",
            constraint=models.UniqueConstraint(fields=("meeting", "case"), name="codaf_case_once"),
        ),
        migrations.AddIndex(
            model_name="codafmember",
            index=models.Index(fields=["departement", "category", "id"], name="codaf_member_list"),
        ),
        migrations.AddConstraint(
            model_name="codafmember",
            constraint=models.UniqueConstraint(
                fields=("departement", "category", "body", "last_name", "first_name", "valid_from"),
                name="codaf_member_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="codafmember",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"),
                name="codaf_member_half_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="codafdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_by", None), ("sent_on", None)),
                    models.Q(("sent_by__isnull", False), ("sent_on__isnull", False)),
                    _connector="OR",
                ),
                name="codaf_decision_sent_by_secretariat",
            ),
        ),
        migrations.AddConstraint(
            model_name="codafattendance",
            constraint=models.UniqueConstraint(fields=("meeting", "member"), name="codaf_attendance_once"),
        ),
        migrations.AddIndex(
            model_name="codafreport",
            index=models.Index(fields=["departement", "id"], name="codaf_report_list"),
        ),
        migrations.AddConstraint(
            model_name="codafreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_by", None), ("sent_on", None)),
                    models.Q(("sent_by__isnull", False), ("sent_on__isnull", False)),
                    _connector="OR",
                ),
                name="codaf_report_sent_by_secretariat",
            ),
        ),
        migrations.AddIndex(
            model_name="jointoperation",
            index=models.Index(fields=["state", "planned_on", "id"], name="codaf_operation_list"),
        ),
        migrations.AddConstraint(
            model_name="jointoperation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "DONE"), _negated=True),
                    models.Q(("checks__isnull", False), ("done_on__isnull", False), ("sanctions__isnull", False)),
                    _connector="OR",
                ),
                name="codaf_operation_done_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="jointoperation",
            constraint=models.CheckConstraint(
                condition=models.Q(("categories__len__gte", 2)), name="codaf_operation_joint"
            ),
        ),
        migrations.AddIndex(
            model_name="codafmove",
            index=models.Index(fields=["meeting", "id"], name="codaf_move"),
        ),
        migrations.AddIndex(
            model_name="thirdpartymove",
            index=models.Index(fields=["request", "id"], name="third_party_move"),
        ),
        migrations.AddIndex(
            model_name="thirdpartyfine",
            index=models.Index(fields=["state", "reply_until", "id"], name="third_party_fine_list"),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyfine",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="third_party_fine_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyfine",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), ("decided_on", None), ("state", "PROPOSED")),
                    models.Q(
                        models.Q(("state", "PROPOSED"), _negated=True),
                        ("decided_by__isnull", False),
                        ("decided_on__isnull", False),
                        models.Q(("decision", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="third_party_fine_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyfine",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "DECIDED"), _negated=True),
                    ("decided_on__gt", models.F("reply_until")),
                    _connector="OR",
                ),
                name="third_party_fine_after_reply",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyfine",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "amount_cents",
                            django.db.models.expressions.CombinedExpression(
                                models.F("persons"), "*", models.F("per_person_cents")
                            ),
                        ),
                        ("amount_cents__lte", models.F("cap_cents")),
                    ),
                    models.Q(
                        ("amount_cents", models.F("cap_cents")),
                        (
                            "cap_cents__lt",
                            django.db.models.expressions.CombinedExpression(
                                models.F("persons"), "*", models.F("per_person_cents")
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="third_party_fine_exact",
            ),
        ),
        migrations.AddIndex(
            model_name="thirdpartyanswer",
            index=models.Index(fields=["request", "id"], name="third_party_answer"),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by_link", True), ("noted_by", None)),
                    models.Q(("by_link", False), ("noted_by__isnull", False)),
                    _connector="OR",
                ),
                name="third_party_answer_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "GIVEN"), _negated=True),
                    models.Q(("words", b""), _negated=True),
                    ("papers__gt", 0),
                    _connector="OR",
                ),
                name="third_party_given_is_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="unidentifiedauthorisation",
            constraint=models.UniqueConstraint(fields=("user", "act_no"), name="unidentified_act_once"),
        ),
        migrations.AddConstraint(
            model_name="unidentifiedauthorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gt", models.F("valid_from"))), name="unidentified_act_half_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="unidentifiedauthorisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("granted_by", models.F("user")), _negated=True), name="unidentified_act_by_another"
            ),
        ),
        migrations.AddIndex(
            model_name="thirdpartyrequest",
            index=models.Index(fields=["case", "id"], name="third_party_case"),
        ),
        migrations.AddIndex(
            model_name="thirdpartyrequest",
            index=models.Index(fields=["state", "due_on", "id"], name="third_party_due"),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("attempt_on__isnull", False),
                        ("attempt_on__lte", models.F("prepared_on")),
                        models.Q(("attempt_way", ""), _negated=True),
                    ),
                    models.Q(("no_attempt_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="third_party_person_asked_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["BANK", "ENERGY", "TELECOM", "EMPLOYER", "LANDLORD"]),
                    ("purpose__in", ["DECLARATIONS", "PAPERS", "RECOVERY"]),
                ),
                name="third_party_of_the_list",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyrequest",
            constraint=models.CheckConstraint(condition=models.Q(("persons__gte", 1)), name="third_party_somebody"),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["PREPARED", "WITHDRAWN"]),
                    models.Q(("sent_by__isnull", False), ("sent_on__isnull", False)),
                    _connector="OR",
                ),
                name="third_party_sent_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_on", None), ("receipt", ""), ("received_on", None)),
                    models.Q(
                        ("due_on__gt", models.F("received_on")),
                        ("received_on__gte", models.F("sent_on")),
                        models.Q(("receipt", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="third_party_delay_from_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("silent_on", None), models.Q(("state", "SILENT"), _negated=True)),
                    models.Q(("due_on__isnull", False), ("silent_on__gt", models.F("due_on"))),
                    _connector="OR",
                ),
                name="third_party_silent_after_delay",
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_identified", True), ("authorisation__isnull", False), _connector="OR"),
                name="third_party_unidentified_by_act",
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
