"""A sheet with a fine grid, on which tables are made of merged cells."""

import json

COLUMNS = 44
PITCH = 25
WIDTH = COLUMNS * PITCH
# Of two blocks beside each other; what is left is the gap.
HALF = 21
_DEFAULT_ROWS = 40

_HEADING = {"textColor": "#01666B", "bold": True, "fontSize": 15}
_TITLE = {"textColor": "#434343", "bold": True, "fontSize": 10}
_VALUE = {"textColor": "#434343", "fontSize": 10, "verticalAlign": "middle"}
_LINE = {"bottom": {"style": "thin", "color": "#CCCCCC"}}
_STRIPE = "#F5F8FA"


def column_name(index: int) -> str:
    """Return the letters of a column.

    >>> column_name(0), column_name(26), column_name(43)
    ('A', 'AA', 'AR')
    """
    before, letter = divmod(index, 26)
    first = chr(64 + before) if before else ""
    return first + chr(65 + letter)


def cell(column: int, row: int) -> str:
    """Return the name of a cell."""
    return f"{column_name(column)}{row + 1}"


class Sheet:
    """Cells, figures and looks of one sheet."""

    row_height = 24

    def __init__(self, key, name):
        self.key = key
        self.name = name
        self.cells = {}
        self.merges = []
        self.looks = {}
        self.shapes = {}
        self.lines = {}
        self.rows = {}
        self.figures = []
        self.rules = []
        self.next_row = 0

    # ------------------------------------------------------------------
    # Rows
    # ------------------------------------------------------------------

    def tall_row(self, height):
        """Add a row of a height; return its index."""
        return self._add(1, height)

    def heading_row(self):
        """Add a row for headings."""
        return self._add(1, 36)

    def title_row(self):
        """Add a row for the titles of columns, which may take two lines."""
        return self._add(1, 36)

    def table_rows(self, count):
        """Add rows of a table; return the first."""
        return self._add(count, 26)

    def rows_of_chart(self, count):
        """Add rows that a chart covers; return the first."""
        return self._add(count, self.row_height)

    def space(self):
        """Add a row of nothing."""
        self._add(1, 16)

    def _add(self, count, height):
        first = self.next_row
        self.next_row += count
        for row in range(first, self.next_row):
            self.rows[str(row)] = {"size": height}
        return first

    # ------------------------------------------------------------------
    # Cells
    # ------------------------------------------------------------------

    def write(self, name, content, text=False):
        """Write a cell; a text is one to translate."""
        self.cells[name] = f'=_t("{content}")' if text else content

    def format(self, zone, shape):
        """Show the numbers of a zone in a shape."""
        self.shapes[zone] = shape

    def heading(self, row, start, width, text, menu):
        """Write the heading of a block, which leads to a menu."""
        link = f"[{text}](odoo://ir_menu_xml_id/{menu})" if menu else f'=_t("{text}")'
        self._put(row, start, width, link, _HEADING)
        self.lines[self._zone(row, start, width)] = _LINE

    def title(self, row, start, width, content, right=False):
        """Write the title of a column."""
        look = {**_TITLE, "wrapping": "wrap", "verticalAlign": "middle"}
        self._put(row, start, width, content, self._side(look, right))
        self.lines[self._zone(row, start, width)] = _LINE

    def value(self, row, start, width, content, right=False, shape=""):
        """Write a value of a table."""
        look = {**_VALUE, "wrapping": "clip"}
        self._put(row, start, width, content, self._side(look, right))
        if shape:
            self.format(cell(start, row), shape)

    def bars(self, names, figures, color):
        """Draw bars behind names as long as their figures are high."""
        self.rules.append(
            {
                "id": f"bars-{len(self.rules) + 1}",
                "ranges": [names],
                "rule": {"type": "DataBarRule", "color": color, "rangeValues": figures},
            }
        )

    def stripes(self, first, count):
        """Shade every other row of a list, where there is something in it."""
        for row in range(first, first + count, 2):
            self.rules.append(
                {
                    "id": f"stripe-{len(self.rules) + 1}",
                    "ranges": [self._zone(row, 0, COLUMNS)],
                    "rule": {
                        "type": "CellIsRule",
                        "operator": "customFormula",
                        "values": [f'=$A{row + 1}<>""'],
                        "style": {"fillColor": _STRIPE},
                    },
                }
            )

    def _put(self, row, start, width, content, look):
        self.cells[cell(start, row)] = content
        self.looks[self._zone(row, start, width)] = look
        if width > 1:
            self.merges.append(self._zone(row, start, width))

    def _zone(self, row, start, width):
        return f"{cell(start, row)}:{cell(start + width - 1, row)}"

    def _side(self, look, right):
        return {**look, "align": "right"} if right else {**look, "align": "left"}

    # ------------------------------------------------------------------
    # The file
    # ------------------------------------------------------------------

    def as_json(self, styles, formats, borders):
        """Return the sheet; looks are numbered in the given dictionaries."""
        is_board = bool(self.rows)
        return {
            "id": self.key,
            "name": self.name,
            "colNumber": COLUMNS if is_board else 4,
            "rowNumber": max(self.next_row, 1) if is_board else _DEFAULT_ROWS,
            "rows": self.rows,
            "cols": {str(index): {"size": PITCH} for index in range(COLUMNS)}
            if is_board
            else {"0": {"size": 240}},
            "merges": self.merges,
            "cells": self.cells,
            "styles": _number(self.looks, styles, json.dumps),
            "formats": _number(self.shapes, formats, str),
            "borders": _number(self.lines, borders, json.dumps),
            "conditionalFormats": self.rules,
            "dataValidationRules": [],
            "figures": self.figures,
            "tables": [],
            "areGridLinesVisible": not is_board,
            "isVisible": True,
            "headerGroups": {"ROW": [], "COL": []},
            "comments": {},
        }


def _number(things, numbers, key):
    return {
        zone: numbers.setdefault(key(thing), len(numbers) + 1)
        for zone, thing in things.items()
    }
