import django.db.models.deletion
import django.utils.timezone
import shop_demo.models.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=100)),
                ('name_zh', models.CharField(blank=True, max_length=100)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='shop.category')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True)),
                ('percent', models.PositiveSmallIntegerField()),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'coupon',
                'verbose_name_plural': 'coupons',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('percent__gte', 1), ('percent__lte', 100)), name='shop_coupon_percent')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True)),
                ('token', models.UUIDField(blank=True, editable=False, help_text='The checkout form that it came from.', null=True, unique=True)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('phone', models.CharField(blank=True, max_length=32)),
                ('country', models.CharField(blank=True, max_length=64)),
                ('region', models.CharField(blank=True, max_length=100)),
                ('city', models.CharField(blank=True, max_length=100)),
                ('address', models.CharField(blank=True, max_length=300)),
                ('postcode', models.CharField(blank=True, max_length=20)),
                ('status', models.CharField(choices=[('pending', 'received'), ('paid', 'paid'), ('shipped', 'sent'), ('delivered', 'delivered'), ('cancelled', 'cancelled'), ('refunded', 'refunded'), ('credit_note', 'credit note')], default='pending', max_length=12)),
                ('placed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('currency', models.CharField(default='GBP', max_length=3)),
                ('subtotal', shop_demo.models.fields.Amount(decimal_places=4, default=0, max_digits=14)),
                ('shipping', shop_demo.models.fields.Amount(decimal_places=4, default=0, max_digits=14)),
                ('discount', shop_demo.models.fields.Amount(decimal_places=4, default=0, max_digits=14)),
                ('tax', shop_demo.models.fields.Amount(decimal_places=4, default=0, max_digits=14)),
                ('total', shop_demo.models.fields.Amount(decimal_places=4, default=0, max_digits=14)),
                ('coupon', models.CharField(blank=True, max_length=32)),
                ('channel', models.CharField(default='web', max_length=32)),
                ('utm_source', models.CharField(blank=True, max_length=100)),
                ('utm_medium', models.CharField(blank=True, max_length=100)),
                ('utm_campaign', models.CharField(blank=True, max_length=100)),
                ('referrer', models.CharField(blank=True, max_length=500)),
                ('is_test', models.BooleanField(default=False)),
                ('user', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='orders', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'order',
                'verbose_name_plural': 'orders',
                'ordering': ['-placed_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', shop_demo.models.fields.StockCode(max_length=64, unique=True, verbose_name='stock code')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('name_zh', models.CharField(blank=True, max_length=200)),
                ('slug', models.SlugField(blank=True, max_length=200)),
                ('description', models.TextField(blank=True)),
                ('description_zh', models.TextField(blank=True)),
                ('details', models.JSONField(blank=True, default=list, help_text='Rows of the table of facts: [{"name": …, "name_zh": …, "value": …, "value_zh": …}, …].')),
                ('brand', models.CharField(blank=True, max_length=100)),
                ('price', shop_demo.models.fields.Amount(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('was_price', shop_demo.models.fields.Amount(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('cost', shop_demo.models.fields.Amount(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('currency', models.CharField(default='GBP', max_length=3)),
                ('stock', models.IntegerField(blank=True, null=True)),
                ('weight', models.PositiveIntegerField(blank=True, help_text='In grams.', null=True)),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('is_active', models.BooleanField(default=True)),
                ('art', models.JSONField(blank=True, default=dict, help_text='How the picture is drawn: {"shape": "gaiwan", "palette": "celadon"}.')),
                ('rating_average', models.FloatField(blank=True, null=True)),
                ('rating_count', models.PositiveIntegerField(default=0)),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='products', to='shop.category')),
            ],
            options={
                'verbose_name': 'product',
                'verbose_name_plural': 'products',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', shop_demo.models.fields.StockCode(max_length=64, verbose_name='stock code')),
                ('name', models.CharField(blank=True, max_length=200)),
                ('quantity', models.IntegerField()),
                ('unit_price', shop_demo.models.fields.Amount(decimal_places=4, max_digits=14)),
                ('discount', shop_demo.models.fields.Amount(decimal_places=4, default=0, max_digits=14)),
                ('unit_cost', shop_demo.models.fields.Amount(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.order')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='lines', to='shop.product')),
            ],
            options={
                'verbose_name': 'order line',
                'verbose_name_plural': 'order lines',
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('session_key', models.CharField(blank=True, max_length=64)),
                ('name', models.CharField(max_length=32)),
                ('query', models.CharField(blank=True, max_length=200)),
                ('value', shop_demo.models.fields.Amount(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('quantity', models.IntegerField(blank=True, null=True)),
                ('path', models.CharField(blank=True, max_length=300)),
                ('referrer', models.CharField(blank=True, max_length=500)),
                ('utm_source', models.CharField(blank=True, max_length=100)),
                ('utm_medium', models.CharField(blank=True, max_length=100)),
                ('utm_campaign', models.CharField(blank=True, max_length=100)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('device', models.CharField(blank=True, max_length=16)),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='shop.order')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='shop.product')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
            },
        ),
        migrations.CreateModel(
            name='BasketItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='basket_items', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.product')),
            ],
            options={
                'verbose_name': 'basket item',
                'verbose_name_plural': 'basket items',
                'ordering': ['added_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', models.CharField(blank=True, max_length=32)),
                ('country', models.CharField(blank=True, max_length=64)),
                ('region', models.CharField(blank=True, max_length=100)),
                ('city', models.CharField(blank=True, max_length=100)),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('zh-hans', '简体中文')], max_length=16)),
                ('accepts_marketing', models.BooleanField(blank=True, help_text='Empty: never asked.', null=True)),
                ('birthday', models.DateField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='profile', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'profile',
                'verbose_name_plural': 'profiles',
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', shop_demo.models.fields.Amount(decimal_places=4, max_digits=14)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refunds', to='shop.order')),
            ],
            options={
                'verbose_name': 'refund',
                'verbose_name_plural': 'refunds',
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, help_text='As shown beside the review.', max_length=100)),
                ('stars', models.PositiveSmallIntegerField()),
                ('title', models.CharField(blank=True, max_length=200)),
                ('body', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('is_approved', models.BooleanField(default=True)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='shop.product')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reviews', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'review',
                'verbose_name_plural': 'reviews',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['placed_at', 'id'], name='shop_order_placed'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['user', 'placed_at'], name='shop_order_user'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['updated_at', 'id'], name='shop_order_updated'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['category', 'is_active'], name='shop_product_shelf'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['updated_at', 'id'], name='shop_product_updated'),
        ),
        migrations.AddConstraint(
            model_name='basketitem',
            constraint=models.UniqueConstraint(fields=('user', 'product'), name='shop_basket_once'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(fields=['updated_at', 'id'], name='shop_profile_updated'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['updated_at', 'id'], name='shop_review_updated'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('product', 'user'), name='shop_review_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('stars__gte', 1), ('stars__lte', 5)), name='shop_review_stars'),
        ),
    ]
