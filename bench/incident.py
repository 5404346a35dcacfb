"""June 2019 replayed: bench.incident [families ...]. What a circuit without the gate would have debited wrongly, and what
the portal does, on a made-up country of which 3.5 % of the families are desynchronised (860 000 families: 30 100).

Timed from the first flow file written to the last line kept, on a portal of its own. The page /agent/rejeu/ prints the
same figures, of the demonstration's region, by the same code.
"""

import os
import sys

from bench.common import output_of, peak_mib, portal, timed

FAMILIES = 860_000


def euros(cents: int | None) -> str:
    return "" if cents is None else f"{grouped(cents // 100)}.{cents % 100:02d} EUR"


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def show(title: str, counts: dict[str, tuple[int, int | None]], lines: dict[str, str]) -> None:
    print(f"  {title}")
    for key, words in lines.items():
        families, cents = counts[key]
        print(f"    {words:<62} {grouped(families):>9} families {euros(cents):>18}")


def one(families: int) -> None:
    times: dict[str, float] = {}
    with portal():
        from cmg.replay import selectors
        from cmg.replay.operations import ask_replay, run_replay

        asked = ask_replay(by="bench", families=families)
        with timed("replay", times):
            replay = run_replay(replay_pk=asked.pk, region=None, demo=False)
        assert replay is not None
        assert replay.last_day is not None
        print(
            f"June 2019, {grouped(families)} families, {grouped(replay.desynchronised)} of them desynchronised, "
            f"{grouped(replay.declarations)} declarations"
        )
        held_most = max(selectors.by_day(replay), key=lambda day: (day.held, day.day)).day
        last = selectors.totals_on(replay, replay.last_day)
        most = selectors.totals_on(replay, held_most)
        whole = selectors.made_whole(replay)
        show("the circuit of 2019, without a gate:", last, {
            "left_wrong": "debited wrongly", "left_missing": "without all their aid",
            "left_undecided": "debited although nobody had decided"})  # fmt: skip
        show("with the control before the debit:", last, {
            "right_wrong": "debited wrongly", "right_alone": "resolved automatically",
            "right_undecided": "still held, nobody having decided (what was not taken)"})  # fmt: skip
        show(f"with the control, on {held_most} (the day with most families held):", most, {
            "right_held": "held (what the other circuit takes)", "right_waiting": "whose aid waits"})  # fmt: skip
        print(
            f"    days until made whole: {grouped(whole.families)} families, median {whole.median_days}, last {whole.last_days}\n"
            f"  {times['replay']:.0f} s ({times['replay cpu']:.0f} s of processor, load {os.getloadavg()[0]:.1f}), "
            f"{times['replay'] / families * 1e6:.0f} µs a family, peak of the process {peak_mib()} MiB, "
            f"digest {replay.digest[:16]}",
            flush=True,
        )


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[1:]] or [FAMILIES]
    for size in sizes:
        # Each size in a process of its own, so that its memory is its own.
        one(size) if len(sizes) == 1 else print(
            output_of([sys.executable, "-m", "bench.incident", size]), end="", flush=True
        )
