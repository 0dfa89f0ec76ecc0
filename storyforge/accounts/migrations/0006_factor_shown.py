from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_never_emptied'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='factor_shown',
            field=models.BooleanField(default=False, editable=False, help_text='Made after a second factor was shown.'),
        ),
        migrations.AddField(
            model_name='tokenfamily',
            name='factor_shown',
            field=models.BooleanField(default=False, editable=False, help_text='The sign-in showed a second factor.'),
        ),
    ]
