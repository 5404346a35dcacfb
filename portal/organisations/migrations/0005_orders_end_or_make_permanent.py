"""A fund that works may end, its end be repealed before its day, or its experiment be made permanent, by an order that two
persons entered and confirmed; its files go back on the day, once. Whoever writes.

The pairs of states are those of `MOVES` and `ORDER_MOVES` (portal/organisations/rules): a test compares them.
"""

from importlib import import_module

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORMER = import_module("portal.organisations.migrations.0003_no_joint_fund_without_its_votes")
NOTED = import_module("portal.organisations.migrations.0004_files_move_and_are_proved")


def again(sql: str) -> str:
    """The functions of an earlier migration, as they were, without its triggers."""
    return sql.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


FILES = """
CREATE OR REPLACE FUNCTION organisations_creation_pair(former text, later text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (former, later) IN (
        ('PROPOSED', 'NATIONAL_OPINIONS'), ('PROPOSED', 'WITHDRAWN'),
        ('NATIONAL_OPINIONS', 'ORDER_SIGNED'), ('NATIONAL_OPINIONS', 'WITHDRAWN'),
        ('ORDER_SIGNED', 'LIVE'), ('ORDER_SIGNED', 'WITHDRAWN'),
        ('LIVE', 'WITHDRAWN'))
$$;
CREATE OR REPLACE FUNCTION organisations_creation_gap(f organisations_creationfile) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN f.state IN ('NATIONAL_OPINIONS', 'ORDER_SIGNED', 'LIVE') AND cardinality(f.concerned) > (
            SELECT count(*) FROM organisations_boardvote v
             WHERE v.file_id = f.id AND v.is_favourable AND v.body_id = ANY (f.concerned))
            THEN 'il manque le vote favorable d’un conseil'
        WHEN f.state IN ('ORDER_SIGNED', 'LIVE') AND cardinality(f.consulted) > (
            SELECT count(*) FROM organisations_nationalopinion o WHERE o.file_id = f.id AND o.body = ANY (f.consulted))
            THEN 'il manque l’avis d’un organisme national'
        WHEN f.state IN ('ORDER_SIGNED', 'LIVE')
             AND (f.order_reference = '' OR f.order_signed_on IS NULL OR f.starts_on IS NULL)
            THEN 'il manque l’arrêté du ministre'
        WHEN f.state = 'LIVE' AND (f.live_since IS NULL OR (f.live_since AT TIME ZONE 'Europe/Paris')::date < f.starts_on)
            THEN 'son premier jour n’est pas venu'
        WHEN f.state NOT IN ('LIVE', 'WITHDRAWN') AND f.live_since IS NOT NULL
            THEN 'une caisse qui n’est pas en service n’a pas de jour de mise en service'
        WHEN (f.state = 'WITHDRAWN') <> (f.withdrawn_on IS NOT NULL AND f.withdrawn_because <> '')
            THEN 'un retrait a son jour et son motif'
        WHEN f.state = 'WITHDRAWN' AND f.live_since IS NOT NULL AND EXISTS (
            SELECT 1 FROM organisations_bodymission m
             WHERE m.body_id = f.code AND m.departement = f.departement AND m.branch = ANY (f.branches)
               AND m.starts_on = f.starts_on AND m.returned_id IS NULL)
            THEN 'elle tient encore une mission, ou ses dossiers ne sont pas revenus'
        ELSE '' END
$$;
CREATE OR REPLACE FUNCTION organisations_check_creation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gap text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'PROPOSED' OR NEW.order_reference <> '' OR NEW.order_signed_on IS NOT NULL OR NEW.starts_on IS NOT NULL
           OR cardinality(NEW.concerned) = 0 OR cardinality(NEW.consulted) = 0 OR cardinality(NEW.branches) = 0 THEN
            PERFORM organisations_refuse('caisse commune ' || NEW.code
                || ' : un dossier commence proposé, avec ses branches, les conseils qui votent, les avis à demander, sans arrêté');
        END IF;
    ELSE
        IF OLD.state = 'WITHDRAWN' THEN
            PERFORM organisations_refuse('caisse commune ' || OLD.code || ' : son dossier est fini, il ne change plus');
        END IF;
        IF (NEW.code, NEW.name, NEW.departement, NEW.branches, NEW.seat_city, NEW.concerned, NEW.consulted, NEW.proposed_on,
            NEW.opened_by_id, NEW.form_key)
           IS DISTINCT FROM (OLD.code, OLD.name, OLD.departement, OLD.branches, OLD.seat_city, OLD.concerned, OLD.consulted,
            OLD.proposed_on, OLD.opened_by_id, OLD.form_key)
           OR (OLD.order_reference <> '' AND (NEW.order_reference, NEW.order_signed_on, NEW.starts_on)
               IS DISTINCT FROM (OLD.order_reference, OLD.order_signed_on, OLD.starts_on)) THEN
            PERFORM organisations_refuse('caisse commune ' || OLD.code || ' : ce qui est proposé, puis arrêté, ne change pas');
        END IF;
        IF OLD.state = 'LIVE' AND (NEW.state = 'LIVE' OR NEW.live_since IS DISTINCT FROM OLD.live_since) THEN
            PERFORM organisations_refuse('caisse commune ' || OLD.code || ' : en service, son dossier ne change plus, il finit');
        END IF;
        IF NEW.state <> OLD.state AND NOT organisations_creation_pair(OLD.state, NEW.state) THEN
            PERFORM organisations_refuse('caisse commune ' || OLD.code || ' : ' || OLD.state || ' ne mène pas à ' || NEW.state);
        END IF;
    END IF;
    gap := organisations_creation_gap(NEW);
    IF gap <> '' THEN
        PERFORM organisations_refuse('caisse commune ' || NEW.code || ' : ' || gap);
    END IF;
    RETURN NEW;
END $$;
"""
MISSIONS = """
-- The day on which a mission ends when no order ends it: that of its experiment, unless an order made it permanent.
CREATE FUNCTION organisations_lawful_end(m organisations_bodymission, on_day date) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN m.experimental_until > on_day AND NOT EXISTS (
        SELECT 1 FROM organisations_fundorder o
         WHERE o.body_id = m.body_id AND o.state = 'CONFIRMED' AND o.kind = 'PERMANENT' AND m.branch = ANY (o.branches)
           AND (o.confirmed_at AT TIME ZONE 'Europe/Paris')::date >= m.starts_on)
    THEN m.experimental_until END
$$;
-- The last order confirmed on a mission while it is held, before the day on which it would have ended, says when it ends.
CREATE FUNCTION organisations_ends_by_order(was organisations_bodymission, until date) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    o organisations_fundorder;
    signed date;
BEGIN
    SELECT * INTO o FROM organisations_fundorder f
     WHERE f.body_id = was.body_id AND f.state = 'CONFIRMED' AND was.branch = ANY (f.branches) ORDER BY f.id DESC LIMIT 1;
    signed := (o.confirmed_at AT TIME ZONE 'Europe/Paris')::date;
    IF o.id IS NULL OR signed < was.starts_on OR was.ends_on <= signed THEN
        RETURN false;
    END IF;
    RETURN CASE o.kind
        WHEN 'END' THEN until = o.ends_on AND until < coalesce(organisations_lawful_end(was, signed), 'infinity')
        WHEN 'REPEAL' THEN was.ends_on IS NOT NULL AND until IS NOT DISTINCT FROM organisations_lawful_end(was, signed)
        ELSE until IS NULL AND was.ends_on = was.experimental_until END;
END $$;
CREATE OR REPLACE FUNCTION organisations_check_mission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM organisations_organisation WHERE code = NEW.body_id AND body = 'CCSS') THEN
        PERFORM organisations_refuse('mission : ' || NEW.body_id || ' n’est pas une caisse commune');
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.body_id, NEW.branch, NEW.departement, NEW.former_id, NEW.starts_on)
           IS DISTINCT FROM (OLD.body_id, OLD.branch, OLD.departement, OLD.former_id, OLD.starts_on)
           OR (OLD.experimental_until IS NOT NULL AND NEW.experimental_until IS DISTINCT FROM OLD.experimental_until) THEN
            PERFORM organisations_refuse('mission : seule sa fin peut changer');
        END IF;
        IF OLD.returned_id IS NOT NULL
           AND (NEW.returned_id, NEW.ends_on) IS DISTINCT FROM (OLD.returned_id, OLD.ends_on) THEN
            PERFORM organisations_refuse('mission : ses dossiers sont revenus, elle ne change plus');
        END IF;
        IF NEW.ends_on IS DISTINCT FROM OLD.ends_on
           AND organisations_ends_by_order(OLD, NEW.ends_on) IS NOT TRUE THEN
            PERFORM organisations_refuse('mission : sa fin change par un arrêté confirmé, à son jour, avant la fin qu’elle avait');
        END IF;
        IF NEW.returned_id IS DISTINCT FROM OLD.returned_id AND NOT EXISTS (
            SELECT 1 FROM organisations_fundreturn r
             WHERE r.id = NEW.returned_id AND r.body_id = NEW.body_id AND r.ends_on = NEW.ends_on) THEN
            PERFORM organisations_refuse('mission : ses dossiers reviennent le jour de sa fin');
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""
ORDERS = """
CREATE FUNCTION organisations_order_pair(former text, later text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (former, later) IN (('ENTERED', 'CONFIRMED'), ('ENTERED', 'DROPPED'))
$$;
CREATE FUNCTION organisations_check_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM organisations_organisation WHERE code = NEW.body_id AND body = 'CCSS') THEN
        PERFORM organisations_refuse('arrêté : ' || NEW.body_id || ' n’est pas une caisse commune');
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'ENTERED' OR cardinality(NEW.branches) = 0 THEN
            PERFORM organisations_refuse('arrêté : une personne l’inscrit avec ses branches, une autre le confirme');
        END IF;
    ELSIF (NEW.body_id, NEW.kind, NEW.branches, NEW.reference, NEW.signed_on, NEW.ends_on, NEW.entered_on, NEW.entered_by_id,
           NEW.form_key)
          IS DISTINCT FROM (OLD.body_id, OLD.kind, OLD.branches, OLD.reference, OLD.signed_on, OLD.ends_on, OLD.entered_on,
           OLD.entered_by_id, OLD.form_key) OR NOT organisations_order_pair(OLD.state, NEW.state) THEN
        PERFORM organisations_refuse('arrêté : ce qui est inscrit ne change pas ; il est confirmé ou abandonné, une fois');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER twice BEFORE INSERT OR UPDATE ON organisations_fundorder FOR EACH ROW
    EXECUTE FUNCTION organisations_check_order();
