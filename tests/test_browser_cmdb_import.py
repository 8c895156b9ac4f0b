"""Importing an asset ledger as people do it, in a real browser.

The configuration manager takes an old Excel file from the upload through sheets and
columns and the dry run to the result, gives a word a meaning, and undoes nothing. Any
JavaScript error of our pages fails the test (see ``page_factory``).
"""

import io
import sys
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

sys.path.insert(
    0, str(Path(__file__).resolve().parents[1] / "addons" / "itsm_cmdb" / "tests")
)
import ledgers

pytestmark = pytest.mark.browser

PEOPLE = """
if not env["res.users"].search([("login", "=", "browser-cmdb")]):
    env["res.users"].with_context(no_reset_password=True).create({
        "name": "Cora Manager", "login": "browser-cmdb", "password": "browser-cmdb",
        "email": "cora@example.com",
        "group_ids": [(6, 0, [env.ref("itsm_cmdb.group_cmdb_manager").id])],
    })
    env.cr.commit()
"""
ITEMS = """
items = env["itsm.ci"].search([("asset_code", "like", "BG-")], order="asset_code")
print(";".join(f"{item.asset_code}={item.class_id.code}" for item in items))
"""


@pytest.fixture
def page(live_server, page_factory):
    """The configuration manager's page."""
    live_server.shell(PEOPLE)
    return page_factory("browser-cmdb")


def at_step(page, name):
    """Wait until the import is at a step."""
    page.wait_for_selector(
        f".o_arrow_button_current:has-text('{name}')", state="attached"
    )


def press(page, method):
    """Press a button of the form's header."""
    page.click(f".o_form_statusbar button[name={method}]")


def upload(page, content, tmp_path, filename="台账.xls"):
    """Begin an import with a file."""
    path = tmp_path / filename
    path.write_bytes(content)
    page.visitor.open("/odoo/itsm-item-imports/new", ".o_form_view")
    page.set_input_files(".o_field_widget[name=content] input[type=file]", str(path))
    press(page, "action_read")
    at_step(page, "Sheets and Columns")


def test_from_file_to_result(page, live_server, tmp_path):
    upload(page, ledgers.mixed_ledger(), tmp_path)
    page.wait_for_selector(".o_field_widget[name=sheet_ids] td:has-text('Sheet1')")
    press(page, "action_plan")
    at_step(page, "Dry Run")
    page.wait_for_selector(".o_field_widget[name=row_ids] tr:has-text('咖啡机')")
    page.wait_for_selector("button:has-text('To Create'):has-text('3')")

    # A word that nobody understood gets a meaning, and the run is made again.
    page.click(".o_notebook .nav-link:has-text('Values')")
    page.click(
        ".o_field_widget[name=value_ids] tr:has-text('咖啡机') td[name=class_id]"
    )
    page.fill(".o_field_widget[name=class_id] input", "Printer")
    page.locator(".o-autocomplete--dropdown-menu li", has_text="Printer").first.click()
    # Chosen: the list has closed.
    expect(page.locator(".o-autocomplete--dropdown-menu")).to_have_count(0)
    press(page, "action_plan")
    page.wait_for_selector("button:has-text('To Create'):has-text('4')")

    page.click(".o_itsm_import_progress button")
    at_step(page, "Result")
    page.wait_for_selector("button:has-text('Created'):has-text('4')")
    assert live_server.shell(ITEMS).strip() == (
        "BG-1=desktop;BG-2=printer;BG-3=laptop;BG-4=printer"
    )

    # The refused row comes back as a workbook with its reason.
    with page.expect_download() as download:
        page.click("button[name=action_error_sheet]")
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert [cell.value for cell in book["Sheet1"][2]][1] == "BG-5"


def test_class_of_a_sheet_is_chosen(page, tmp_path):
    rows = [["编号", "名称", "内存(GB)"], ["CH-1", "某台", 8]]
    upload(page, ledgers.xls(清单=rows), tmp_path, "清单.xls")
    press(page, "action_plan")
    # Refused with a sentence: the class is not known.
    page.click(".modal footer button")
    page.click(".o_field_widget[name=sheet_ids] td:has-text('清单')")
    dialog = page.locator(".modal")
    dialog.locator("[name=class_id] input").fill("Desktop")
    page.locator(".o-autocomplete--dropdown-menu li", has_text="Desktop").first.click()
    # Chosen: the list has closed.
    expect(page.locator(".o-autocomplete--dropdown-menu")).to_have_count(0)
    dialog.locator(".o_form_button_save").click()
    page.wait_for_selector(".modal", state="detached")
    press(page, "action_plan")
    at_step(page, "Dry Run")
    page.wait_for_selector(".o_field_widget[name=row_ids] td:has-text('Memory: 8')")


def test_an_empty_workbook_is_downloaded(page):
    page.visitor.open("/odoo/itsm-item-imports", ".o_list_view")
    page.click(".o_menu_sections button:has-text('Import')")
    page.click(".o-dropdown-item:has-text('Empty Workbooks')")
    dialog = page.locator(".modal")
    dialog.locator("[name=class_ids] input").fill("Server")
    page.locator(".o-autocomplete--dropdown-menu li", has_text="Server").first.click()
    expect(dialog.locator("[name=class_ids] .o_tag", has_text="Server")).to_be_visible()
    with page.expect_download() as download:
        dialog.locator("button[name=action_download]").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert "Server" in book.sheetnames
