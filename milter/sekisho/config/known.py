"""Which keys a model knows at a place of a file, found by walking its annotations along pydantic's path of an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

Loc = tuple[int | str, ...]


def known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys that may stand in the mapping at ``loc``; those of all variants where several are possible."""
    here: list[Any] = [model]
    for step in loc:
        here = _inside(here, step)
    models = (one for _, one in _leaves(here) if _is_model(one))
    return list(dict.fromkeys(alias for one in models for alias in _fields(one)))


def _inside(annotations: list[Any], step: int | str) -> list[Any]:
    """What stands under a key or index, or the variant of that mark."""
    leaves = list(_leaves(annotations))
    tagged = [one for mark, one in leaves if mark == step]
    return tagged or [inner for _, one in leaves for inner in _below(one, step)]


def _below(annotation: Any, step: int | str) -> Iterator[Any]:
    if _is_model(annotation):
        yield from (found for alias, found in _fields(annotation).items() if alias == step)
        return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (list, tuple) and isinstance(step, int):
        yield arguments[0]
    elif origin in (dict, Mapping):
        yield arguments[1]


def _leaves(annotations: Iterable[Any], mark: str | None = None) -> Iterator[tuple[str | None, Any]]:
    """The alternatives of annotations, with their marks in a discriminated union."""
    for annotation in annotations:
        origin = get_origin(annotation)
        if origin is Annotated:
            inner, *more = get_args(annotation)
            marks = [one.tag for one in more if isinstance(one, Tag)]
            yield from _leaves([inner], marks[0] if marks else mark)
        elif origin in (Union, UnionType):
            yield from _leaves(get_args(annotation), mark)
        else:
            yield mark, annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """A model's annotations by the keys that people write."""
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
