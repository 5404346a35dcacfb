"""Double entry, append-only; the database proves it (triggers of migrations 0002 to 0004)."""

from django.db import models


class Account(models.IntegerChoices):
    """Where every euro is. Positive amounts are debits of the account, negative amounts credits, in cents."""

    CONTRIBUTIONS_DUE = 1, "Cotisations dues à l’Urssaf"
    STATE_DEDUCTION = 2, "Déduction forfaitaire patronale"
    FUND_PART_A = 3, "Cotisations prises en charge par la caisse"
    FUND_PART_B = 4, "Part rémunération, à la charge de la caisse"
    FAMILY_DEBIT = 5, "À prélever à la famille"
    FAMILY_PAYOUT = 6, "À verser à la famille"
    WITHHOLDING_TAX = 7, "Impôt retenu à la source"
    EMPLOYEE_SALARY = 8, "Salaires à verser (Pajemploi+)"
    BANK = 9, "Banque"
    OVERPAYMENT = 10, "Sommes versées en trop, à récupérer"
    FAMILY_REFUND = 11, "À rembourser à la famille"
    SUSPENSE = 12, "À identifier"
    UNPAID_DEBIT = 13, "Prélèvements revenus impayés"
    RETURNED_PAYOUT = 14, "Versements revenus, à représenter"
    ADVANCE = 15, "Avances versées, à déduire"
    EMERGENCY_AID = 16, "Aides de la commission d’urgence sociale"
    WRITTEN_OFF = 17, "Sommes abandonnées ou remises"
    SUPPORT_HELD = 18, "Pensions alimentaires en main, à verser ou à rendre"
    ASF = 19, "Allocation de soutien familial"
    SUPPORT_MANAGEMENT = 20, "Frais et pénalités de recouvrement"
    SUPPORT_OVERPAYMENT = 21, "Pensions versées en trop, à récupérer"
    SUPPORT_DEBITS = 22, "Pensions demandées à la banque, pas encore prélevées"
    SUPPORT_PAYOUTS = 23, "Pensions et ASF à verser, pas encore passées en banque"
    BACK_TO_SCHOOL_ALLOWANCE = 24, "Allocation de rentrée scolaire, à la charge de la caisse"
    DISABLED_CHILD_ALLOWANCE = 25, "Allocation d’éducation de l’enfant handicapé, à la charge de la caisse"
    CRDS_WITHHELD = 26, "CRDS retenue sur les prestations, à reverser"
    BENEFIT_PAYOUTS = 27, "Prestations à verser, pas encore passées en banque"
    BENEFIT_DEFERRED = 28, "Petites sommes reportées, dues à leurs familles"
    BENEFIT_RETURNED = 29, "Prestations revenues de la banque, à représenter"
    BENEFIT_OVERPAYMENT = 30, "Prestations versées en trop, à récupérer"


class Entry(models.Model):
    """One balanced entry. `key` is unique and readable (``cmg:decl:123:v2:run4``); a correction points to the old one.

    `subject` says whose money it is (``cmg:employer:00123``); `control` is the number of legs and the sum of their
    positive amounts, so that a leg added or altered behind the triggers is found by `check_ledger`.
    """

    key = models.CharField(max_length=120)
    subject = models.CharField(max_length=80)
    dated = models.DateField()
    label = models.CharField(max_length=120)
    run = models.ForeignKey("batches.Run", on_delete=models.PROTECT, null=True, db_index=False)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, db_index=False)
    legs_count = models.SmallIntegerField()
    turnover_cents = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "écriture"
        indexes = [models.Index(fields=["subject", "dated"])]
        # A constraint rather than `unique=True`, which adds a second index for LIKE that nobody reads.
        constraints = [models.UniqueConstraint(name="entry_key_once", fields=["key"])]


class Leg(models.Model):
    """One leg of an entry: an account and an amount in cents, never zero.

    That its entry exists and announces it is checked for a whole statement at once (trigger `balance`): a foreign key
    would check it leg by leg, and cost as much as the posting itself.
    """

    pk = models.CompositePrimaryKey("entry", "account")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="legs", db_index=False, db_constraint=False)
    account = models.SmallIntegerField(choices=Account)
    amount_cents = models.BigIntegerField()

    class Meta:
        verbose_name = "ligne d’écriture"
        constraints = [
            models.CheckConstraint(name="leg_not_zero", condition=~models.Q(amount_cents=0)),
        ]


class Control(models.Model):
    """What one posting added, counted by the trigger `balance`: the sums of all of them are those of the whole ledger.

    An entry removed with its legs, a leg moved to another account or an entry given to another family leaves no other
    trace. The prints are sums of hashes, so that the order of concurrent postings does not matter.
    """

    entries = models.BigIntegerField()
    legs = models.BigIntegerField()
    entries_print = models.DecimalField(max_digits=40, decimal_places=0)
    legs_print = models.DecimalField(max_digits=40, decimal_places=0)

    class Meta:
        verbose_name = "total de contrôle"
