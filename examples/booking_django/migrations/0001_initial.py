"""The leads."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes their table."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Lead",
            fields=[
                (
                    "appointment",
                    models.CharField(max_length=200, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveIntegerField()),
                ("status", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("email", models.CharField(max_length=320)),
                ("start", models.DateTimeField()),
                ("withdrawn", models.BooleanField(default=False)),
            ],
        ),
    )
