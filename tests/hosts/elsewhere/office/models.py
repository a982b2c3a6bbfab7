"""What ``inspectdb`` makes of the shop's tables: Django reads them, and never makes or changes them."""

from django.db import models


class Kunde(models.Model):
    nr = models.CharField(primary_key=True, max_length=10)
    mail = models.TextField()
    seit = models.DateField()

    class Meta:
        managed = False
        db_table = "kunden"

    def __str__(self):
        return self.nr


class Artikel(models.Model):
    nr = models.CharField(primary_key=True, max_length=10)
    bezeichnung = models.TextField()
    preis = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        managed = False
        db_table = "artikel"

    def __str__(self):
        return self.nr


class Auftrag(models.Model):
    nr = models.IntegerField(primary_key=True)
    kunde = models.ForeignKey(Kunde, models.DO_NOTHING, db_column="kunde")
    datum = models.DateField()
    bezahlt = models.BooleanField()

    class Meta:
        managed = False
        db_table = "auftraege"

    def __str__(self):
        return str(self.nr)


class Position(models.Model):
    auftrag = models.ForeignKey(Auftrag, models.DO_NOTHING, db_column="auftrag")
    artikel = models.ForeignKey(Artikel, models.DO_NOTHING, db_column="artikel")
    menge = models.DecimalField(max_digits=10, decimal_places=3)
    preis = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        managed = False
        db_table = "positionen"

    def __str__(self):
        return str(self.pk)
