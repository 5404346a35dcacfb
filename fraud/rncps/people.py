"""Who a case is about, and who was typed: a number or an identity, read once and kept nowhere."""

from datetime import date

from cmg.models import Account
from fraud.models import ControlCase
from fraud.rncps.connector import Person
from portal.people.identity import is_nir_valid, normalised_nir
from portal.people.vault import reveal_many

EMPLOYER = "cmg:employer:"


class PersonRefused(Exception):
    """What was typed is nobody: a sentence, and the field to look at."""

    def __init__(self, sentence: str, field: str = "nir") -> None:
        super().__init__(sentence)
        self.field = field


def _account_of(case: ControlCase | None) -> Account | None:
    if case is None or not case.subject.startswith(EMPLOYER):
        return None
    number = case.subject.removeprefix(EMPLOYER)
    return Account.objects.filter(employer_no=number, known_until=None, nir_valid=True, nir_key__isnull=False).first()


def is_person_known(case: ControlCase | None) -> bool:
    """Whether a valid number of the beneficiary of a case is known; nothing is deciphered."""
    return _account_of(case) is not None


def person_of_case(case: ControlCase | None) -> Person:
    """The beneficiary of a case. Journaling the reading is the look-up's own line. Raises PersonRefused."""
    account = _account_of(case)
    nir = reveal_many([account.nir_key]).get(account.nir_key) if account and account.nir_key else None
    if nir is None:
        raise PersonRefused("Le numéro de la personne de ce dossier n’est pas connu : écrivez-le.")
    return Person(nir=nir)


def person_typed(*, nir: str, last_name: str, first_names: str, birth_date: date | None) -> Person:
    """By number, or else by name and birth date. Raises PersonRefused."""
    if nir.strip():
        number = normalised_nir(nir)
        if not is_nir_valid(number):
            raise PersonRefused("Ce numéro n’est pas un numéro de sécurité sociale : quinze caractères, dont la clé.")
        return Person(nir=number)
    if not last_name or not first_names:
        raise PersonRefused("Écrivez un numéro, ou bien le nom, les prénoms et la date de naissance.")
    if birth_date is None:
        raise PersonRefused("Écrivez la date de naissance, par exemple 21/06/1988.", "birth_date")
    return Person("", last_name, first_names, birth_date)


def people_typed(text: str, most: int) -> list[Person]:
    """The numbers of a list, one a line, each once. Raises PersonRefused, naming the lines."""
    lines = [line for line in text.splitlines() if line.strip()]
    numbers = [normalised_nir(line) for line in lines[: most + 1]]
    wrong = [str(index) for index, number in enumerate(numbers, start=1) if not is_nir_valid(number)]
    if wrong:
        raise PersonRefused(f"Pas un numéro de sécurité sociale : ligne {', '.join(wrong[:10])}.", "people")
    return [Person(nir=number) for number in dict.fromkeys(numbers)]
