"""The map of départements: five classes at most, whoever has no data, and everything inside its frame."""

import re

from portal.frame.maps import BOXES, HEIGHT, NO_DATA, WIDTH, area_map, classes, drawn


def test_at_most_five_classes_whose_bounds_hold_every_value_once() -> None:
    values = [1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 8.0, 9.0, 12.0]
    bounds = classes(values)

    assert len(bounds) <= 5
    assert all(sum(low <= value <= high for low, high in bounds) == 1 for value in values)
    assert classes([]) == []
    assert classes([0.0, 0.0]) == [(0.0, 0.0)]


def test_a_departement_without_data_has_no_class() -> None:
    found = area_map("t", "s", {"63": 7, "43": 0}, lambda value: f"{value} ‰")

    assert {place.number: place.level for place in found.places if place.level is not None} == {"43": 0, "63": 1}
    assert {place.words for place in found.places} == {"7 ‰", "0 ‰", NO_DATA}
    assert found.classes == ["0 ‰", "7 ‰"]


def test_bounds_are_written_in_words() -> None:
    values = {str(number).zfill(2): number for number in range(1, 11)}

    assert area_map("t", "s", values, str).classes == ["de 1 à 2", "de 3 à 4", "de 5 à 6", "de 7 à 8", "de 9 à 10"]


def test_every_departement_is_drawn_and_those_around_paris_in_a_box_too() -> None:
    numbers = [number for number, _name, _path in drawn()]

    assert len(set(numbers)) == 101
    assert {number for number in numbers if numbers.count(number) == 2} == {"75", "92", "93", "94"}


def test_every_point_is_inside_the_drawing_and_overseas_inside_their_box() -> None:
    boxes = {number: box for box in BOXES for number in box.numbers if len(box.numbers) == 1}
    for number, _name, path in drawn():
        assert path, number
        for x, y in points(path):
            assert 0 <= x <= WIDTH, number
            assert 0 <= y <= HEIGHT, number
            if number in boxes:
                box = boxes[number]
                assert box.x <= x <= box.x + box.width, number
                assert box.y <= y <= box.y + box.height, number


def points(path: str) -> list[tuple[int, int]]:
    found = []
    for run in path.split("z")[:-1]:
        start, steps = run[1:].split("l")
        x, y = map(int, start.split())
        found.append((x, y))
        for dx, dy in re.findall(r"(-?\d+) (-?\d+)", steps):
            x, y = x + int(dx), y + int(dy)
            found.append((x, y))
    return found
