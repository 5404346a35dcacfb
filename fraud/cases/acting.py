"""What every act on a case goes through: who may, no declared link, once a form, the case locked, the journal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from fraud.cases.standing import papers_of
from fraud.guarding import refuse_linked
from fraud.models import CASE_MOVES, CaseAct, CaseMove, CaseState, ControlCase
from fraud.rules.figures import control_parameters
from fraud.rules.procedure import MissingPaper, missing_papers
from fraud.rules.words import word_of_blame
from portal.accounts.models import User
from portal.accounts.permissions import funds_on
from portal.accounts.rights import Right
from portal.audit.operations import journal

PORTAL = "portail"


@dataclass(frozen=True)
class Act:
    """Who acts (None: the portal, each morning), on which day and at what instant, by which form."""

    by_pk: int | None
    on: date
    at: datetime
    key: UUID


class ActRefused(Exception):
    """Why the act is not done, with what is missing, in French. `missing`: each paper, by code and sentence."""

    def __init__(self, *missing: MissingPaper) -> None:
        super().__init__(" ".join(one.sentence for one in missing))
        self.missing = missing


class AlreadyDone(Exception):
    """This form was sent before: what it did stands, nothing is done twice. `first` is that act."""

    def __init__(self, first: CaseAct) -> None:
        super().__init__(f"C’était déjà enregistré le {first.at:%d/%m/%Y}. Rien n’a été fait deux fois.")
        self.first = first


@dataclass
class AtWork:
    """A locked case in somebody's hands."""

    case: ControlCase
    user: User | None
    act: Act

    @property
    def by(self) -> str:
        return self.user.get_username() if self.user is not None else PORTAL

    @property
    def person(self) -> User:
        """Who acts, in an act that the portal never does by itself."""
        assert self.user is not None
        return self.user

    def move(self, to: CaseState, reason: str = "", **changes: object) -> None:
        """Take one step, its papers proven. Raises ActRefused; nothing else assigns the state of a case."""
        case, on = self.case, self.act.on
        self.check_table(to)
        if missing := missing_papers(to, papers_of(case, on), on, control_parameters()):
            raise ActRefused(*missing)
        CaseMove.objects.create(
            case=case, from_state=case.state, to_state=to, at=self.act.at, dated=on, by=self.by, reason=reason[:500]
        )
        case.state = to
        self.change(state=to, **changes)

    def check_table(self, to: CaseState) -> None:
        if to not in CASE_MOVES[CaseState(self.case.state)]:
            words = f"Le dossier est « {self.case.get_state_display()} » : il ne peut pas devenir « {to.label} »."
            raise ActRefused(MissingPaper("control.move_not_allowed", words))

    def change(self, **changes: object) -> None:
        for name, value in changes.items():
            setattr(self.case, name, value)
        self.case.save(update_fields=list(changes))


def check_words(*texts: str) -> None:
    """What the person reads before a decision blames nobody. Raises ActRefused."""
    if found := word_of_blame(*texts):
        raise refuse(
            "control.word_of_blame",
            f"« {found} » ne s’écrit pas avant une décision : la personne lira ce texte. Dites le fait, et sa source.",
        )


def refuse(code: str, sentence: str) -> ActRefused:
    return ActRefused(MissingPaper(code, sentence))


@contextmanager
def at_work(
    *, case_pk: int, act: Act, action: str, right: Right = Right.TREAT_CONTROL, detail: dict[str, object] | None = None
) -> Iterator[AtWork]:
    """The case, locked, for one act: the right in its fund, no declared link, the form not yet sent; then the journal.

    Raises ControlCase.DoesNotExist, ActRefused, LinkedToThem or AlreadyDone. Call it outside any transaction that a refusal
    would roll back.
    """
    user, seen = _user(act), ControlCase.objects.get(pk=case_pk)
    if user is not None:
        check_may(user, seen, right, act.on)
        refuse_linked(user=user, day=act.on, action=action, subject=seen.subject)
    with transaction.atomic():
        case = ControlCase.objects.select_for_update(of=("self",)).get(pk=case_pk)
        work = AtWork(case, user, act)
        first, is_new = CaseAct.objects.get_or_create(
            form_key=act.key, defaults={"case": case, "action": action, "by": work.by, "at": act.at}
        )
        if not is_new:
            raise AlreadyDone(first)
        yield work
        journal(
            actor=work.by,
            action=action,
            subject=case.subject,
            detail={"case": case.number, **(detail or {})},
            at=act.at,
        )


def check_may(user: User, case: ControlCase, right: Right, on: date) -> None:
    """Raises ActRefused unless the user holds `right` in the case's fund on that day."""
    funds = funds_on(user, on, right)
    if funds is not None and case.fund not in funds:
        raise refuse("control.not_theirs", "Ce geste revient à une autre fonction, ou à une autre caisse.")


def missing_for(case: ControlCase, to: CaseState, on: date) -> Sequence[MissingPaper]:
    """What the step `to` still needs, for the page that shows it."""
    return missing_papers(to, papers_of(case, on), on, control_parameters())


def _user(act: Act) -> User | None:
    return User.objects.get(pk=act.by_pk) if act.by_pk is not None else None
