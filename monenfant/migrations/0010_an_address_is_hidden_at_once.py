"""An address that a file newly hides is hidden with that file, not the morning after.

Until the next publication the place would keep the point of the address, and circles of a few kilometres would find it. A
statement moves those of the same commune only: nobody is placed early where they are to move. The square is `cell_of`
(monenfant/rules/availability.py).
"""

from django.db import migrations

SQL = """
CREATE FUNCTION monenfant_hide_at_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH hidden AS (
        UPDATE monenfant_careplace p
           SET lat = n.shown_lat, lon = n.shown_lon,
               cell = floor((n.shown_lat + 90) * 50)::int * 18000 + floor((n.shown_lon + 180) * 50)::int
          FROM received n
         WHERE n.hides_address AND n.known_until IS NULL AND p.provider = 'CHILDMINDER' AND p.number = n.childminder_no
           AND p.insee_code = n.insee_code AND (p.lat, p.lon) IS DISTINCT FROM (n.shown_lat, n.shown_lon)
     RETURNING p.id, p.cell)
    UPDATE monenfant_availabilitymonth m SET cell = hidden.cell FROM hidden
     WHERE m.place_id = hidden.id AND m.cell <> hidden.cell;
    RETURN NULL;
END $$;
CREATE TRIGGER hide_at_once AFTER INSERT ON monenfant_approval REFERENCING NEW TABLE AS received
    FOR EACH STATEMENT EXECUTE FUNCTION monenfant_hide_at_once();
"""
UNDO = "DROP TRIGGER hide_at_once ON monenfant_approval; DROP FUNCTION monenfant_hide_at_once();"


class Migration(migrations.Migration):
    dependencies = [("monenfant", "0009_only_the_moves_of_the_table")]

    operations = [migrations.RunSQL(SQL, UNDO)]
