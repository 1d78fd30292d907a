"""Taking files in: register folders and update files, judged in sets, copied, each content once.

``import_register`` takes a month's register over what is known, ``load_first_register`` fills an empty record with one;
``import_updates`` takes what a partner sends in between.
"""

from karama.registry.imports.first_load import load_first_register
from karama.registry.imports.kinds import KINDS
from karama.registry.imports.register import import_register
from karama.registry.imports.update import import_updates

__all__ = ["KINDS", "import_register", "import_updates", "load_first_register"]
