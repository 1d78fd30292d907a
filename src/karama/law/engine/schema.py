"""The shape of a parameter file, ``parameters.schema.json``, and the files already known to have it.

Every file is checked; an unknown key is an error.  The files of the package are checked when its reference is written
and by its tests: ``checked.json`` keeps the digests of those texts, so that a command need not check them again.  One
that was changed since, even by a character, or written by somebody else is checked whenever it is read.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SCHEMA, _CHECKED = "parameters.schema.json", "checked.json"


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def parameter_schema() -> dict[str, Any]:
    """The JSON schema of a parameter file."""
    schema: dict[str, Any] = json.loads(_text(_SCHEMA))
    return schema


def refuse_faults(path: Path, content: object) -> None:
    """Check the content of a parameter file against the schema, unless its very text was checked before.

    Raises:
        BadInputError: it breaks the schema; names file, place and rule.
    """
    if digest_of(path) not in _digests():
        check_shape(path, content)


def check_shape(path: Path, content: object, schema: Mapping[str, Any] | None = None, name: str = _SCHEMA) -> None:
    """Check the content of a file against a schema, that of the parameters by default.

    Raises:
        BadInputError: it breaks the schema; names file, place and rule.
    """
    import jsonschema  # noqa: PLC0415 - most commands read only files that were checked before

    validator = jsonschema.Draft202012Validator(schema or parameter_schema())
    fault = jsonschema.exceptions.best_match(validator.iter_errors(content))
    if fault is not None:
        place = " > ".join(str(step) for step in fault.absolute_path) or "the file"
        message = f"{path}: {place}: {fault.message}; see {name} for the shape"
        raise BadInputError(message)


def digest_of(path: Path) -> str:
    """SHA-256 of a file together with the schema: either one changed, the file is checked again."""
    return sha256(_text(_SCHEMA).encode() + path.read_bytes()).hexdigest()


@cache
def _digests() -> frozenset[str]:
    return frozenset(json.loads(_text(_CHECKED)))


def checked_json(digests: Iterable[str]) -> str:
    """The text of ``checked.json`` for the files of the package."""
    return json.dumps(sorted(digests), indent=1) + "\n"
