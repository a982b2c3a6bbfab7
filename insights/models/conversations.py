"""What was asked and answered."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Conversation(models.Model):
    """A chain of questions in which a later one may lean on an earlier one."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user_key = models.CharField(max_length=64, blank=True, help_text=_("Key of the user who asked, as text."))
    title = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return self.title or str(self.uid)


class Message(models.Model):
    """One question with its answer."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    question = models.TextField()
    answer = models.JSONField(default=dict, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    seconds = models.FloatField(default=0.0)
    feedback = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.question[:60]
