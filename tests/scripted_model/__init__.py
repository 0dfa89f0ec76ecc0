"""A Messages endpoint on loopback that answers by script, well or badly. See `server.ScriptedModel`."""

from tests.scripted_model.replies import Asked, Reply
from tests.scripted_model.server import KEY, ScriptedModel

__all__ = ["KEY", "Asked", "Reply", "ScriptedModel"]
