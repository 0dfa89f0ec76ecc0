"""What every endpoint below a campaign shares."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from storyforge.core.errors import NotFound
from storyforge.projects.access import get_visible, may, require
from storyforge.projects.roles import Action
from worldgen.edits.editing import Editor
from worldgen.errors import UnknownTable
from worldgen.models import Campaign
from worldgen.phases import Model, tables


class InCampaign(APIView):
    """A view below `campaigns/{campaign_pk}`: the campaign is found, then the role looked at.

    `needs` says what a method needs beyond seeing; unsafe methods need EDIT.
    """

    needs: ClassVar[dict[str, Action]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.campaign: Campaign = get_visible(
            Campaign.objects.all(), request.user, pk=kwargs["campaign_pk"]
        )
        default = Action.VIEW if request.method in SAFE_METHODS else Action.EDIT
        needed = self.needs.get(str(request.method).lower(), default)
        if needed != Action.VIEW:
            require(request.user, needed, self.campaign.project_id)

    def sees_secrets(self) -> bool:
        """Whether the caller is a game master here."""
        return may(self.request.user, Action.VIEW_SECRETS, self.campaign.project_id)

    def editor(self) -> Editor:
        """The caller, as an author of rows."""
        return Editor(actor_id=self.request.user.pk)


def table_named(name: str) -> Model:
    """The table of this name. Raises `UnknownTable`."""
    try:
        return tables()[name]
    except KeyError:
        raise UnknownTable from None


def row_named(rows: Any, key: str) -> Any:
    """The one of these rows with this code or id. Raises `NotFound`."""
    try:
        found = rows.filter(pk=UUID(key)).first()
    except ValueError:
        has_code = any(f.name == "code" for f in rows.model._meta.fields)
        found = rows.filter(code=key).first() if has_code else None
    if found is None:
        raise NotFound
    return found
