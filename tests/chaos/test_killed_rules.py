"""Killing a run of the matching rules: started again, it finds each lead once, those found before the kill and the others."""

from pathlib import Path

from fraud.models import Lead, SampleDraw
from fraud.signals.running import KIND
from portal.batches.models import Run, RunState
from tests.chaos.disturbed import PATIENCE, Cluster
from tests.fraud.signals.world import DAY, overlapping, publish, receive, right

COMMAND = ("run_control_rules", "--on", DAY, "--workers", 1)


def test_a_run_killed_in_the_middle_and_started_again_loses_nothing_and_doubles_nothing(
    empty: Cluster, tmp_path: Path
) -> None:
    publish()
    receive("declarations", "creche-days", "childminder-days", "rights_fund", "accounts")
    overlapping(132, days=5)
    right("E1", child_id="C7")
    right("E2", child_id="C7", fund="CAF43")
    empty.start("rules half run", tmp_path / "killed", "manage", *COMMAND).at_its_point().kill()

    killed = Run.objects.get(kind=KIND)
    before = set(Lead.objects.values_list("pk", "rule_code"))
    assert (killed.state, sorted(code for _pk, code in before)) == (RunState.RUNNING, ["DM03", "DM03"])
    again = empty.start("nowhere", tmp_path / "again", "manage", *COMMAND)
    assert again.process.wait(PATIENCE) == 0, again.output()

    found = Lead.objects.filter(is_sample=False)
    assert before < set(found.values_list("pk", "rule_code"))
    assert sorted(found.values_list("rule_code", flat=True)) == ["DM03", "DM03", "DM05"]
    run = Run.objects.get(kind=KIND)
    assert (run.pk, run.state) == (killed.pk, RunState.DONE)
    assert {code: one["found"] for code, one in run.totals["rules"].items() if one["found"]} == {"DM03": 2, "DM05": 1}
    assert SampleDraw.objects.count() == SampleDraw.objects.values("rule", "fund").distinct().count()
