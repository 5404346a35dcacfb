"""Advisers of desks enter by the professionals' door: a role more, that the database lets through."""

from django.db import migrations, models

POSTING = """
CREATE OR REPLACE FUNCTION accounts_check_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE account_door text;
BEGIN
    SELECT door INTO account_door FROM accounts_user WHERE id = NEW.user_id;
    IF account_door = 'FAMILY' THEN
        RAISE EXCEPTION 'le compte d''un parent ne porte aucune affectation' USING ERRCODE = '23514';
    END IF;
    IF NEW.role = 'PARENT' OR (account_door = 'PROFESSIONAL') <> (NEW.role IN ({roles})) THEN
        RAISE EXCEPTION 'ce rôle ne va pas avec la porte de ce compte' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$;
"""
BEFORE = "'CHILDMINDER', 'STRUCTURE_MANAGER'"
NOW = f"{BEFORE}, 'DESK_ADVISER'"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_keys_of_outside_bodies"),
    ]

    operations = [
        migrations.AlterField(
            model_name="posting",
            name="role",
            field=models.CharField(
                choices=[
                    ("FUND_CASEWORKER", "Gestion CMG, caisse"),
                    ("PAJEMPLOI_CASEWORKER", "Gestion Pajemploi"),
                    ("SUPERVISOR", "Encadrement"),
                    ("AUTHORISING_OFFICER", "Ordonnateur"),
                    ("ACCOUNTING_OFFICER", "Agent comptable"),
                    ("AUDITOR", "Audit"),
                    ("ARIPA_CASEWORKER", "Pensions alimentaires"),
                    ("CONTROLLER", "Contrôle, agent assermenté"),
                    ("BOARD_MEMBER", "Conseil d’administration"),
                    ("PARTNER_AGENT", "Organisme partenaire"),
                    ("CHILDMINDER", "Assistante maternelle ou assistant maternel"),
                    ("STRUCTURE_MANAGER", "Direction de structure"),
                    ("DESK_ADVISER", "Relais petite enfance"),
                    ("PARENT", "Parent"),
                ],
                max_length=24,
            ),
        ),
        migrations.RunSQL(POSTING.format(roles=NOW), POSTING.format(roles=BEFORE)),
    ]
