"""Forms of a campaign and its party. What they accept is what the models declare."""

from __future__ import annotations

from typing import Any

import pydantic
from django import forms

from storyforge.accounts.models import User
from storyforge.projects.models import Membership, Project
from worldgen.models import Campaign, Locks, PCFact, PlayerCharacter

LOCKS = {"locked_tone": "tone", "naming_style": "naming_style", "banned_words": "banned_words",
         "facts": "facts"}  # fmt: skip


class LinesField(forms.CharField):
    """A list with one element on each line."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line for raw in super().clean(value).splitlines() if (line := raw.strip())]


class CampaignForm(forms.ModelForm):
    """What a world is made from, and what its game master has settled."""

    locked_tone = forms.CharField(
        label="Tone, settled",
        max_length=200,
        required=False,
        help_text="How everything must sound, whoever writes.",
    )
    naming_style = forms.CharField(max_length=200, required=False, help_text="How names sound.")
    banned_words = LinesField(help_text="Words that no name may hold, one on each line.")
    facts = LinesField(
        label="Facts that must hold", help_text="One on each line. No writer contradicts them."
    )

    class Meta:
        model = Campaign
        fields = (
            "name", "premise", "genre", "tone", "magic_level", "technology_level", "rules_system",
            "party_level", "size", "random_seed", "phase_mode",
        )  # fmt: skip
        widgets = {"premise": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "premise": "What this world is about, in a few sentences.",
            "size": "Small: about 190 rows. Standard: about 430. Large: about 1,330.",
            "phase_mode": "Nine milestones, or the same tables in three.",
        }

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        for name, lock in LOCKS.items():
            self.initial.setdefault(name, (self.instance.locks or {}).get(lock))

    @property
    def main(self) -> list[forms.BoundField]:
        """The fields everybody fills."""
        return [self[name] for name in ("name", "premise", "genre", "tone", "size", "party_level")]

    @property
    def settled(self) -> list[forms.BoundField]:
        """What writers must keep to."""
        return [self[name] for name in LOCKS]

    @property
    def more(self) -> list[forms.BoundField]:
        """All others."""
        known = {field.name for field in [*self.main, *self.settled]}
        return [field for field in self if field.name not in known]

    def clean(self) -> dict[str, Any]:
        """One campaign of a project has a name; locks have their shape."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        same = Campaign.objects.filter(project=self.project, name=values.get("name", ""))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", "Another world of this project has this name.")
        try:
            locks = Locks(**{lock: values.get(name) or "" for name, lock in LOCKS.items()
                             if values.get(name)})  # fmt: skip
        except pydantic.ValidationError as error:
            names = {lock: name for name, lock in LOCKS.items()}
            for problem in error.errors():
                self.add_error(names[str(problem["loc"][0])], problem["msg"])
        else:
            values["locks"] = locks.model_dump()
        return values

    def save(self, commit: bool = True) -> Campaign:  # noqa: FBT001, FBT002 - Django's signature
        campaign: Campaign = self.instance
        campaign.project = self.project
        campaign.locks = self.cleaned_data["locks"]
        if getattr(campaign, "created_at", None) is None:
            campaign.save(force_insert=True)
        else:
            campaign.save(update_fields=[*self.Meta.fields, "locks", "updated_at"])
        return campaign


class CharacterForm(forms.ModelForm):
    """One of the party."""

    goals = LinesField(help_text="What they want, one on each line; at most six.")
    bonds = LinesField(help_text="Whom and what they are tied to, one on each line; at most six.")

    class Meta:
        model = PlayerCharacter
        fields = ("name", "race_text", "class_text", "level", "backstory", "goals", "bonds",
                  "player")  # fmt: skip
        labels = {"race_text": "Race", "class_text": "Class", "player": "Played by"}
        widgets = {"backstory": forms.Textarea(attrs={"rows": 10})}
        help_texts = {
            "backstory": "Who raised them, whom they owe, what they swore: the world is built on it.",
            "player": "This member sees the backstory; no other viewer does.",
        }

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        members = Membership.objects.filter(project=campaign.project_id).values("user")
        player: Any = self.fields["player"]
        player.queryset = User.objects.filter(pk__in=members)
        player.empty_label = "nobody yet"

    def save(self, commit: bool = True) -> PlayerCharacter:  # noqa: FBT001, FBT002 - Django's signature
        pc: PlayerCharacter = self.instance
        if getattr(pc, "created_at", None) is None:
            pc.campaign, pc.project_id = self.campaign, self.campaign.project_id
            pc.code = next_code(self.campaign)
            pc.save(force_insert=True)
        else:
            pc.save(update_fields=[*self.Meta.fields, "updated_at"])
        return pc


class FactForm(forms.ModelForm):
    """One thing a backstory says, as a person puts it."""

    class Meta:
        model = PCFact
        fields = ("text", "kind", "must_use")
        widgets = {"text": forms.Textarea(attrs={"rows": 2})}
        labels = {"must_use": "The world must use it"}


def next_code(campaign: Campaign) -> str:
    """The code of the next player character: one above the highest."""
    codes = PlayerCharacter.objects.filter(campaign=campaign).values_list("code", flat=True)
    numbers = [int(code[2:]) for code in codes if code[2:].isdecimal()]
    return f"pc{max(numbers, default=0) + 1}"
