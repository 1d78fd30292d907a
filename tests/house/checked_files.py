"""The digests of the law's parameter files that were checked against their schema: no command checks them again."""

from __future__ import annotations

from karama.law.engine.parameters import load_yaml
from karama.law.engine.schema import check_shape, checked_json, digest_of
from tests.house.repository import SOURCE, files_ending

PAGE = SOURCE / "law" / "engine" / "checked.json"


def page() -> str:
    """The text of ``checked.json``.

    Raises:
        BadInputError: a file of the law breaks the schema.
    """
    files = [path for path in files_ending(".yaml", under=SOURCE / "law") if path.name == "parameters.yaml"]
    for path in files:
        check_shape(path, load_yaml(path))
    return checked_json(map(digest_of, files))
