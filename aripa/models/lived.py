"""What the life of cases left behind, day after day: written by the day's run alone, never by hand. Money in cents."""

from django.db import models
from django.db.models import Q

FOLLOWED = Q(status__in=["RETURNED", "PARTIAL", "UNPAID", "NOTICED"])


class Household(models.Model):
    """A creditor and their cases, as the engine remembers them; ASF looks at them together (CSS D. 523-3).

    `memory` is the state the engine goes on from (`aripa.life.state.Family`): it can be made again from the facts.
    `wakes_on` is the next day on which something happens by itself; NULL when nothing will.
    """

    creditor_no = models.CharField(max_length=40, primary_key=True)
    bucket = models.SmallIntegerField()
    memory = models.JSONField()
    lived_until = models.DateField()
    wakes_on = models.DateField(null=True)

    class Meta:
        verbose_name = "famille suivie"
        indexes = [models.Index(name="household_wakes", fields=["bucket", "wakes_on"])]


class Case(models.Model):
    """One case as it stands: one creditor, one debtor. `state` and `origin` are empty for a row without a title.

    `control_by` is the last day of the control of the debtor that is due; NULL while no ASF is paid for non-payment.
    """

    case_no = models.CharField(max_length=40, primary_key=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="cases", db_constraint=False)
    title_no = models.CharField(max_length=40)
    origin = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=28, blank=True)
    violence = models.BooleanField()
    debtor_no = models.CharField(max_length=40, blank=True)
    fund = models.CharField(max_length=8, blank=True)
    received_on = models.DateField(null=True)
    discharge_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    end_reason = models.CharField(max_length=12, blank=True)
    overpaid_cents = models.BigIntegerField()
    fees_due_cents = models.BigIntegerField()
    penalty_due_cents = models.BigIntegerField()
    control_by = models.DateField(null=True)

    class Meta:
        verbose_name = "dossier de pension"
        indexes = [
            models.Index(name="case_debtor", fields=["debtor_no"]),
            models.Index(name="case_of_fund", fields=["fund", "state"]),
            models.Index(name="case_title", fields=["title_no"]),
            models.Index(name="case_control", fields=["control_by", "case_no"], condition=Q(control_by__isnull=False)),
            models.Index(name="case_owes", fields=["fund", "case_no"], condition=Q(overpaid_cents__gt=0)),
        ]
        constraints = [models.CheckConstraint(name="case_owes_nothing_negative", condition=Q(overpaid_cents__gte=0))]


class Term(models.Model):
    """One child's line of the term of a month. `advanced_cents` is subrogated to the fund (CSS L. 581-2)."""

    pk = models.CompositePrimaryKey("case", "month", "child_id", "is_arrears")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="terms", db_index=False, db_constraint=False)
    month = models.DateField()
    child_id = models.CharField(max_length=40)
    is_arrears = models.BooleanField()
    due_on = models.DateField()
    title_no = models.CharField(max_length=40)
    due_cents = models.BigIntegerField()
    to_creditor_cents = models.BigIntegerField()
    to_asf_cents = models.BigIntegerField()
    advanced_cents = models.BigIntegerField()
    status = models.CharField(max_length=12)

    class Meta:
        verbose_name = "terme"
        # The few that somebody follows, among the terms of every year.
        indexes = [models.Index(name="term_followed", fields=["status", "due_on", "case"], condition=FOLLOWED)]
        constraints = [
            models.CheckConstraint(
                name="term_gives_what_is_due",
                condition=Q(to_creditor_cents__gte=0, to_asf_cents__gte=0, to_asf_cents__lte=models.F("advanced_cents"))
                & Q(due_cents__gte=models.F("to_creditor_cents") + models.F("to_asf_cents")),
            )
        ]


class Movement(models.Model):
    """Money that moved, numbered within its case: the number is the key that keeps it from moving twice."""

    pk = models.CompositePrimaryKey("case", "number")
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="movements", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=12)
    payer = models.CharField(max_length=9)
    amount_cents = models.BigIntegerField()
    month = models.DateField(null=True)

    class Meta:
        verbose_name = "mouvement"
        indexes = [models.Index(name="movement_day", fields=["day", "kind"])]
        constraints = [models.CheckConstraint(name="movement_moves", condition=Q(amount_cents__gt=0))]


class Notice(models.Model):
    """A letter that left (codes L01 to L24), numbered within its case; `received_on` is its date certain."""

    pk = models.CompositePrimaryKey("case", "number")
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="notices", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    code = models.CharField(max_length=3)
    to = models.CharField(max_length=9)
    day = models.DateField()
    month = models.DateField(null=True)
    received_on = models.DateField(null=True)

    class Meta:
        verbose_name = "courrier de pension"
        indexes = [models.Index(name="notice_day", fields=["day", "code"])]


class AsfMonth(models.Model):
    """ASF computed for one child and month; `paid_cents` after the minimum, `paid_on` once it has left."""

    pk = models.CompositePrimaryKey("case", "month", "child_id")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="asf", db_index=False, db_constraint=False)
    month = models.DateField()
    child_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=15)
    opening_case = models.CharField(max_length=2)
    net_cents = models.BigIntegerField()
    support_due_cents = models.BigIntegerField()
    support_received_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    recoverable_cents = models.BigIntegerField()
    surplus_cents = models.BigIntegerField()
    still_owed_cents = models.BigIntegerField()
    paid_cents = models.BigIntegerField()
    paid_on = models.DateField(null=True)

    class Meta:
        verbose_name = "ASF du mois"


class Order(models.Model):
    """A tool of recovery that a person decided, numbered within its case."""

    pk = models.CompositePrimaryKey("case", "number")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="orders", db_index=False, db_constraint=False)
    number = models.IntegerField()
    tool = models.CharField(max_length=20)
    ref = models.CharField(max_length=100, blank=True)
    decided_on = models.DateField()
    current_cents = models.BigIntegerField()
    terms = models.SmallIntegerField()
    arrears_cents = models.BigIntegerField()
    months = models.SmallIntegerField()
    instalment_cents = models.BigIntegerField(null=True)
    last_instalment_cents = models.BigIntegerField(null=True)
    capacity_cents = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8)
    closed_on = models.DateField(null=True)

    class Meta:
        verbose_name = "décision de recouvrement"
        indexes = [models.Index(name="order_unanswered", fields=["decided_on", "case"], condition=Q(state="SENT"))]


class Worry(models.Model):
    """Something the day could not decide alone, for a person to look at."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="worries", db_constraint=False)
    day = models.DateField()
    sentence = models.CharField(max_length=200)
    handled_on = models.DateField(null=True)
    handled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = "point à regarder"
        indexes = [models.Index(name="worry_open", fields=["case", "day"], condition=Q(handled_on__isnull=True))]
