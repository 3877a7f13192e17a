"""JSON Schema of sekisho.yaml and of policy files, for editors and for the reference.

Made from the models that check the files, with what their validators allow besides: one value for a list of one, an
action's word without settings, a section without keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from sekisho.config.approvals import MANY
from sekisho.config.settings import settings_model
from sekisho.config.values import EMPTY_IS_DEFAULT
from sekisho.inspectors.registry import registered
from sekisho.policy.actions.base import ShortFor, bare
from sekisho.policy.actions.holding import switched
from sekisho.policy.actions.tree import ACTIONS
from sekisho.policy.models import PolicyFile
from sekisho.policy.modes import ModesFile
from sekisho.policy.variables import NAME
from sekisho.policy.word import NOT_YET, ONE_OR_MANY

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_VARIABLE = "Variable"
_NEVER: JsonSchemaValue = {"not": {}}


def settings_schema() -> JsonSchemaValue:
    """Of sekisho.yaml, with the inspectors that are installed."""
    return _schema(settings_model(registered()), "sekisho.yaml")


def policy_schema() -> JsonSchemaValue:
    """Of a policy file, its variables filled in."""
    return _schema(PolicyFile, "policy.yaml of Sekisho")


def editors_schema() -> JsonSchemaValue:
    """Of a policy file as it is written: any value may be a variable."""
    schema = policy_schema()
    known = {name: _with_variables(model) for name, model in schema.pop("$defs").items()}
    written = _with_variables(schema)
    written["properties"]["variables"] = schema["properties"]["variables"]
    return {**written, "$defs": {**known, _VARIABLE: {"type": "string", "pattern": f"^{NAME}$"}}}


def modes_schema() -> JsonSchemaValue:
    """Of the file of `sekisho policy mode`."""
    return _schema(ModesFile, "modes.yaml of Sekisho")


def _schema(model: type[BaseModel], title: str) -> JsonSchemaValue:
    return {"$schema": _DRAFT, **model.model_json_schema(schema_generator=_Generator), "title": title}


def _with_variables(schema: JsonSchemaValue) -> JsonSchemaValue:
    """The schema with a variable allowed in place of every value in it."""
    found = dict(schema)
    for key in ("anyOf", "oneOf"):
        if key in found:
            found[key] = [_with_variables(one) for one in found[key]]
    if "properties" in found:
        found["properties"] = {key: _or_variable(value) for key, value in found["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = _or_variable(found[key])
    return found


def _or_variable(schema: JsonSchemaValue) -> JsonSchemaValue:
    inner = _with_variables(schema)
    if inner.get("type") == "string" and not {"pattern", "enum", "const", "format"} & set(inner):
        return inner
    told = {key: inner.pop(key) for key in ("description", "default", NOT_YET) if key in inner}
    either = inner["anyOf"] if set(inner) == {"anyOf"} else [inner]
    return {**told, "anyOf": [*either, {"$ref": f"#/$defs/{_VARIABLE}"}]}


def _one_or_many(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [schema["items"], schema]} if "items" in schema else schema


def _or_nothing(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [schema, {"type": "null"}]}


def _or_text(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [{"type": "string"}, schema]}


def _or_switch(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [{"type": "boolean"}, schema]}


def _or_word(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [{"enum": bare_words()}, schema]}


def bare_words() -> list[str]:
    """The actions that may be written without settings."""
    return [word for word, model in ACTIONS.items() if model.BARE and not _needs_settings(word, model)]


def _needs_settings(word: str, model: type[BaseModel]) -> bool:
    inner: Any = model.model_fields[word.replace("-", "_")].annotation
    is_model = isinstance(inner, type) and issubclass(inner, BaseModel)
    return is_model and any(field.is_required() for field in inner.model_fields.values())


_ALLOWED: dict[Any, Callable[[JsonSchemaValue], JsonSchemaValue]] = {
    ONE_OR_MANY[0].func: _one_or_many,
    MANY.func: _one_or_many,
    EMPTY_IS_DEFAULT.func: _or_nothing,
    bare: _or_word,
    switched: _or_switch,
}
"""What each validator that runs before the model makes possible."""


class _Generator(GenerateJsonSchema):
    """Adds what validators allow that run before a model."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        if schema["schema"]["type"] == "any":  # the variant that only says what is wrong
            return dict(_NEVER)
        found = super().function_before_schema(schema)
        function = schema["function"]["function"]
        allow = _or_text if isinstance(function, ShortFor) else _ALLOWED.get(function)
        return allow(found) if allow else found

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        found = super().tagged_union_schema(schema)
        found["oneOf"] = [one for one in found["oneOf"] if one != _NEVER]
        found.pop("discriminator", None)
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        """Titles would only repeat the keys."""
        return False
