"""The acts as a table: what each says, what it asks of the person, when it is offered, and the cells that it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from aripa.casefile import CaseFile
from aripa.flows.events import ASF_CODES, PAYERS, RETURN_CODES, UNABLE
from aripa.ladder import proposed_tool
from aripa.life.control import control_by
from aripa.life.state import LIVING, Order, State
from aripa.words import ASF_CASES, LETTERS, MEANS, READERS, RETURNS, TOOLS
from aripa.words import UNABLE as UNABLE_WORDS
from portal.frame.questions import Choices, Question, iso_day, plain, typed_text
from portal.legislation.trace import euros
from portal.legislation.words import month_in_words

Cells = dict[str, str]
EMPTY: Choices = (("", "à choisir"),)


@dataclass(frozen=True)
class Asking:
    """One field of an act: its column, its label, how it is typed, and its choices for a case."""

    name: str
    label: str
    kind: str = "choice"
    choices: Callable[[CaseFile], Choices] | None = None


@dataclass(frozen=True)
class Act:
    """One act. `offered`: whether the case's state allows it; `cells`: what the answers become in the event."""

    code: str
    label: str
    effect: str
    article: str
    asks: tuple[Asking, ...] = ()
    offered: Callable[[CaseFile], bool] = lambda _file: True
    cells: Callable[[CaseFile, Cells], Cells] = lambda _file, typed: typed


def _is_open(file: CaseFile) -> bool:
    return file.state.state in (*LIVING, State.SUSPENDED) or file.state.is_forced


def _is_controlled(file: CaseFile) -> bool:
    """ASF is paid because support is not: the debtor is controlled, also when the case has no title."""
    return control_by(file.state) is not None


def _months(file: CaseFile) -> Choices:
    owed = [one for one in file.state.terms if one.lacking and not one.suspended]
    return (
        ("", "sans mois : dans l’ordre de la loi"),
        *((f"{one.month:%Y-%m}", month_in_words(one.month)) for one in owed),
    )


def _debited(file: CaseFile) -> Choices:
    found = [one for one in file.state.terms if one.debit and not one.debit.returned]
    return (*EMPTY, *((f"{one.month:%Y-%m}", month_in_words(one.month)) for one in reversed(found[-24:])))


def _waiting(file: CaseFile) -> Choices:
    """The letters with a date certain that nobody has acknowledged: each with its reader and month."""
    found = [one for one in file.letters if one.received_on is None and one.to in READERS and one.code in LETTERS]
    proved = [one for one in found if one.code in DATE_CERTAIN]
    return (
        *EMPTY,
        *((f"{one.code}|{one.to}|{one.month:%Y-%m}" if one.month and one.code == "L08" else f"{one.code}|{one.to}|",
           f"{one.code} {LETTERS[one.code]}, {READERS[one.to]}, du {one.day:%d/%m/%Y}") for one in reversed(proved)),
    )  # fmt: skip


DATE_CERTAIN = ("L01", "L03", "L04", "L05", "L08", "L09", "L11", "L12", "L13", "L14", "L16")


def _received(_file: CaseFile, typed: Cells) -> Cells:
    letter, party, month = [*typed.get("letter", "").split("|"), "", ""][:3]
    return {"letter": letter, "party": party, "month": month, "effective_on": typed.get("effective_on", "")}


def _means(_file: CaseFile) -> Choices:
    return (*EMPTY, *((code, MEANS[code]) for code in PAYERS))


def _returns(_file: CaseFile) -> Choices:
    return (*EMPTY, *((code, f"{code} {RETURNS[code]}") for code in RETURN_CODES))


def _returned(file: CaseFile, typed: Cells) -> Cells:
    """The amount is that of the debit: the bank gives back a debit whole."""
    debits = {f"{one.month:%Y-%m}": one.debit for one in file.state.terms if one.debit}
    debit = debits.get(typed.get("month", ""))
    return typed | ({"amount": euros(debit.amount)} if debit else {})


def _tools(file: CaseFile) -> Choices:
    """The proposed tool first: it is the one chosen unless the person chooses another."""
    first = proposed_tool(file.state, file.day)
    rest = [one for one in TOOLS if one != first]
    named = [(first, f"{TOOLS[first]} (proposé)")] if first else []
    return (*named, *((one, TOOLS[one]) for one in rest))


