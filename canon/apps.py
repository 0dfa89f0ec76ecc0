from django.apps import AppConfig


class CanonConfig(AppConfig):
    name = "canon"
