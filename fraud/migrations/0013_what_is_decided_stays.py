"""A decision stays as it was taken: its day and its sums change no more, and no penalty is pronounced before the notice of what
others said since. Who wrote the report, noted a reply or asked a third party sits in no panel: they investigated too. A declared
link, an alarm, a question, a contest, a decision of the committee are removed by nobody.
"""

from django.db import migrations

DECIDED = """
CREATE FUNCTION fraud_check_case_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.decided_on IS NOT NULL AND (NEW.decided_on, NEW.owed_by_cents, NEW.owed_to_cents)
       IS DISTINCT FROM (OLD.decided_on, OLD.owed_by_cents, OLD.owed_to_cents) THEN
        PERFORM fraud_refuse('dossier ' || OLD.number || ' : ce qui est décidé ne change pas, un juge ou un recours l’annule');
    END IF;
    IF (OLD.avoided_cents IS NOT NULL AND NEW.avoided_cents IS DISTINCT FROM OLD.avoided_cents)
       OR (OLD.closed_on IS NOT NULL AND NEW.closed_on IS DISTINCT FROM OLD.closed_on)
       OR (OLD.annulled_on IS NOT NULL AND NEW.annulled_on IS DISTINCT FROM OLD.annulled_on) THEN
        PERFORM fraud_refuse('dossier ' || OLD.number || ' : ce qui est inscrit de sa fin ne change pas');
    END IF;
    IF NEW.fraud_cents > coalesce(NEW.owed_by_cents, 0) THEN
        PERFORM fraud_refuse('dossier ' || OLD.number || ' : une fraude plus grande que la somme versée en trop');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays_decided BEFORE UPDATE ON fraud_controlcase FOR EACH ROW EXECUTE FUNCTION fraud_check_case_stays();

CREATE FUNCTION fraud_check_pronounced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gap text := fraud_notice_gap(NEW.case_id);
BEGIN
    IF gap <> '' THEN
        PERFORM fraud_refuse('pénalité ' || OLD.id || ' : ' || gap);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pronounced BEFORE UPDATE ON fraud_penalty FOR EACH ROW
    WHEN (NEW.state IN ('DECIDED', 'WARNED') AND OLD.state <> NEW.state) EXECUTE FUNCTION fraud_check_pronounced();
CREATE FUNCTION fraud_check_penalty_dates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM fraud_refuse('pénalité ' || OLD.id || ' : notifiée, signée ou prononcée, elle garde ses jours et ses signataires');
    RETURN NEW;
END $$;
CREATE TRIGGER keeps_days BEFORE UPDATE ON fraud_penalty FOR EACH ROW
    WHEN ((OLD.notified_on IS NOT NULL
             AND ((NEW.notified_on, NEW.signed_by_id) IS DISTINCT FROM (OLD.notified_on, OLD.signed_by_id)
                  -- The month runs from the day the letter was received: noted later, it only grows, until it is decided.
                  OR NEW.reply_until IS NULL OR NEW.reply_until < OLD.reply_until
                  OR (OLD.decided_on IS NOT NULL AND NEW.reply_until <> OLD.reply_until)))
          OR (OLD.decided_on IS NOT NULL AND (NEW.decided_on, NEW.decided_by_id)
             IS DISTINCT FROM (OLD.decided_on, OLD.decided_by_id)))
    EXECUTE FUNCTION fraud_check_penalty_dates();
"""
UNDO_DECIDED = """
DROP TRIGGER keeps_days ON fraud_penalty; DROP TRIGGER pronounced ON fraud_penalty;
DROP TRIGGER stays_decided ON fraud_controlcase;
DROP FUNCTION fraud_check_penalty_dates(); DROP FUNCTION fraud_check_pronounced(); DROP FUNCTION fraud_check_case_stays();
"""
APART = """
CREATE FUNCTION fraud_check_seat_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint := (SELECT case_id FROM fraud_qualification WHERE id = NEW.qualification_id);
BEGIN
    IF EXISTS (SELECT 1 FROM fraud_swornreport r JOIN fraud_swornofficer s ON s.id = r.sworn_id
                WHERE r.case_id = wanted AND s.user_id = NEW.member_id)
       OR EXISTS (SELECT 1 FROM fraud_casereply r JOIN accounts_user u ON u.username = r.by
                   WHERE r.case_id = wanted AND u.id = NEW.member_id)
       OR EXISTS (SELECT 1 FROM fraud_thirdpartyrequest
                   WHERE case_id = wanted AND NEW.member_id IN (officer_id, sent_by_id)) THEN
        PERFORM fraud_refuse('commission : qui a instruit le dossier n’y siège pas');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER apart_too BEFORE INSERT ON fraud_panelseat FOR EACH ROW EXECUTE FUNCTION fraud_check_seat_apart();
"""
UNDO_APART = "DROP TRIGGER apart_too ON fraud_panelseat; DROP FUNCTION fraud_check_seat_apart();"


