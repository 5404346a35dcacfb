"""The questions of an agreement, one a page: those of the common text, those of one parent alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from aripa.agreements.seats import Seat
from aripa.own.request import AMOUNT, CHILDREN_MOST, Field, Question, cents_of, day_of, error_of
from aripa.rules.agreement import MAJORITY, age_on, is_in_charge
from portal.organisations.directory import competent_fund

Answers = Mapping[str, Any]
STAYS = (
    ("STANDARD", "un week-end sur deux et la moitié des vacances, ou plus"),
    ("REDUCED_VISITING", "moins du quart du temps, ou des visites sans nuit"),
    ("ALTERNATING", "résidence alternée, déclarée aux impôts"),
)
GROWN = (
    ("STUDENT", "fait des études"),
    ("SEEKER", "a moins de 25 ans, vit chez le parent qui paie, cherche un emploi, revenus sous le RSA"),
    ("SUPPORTED", "est déjà aidé par une pension versée à son autre parent"),
)
CHARGES = (("MINOR", "est mineur : il vit chez vous, ou vous le recevez"), *GROWN)
INDEXES = (
    ("NONE_MENTIONED", "L’accord n’en dit rien : la pension suit les prix de l’ensemble des ménages, chaque année"),
    ("ALL_HOUSEHOLDS", "L’accord choisit les prix de l’ensemble des ménages"),
    ("URBAN_WORKERS", "L’accord choisit les prix des ménages urbains, ouvriers ou employés"),
)
WAYS = (
    ("SERVICE", "Le service des pensions reçoit la pension et la verse. C’est gratuit"),
    ("DIRECT", "Nous le refusons tous les deux : la pension est payée directement"),
)
COUPLES = (("COHABITATION", "Nous vivions ensemble, sans mariage ni Pacs"), ("PACS", "Notre Pacs est dissous"))
PARTIES = (("CREDITOR", "Je reçois la pension"), ("DEBTOR", "Je paie la pension"))
YES_NO = (("oui", "Oui"), ("non", "Non"))
BODIES = (("CAF", "Caf"), ("MSA", "MSA"))
# The field that says that a child is there, on the pages that take several.
MARKS = {"enfants": "name_", "ressources": "other_name_"}
PLACES = range(1, CHILDREN_MOST + 1)


def _child(number: int) -> tuple[Field, ...]:
    of, first = f"enfant {number}", number == 1
    return (
        Field(f"name_{number}", f"Prénoms et nom, {of}", required=first),
        Field(f"born_{number}", f"Date de naissance, {of}", "date", required=first),
        Field(f"stay_{number}", f"Temps passé chez le parent qui paie, {of}", "choice", STAYS, required=first),
        Field(f"grown_{number}", f"Si majeur, {of}", "choice", GROWN, required=False),
    )


def _charge(number: int) -> tuple[Field, ...]:
    of = f"autre enfant {number}"
    return (
        Field(f"other_name_{number}", f"Prénoms et nom, {of}", required=False),
        Field(f"other_born_{number}", f"Date de naissance, {of}", "date", required=False),
        Field(f"other_charge_{number}", f"Sa situation, {of}", "choice", CHARGES, required=False),
    )


PLACE = Question(
    "place", "Recevez-vous ou paierez-vous la pension ?", (Field("party", "Votre place", "choice", PARTIES),)
)
OTHER_PARENT = Question("autre-parent", "Qui est l’autre parent ?", (
    Field("other_name", "Nom de naissance"), Field("other_first", "Prénoms"),
    Field("other_born", "Date de naissance", "date"),
), "Seule cette personne pourra utiliser votre code. Nous ne lui écrivons pas et nous ne la cherchons pas.")  # fmt: skip
CHILDREN = Question("enfants", "Pour quels enfants, et quand sont-ils chez le parent qui paie ?",
                    tuple(one for number in PLACES for one in _child(number)),
                    "Le temps passé chez le parent qui paie change le montant le plus bas.")  # fmt: skip
TERMS = Question("prix", "Qui verse, et quel indice suit la pension ?", (
    Field("index", "Indice des prix", "choice", INDEXES), Field("way", "Versement", "choice", WAYS),
), "Sans autre choix, la pension passe par le service des pensions : un impayé est alors vu tout de suite.")  # fmt: skip
RESOURCES = Question("ressources", "Vos ressources et les enfants à votre charge", (
    Field("own_annual", "Revenus nets imposables de l’année, les vôtres, en euros", "income",
          hint="Sur votre dernier avis d’impôt. Écrivez 0 si vous n’en avez pas."),
    Field("joint_annual", "Revenus communs de votre foyer (loyers, placements), en euros", "income",
          hint="Seulement si vous êtes en couple, marié ou pacsé : la moitié compte.", required=False),
    *(one for number in PLACES for one in _charge(number)),
), "Les enfants de l’accord comptent déjà. Ajoutez les autres enfants à votre charge (article D. 582-1).")  # fmt: skip
HOME = Question("vous", "Où habitez-vous ?", (
    Field("address", "Adresse", "address"), Field("postcode", "Code postal"), Field("city", "Ville"),
    Field("body", "Votre caisse de prestations familiales", "choice", BODIES),
    Field("recipient", "Recevez-vous de cette caisse des prestations familiales ?", "choice", YES_NO),
), "Ces réponses restent entre vous et la caisse. L’autre parent ne les voit jamais.")  # fmt: skip
FIRST_ONLY = ("place", "autre-parent")


def amounts(shared: Answers) -> Question:
    """The amount of each child, once the children are known."""
    fields = tuple(
        Field(f"amount_{number}", f"Pension par mois pour {shared[f'name_{number}']}, en euros", "amount")
        for number in PLACES if shared.get(f"name_{number}")
    )  # fmt: skip
    return Question("montants", "Combien par mois, pour chaque enfant ?", fields,
                    "Le montant de référence est calculé sur la page « Le montant de référence ».")  # fmt: skip


def questions_of(seat: Seat) -> list[Question]:
    """The pages that this parent fills in, in order."""
    first = [PLACE, OTHER_PARENT] if seat.is_first else []
    common = [CHILDREN, *([RESOURCES] if seat.is_debtor else []), amounts(seat.agreement.shared), TERMS]
    return [*first, *common, HOME]


def shown(question: Question, answers: Answers, day: date) -> Question:
    """The page with as many children as were written and one more, the situation of those alone who are of age."""
    mark = MARKS.get(question.slug)
    if mark is None:
        return question
    filled = max((number for number in PLACES if answers.get(f"{mark}{number}")), default=0)
    kept = [
        one for one in question.fields
        if not one.name[-1].isdigit() or (int(one.name[-1]) <= filled + 1 and _is_asked(one, answers, day))
    ]  # fmt: skip
    return replace(question, fields=tuple(kept))


def _is_asked(one: Field, answers: Answers, day: date) -> bool:
    if not one.name.startswith("grown_"):
        return True
    born = day_of(answers.get(f"born_{one.name[-1]}", ""))
    return born is not None and age_on(born, day) >= MAJORITY


def has_room(question: Question, answers: Answers) -> bool:
    """Whether one more child can be added to the page."""
    mark = MARKS.get(question.slug)
    return mark is not None and not answers.get(f"{mark}{CHILDREN_MOST}")


def is_common(question: Question) -> bool:
    """Whether the other parent reads and signs these answers."""
    return question.slug != HOME.slug


def is_fixed(seat: Seat, question: Question) -> bool:
    """Who the parents are no longer changes once both are there."""
    return question.slug in FIRST_ONLY and seat.agreement.second_id is not None


def answers_of(seat: Seat, question: Question) -> Answers:
    return seat.agreement.shared if is_common(question) else seat.own


def errors_of(question: Question, answers: Answers, day: date) -> dict[str, str]:
    """What is wrong on one page, by field."""
    found = {one.name: told for one in question.fields if (told := _error(one, answers.get(one.name, ""), day))}
    for slug, look in (("enfants", _children), ("ressources", _charges), ("vous", _home)):
        if question.slug == slug:
            found = look(answers, day) | found
    return found


def _error(one: Field, text: str, day: date) -> str:
    if one.kind != "income" or not text:
        return error_of(one, text, day)
    return "" if AMOUNT.fullmatch(_plain(text)) else "Écrivez un montant par an, par exemple 18000, ou 0."


def _plain(text: str) -> str:
    return "".join(text.replace("\u00a0", " ").replace("\u202f", " ").replace("€", "").split())


def income_cents(text: str) -> int:
    """Cents of an income; nothing typed is none."""
    return cents_of(_plain(text)) if text else 0


def _children(answers: Answers, day: date) -> dict[str, str]:
    """A child begun is a child whole, and a grown one has a situation of D. 582-1."""
    found = {}
    for number in PLACES:
        names = [f"{name}_{number}" for name in ("name", "born", "stay")]
        found |= _half(answers, names, number, "enfant") if number > 1 else {}
        born = day_of(answers.get(f"born_{number}", ""))
        if born and age_on(born, day) >= MAJORITY and not _counts(answers.get(f"grown_{number}", ""), born, day):
            found[f"grown_{number}"] = (
                "Cet enfant est majeur. Une caisse ne donne force à un accord pour lui que dans l’une de ces situations ; "
                "sinon, adressez-vous au juge aux affaires familiales."
            )
    return found


def _charges(answers: Answers, day: date) -> dict[str, str]:
    found = {}
    for number in PLACES:
        names = [f"other_{name}_{number}" for name in ("name", "born", "charge")]
        found |= _half(answers, names, number, "autre enfant")
        born, charge = day_of(answers.get(names[1], "")), answers.get(names[2], "")
        if born and charge and not _counts(charge, born, day):
            found[names[2]] = "L’âge de cet enfant ne va pas avec cette situation. Vérifiez sa date de naissance."
    return found


def _half(answers: Answers, names: list[str], number: int, words: str) -> dict[str, str]:
    given = [name for name in names if answers.get(name)]
    if not given or len(given) == len(names):
        return {}
    lacking = next(name for name in names if name not in given)
    return {lacking: f"Complétez l’{words} {number}, ou effacez sa ligne."}


def _counts(charge: str, born: date, day: date) -> bool:
    return charge in dict(CHARGES) and is_in_charge(charge, born, day)


def _home(answers: Answers, _day: date) -> dict[str, str]:
    if answers.get("postcode") and answers.get("body") and not fund_at(answers["body"], answers["postcode"]):
        return {"postcode": "Écrivez un code postal de France à cinq chiffres, par exemple 63000."}
    return {}


def fund_at(body: str, postcode: str) -> str:
    """The fund of this kind where the postcode is; empty when there is none."""
    found = competent_fund(body, departement_of(postcode)) if body in dict(BODIES) else None
    return found.code if found else ""


def departement_of(postcode: str) -> str:
    """``63000`` is in 63, ``97400`` in 974; Corsica's 20000 to 20199 in 2A, the rest of it in 2B."""
    plain = _plain(postcode)
    if len(plain) != 5 or not (plain.isascii() and plain.isdigit()):
        return ""
    if plain.startswith("20"):
        return "2A" if plain < "20200" else "2B"
    return plain[:3] if plain.startswith("97") else plain[:2]
