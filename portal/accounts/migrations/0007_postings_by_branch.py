"""A posting at a joint fund is held for one branch, and gives what that branch holds (CSS L. 216-4): merging bodies never
merges access. `accounts_serves` says it once, for the pages and for the triggers of other tables."""

from django.db import migrations, models

SERVES = """
-- The code of the files that a posting opens that day; '' for a national one; NULL when it gives nothing: a branch that is
-- not its role's, or a joint fund that does not hold it that day.
CREATE FUNCTION accounts_serves(role text, fund text, branch text, day date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN branch = '' THEN fund
        WHEN branch = CASE role WHEN 'PAJEMPLOI_CASEWORKER' THEN 'COLLECTION' ELSE 'FAMILY' END THEN (
            SELECT m.former_id FROM organisations_bodymission m
             WHERE m.body_id = accounts_serves.fund AND m.branch = accounts_serves.branch
               AND m.starts_on <= day AND (m.ends_on IS NULL OR m.ends_on > day)
             ORDER BY m.former_id LIMIT 1)
        END
$$;
"""
UNDO_SERVES = "DROP FUNCTION accounts_serves(text, text, text, date);"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_roles_of_control"),
        ("organisations", "0003_no_joint_fund_without_its_votes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="posting",
            name="posting_once",
        ),
        migrations.AddField(
            model_name="posting",
            name="branch",
            field=models.CharField(
                blank=True,
                choices=[("SICKNESS", "Maladie"), ("FAMILY", "Famille"), ("COLLECTION", "Recouvrement")],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.UniqueConstraint(
                fields=("user", "role", "fund", "branch", "starts_on"), name="posting_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("fund__startswith", "CCSS")), ("branch__in", ["SICKNESS", "FAMILY", "COLLECTION"])
                    ),
                    models.Q(models.Q(("fund__startswith", "CCSS"), _negated=True), ("branch", "")),
                    _connector="OR",
                ),
                name="posting_branch_at_joint_fund",
            ),
        ),
        migrations.RunSQL(SERVES, UNDO_SERVES),
    ]
