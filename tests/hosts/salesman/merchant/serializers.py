from rest_framework import serializers

from .models import Book, Lamp


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["name", "code", "publisher"]


class LampSerializer(serializers.ModelSerializer):
    class Meta:
        model = Lamp
        fields = ["name", "code", "watts"]