def _orders(file: CaseFile) -> Choices:
    """The orders sent to somebody, by their number: of a protected case the employer is in no page, nor its source."""
    found = [one for one in file.state.orders if one.ref and one.state in ("SENT", "ACCEPTED")]
    return (*EMPTY, *((str(one.number), _order_words(one, file)) for one in found))


def _order_words(one: Order, file: CaseFile) -> str:
    words = f"{TOOLS[one.tool]} du {one.decided_on:%d/%m/%Y}"
    return words if file.is_protected else f"{words}, {one.ref}"


def _answered(file: CaseFile, typed: Cells) -> Cells:
    refs = {str(one.number): one.ref for one in file.state.orders}
    return typed | {"ref": refs.get(typed.get("ref", ""), "")}


def _answers(_file: CaseFile) -> Choices:
    return (*EMPTY, ("ACCEPTED", "il détient de l’argent et paie"), ("NOT_HELD", "il ne détient rien"),
            ("ENDED", "il ne détient plus rien"))  # fmt: skip


def _owed(file: CaseFile) -> Choices:
    return (*EMPTY, *_months(file)[1:])


def _alone(_file: CaseFile) -> Choices:
    return (*EMPTY, ("ALONE", "vit sans conjoint"), ("COUPLE", "vit en couple"))


def _asf_cases(_file: CaseFile) -> Choices:
    return (*EMPTY, *((code, f"{code} {ASF_CASES[code]}") for code in ASF_CODES))


def _unable(_file: CaseFile) -> Choices:
    return (*EMPTY, *((code, UNABLE_WORDS[code]) for code in UNABLE))


