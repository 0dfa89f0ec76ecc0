# The ledger outlives accounts, and knew them by their ids. Entries of accounts that are gone name nobody now.

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# No row of the ledger is ever changed, but for this.
FILL = """
ALTER TABLE money_ledgerentry DISABLE TRIGGER pgtrigger_append_only_update_66538;
UPDATE money_ledgerentry SET payer = person.audit_id FROM accounts_user person WHERE person.id = account_id;
ALTER TABLE money_ledgerentry ENABLE TRIGGER pgtrigger_append_only_update_66538;
"""
BACK = """
ALTER TABLE money_ledgerentry DISABLE TRIGGER pgtrigger_append_only_update_66538;
UPDATE money_ledgerentry SET account_id = person.id FROM accounts_user person WHERE person.audit_id = payer;
ALTER TABLE money_ledgerentry ENABLE TRIGGER pgtrigger_append_only_update_66538;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_sign_in'),
        ('money', '0002_stored_bytes'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='ledgerentry',
            name='ledger_account_recent',
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='payer',
            field=models.UUIDField(help_text='Audit id of the person who pays; empty for system work.', null=True),
        ),
        migrations.RunSQL(FILL, BACK),
        migrations.RemoveField(
            model_name='ledgerentry',
            name='account_id',
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['payer', '-at'], name='ledger_payer_recent'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerentry',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'Cannot truncate % table', TG_TABLE_NAME;", hash='50189c297a7da9219666ee44eb14ca280b57ecb2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_af801', table='money_ledgerentry', when='BEFORE')),
        ),
    ]
