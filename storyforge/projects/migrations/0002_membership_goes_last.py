from django.conf import settings
from django.db import migrations

CASCADE = """
DO $$ DECLARE old record; BEGIN
    FOR old IN SELECT conname FROM pg_constraint
               WHERE conrelid = 'projects_membership'::regclass AND contype = 'f'
    LOOP EXECUTE format('ALTER TABLE projects_membership DROP CONSTRAINT %I', old.conname); END LOOP;
END $$;
ALTER TABLE projects_membership
    ADD CONSTRAINT membership_project FOREIGN KEY (project_id) REFERENCES projects_project (id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT membership_user FOREIGN KEY (user_id) REFERENCES accounts_user (id)
        ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    """Memberships are deleted by the database, after all content of their project."""

    dependencies = [
        ('projects', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunSQL(CASCADE, migrations.RunSQL.noop)]