AMOUNT = Asking("amount", "Montant, €", "amount")
ACTS = {
    one.code: one
    for one in (
        Act("PAYMENT_RECEIVED", "Inscrire un paiement reçu",
            "Le paiement est partagé dans l’ordre de la loi, puis versé le premier jour de banque qui suit.", "CSS R. 581-9",
            (AMOUNT, Asking("means", "Moyen", choices=_means), Asking("month", "Mois nommé par le payeur", choices=_months)),
            _is_open),
        Act("NOTICE_RECEIVED", "Inscrire la réception d’un courrier",
            "Le délai du courrier court depuis ce jour.", "CSS R. 582-8",
            (Asking("letter", "Courrier", choices=_waiting), Asking("effective_on", "Reçu le (jour/mois/année)", "day")),
            lambda file: len(_waiting(file)) > 1, _received),
        Act("PAID_BETWEEN_PARENTS", "Constater un mois payé d’un parent à l’autre",
            "Le mois est réglé. La caisse ne reçoit ni ne verse rien : il faut une preuve et l’accord du parent qui reçoit.",
            "CSS L. 582-1, III",
            (Asking("month", "Mois payé", choices=_owed), AMOUNT, Asking("effective_on", "Payé le (jour/mois/année)", "day")),
            lambda file: len(_owed(file)) > 1),
        Act("ASF_CLAIM", "Inscrire une demande d’ASF", "Chaque mois est examiné au début du mois suivant.", "CSS L. 523-1",
            (Asking("reason", "Cas", choices=_asf_cases),
             Asking("effective_on", "Date de ce qui ouvre le droit (cas A, B, C2, C3)", "day"))),
        Act("LONE_PARENT", "Inscrire la vie seule ou en couple", "L’ASF cesse dès le mois d’une vie en couple.", "CSS R. 523-5",
            (Asking("reason", "Le parent qui reçoit", choices=_alone), Asking("effective_on", "Depuis le (jour/mois/année)", "day"))),
        Act("JUDGE_APPLIED", "Inscrire la saisine du juge", "L’ASF sans titre continue après quatre versements.", "CSS R. 523-3",
            offered=lambda file: file.state.without_title and not file.state.judge_applied),
        Act("DEBIT_RETURNED", "Inscrire un prélèvement revenu",
            "L’échéance est due de nouveau ; ce qui est déjà versé est demandé au parent qui le reçoit (L16).", "CSS R. 582-11",
            (Asking("month", "Mois prélevé", choices=_debited), Asking("reason", "Motif de la banque", choices=_returns)),
            lambda file: len(_debited(file)) > 1, _returned),
        Act("COMPLAINT", "Ouvrir une réclamation",
            "Aucun pas vers le recouvrement forcé, ni dedans, jusqu’à sa clôture.", "CSS R. 582-8",
            offered=lambda file: _is_open(file) and not file.state.complaint),
        Act("COMPLAINT_CLOSED", "Clore la réclamation", "Les délais échus entre-temps prennent effet le lendemain.", "CSS R. 582-8",
            offered=lambda file: file.state.complaint),
        Act("RECOVERY_DECISION", "Décider d’un moyen de recouvrement",
            "L’ordre part avec ses chiffres du jour. Le portail propose, vous décidez.", "CSS L. 581-1 à L. 581-10",
            (Asking("reason", "Moyen", choices=_tools), Asking("ref", "Référence du tiers (employeur, banque)", "text"),
             Asking("amount", "Salaire net mensuel, s’il est connu, €", "amount")),
            lambda file: file.state.is_forced and not file.state.complaint),
        Act("GARNISHEE_ANSWER", "Inscrire la réponse du tiers", "L’ordre devient accepté, refusé ou terminé.", "CPCE R. 213-13",
            (Asking("ref", "Ordre", choices=_orders), Asking("reason", "Il répond", choices=_answers)),
            lambda file: len(_orders(file)) > 1, _answered),
        Act("PLAN_ACCEPTED", "Inscrire un plan proposé pour les arriérés",
            "Le plan est accepté s’il est assez élevé et assez court ; sinon il devient un point à regarder.", "CSS R. 582-8, II",
            (Asking("amount", "Somme par mois, €", "amount"),),
            lambda file: any(one.arrears and one.lacking for one in file.state.terms)),
        Act("UNABLE_TO_PAY", "Constater que le parent ne peut pas payer",
            "Le dossier est suspendu le mois suivant (L15), sauf cas 3° et 4°. Déjà hors d’état : le contrôle est daté, rien d’autre "
            "ne change.", "CSS D. 523-2",
            (Asking("reason", "Constat", choices=_unable),),
            lambda file: (_is_open(file) and not file.state.unable) or _is_controlled(file)),
        Act("ABLE_TO_PAY", "Constater que le parent peut payer",
            "Suspendu, les appels reprennent comme à la mise en place (L05). Sinon le contrôle est daté, rien d’autre ne change.",
            "CSS D. 523-2",
            offered=lambda file: bool(file.state.unable) or file.state.state == State.SUSPENDED or _is_controlled(file)),
        Act("RELEASE_REQUEST", "Inscrire une demande de mainlevée",
            "Accordée si les six dernières échéances sont payées et que rien d’autre n’est dû.", "CSS R. 582-8, I",
            offered=lambda file: file.state.state == State.FORCED),
        Act("VIOLENCE", "Protéger un parent",
            "Adresses et contacts sont cachés, et l’intermédiation ne peut plus finir par accord. Aucun fait n’est noté.",
            "C. civ. 373-2-2, II", offered=lambda file: not file.state.violence),
    )
}  # fmt: skip


def offered(file: CaseFile) -> list[Act]:
    """What may be told of the case as it stands."""
    return [one for one in ACTS.values() if one.offered(file)]


def typed_of(act: Act, posted: Mapping[str, str]) -> Cells:
    """What was typed in the fields of an act."""
    return {one.name: typed_text(posted.get(one.name, "")) for one in act.asks}


def questions_of(act: Act, file: CaseFile, typed: Cells, errors: Mapping[str, str]) -> list[Question]:
    return [
        Question(one.name, one.label, typed.get(one.name, ""), "", one.choices(file) if one.choices else (),
                 errors.get(one.name, ""))
        for one in act.asks
    ]  # fmt: skip


def cells_of(act: Act, file: CaseFile, typed: Cells, on: date) -> Cells:
    """The row of the flow that the act is, without its number."""
    read = {one.name: READERS_OF[one.kind](typed.get(one.name, "")) for one in act.asks}
    said = {name: value for name, value in act.cells(file, read).items() if value}
    return {"day": on.isoformat(), "case_no": file.row.pk, "kind": act.code} | said


READERS_OF: dict[str, Callable[[str], str]] = {"choice": str, "text": str, "amount": plain, "day": iso_day}
