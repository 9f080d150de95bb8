"""Lines of tables: one class for each table, of which there are very many objects."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field


class Line(BaseModel):
    """A line of a table; its fields are the columns."""

    model_config = ConfigDict(extra="forbid")
    columns: ClassVar[tuple[str, ...]]
    _all: ClassVar[set[str]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Note the names of the fields: asking pydantic for them takes as long as making a line."""
        cls.columns, cls._all = tuple(cls.model_fields), set(cls.model_fields)

    @classmethod
    def unchecked(cls, *values: str | float | None) -> Self:
        """Return a line of valid values, in the order of the fields; small in memory, and made in no time."""
        line = cls.__new__(cls)
        # Attributes that are set one by one share the table of their names with all other lines.
        for name, value in zip(cls.columns, values, strict=True):
            object.__setattr__(line, name, value)
        for name, own in (("extra", None), ("private", None), ("fields_set", cls._all)):
            object.__setattr__(line, f"__pydantic_{name}__", own)
        return line


class Prediction(Line):
    """One test photo under one pairing: a row of predictions.csv."""

    extractor: str = Field(description="its call string")
    head: str = Field(description="its call string")
    target: str = Field(description='the person who is "me"')
    path: str = Field(
        description="relative to the data root, or to the folder of the labels; a crop's with the face's box"
    )
    sha256: str = Field(description="of the photo's bytes; of a crop, 32 letters of it and 32 of its own")
    person: str = Field(description="empty if unknown")
    group: str = Field(default="", description="doubles and photos of one moment of one person have the same group")
    split_seed: int = Field(description="of the split")
    truth: Literal["me", "other"] = Field(description="who is in the photo")
    score: float | None = Field(description="empty if there is no vector, or too little to train on")
    decision: Literal["me", "other"] = Field(description="of the pairing")
    outcome: str = Field(description='"embedded", or the reason why there is no vector')
    box: str = Field(
        description="of the face: left top right bottom, in pixels of the photo or crop; empty if there is none"
    )
