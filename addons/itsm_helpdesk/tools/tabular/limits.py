"""How much of a file from outside is accepted."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds that hold for one file; every one has a refusal or a remark.

    * ``max_bytes``: size of the upload, in bytes.
    * ``max_uncompressed_bytes``: bytes an .xlsx may unpack to, by its own
      statement and, for every part read, as counted while unpacking.
    * ``max_ratio``: unpacked bytes for one packed byte, tested above 10 MiB.
    * ``max_metadata_bytes``: unpacked bytes of a part that is neither a sheet
      nor the text table.
    * ``max_entries``, ``max_sheets``, ``max_strings``: counts in an .xlsx.
    * ``max_rows``, ``max_columns``: of one sheet, empty tails not counted.
    * ``max_cell_chars``: longer texts are cut, with a notice.
    * ``max_empty_rows``: so many empty rows in a run end the sheet.
    * ``max_seconds``: time spent parsing one part, without the caller's time.
    * ``max_notices``: remarks kept; later ones are only counted.
    """

    max_bytes: int = 30 * MIB
    max_uncompressed_bytes: int = 300 * MIB
    max_ratio: int = 200
    max_metadata_bytes: int = 16 * MIB
    max_entries: int = 2_000
    max_sheets: int = 1_000
    max_strings: int = 4_000_000
    max_rows: int = 200_000
    max_columns: int = 300
    max_cell_chars: int = 32_767
    max_empty_rows: int = 1_000
    max_seconds: float = 60.0
    max_notices: int = 1_000


DEFAULT_LIMITS = Limits()
