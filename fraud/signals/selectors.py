"""What the pages of control read: leads to read, cases by step, what is not met; bounded, within the funds of the visitor."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from fraud.access import leads_of, open_cases_of
from fraud.models import CaseState, ContestState, Lead, LeadContest, LeadState, RuleState, RuleVersion, SampleDraw
from fraud.rules.figures import control_parameters
from fraud.rules.signals import Tally
from fraud.signals.declaring import SignalRule
from fraud.signals.flows import GIVEN_PAPERS, KINDS, WORDS
from fraud.signals.matchers import MATCHERS
from fraud.signals.measuring import tallies
from fraud.signals.people import linked_subjects
from fraud.signals.publishing import current_versions, found_by_a_suspended_rule, published_rule
from fraud.signals.running import NO_DATA, missing_sources, received_flows, why_not
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.exchange.models import FileState, ReceivedFile

NOT_YET = "n’a encore rien regardé"


def open_leads(user: User, day: date) -> QuerySet[Lead]:
    """The leads to read: those of a suspended version are read by nobody."""
    return leads_of(user, day).filter(~found_by_a_suspended_rule(), state=LeadState.TO_READ, purged_on=None)


def next_lead(user: User, day: date) -> Lead | None:
    """The one to read after this one, as the lists have them: what a family is owed first. None once everything is read."""
    found = open_leads(user, day).exclude(subject__in=linked_subjects(user, day))
    return found.order_by("-in_favour", "found_on", "pk").first()


def put_aside(user: User, day: date) -> int:
    """How many leads wait of rules that were suspended: nobody reads them, and they end with their version."""
    return leads_of(user, day).filter(found_by_a_suspended_rule(), state=LeadState.TO_READ, purged_on=None).count()


def compared_files(user: User, day: date) -> QuerySet[ReceivedFile]:
    """The files of the flows to compare whose rows the user may read: those that speak of their funds alone."""
    found = ReceivedFile.objects.filter(kind__in=[kind.name for kind in KINDS])
    funds = funds_on(user, day, Right.SEE_CONTROL)
    return found if funds is None else found.filter(scope__contained_by=funds).exclude(scope=[])


def case_steps(user: User, day: date) -> list[tuple[str, str, int]]:
    """Each step with its words and how many cases stand there, in the order of a case's life; closed ones left out."""
    counts = dict(open_cases_of(user, day).order_by().values_list("state").annotate(Count("pk")))
    return [(state.value, state.label, counts.get(state, 0)) for state in CaseState if state != CaseState.CLOSED]


def contests_to_answer(user: User, day: date) -> QuerySet[LeadContest]:
    """Contests of the funds of the visitor that wait for an answer, the oldest first."""
    found = LeadContest.objects.filter(state=ContestState.OPEN, lead__in=leads_of(user, day))
    return found.select_related("lead", "noted_by").order_by("received_on", "pk")


@dataclass(frozen=True)
class ShownRule:
    """A rule as a page shows it: as published, where it stands, and what people decided of its leads."""

    version: RuleVersion
    rule: SignalRule
    leads: Tally
    drawn: Tally
    stopped: str
    blind: bool

    @property
    def unseen(self) -> str:
        """Why its counts are unknown, and not zero; empty when it has looked at something."""
        if self.leads.found or self.drawn.found:
            return ""
        return NO_DATA if self.blind else NOT_YET if self.version.state == RuleState.AWAITING else ""

    @property
    def state_words(self) -> str:
        state = RuleState(self.version.state)
        return "Ne tourne pas" if state == RuleState.RUNNING and self.stopped else state.label

    @property
    def tone(self) -> str:
        return "ok" if not self.stopped else "stop" if self.version.state == RuleState.SUSPENDED else "wait"


def shown_rules(day: date) -> list[ShownRule]:
    """The last version of every rule; those for what families are owed first."""
    received, found, drawn = received_flows(), tallies(), tallies(sample=True)
    none = Tally(0, 0, 0)
    shown = [
        ShownRule(
            version, published_rule(version), found.get((code, version.version), none),
            drawn.get((code, version.version), none), why_not(version, day, received),
            bool(missing_sources(code, received)),
        )
        for code, version in current_versions().items()
    ]  # fmt: skip
    return sorted(shown, key=lambda one: (not one.rule.in_favour, one.rule.code))


@dataclass(frozen=True)
class Source:
    """What a rule needs: in words, the last file that came, or whether the portal holds it itself."""

    words: str
    last: ReceivedFile | None
    held: bool


def sources_of(code: str) -> list[Source]:
    found, received = [], received_flows()
    for flow in MATCHERS[code].flows:
        files = ReceivedFile.objects.filter(kind=flow, state=FileState.APPLIED).order_by("-received_at", "-pk")
        found.append(Source(WORDS.get(flow, flow), files.first(), flow == GIVEN_PAPERS and flow in received))
    return found


def draws_of(version: RuleVersion) -> QuerySet[SampleDraw]:
    return version.draws.order_by("-pk")


def guards_not_met(user: User, day: date, shown: list[ShownRule], late: int) -> list[str]:
    """What is not as it should be, a sentence each; empty when everything is."""
    told = []
    if late:
        days = int(control_parameters().value("signals.in_favour_business_days", day))
        told.append(
            f"{late} {'droits manquants attendent' if late > 1 else 'droit manquant attend'} depuis plus de {days} jours ouvrés : "
            "rien d’autre ne se décide dans la caisse avant."
        )
    if waiting := contests_to_answer(user, day).count():
        told.append(f"{waiting} {'contestations attendent' if waiting > 1 else 'contestation attend'} une réponse.")
    if stopped := [one.rule.code for one in shown if one.version.state == RuleState.SUSPENDED]:
        told.append(f"Ne se lisent plus, leur règle est suspendue : les signaux de {', '.join(stopped)}.")
    if waiting_rules := [one.rule.code for one in shown if one.version.state == RuleState.AWAITING]:
        told.append(
            f"Attendent l’avis de la protection des données, elles ne tournent pas : {', '.join(waiting_rules)}."
        )
    if silent := [one.rule.code for one in shown if one.blind]:
        told.append(f"{NO_DATA.capitalize()} pour {', '.join(silent)}. Ce n’est pas « rien trouvé ».")
    return told
