"""What `close_ars` and `close_aeeh` share: days, workers, what the terminal says, how they end."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.batches.models import Run
from portal.batches.operations import SliceFailed
from portal.benefits.models import AwardStatus
from portal.benefits.rules.figures import missing_words
from portal.benefits.running.closing import NothingToDecide
from portal.benefits.running.summary import summary_lines
from portal.legislation.parameters import NoParameterInForce


class ClosingCommand(BaseCommand):
    """Ends with 1 when families wait for something, 2 when there is nothing to do, 3 when a slice failed."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, default=None, help="jour du calcul (aujourd’hui)")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processus au plus (les cœurs)")
        parser.add_argument("--dry-run", action="store_true", help="essai à blanc : rien n’est signable")

    def close(self, options: dict[str, Any], closing: Callable[..., Run], **period: Any) -> None:
        on = options["on"] or timezone.localdate()
        try:
            run = closing(on=on, dry_run=options["dry_run"], workers=max(1, options["workers"]), **period)
        except NothingToDecide as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        except NoParameterInForce as missing:
            raise CommandError(missing_words(missing), returncode=2) from missing
        except SliceFailed as failed:
            raise CommandError(str(failed), returncode=3) from failed
        for line in summary_lines(run):
            self.stdout.write(line)
        if run.totals["statuses"].get(AwardStatus.HELD):
            sys.exit(1)
