from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('holds', '0002_shelf_places'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='hold',
            name='a_bundle_holds_a_title_once',
        ),
        migrations.AlterField(
            model_name='holdbundle',
            name='kind',
            field=models.CharField(choices=[('editions', 'Any edition'), ('first', 'The first of several titles'), ('series', 'A series in its order'), ('group', 'Copies for a group')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(condition=models.Q(('bundle__isnull', False), models.Q(('part', None), ('part__gt', 0), _connector='OR')), fields=('bundle', 'record'), name='a_bundle_holds_a_title_once'),
        ),
    ]
