"""Indexes of a received message that nothing used made every message dearer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0001_tables'),
        ('work', '0001_tables'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='inboundmessage',
            name='inbound_newest',
        ),
        migrations.AlterField(
            model_name='inboundmessage',
            name='entry',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='work.entry'),
        ),
        migrations.AlterField(
            model_name='inboundmessage',
            name='message_id',
            field=models.CharField(blank=True, default='', max_length=500),
        ),
        migrations.AlterField(
            model_name='inboundmessage',
            name='sha256',
            field=models.CharField(max_length=64),
        ),
        migrations.AddIndex(
            model_name='inboundmessage',
            index=models.Index(fields=['message_id'], name='inbound_message_id'),
        ),
        migrations.AddConstraint(
            model_name='inboundmessage',
            constraint=models.UniqueConstraint(fields=('sha256',), name='inbound_once'),
        ),
    ]
