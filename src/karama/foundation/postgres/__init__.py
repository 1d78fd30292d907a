"""A PostgreSQL server of our own, so that ``pip`` alone gives the real database; no Django, no Docker, root or not.

``programs`` finds the server's programs, ``places`` the folders, ``account`` who runs them; ``cluster`` makes the data
folder with its two roles and ``server`` starts it, attaches to a running one and stops it when its last user has left.
The server listens on a socket only.  The operating system says who connects (``peer``): no password is kept anywhere.
"""

from karama.foundation.postgres.cluster import APPLICATION, DATABASE, EXTENSIONS, OWNER, create_database, drop_database
from karama.foundation.postgres.places import data_folder
from karama.foundation.postgres.programs import Programs, find_programs
from karama.foundation.postgres.server import Server, running_server, server_at, start_again, stop_server

__all__ = [
    "APPLICATION",
    "DATABASE",
    "EXTENSIONS",
    "OWNER",
    "Programs",
    "Server",
    "create_database",
    "data_folder",
    "drop_database",
    "find_programs",
    "running_server",
    "server_at",
    "start_again",
    "stop_server",
]