# What is written once and filled once: the columns that may be, and the one that says that they were. A link may end on another
# day than was said.
FILLED_ONCE = {
    "declaredlink": ("until", ""), "sensitivefile": ("until", "until"),
    "readingalarm": ("verdict, note, handled_by_id, handled_at", "handled_at"),
    "lookquestion": ("manager_id, answer, answered_at", "answered_at"),
}  # fmt: skip
UNCHANGED = ("unidentifiedauthorisation",)
# Tables whose rows could still be deleted, or emptied at once, by whoever holds the password of the database.
KEPT = (
    *FILLED_ONCE, *UNCHANGED, "codafcase", "codafdecision", "codafguest", "codafmember", "codafreport", "jointoperation",
    "leadcontest", "thirdpartyfine",
)  # fmt: skip
EMPTIED_BY_NOBODY = (
    *KEPT, "codafattendance", "codafmeeting", "controlcase", "controlprogramme", "copyrequest", "lead", "parliamentreport",
    "penalty", "programmeaxis", "programmeobjective", "rncpsalert", "rncpsauthorisation", "rncpsorder", "sampledline",
    "sampledraw", "thirdpartyrequest",
)  # fmt: skip
FILLED = """
CREATE FUNCTION fraud_check_filled_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words text[] := string_to_array(TG_ARGV[0], ', ');
BEGIN
    IF (to_jsonb(OLD) ->> TG_ARGV[1] IS NOT NULL AND NEW IS DISTINCT FROM OLD)
       OR (to_jsonb(OLD) - words) <> (to_jsonb(NEW) - words) THEN
        PERFORM fraud_refuse(TG_TABLE_NAME || ' : ce qui est inscrit ne change pas, il se complète une fois');
    END IF;
    RETURN NEW;
END $$;
"""


def _triggers() -> dict[str, tuple[str, str]]:
    """Each trigger by its name and table: when it fires, what it does."""
    refuse, row, whole = "portal_refuse_change()", "FOR EACH ROW", "FOR EACH STATEMENT"
    found = {f"kept ON fraud_{one}": ("BEFORE DELETE", f"{row} EXECUTE FUNCTION {refuse}") for one in KEPT}
    found |= {
        f"kept_all ON fraud_{one}": ("BEFORE TRUNCATE", f"{whole} EXECUTE FUNCTION {refuse}")
        for one in EMPTIED_BY_NOBODY
    }
    found |= {f"unchanged ON fraud_{one}": ("BEFORE UPDATE", f"{row} EXECUTE FUNCTION {refuse}") for one in UNCHANGED}
    return found | {
        f"filled_once ON fraud_{one}": (
            "BEFORE UPDATE", f"{row} EXECUTE FUNCTION fraud_check_filled_once('{words}', '{filled}')",
        )
        for one, (words, filled) in FILLED_ONCE.items()
    }  # fmt: skip


def _created(name: str, when: str, does: str) -> str:
    trigger, table = name.split(" ON ")
    return f"CREATE TRIGGER {trigger} {when} ON {table} {does};"


KEEP = FILLED + "\n".join(_created(name, *how) for name, how in _triggers().items())
UNKEEP = "\n".join(f"DROP TRIGGER {name};" for name in _triggers()) + "DROP FUNCTION fraud_check_filled_once();"


class Migration(migrations.Migration):
    dependencies = [("fraud", "0012_letters_are_received_and_penalties_recovered"), ("accounts", "__first__")]

    operations = [
        migrations.RunSQL(DECIDED, UNDO_DECIDED),
        migrations.RunSQL(APART, UNDO_APART),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
