"""The campaigns of the demonstration: June's is over, with somebody in each state; December's is open, Monique is asked.

Made by living the days: only those on which something happens, which is what a day that was skipped comes to.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.db import connection
from django.utils import timezone

from monenfant.demo.people import MONIQUE
from monenfant.duties import acting, silences
from monenfant.duties.acting import Noted
from monenfant.duties.living import live_day, ranges
from monenfant.duties.reminders import ask_reminders
from monenfant.duties.reminding import ask_letters
from monenfant.duties.silences import follow_structures
from monenfant.models import CarePlace, DeclarationFollowUp, Provider
from monenfant.operations import replace_window
from monenfant.rules import follow_up as rules
from monenfant.rules.availability import WINDOW_DAYS_MOST
from portal.accounts.models import User
from portal.letters.operations import write_letters
from portal.notices.models import Notice, NoticeState

JUNE, DECEMBER = date(2026, 6, 1), date(2026, 12, 1)
# What becomes of those of the département of Nathalie who told nothing in May, in the order of their numbers.
STORIES = ("REFERRED", "REFERRED", "WARNED", "RECORDED", "CURED", "LATE", "NO_ADDRESS", "ADDRESS_FOUND")
# All the others said on the same morning what they would have free: a message each, written by the database.
TELL = """
INSERT INTO monenfant_availabilitymessage (place_id, key, body_sha256, sequence, mode, window_start, window_end, received_at,
                                           body, answer)
SELECT p.id, gen_random_uuid(), sha256(''), %(sequence)s, 'MANUAL', %(first)s, %(end)s, {at}, '', '{{}}'
  FROM monenfant_careplace p JOIN monenfant_declarationfollowup f ON f.place_id = p.id AND f.deadline = %(first)s
 WHERE p.id <> ALL (%(silent)s) AND {which}
"""


def live_duties(on: date) -> None:
    """From the opening of June's campaign to the morning of the demonstration."""
    live_day(day=rules.campaign_opens(JUNE), is_last=False)
    silent = _silent()
    _tell(JUNE, 0, silent, at="'2026-05-12 09:00+02'::timestamptz", which="true")
    people = dict(zip(STORIES, silent, strict=False)) | {"FIRST": silent[0]}
    _hide_address(silent, "NO_ADDRESS", "ADDRESS_FOUND")
    _reminded(JUNE, date(2026, 6, 3))
    _declare(silent[STORIES.index("LATE")], date(2026, 6, 18))
    live_day(day=date(2026, 6, 19), is_last=False)
    live_day(day=date(2026, 7, 3), is_last=False)
    _note_what_the_departement_did(silent)
    _give_address_back(silent)
    _reminded(date(2026, 10, 13), date(2026, 10, 14))
    _open_december(on)
    assert people
