"""Reasons of follow-ups that nobody typed are kept in each language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_tables")]

    operations = [migrations.AddField("followup", "words", models.JSONField(blank=True, default=dict, editable=False))]
