from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_pensions_by_the_bank"),
    ]

    operations = [
        migrations.AlterField(
            model_name="leg",
            name="account",
            field=models.SmallIntegerField(
                choices=[
                    (1, "Cotisations dues à l’Urssaf"),
                    (2, "Déduction forfaitaire patronale"),
                    (3, "Cotisations prises en charge par la caisse"),
                    (4, "Part rémunération, à la charge de la caisse"),
                    (5, "À prélever à la famille"),
                    (6, "À verser à la famille"),
                    (7, "Impôt retenu à la source"),
                    (8, "Salaires à verser (Pajemploi+)"),
                    (9, "Banque"),
                    (10, "Sommes versées en trop, à récupérer"),
                    (11, "À rembourser à la famille"),
                    (12, "À identifier"),
                    (13, "Prélèvements revenus impayés"),
                    (14, "Versements revenus, à représenter"),
                    (15, "Avances versées, à déduire"),
                    (16, "Aides de la commission d’urgence sociale"),
                    (17, "Sommes abandonnées ou remises"),
                    (18, "Pensions alimentaires en main, à verser ou à rendre"),
                    (19, "Allocation de soutien familial"),
                    (20, "Frais et pénalités de recouvrement"),
                    (21, "Pensions versées en trop, à récupérer"),
                    (22, "Pensions demandées à la banque, pas encore prélevées"),
                    (23, "Pensions et ASF à verser, pas encore passées en banque"),
                    (24, "Allocation de rentrée scolaire, à la charge de la caisse"),
                    (25, "Allocation d’éducation de l’enfant handicapé, à la charge de la caisse"),
                    (26, "CRDS retenue sur les prestations, à reverser"),
                    (27, "Prestations à verser, pas encore passées en banque"),
                    (28, "Petites sommes reportées, dues à leurs familles"),
                    (29, "Prestations revenues de la banque, à représenter"),
                    (30, "Prestations versées en trop, à récupérer"),
                ]
            ),
        ),
    ]
