"""The hash of a table's rows: the same for the same rows, whatever the file's bytes, the engine or its version.

`DEFINITION` says it in full.  Columns are hashed as they lie in memory, and not rows of text: writing eighteen million
rows as text costs more than deciding them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

CHUNK_ROWS = 16_384
DEFINITION = """\
1. Rows stand in the order of their key columns, texts compared as UTF-8 bytes, an unknown value first; equal keys in
   the order of the other columns.
2. Rows are taken in chunks of 16,384.  A chunk is written column by column: which values are known, one bit a row;
   then the values, an unknown one as 0, false or the empty text.  Bits fill bytes from the lowest, the last byte with
   zeros.
   - `boolean`: one bit a row.
   - `integer`, `date` (days since 1970-01-01) and `decimal(places)` (in units of the last place): whole numbers,
     little-endian, signed, each in the 1, 2, 4 or 8 bytes that the widest of the chunk needs, after that number in a
     byte.
   - `text`: the lengths in UTF-8 bytes, written as whole numbers, then all the texts without anything between.
   - `list of text`: the numbers of entries as whole numbers, then the entries as a column of texts.
3. The digest of a chunk is the SHA-256 of those bytes.
4. The hash is the SHA-256 of a head line (`name:kind` of each column joined by commas, then a line feed), in UTF-8,
   followed by the digests of the chunks, 32 bytes each.
"""
"""What is hashed, for whoever computes it again."""
_WIDTHS = (1, 2, 4, 8)
_DIGITS = 18
"""Decimals of more digits do not fit 8 bytes; no table of the law or of the register has any."""


def kind_of(kind: pa.DataType) -> str:
    """The kind of a column in the head line: boolean, integer, decimal(places), date, text, list of text.

    Raises:
        ValueError: a type that a month folder does not hold.
    """
    for holds, name in (
        (pa.types.is_boolean(kind), "boolean"),
        (pa.types.is_signed_integer(kind), "integer"),
        (pa.types.is_date32(kind), "date"),
        (_is_text(kind), "text"),
        (pa.types.is_list(kind) and _is_text(kind.value_type), "list of text"),
    ):
        if holds:
            return name
    if pa.types.is_decimal128(kind) and kind.precision <= _DIGITS:
        return f"decimal({kind.scale})"
    raise ValueError(f"no canonical bytes for values of type {kind}")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def head_line(schema: pa.Schema) -> bytes:
    """The line that names the columns and their kinds."""
    return (",".join(f"{field.name}:{kind_of(field.type)}" for field in schema) + "\n").encode()


def combined(schema: pa.Schema, digests: Sequence[bytes]) -> str:
    """The hash of a table from the digests of its chunks, in hexadecimal."""
    return hashlib.sha256(head_line(schema) + b"".join(digests)).hexdigest()


def chunk_digest(rows: pa.Table) -> bytes:
    """SHA-256 of the canonical bytes of at most `CHUNK_ROWS` rows in their order."""
    state = hashlib.sha256()
    for column in rows.itercolumns():
        for part in _written(pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)):
            state.update(part)
    return state.digest()


class RowHash:
    """The hash of rows given batch after batch in their order."""

    def __init__(self, schema: pa.Schema) -> None:
        """Begin with the columns.

        Raises:
            ValueError: a column of a type that a month folder does not hold.
        """
        head_line(schema)
        self.schema = schema
        self.rows = 0
        self._digests: list[bytes] = []
        self._waiting: list[pa.Table] = []
        self._held = 0

    def update(self, batch: pa.Table) -> None:
        """Take the next rows."""
        self.rows += len(batch)
        start = 0
        while start < len(batch):
            part = batch.slice(start, CHUNK_ROWS - self._held)
            start += len(part)
            self._waiting.append(part)
            self._held += len(part)
            if self._held == CHUNK_ROWS:
                self._close_chunk()

    def _close_chunk(self) -> None:
        self._digests.append(chunk_digest(pa.concat_tables(self._waiting)))
        self._waiting, self._held = [], 0

    def hexdigest(self) -> str:
        """The hash of all rows given."""
        if self._held:
            self._close_chunk()
        return combined(self.schema, self._digests)


def in_key_order(rows: pa.Table, key: Sequence[str]) -> bool:
    """Whether the rows stand in the strict order of their key, unknown texts first."""
    smaller = np.zeros(max(len(rows) - 1, 0), np.bool_)
    equal = np.ones(len(smaller), np.bool_)
    for name in key:
        column = rows.column(name).combine_chunks()
        above, below = column.slice(0, len(smaller)), column.slice(1)
        known_above, known_below = _flags(above.is_valid()), _flags(below.is_valid())
        less = _flags(pc.fill_null(pc.less(above, below), False)) | (~known_above & known_below)  # noqa: FBT003
        same = _flags(pc.fill_null(pc.equal(above, below), False)) | ~(known_above | known_below)  # noqa: FBT003
        smaller |= equal & less
        equal &= same
    return bool(smaller.all())


def _flags(values: pa.BooleanArray) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.bool_)
    return flags


def _written(column: pa.Array) -> Iterator[bytes | memoryview | pa.Buffer]:
    """The canonical bytes of a column of one chunk."""
    kind = column.type
    if column.null_count:
        yield _bits(_flags(column.is_valid()))
    else:
        yield _bits(np.ones(len(column), np.bool_))
    if pa.types.is_boolean(kind):
        yield _bits(_flags(pc.fill_null(column, False) if column.null_count else column))  # noqa: FBT003
    elif _is_text(kind):
        yield from _texts(column)
    elif pa.types.is_list(kind):
        lengths = pc.fill_null(pc.list_value_length(column), 0)
        yield from _numbers(lengths.to_numpy(zero_copy_only=False))
        entries = column.flatten()
        yield _bits(_flags(entries.is_valid()))
        yield from _texts(entries)
    else:
        yield from _numbers(_whole(column))


def _bits(flags: NDArray[np.bool_]) -> bytes:
    return np.packbits(flags, bitorder="little").tobytes()


def _texts(column: pa.Array) -> Iterator[bytes | pa.Buffer]:
    """Lengths and bytes of a column of texts."""
    filled = pc.fill_null(column, "") if column.null_count else column
    yield from _numbers(pc.binary_length(filled).to_numpy(zero_copy_only=False))
    _, offsets, content = filled.buffers()
    if content is None or not len(filled):
        return
    width = np.int64 if pa.types.is_large_string(filled.type) else np.int32
    places = np.frombuffer(offsets, width)
    first, last = int(places[filled.offset]), int(places[filled.offset + len(filled)])
    yield content.slice(first, last - first)


def _whole(column: pa.Array) -> NDArray[np.int64]:
    """The values as whole numbers, 0 where unknown."""
    kind = column.type
    if pa.types.is_decimal128(kind):
        # A decimal lies in 16 bytes; of at most 18 digits, the lower 8 hold all of it, sign included.
        _, content = column.buffers()
        halves = np.frombuffer(content, np.int64)[2 * column.offset : 2 * (column.offset + len(column)) : 2]
        return np.where(_flags(column.is_valid()), halves, 0) if column.null_count else halves
    if pa.types.is_date32(kind):
        column = column.view(pa.int32())
    values: NDArray[np.int64] = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    return values


def _numbers(values: NDArray[np.int64]) -> Iterator[bytes]:
    """Whole numbers, each in the bytes that the widest needs, after that number of bytes."""
    least, most = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    width = next(one for one in _WIDTHS if -(1 << (8 * one - 1)) <= least and most < 1 << (8 * one - 1))
    yield bytes([width])
    yield values.astype(f"<i{width}").tobytes()
