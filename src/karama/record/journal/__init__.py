"""The journal: what was done, by whom, to what; appended freely, sealed in batches, verified from the first event.

Writers never wait for each other: an event is one row.  The sealer takes what is not sealed yet, in the order of the
events' numbers, and chains the Merkle root of each batch to the batch before.
"""

from karama.record.journal.reading import read_of_file
from karama.record.journal.writing import write, write_many

__all__ = ["read_of_file", "write", "write_many"]
