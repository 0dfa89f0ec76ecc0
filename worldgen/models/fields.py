"""The columns of a world. Each declares its limits once: in the database, in forms, for writers.

Limits of words, texts and numbers are CHECKs of their column. Links stay inside their campaign by the
composite keys of `worldgen.models.walls`, which replace the plain foreign key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from pydantic import Field

from storyforge.core.fields import TypedJSONField

Words = str | Sequence[str] | type[models.TextChoices]
WORD_LENGTH = 40


class ToldMixin:
    """`help_text` is what writers are told; the database does not change with its words."""

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        kwargs.pop("help_text", None)
        return name, path, args, kwargs


class Word(ToldMixin, models.CharField):  # type: ignore[type-arg]
    """One word of a fixed list, held by a CHECK; the list is part of the migration."""

    non_db_attrs = tuple(a for a in models.Field.non_db_attrs if a != "choices")

    def __init__(self, words: Words = "", **kwargs: Any) -> None:
        if isinstance(words, type):
            self.words = tuple(words.values)
        else:
            self.words = tuple(words.split() if isinstance(words, str) else words)
        kwargs["choices"] = [(word, word.replace("_", " ")) for word in self.words]
        kwargs["max_length"] = WORD_LENGTH
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["choices"], kwargs["max_length"]
        return name, path, args, {"words": list(self.words), **kwargs}

    def db_check(self, connection: Any) -> str:
        words = ", ".join(f"'{word}'" for word in self.words)
        return f"{connection.ops.quote_name(self.column)} IN ({words})"


class Line(ToldMixin, models.CharField):  # type: ignore[type-arg]
    """A text of one line; optional ones may be empty."""

    def __init__(self, limit: int = 0, **kwargs: Any) -> None:
        super().__init__(max_length=kwargs.pop("max_length", limit), **kwargs)


class Prose(ToldMixin, models.TextField):  # type: ignore[type-arg]
    """A text of a few sentences; its limit is a CHECK."""

    non_db_attrs = tuple(a for a in models.Field.non_db_attrs if a != "max_length")

    def __init__(self, limit: int = 0, **kwargs: Any) -> None:
        super().__init__(max_length=kwargs.pop("max_length", limit), **kwargs)

    def db_check(self, connection: Any) -> str:
        return f"char_length({connection.ops.quote_name(self.column)}) <= {self.max_length}"


class RangeMixin(ToldMixin):
    """Bounds of a number: a CHECK of the column, and validators for forms."""

    low: float
    high: float
    column: str
    non_db_attrs = models.Field.non_db_attrs

    def __init__(self, low: float = 0, high: float = 0, **kwargs: Any) -> None:
        self.low, self.high = low, high
        kwargs.setdefault("blank", kwargs.get("null", False))
        kwargs["validators"] = [MinValueValidator(low), MaxValueValidator(high)]
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, path, args, {"low": self.low, "high": self.high, **kwargs}

    def db_check(self, connection: Any) -> str:
        column = connection.ops.quote_name(self.column)
        return f"{column} BETWEEN {self.low} AND {self.high}"


class Whole(RangeMixin, models.IntegerField):  # type: ignore[type-arg, misc]
    """A whole number in a closed range."""


class Number(RangeMixin, models.FloatField):  # type: ignore[type-arg, misc]
    """A number in a closed range."""


class Shaped(TypedJSONField):
    """An object of a declared shape; null or an empty one where it is optional."""

    empty_values = [None, ""]


class Listed(Shaped):
    """A list of `low` to `high` elements of one shape; where it is optional it may be empty."""

    def __init__(self, item: Any = None, low: int = 0, high: int = 0, **kwargs: Any) -> None:
        self.item, self.low, self.high = item, low, high
        kwargs.setdefault("default", list)
        kwargs.pop("of", None)
        super().__init__(
            of=Annotated[list[item], Field(min_length=low, max_length=high)],
            **kwargs,
        )

    def clone(self) -> Listed:
        _, _, _, kwargs = super().deconstruct()
        return type(self)(self.item, self.low, self.high, **kwargs)


class ReverseNameMixin:
    """Many tables point twice at the same target, so the reverse is `<table>_<field>` everywhere."""

    remote_field: Any
    _related_name: str | None

    def contribute_to_class(self, cls: Any, name: str, **kwargs: Any) -> None:
        if not cls._meta.abstract and self.remote_field.related_name is None:
            table = cls._meta.db_table.removeprefix("worldgen_")
            self._related_name = self.remote_field.related_name = f"{table}_{name}"
        super().contribute_to_class(cls, name, **kwargs)  # type: ignore[misc]


class Link(ReverseNameMixin, models.ForeignKey):  # type: ignore[type-arg, misc]
    """A reference to a row of the same campaign; writers give its code.

    A row that others require is not deleted; an optional reference becomes null.
    """

    def __init__(self, to: Any, *, optional: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("on_delete", models.SET_NULL if optional else models.RESTRICT)
        kwargs.setdefault("null", optional)
        kwargs.setdefault("blank", optional)
        kwargs["db_constraint"] = False
        super().__init__(to, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

    def clone(self) -> Link:
        _, _, _, kwargs = super().deconstruct()
        return type(self)(**kwargs)


class Links(ReverseNameMixin, models.ManyToManyField):  # type: ignore[type-arg, misc]
    """References to `low` to `high` rows of the same campaign."""

    def __init__(self, to: Any, low: int = 0, high: int = 0, **kwargs: Any) -> None:
        self.low, self.high = low, high
        kwargs.setdefault("symmetrical", False if to == "self" else None)
        super().__init__(to, **{k: v for k, v in kwargs.items() if v is not None})

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.ManyToManyField", args, kwargs

    def clone(self) -> Links:
        _, _, _, kwargs = super().deconstruct()
        return type(self)(low=self.low, high=self.high, **kwargs)
