"""What the demonstration does for pensions: files in, lived to its day, the named cases given to Awa Diarra."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils import timezone

from aripa.demo import agreements
from aripa.demo.banking import live_with_the_bank
from aripa.demo.stories import BESSON, NAMED, stories
from aripa.linking import SUBJECT, link_own_pension, parent_of
from aripa.models import Disclosure, Household, Movement, Notice, Referent, Worry
from aripa.operations import run_days
from aripa.own.acts import say_hardship
from aripa.own.entering import Who
from aripa.own.standing import standing_of
from aripa.population import files, generate
from portal.accounts.models import FamilyLink, User
from portal.banking.models import PaymentOrder
from portal.banking.services import OF_PENSIONS
from portal.exchange.operations import import_file

CASES, SEED = 240, 2026
# Two years and a half of lives, and a month after the demonstration's day for « Vivre le jour suivant ».
FIRST, AHEAD = date(2024, 6, 1), timedelta(days=35)
PARIS = ZoneInfo("Europe/Paris")
LOOK = "Adresse demandée par le greffe pour une nouvelle audience"
Say = Callable[[str], object]


def load(folder: Path, on: date, say: Say) -> None:
    """The cases, lived to `on`; a second call changes nothing."""
    if Household.objects.exists():
        return
    started = timezone.now()
    made = generate(CASES, SEED, folder, first=FIRST, last=on + AHEAD)
    for path in [*made.files, *_written(folder / "nommees")]:
        report = import_file(path)
        if report.rejected or report.refusals:
            raise RuntimeError(f"{path.name} : {report.rejected} lignes rejetées, {report.refusals}")
    first = settings.PENSIONS_SINCE or on
    run_days(until=first - timedelta(days=1))
    live_with_the_bank(first, on, folder / "banque")
    _give(on)
    pairs = agreements.load(on)
    link_parents(on)
    _cannot_pay(on)
    took = (timezone.now() - started).total_seconds()
    say(
        f"Pensions alimentaires : {CASES + len(NAMED)} dossiers vécus jusqu’au {on:%d/%m/%Y}, "
        f"{Movement.objects.count()} mouvements, {Notice.objects.count()} courriers, "
        f"{PaymentOrder.objects.filter(OF_PENSIONS).count()} ordres à la banque, {pairs} accords : {took:.1f} s."
    )


def _written(folder: Path) -> list[Path]:
    """The files of the named people."""
    told = stories()
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(files.event_rows(told.events))
    for row, (event, _text) in zip(rows, told.events, strict=True):
        row["event_no"] = event.number
    return [
        files.write(folder, files.PARENTS, files.parents(told.parents))[0],
        files.write(folder, files.TITLES, told.titles)[0],
        files.write(folder, files.EVENTS, rows)[0],
    ]


def _give(on: date) -> None:
    """Awa is in charge of the named cases; a colleague has just looked at what one of them protects."""
    awa = User.objects.filter(username="awa").first()
    colleague = User.objects.filter(username="mehdi").first()
    if awa is None or colleague is None:
        return
    Referent.objects.bulk_create(Referent(case_no=one.case_no, user=awa, since=one.received_on) for one in NAMED)
    looked = datetime.combine(on - timedelta(days=3), datetime.min.time(), PARIS) + timedelta(hours=14, minutes=12)
    for one in NAMED:
        if one.violence:
            Disclosure.objects.create(
                case_no=one.case_no, reason=LOOK, by=colleague, at=looked, referent=awa, form_key=_key(one.number)
            )
    _handle_old(on, awa)


def link_parents(on: date) -> None:
    """The named parents who have an account are linked by their number, as their first visit would; once."""
    for person in (one for case in NAMED for one in (case.creditor, case.debtor)):
        claims = {"given_name": person.first_names, "family_name": person.last_name.upper()}
        who = {f"extra_data__{name}": value for name, value in claims.items()}
        account = SocialAccount.objects.filter(**who, extra_data__birthdate=person.born_on.isoformat()).first()
        if account is not None and not parent_of(account.user, on):
            link_own_pension(user_pk=account.user_id, number=person.parent_no, on=on)


def _cannot_pay(on: date) -> None:
    """Marc cannot pay all of what he owes this month, and says so: Awa answers him."""
    found = standing_of(BESSON.debtor.parent_no, BESSON.case_no)
    link = FamilyLink.objects.filter(subject=SUBJECT + BESSON.debtor.parent_no).first()
    if found is None or link is None:
        return
    at = datetime.combine(on - timedelta(days=3), datetime.min.time(), PARIS) + timedelta(hours=18, minutes=40)
    who = Who(link.user, BESSON.debtor.parent_no, at.date(), at)
    words = "Je suis en arrêt de travail depuis le 5 octobre."
    say_hardship(found=found, who=who, key=UUID(_key(1)), month=on.replace(day=1), offer_cents=100_00, words=words)


def _key(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _handle_old(on: date, awa: User) -> None:
    """What days of long ago could not decide was looked at since: the list of today holds the last three months."""
    old = Worry.objects.filter(day__lt=on - timedelta(days=90))
    old.update(handled_on=on - timedelta(days=60), handled_by=awa.get_username())
