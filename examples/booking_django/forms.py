"""What a visitor sends."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django import forms


class StartForm(forms.Form):
    """A time that was chosen, as the page wrote it: ISO 8601 with an offset."""

    start = forms.CharField(widget=forms.HiddenInput)

    def clean_start(self) -> datetime:
        """The instant; a form of Django's own would read and write it without an offset."""
        try:
            return datetime.fromisoformat(self.cleaned_data["start"])
        except ValueError:
            raise forms.ValidationError("choose one of the times") from None


class BookingForm(StartForm):
    """Who books it. `request` makes a form that is sent twice one booking (S4)."""

    request = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(widget=forms.EmailInput({"autocomplete": "email"}))
    notes = forms.CharField(required=False, max_length=2000, widget=forms.Textarea({"rows": 3}))


class MoveForm(StartForm):
    """Where to an appointment is moved, which the visitor saw at `version` (A3)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
