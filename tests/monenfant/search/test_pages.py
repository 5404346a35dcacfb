"""The pages of the search: no account, no JavaScript, the same numbers in the list and on the map, ways round, a place,
its cost; and the API that says the same."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monenfant.models import CarePlace, Childminder
from monenfant.search.need import Need
from monenfant.views.search import PageTurns
from tests.monenfant.search.world import MONDAY, NOON, THURSDAY, childminder, creche, need, slot

pytestmark = pytest.mark.django_db
FRIDAY = THURSDAY + timedelta(days=1)
TYPED = {
    "where": "Riom", "radius_km": "5", "date_from": "2026-10-29", "time_from": "14:00", "time_to": "18:00",
    "age_months": "20", "kind": "OCCASIONAL",
}  # fmt: skip


@pytest.fixture(autouse=True)
def the_day(settings: Any) -> None:
    settings.PORTAL_DAY = MONDAY


def read(path: str, asked: Need | None = None, **more: str) -> str:
    query = asked.criteria.urlencode() if asked else ""
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    answer = Client().get(f"{path}?{query}{extra}")
    assert answer.status_code == 200
    return text_of(answer)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\xa0", " ").replace("&nbsp;", " "))


def listed(page: str) -> list[tuple[str, str]]:
    """The numbers and names of the list."""
    return re.findall(r'id="lieu-(\d+)".*?<a href="[^"]*">([^<]*)</a></h3>', page)


def test_a_family_finds_thursday_afternoon_without_account_or_script() -> None:
    creche("Les Lucioles", slot(), km=1.2, told=MONDAY - timedelta(days=1))
    childminder("A", slot(group="ANY"), km=2, told=date(2026, 10, 22))
    creche("Stale", slot(), km=0.5, told=date(2026, 10, 16))
    creche("Silent", told=None, km=3)

    sent = Client().post(reverse("monenfant:search"), TYPED, follow=True)
    page = text_of(sent)

    assert "2 lieux ont une place jeudi après-midi, à moins de 5 km" in page
    assert "1 à confirmer" in page
    assert listed(page) == [("1", "Crèche Les Lucioles"), ("2", "Anne Martin A")]
    assert "1,2 km" in page
    assert "confirmé hier" in page
    assert "confirmé le 22/10" in page
    confirmed, stale = page.split("Disponibilités non confirmées")
    assert "annoncé le 16/10, il y a 10 jours" in stale
    assert "n’a rien indiqué" in stale
    assert "Stale" not in confirmed


@pytest.mark.parametrize(
    ("typed", "wrong", "told"),
    [
        ({"where": "Saint-Denis"}, "commune-0", "Plusieurs communes portent ce nom"),
        ({"where": "Nulle-Part"}, "where", "Écrivez une commune ou un code postal"),
        ({"age_months": ""}, "age_months", "ou la date de naissance"),
        ({"child_birth_date": "2026-10-30"}, "child_birth_date", "naît après le premier jour"),
        ({"child_birth_date": "2020-10-29"}, "", ""),
        ({"child_birth_date": "2020-09-29"}, "child_birth_date", "jusqu’à six ans"),
        ({"child_birth_date": "hier"}, "child_birth_date", "Écrivez une date"),
        ({"child_birth_date": "2026-10-29", "age_months": ""}, "", ""),
        ({"date_from": "2026-10-25"}, "date_from", "Ce jour est passé"),
    ],
)
def test_a_form_is_sent_or_says_what_to_write(typed: dict[str, str], wrong: str, told: str) -> None:
    answer = Client().post(reverse("monenfant:search"), TYPED | typed)

    assert answer.status_code == (422 if wrong else 303)
    if wrong:
        page = text_of(answer)
        assert f'href="#{wrong}"' in page
        assert told in page
        assert f'id="{wrong}"' in page


def test_one_of_several_communes_is_chosen_and_what_was_typed_stays() -> None:
    client, typed = Client(), TYPED | {"where": "Saint-Denis"}
    page = text_of(client.post(reverse("monenfant:search"), typed))

    assert 'value="93066"' in page
    assert 'value="14:00"' in page
    chosen = client.post(reverse("monenfant:search"), typed | {"commune": "93066"})
    assert "commune=93066" in chosen["Location"]
    another = client.post(reverse("monenfant:search"), typed | {"commune": "63300"})
    assert another.status_code == 422


def test_suggestions_are_plain_options() -> None:
    page = text_of(Client().get(reverse("monenfant:communes") + "?where=rio"))

    assert '<option value="Riom (63200)">' in page
    assert page.count("<option") <= 20


def test_the_numbers_of_the_map_are_those_of_the_list() -> None:
    for number in range(4):
        creche(f"S{number}", slot(), km=0.9 * (number + 1))
    childminder("H", slot(group="ANY"), km=1, hides_address=True)
    page = read(reverse("monenfant:search"), need())

    numbers = {number for number, _name in listed(page)}
    drawn = {one for label in re.findall(r'aria-label="Lieux? ([\d, ]+)"', page) for one in label.split(", ")}
    points = set(re.findall(r'"number": (\d+)', page))
    hidden = {number for number, name in listed(page) if name == "Anne Martin H"}
    assert numbers == {"1", "2", "3", "4", "5"}
    assert drawn == points == numbers - hidden
    assert "1 personne dont l’adresse n’est pas montrée" in page
    assert re.findall(r'aria-label="Lieux? ([\d, ]+)"', read(reverse("monenfant:search_map"), need()))


def test_pages_go_on_with_the_next_numbers() -> None:
    for number in range(25):
        creche(f"S{number}", slot(), km=0.1 * (number + 1))
    first, second = (read(reverse("monenfant:search"), need(), page=page) for page in ("1", "2"))

    assert "Plus de 20 lieux ont une place" in first
    assert [number for number, _name in listed(first)] == [str(one) for one in range(1, 21)]
    assert [number for number, _name in listed(second)] == [str(one) for one in range(21, 26)]
    assert 'rel="next"' not in second
    assert listed(read(reverse("monenfant:search"), need(), page="x")) == listed(first)


def test_the_queries_do_not_grow_with_what_is_found() -> None:
    creche("S", slot(), km=1)
    with CaptureQueriesContext(connection) as few:
        read(reverse("monenfant:search"), need(radius_km=2))
    for number in range(60):
        creche(f"S{number}", slot(), km=1)
    for number in range(15):
        childminder(f"A{number}", slot(group="ANY"), km=1, hides_address=number % 2 == 0)
    with CaptureQueriesContext(connection) as many:
        read(reverse("monenfant:search"), need(radius_km=2))

    assert len(many) <= len(few) + 1, "who the childminders are: one more query, however many they are"
    with CaptureQueriesContext(connection) as widest:
        read(reverse("monenfant:search"), need(radius_km=50, first=FRIDAY))
    assert len(widest) <= 30


def test_nothing_fits_and_the_nearest_ways_round_are_told_with_their_counts() -> None:
    for number in range(3):
        creche(f"far{number}", slot(), km=8)
    for number in range(2):
        creche(f"friday{number}", slot(FRIDAY), km=1)
    creche("stale", slot(), km=1, told=MONDAY - timedelta(days=10))
    page = read(reverse("monenfant:search"), need())

    assert "Aucune place jeudi après-midi à moins de 5 km" in page
    ways = re.findall(r'<li><a href="([^"]*)">([^<]*)</a> : ([^<]*)</li>', page)
    assert [(label, count) for _link, label, count in ways] == [
        ("À 10 km", "3 lieux"),
        ("Vendredi après-midi 30/10", "2 lieux"),
    ]
    for link, _label, count in ways:
        served = text_of(Client().get(link.replace("&amp;", "&")))
        assert len(listed(served)) == int(count.split()[0])


@pytest.mark.parametrize(
    ("case", "made", "asked", "way"),
    [
        ("half of a day", [slot()], {"hours": None}, "L’après-midi seulement"),
        ("one of several days", [slot(FRIDAY)], {"last": FRIDAY}, "Vendredi après-midi 30/10 seulement"),
        ("another mode", [slot()], {"modes": ("MICRO",)}, "Tous les modes de garde"),
        ("usual hours", [slot()], {"atypical": True}, "Sans horaires particuliers"),
        ("a punctual need", [slot()], {"kind": "EMERGENCY"}, "Parmi les besoins ponctuels"),
    ],
)
def test_each_thing_asked_may_be_let_go(case: str, made: list[Any], asked: dict[str, Any], way: str) -> None:
    creche("S", *made)

    page = read(reverse("monenfant:search"), need(**asked))

    assert f">{way}</a> : 1 lieu<" in page, case


def test_nothing_anywhere_says_so() -> None:
    page = read(reverse("monenfant:search"), need())

    assert "Aucune place jeudi après-midi à moins de 5 km" in page
    assert "Rien non plus" in page


def test_a_place_says_when_it_is_free_how_to_reach_it_and_what_it_costs() -> None:
    place = creche("S", slot(places=2), slot(FRIDAY, "FULL", kind="REGULAR"), km=1.2, told=MONDAY - timedelta(days=1),
                   address="12 rue du Commerce", postcode="63200", city="Riom", email="s@exemple.fr")  # fmt: skip
    page = read(reverse("monenfant:place", args=[place.pk]), need())

    assert "<h1>Crèche S</h1>" in page
    assert "1,2 km de Riom" in page
    assert "2 places jeudi après-midi, confirmé hier" in page
    assert "Jeudi 29 octobre 2026, de 14 h à 18 h, enfant de 20 mois." in page
    assert re.search(r'<th scope="row">Après-midi</th>(<td[^>]*>.{0,100}?</td>\s*){3}<td class="num free">2 ', page)
    for told in (
        "04 73 00 00 00",
        "s@exemple.fr",
        "12 rue du Commerce, 63200 Riom",
        "8 h – 18 h 30",
        "Un accueil régulier",
    ):
        assert told in page, told
    assert f"{reverse('monenfant:cost')}?place={place.pk}" in page


def test_a_place_answers_the_search_before_all_else() -> None:
    place = creche("S", slot(places=2), told=MONDAY - timedelta(days=1))

    wednesday = read(reverse("monenfant:place", args=[place.pk]), need(first=THURSDAY - timedelta(days=1)))
    morning = read(reverse("monenfant:place", args=[place.pk]), need(hours=(8 * 60, 12 * 60)))
    too_late = read(reverse("monenfant:place", args=[place.pk]), need(hours=(14 * 60, 20 * 60)))

    assert "Pas de place mercredi après-midi, confirmé hier" in wednesday
    assert "Pas de place jeudi matin, confirmé hier" in morning
    assert "Pas de place jeudi après-midi, confirmé hier" in too_late, "it closes at half past six"


def test_a_search_leads_to_a_desk_to_the_cost_and_to_the_figures() -> None:
    place = creche("S", slot())
    asked = need().criteria.urlencode()
    for address in (
        "/garde/",
        f"/garde/?{asked}",
        f"/garde/lieu/{place.pk}/?{asked}",
        f"/garde/cout/?place={place.pk}&{asked}",
    ):
        page = text_of(Client().get(address))
        of_riom = asked in address
        assert f'href="/garde/rendez-vous/{"?commune=63300" if of_riom else ""}"' in page
        assert f'href="/garde/chiffres/{"63/" if of_riom else ""}"' in page
        assert 'href="/garde/cout/"' in page


def test_a_place_opens_without_a_search_behind_it() -> None:
    place = childminder("A", slot(group="ANY"), hides_address=True)
    Childminder.objects.create(number="A", has_pets=False, gives_meals=True, told_at=NOON)
    page = read(reverse("monenfant:place", args=[place.pk]))

    assert "km de" not in page
    assert "Pas d’animal à la maison" in page
    assert "Repas fournis" in page
    assert "seule la distance est donnée" in page


def test_a_place_that_told_nothing_for_weeks_shows_no_free_place() -> None:
    place = creche("S", slot(), told=MONDAY - timedelta(days=22))
    page = read(reverse("monenfant:place", args=[place.pk]), need())

    assert "n’a rien indiqué récemment" in page
    assert "Semaine du" not in page


@pytest.mark.parametrize(
    "changes", [{"published_from": None}, {"published_from": FRIDAY}, {"published_until": MONDAY}], ids=str
)
def test_a_place_that_is_not_shown_is_the_page_that_is_not_there(changes: dict[str, Any]) -> None:
    place = creche("S", slot())
    CarePlace.objects.update(**changes)
    absent = Client().get(reverse("monenfant:place", args=[999_999_999]))
    gone = Client().get(reverse("monenfant:place", args=[place.pk]))

    def told(answer: Any) -> str:
        return re.sub(r'value="[^"]*"', "", answer.content.decode())

    assert (gone.status_code, told(gone)) == (404, told(absent))
    assert Client().get(f"{reverse('monenfant:cost')}?place={place.pk}").status_code == 404


def test_what_a_place_costs_comes_first_from_the_one_computation() -> None:
    """36 000 € a year, one child, 150 hours in October 2026: 3 000 × 0.0619 % = 1.857, 1.86 × 150 = 279.00, half credited."""
    place = creche("S", slot())
    address = f"{reverse('monenfant:cost')}?place={place.pk}&{need().criteria.urlencode()}"
    blank = text_of(Client().get(address))
    assert 'value="28/02/2025"' in blank, "twenty months on 29 October 2026"
    facts = {"annual_resources": "36000", "dependent_children": "1", "hours": "150", "child_birth_date": "28/02/2025"}
    page = text_of(Client().post(address, facts))

    rows = re.findall(r'<a href="#calcul-\d">([^<]*)</a></th>(.*?)</tr>', page)
    assert len(rows) == 4
    assert rows[0][0] == "Crèche collective"
    assert "279,00 €" in rows[0][1]
    assert "139,50 €" in rows[0][1]

    minder = childminder("A", slot(group="ANY"))
    Childminder.objects.create(number="A", hourly_rate_cents=600, told_at=NOON)
    first = re.findall(r'<a href="#calcul-\d">([^<]*)</a></th>(.*?)</tr>', text_of(
        Client().post(f"{reverse('monenfant:cost')}?place={minder.pk}", facts)))  # fmt: skip
    assert first[0][0] == "Assistante maternelle", "the mode of the place, though another is cheaper"
    assert first[1][0] == "Crèche collective"
    told = re.findall(r'<p class="big">([^<]*)</p>', text_of(
        Client().post(f"{reverse('monenfant:cost')}?place={minder.pk}", facts)))  # fmt: skip
    assert re.match(r"Assistante maternelle : il vous reste .* Le moins cher : crèche collective, 139,50 €", told[0])


def test_costs_ask_for_what_is_missing() -> None:
    answer = Client().post(reverse("monenfant:cost"), {"hours": "150", "child_birth_date": "28/02/2025"})
    page = text_of(answer)

    assert answer.status_code == 422
    assert 'href="#annual_resources"' in page
    assert 'href="#dependent_children"' in page


def test_tiles_are_asked_of_nobody_unless_the_installation_names_who(settings: Any) -> None:
    creche("S", slot())
    address = f"{reverse('monenfant:search')}?{need().criteria.urlencode()}"
    without = Client().get(address)
    assert "img-src 'self' data:;" in without["Content-Security-Policy"] + ";"
    assert "data-tiles" not in without.content.decode()

    settings.PORTAL_TILES = "https://tuiles.exemple.fr/{z}/{x}/{y}.png"
    having = Client().get(address)
    assert "img-src 'self' data: https://tuiles.exemple.fr" in having["Content-Security-Policy"]
    assert "Le fond vient d’un autre site" in having.content.decode()
    assert "tuiles" not in Client().get(reverse("monenfant:communes"))["Content-Security-Policy"].replace(
        "https://tuiles.exemple.fr", "", 1
    )


# ---- the API -------------------------------------------------------------------------------------------------------


def asked_of_api(asked: Need | None = None, **more: str) -> Any:
    criteria = asked.criteria if asked else need().criteria
    for name, value in more.items():
        criteria[name] = value
    return Client().get(f"{reverse('monenfant:search_api')}?{criteria.urlencode()}")


def test_the_api_says_what_the_page_says() -> None:
    creche("S", slot(places=2), km=1.2)
    childminder("H", slot(group="ANY"), km=2.3, hides_address=True)
    childminder("silent", told=None, km=3)
    told = asked_of_api().json()

    assert told["commune"] == {"code": "63300", "name": "Riom"}
    first, second = told["results"]
    assert (first["name"], first["distance_km"], first["places"], first["confirmed_on"]) == (
        "Crèche S",
        1.2,
        2,
        "2026-10-26",
    )
    assert {"lat", "lon"} <= first.keys()
    assert (second["distance_km"], second["is_distance_rounded"]) == (2, True)
    assert not {"lat", "lon"} & second.keys()
    assert [one["name"] for one in told["not_reported"]] == ["Anne Martin silent"]
    assert told["relaxations"] == []


def test_the_api_tells_every_error_and_takes_a_postcode() -> None:
    def without_commune(**more: str) -> Any:
        criteria = need().criteria
        del criteria["commune"]
        for name, value in more.items():
            criteria[name] = value
        return Client().get(f"{reverse('monenfant:search_api')}?{criteria.urlencode()}")

    assert [one["key"] for one in asked_of_api(radius_km="3", age_months="-").json()["errors"]] == [
        "radius_km",
        "age_months",
    ]
    assert asked_of_api(name="x").json()["errors"][0]["key"] == "name"
    several = without_commune(postcode="63200")
    assert (several.status_code, several.json()["errors"][0]["choices"]["63300"]) == (400, "Riom")
    assert without_commune(postcode="63100").json()["commune"]["code"] == "63113"
    assert without_commune(postcode="99999").status_code == 400
    assert without_commune().json()["errors"][0]["key"] == "commune"


def test_the_api_is_described_and_throttled(settings: Any) -> None:
    schema = Client().get(reverse("frame:schema")).content.decode()

    assert "/api/v1/childcare/search" in schema
    for name in ("radius_km", "age_months", "atypical_hours", "postcode"):
        assert f"name: {name}" in schema, name
    assert "name: child_birth_date" not in schema
    assert settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["childcare"] == "120/minute"


def test_whoever_says_another_address_each_time_has_the_turns_of_one() -> None:
    """Even refused questions count: the hundred and twenty-first of one minute is not answered, whatever it says of itself."""
    cache.clear()
    path = reverse("monenfant:search_api")
    answers = [Client().get(path, HTTP_X_FORWARDED_FOR=f"10.0.0.{turn}").status_code for turn in range(121)]
    cache.clear()

    assert (answers[119], answers[120]) == (400, 429)


def test_one_connection_does_not_take_the_search_from_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PageTurns, "rate", "2/minute", raising=False)
    cache.clear()
    query = need().criteria.urlencode()
    paths = [reverse(f"monenfant:{name}") for name in ("search", "search_map", "search")]
    answers = [Client().get(f"{path}?{query}", HTTP_X_FORWARDED_FOR=path) for path in paths]
    another = Client().get(f"{paths[0]}?{query}", REMOTE_ADDR="10.0.0.1")
    cache.clear()

    assert [answer.status_code for answer in (*answers, another)] == [200, 200, 429, 200]
    assert "Attendez une minute" in text_of(answers[2])
    assert 0 < int(answers[2].headers["Retry-After"]) <= 61
    assert "no-store" in answers[2].headers["Cache-Control"]


@pytest.mark.parametrize("day", ["9999-12-31", "9999-10-09", "0001-01-01"])
def test_a_day_at_the_end_of_time_is_a_day_to_correct(day: str) -> None:
    typed = TYPED | {"kind": "REGULAR", "date_from": day}

    assert Client().post(reverse("monenfant:search"), typed).status_code == 422
    query = need(kind="REGULAR").criteria
    query["date_from"] = day
    assert Client().get(f"{reverse('monenfant:search')}?{query.urlencode()}").status_code == 422
    assert Client().get(f"{reverse('monenfant:search_api')}?{query.urlencode()}").status_code == 400
