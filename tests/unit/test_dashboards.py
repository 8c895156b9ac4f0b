"""The dashboards' files are what their descriptions make, and can be translated."""

import json

import pytest

from dev import dashboards

FILES = dashboards.files()
each_file = pytest.mark.parametrize("name", FILES)


@each_file
def test_file_is_what_is_described(name):
    """``make dashboards`` writes them."""
    assert (dashboards.ADDONS / name).read_text(encoding="utf-8") == FILES[name]


def test_descriptions_always_make_the_same():
    """Else each run would change the files."""
    assert dashboards.files() == FILES


def test_no_file_is_without_a_description():
    """A file that somebody wrote by hand would be lost some day."""
    there = dashboards.ADDONS.glob("*/data/files/*_dashboard.json")
    assert {path.relative_to(dashboards.ADDONS).as_posix() for path in there} == set(
        FILES
    )


@each_file
def test_texts_are_ones_that_odoo_translates(name):
    """Odoo finds them in links, titles and ``_t``, and nowhere else."""
    sheets = json.loads(FILES[name])["sheets"]
    for content in (cell for sheet in sheets for cell in sheet["cells"].values()):
        assert content.startswith(("=", "["))


@each_file
def test_tables_do_not_overlap(name):
    """Merged cells that overlap would hide each other."""
    [board, _data] = json.loads(FILES[name])["sheets"]
    seen = set()
    for zone in board["merges"]:
        first, last = (_place(each) for each in zone.split(":"))
        assert first[1] == last[1]
        places = {(column, first[1]) for column in range(first[0], last[0] + 1)}
        assert not places & seen
        assert last[0] < board["colNumber"]
        seen |= places


def _place(cell):
    """Return column and row of a cell's name."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(cell[len(letters) :])
