"""What the settings of every inspector have in common: read-only, spelled in kebab-case, nothing unknown accepted."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


def kebab(name: str) -> str:
    """``same_organization`` to ``same-organization``."""
    return name.replace("_", "-")


class Settings(BaseModel):
    """Base of each inspector's ``Settings``; every one has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=kebab, populate_by_name=True)

    score: float = Field(default=0.5, ge=0, le=100, description="What one finding adds to a message's score")
