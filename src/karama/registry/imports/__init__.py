"""Taking files in: register folders and update files, judged in sets, copied, each content once.

``import_register`` takes a month's register over what is known; ``load_first_register`` fills an empty record.
"""

from karama.registry.imports.first_load import load_first_register
from karama.registry.imports.register import import_register

__all__ = ["import_register", "load_first_register"]