""" + "".join(
    f"""
CREATE TRIGGER kept BEFORE {never} ON organisations_{one} FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
CREATE TRIGGER kept_all BEFORE TRUNCATE ON organisations_{one} FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change();
"""
    for one, never in (("fundorder", "DELETE"), ("fundreturn", "UPDATE OR DELETE"))
)
UNDO_MISSIONS = """
DROP FUNCTION organisations_ends_by_order(organisations_bodymission, date);
DROP FUNCTION organisations_lawful_end(organisations_bodymission, date);
"""
UNDO_ORDERS = """
DROP TRIGGER kept ON organisations_fundorder; DROP TRIGGER kept_all ON organisations_fundorder;
DROP TRIGGER kept ON organisations_fundreturn; DROP TRIGGER kept_all ON organisations_fundreturn;
DROP TRIGGER twice ON organisations_fundorder;
DROP FUNCTION organisations_check_order(); DROP FUNCTION organisations_order_pair(text, text);
"""
NOTED_BACK = (
    again(NOTED.NOTED)
    .replace("(NEW.creation_id, NEW.kind", "(NEW.creation_id, NEW.returned_id, NEW.kind")
    .replace("(OLD.creation_id, OLD.kind", "(OLD.creation_id, OLD.returned_id, OLD.kind")
)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0004_files_move_and_are_proved"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="bodymission",
            name="experimental_until",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="filemove",
            name="creation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="organisations.creationfile",
            ),
        ),
        migrations.CreateModel(
            name="FundOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("END", "Fin de la caisse commune"),
                            ("REPEAL", "Abrogation de sa fin"),
                            ("PERMANENT", "Pérennisation"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "branches",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("SICKNESS", "Maladie"), ("FAMILY", "Famille"), ("COLLECTION", "Recouvrement")],
                            max_length=10,
                        ),
                        size=None,
                    ),
                ),
                ("reference", models.CharField(max_length=80)),
                ("signed_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("ENTERED", "À confirmer"), ("CONFIRMED", "Confirmé"), ("DROPPED", "Abandonné")],
                        default="ENTERED",
                        max_length=9,
                    ),
                ),
                ("entered_on", models.DateField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("form_key", models.UUIDField(unique=True)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "arrêté sur une caisse commune",
            },
        ),
        migrations.CreateModel(
            name="FundReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_on", models.DateField()),
                ("done_at", models.DateTimeField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "retour des dossiers d’une caisse commune",
            },
        ),
        migrations.AddField(
            model_name="bodymission",
            name="returned",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="missions",
                to="organisations.fundreturn",
            ),
        ),
        migrations.AddField(
            model_name="filemove",
            name="returned",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moves",
                to="organisations.fundreturn",
            ),
        ),
        migrations.AddIndex(
            model_name="filemove",
            index=models.Index(condition=models.Q(("creation", None)), fields=["returned", "id"], name="filemove_back"),
        ),
        migrations.AddConstraint(
            model_name="filemove",
            constraint=models.UniqueConstraint(fields=("returned", "kind", "key"), name="filemove_back_once"),
        ),
        migrations.AddConstraint(
            model_name="filemove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("creation__isnull", False), ("returned", None)),
                    models.Q(("creation", None), ("returned__isnull", False)),
                    _connector="OR",
                ),
                name="filemove_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_on__gte", models.F("signed_on")), ("kind", "END")),
                    models.Q(("ends_on", None), ("kind__in", ["PERMANENT", "REPEAL"])),
                    _connector="OR",
                ),
                name="fundorder_end_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        ("state", "CONFIRMED"),
                        models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "CONFIRMED"), _negated=True), ("confirmed_at", None), ("confirmed_by", None)
                    ),
                    _connector="OR",
                ),
                name="fundorder_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ENTERED")), fields=("body",), name="fundorder_one_waits"
            ),
        ),
        migrations.AddConstraint(
            model_name="fundreturn",
            constraint=models.UniqueConstraint(fields=("body", "ends_on"), name="fundreturn_once"),
        ),
        migrations.RunSQL(FILES, again(FORMER.FILES)),
        migrations.RunSQL(MISSIONS, again(FORMER.MISSIONS) + UNDO_MISSIONS),
        migrations.RunSQL(ORDERS, UNDO_ORDERS),
        migrations.RunSQL(NOTED_BACK, again(NOTED.NOTED)),
    ]
