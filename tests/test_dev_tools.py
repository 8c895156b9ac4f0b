"""The developer commands' own logic, without Odoo and without a server."""

import io
import random
import re
import socket
from pathlib import Path

import pytest

from dev import install_log, paths, xml_format
from dev.console import DevError, run_logged
from dev.demo_users import DEMO_USERS
from dev.screenshot_pages import SCREENS, Screen

polib = pytest.importorskip("polib")
pytest.importorskip("psycopg2")

from dev import (
    databases,
    demo,
    odoo_source,
    postgres,
    screenshots,
    server,
    translations,
)
from dev.connection import Connection


def test_requirements_are_pinned():
    """An unpinned package would make each machine a different one."""
    lines = paths.REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert all(re.match(r"[\w.-]+==[\w.]+(; python_version .*)?$", pin) for pin in pins)


def test_demo_has_each_role():
    """The demo promises these people."""
    logins = [user.login for user in DEMO_USERS]
    service_desk = ["requester", "agent", "engineer", "leader"]
    assert logins == [*service_desk, "facilities", "manager", "director", "admin"]
    assert all(user.pages for user in DEMO_USERS)


def test_no_server_is_named_by_an_empty_environment():
    """Then the embedded one is used, also when a variable is set but empty."""
    assert postgres.named_by({}) is None
    assert postgres.named_by({"PGHOST": "", "PGPASSWORD": "x"}) is None


def test_server_is_named_by_standard_variables():
    """The same variables as psql reads."""
    named = postgres.named_by(
        {"PGHOST": "db", "PGPORT": "6543", "PGUSER": "me", "PGPASSWORD": "secret"}
    )
    assert named == Connection("db", "6543", "me", "secret")


def test_server_is_named_by_a_url():
    """Escaped characters and a socket folder are understood."""
    named = postgres.named_by({"DATABASE_URL": "postgresql://me:p%40ss@db:6543/any"})
    assert named == Connection("db", "6543", "me", "p@ss")
    named = postgres.named_by({"DATABASE_URL": "postgres://me@/any?host=/run/pg"})
    assert named.host == "/run/pg"
    with pytest.raises(DevError, match="postgresql://"):
        postgres.named_by({"DATABASE_URL": "mysql://me@db/any"})


@pytest.mark.parametrize(
    ("line", "series"),
    [
        ("version_info = (19, 0, 0, FINAL, 0, '')", "19.0"),
        ("version_info = (18, 0, 0, FINAL, 0, '')", "18.0"),
        ("version_info = ('saas~18', 2, 0, FINAL, 0, '')", "saas~18.2"),
    ],
)
def test_series_is_read_from_the_release_file(tmp_path, line, series):
    """Another major version must be refused before anything is installed."""
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text(f"FINAL = 'final'\n{line}\n")
    assert odoo_source.series_of(tmp_path) == series


def test_wrong_odoo_home_is_refused(tmp_path, monkeypatch):
    """Silently taking another Odoo would be worse than stopping."""
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(DevError, match="holds no Odoo"):
        odoo_source.ensure_odoo()
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0)\n")
    with pytest.raises(DevError, match="holds Odoo 18.0"):
        odoo_source.ensure_odoo()


def test_busy_port_is_passed_over():
    """The demo starts beside whatever holds its port."""
    with socket.socket() as holder:
        holder.bind((server.HOST, 0))
        holder.listen()
        busy = holder.getsockname()[1]
        assert server.free_port(busy) > busy


@pytest.mark.parametrize("setting", ["0", "x", "70000", "-1"])
def test_senseless_port_is_refused(monkeypatch, setting):
    """A typing error gets a sentence, not a traceback."""
    monkeypatch.setenv("PORT", setting)
    with pytest.raises(DevError, match="not a port number"):
        demo.wanted_port()


def test_only_changed_addons_are_updated():
    """Another Odoo or a removed addon asks for a new database."""
    wanted = {"odoo": "19.0", "addons": {"a": "1", "b": "2", "c": "3"}}
    before = {"odoo": "19.0", "addons": {"a": "1", "b": "0"}}
    changes = databases._changes
    assert changes(before, wanted) == (["b"], ["c"])
    assert changes(None, wanted) is None
    assert changes(before | {"odoo": "19.0-2"}, wanted) is None
    assert changes({"odoo": "19.0", "addons": {"gone": "1"}}, wanted) is None


def test_tests_and_styles_do_not_change_the_fingerprint(tmp_path):
    """Only what an update of the database would load counts."""
    (tmp_path / "views").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "views" / "a.xml").write_text("<odoo/>")
    before = databases._hash(tmp_path)
    (tmp_path / "tests" / "test_a.py").write_text("")
    assert databases._hash(tmp_path) == before
    (tmp_path / "views" / "a.xml").write_text("<odoo></odoo>")
    assert databases._hash(tmp_path) != before


def test_log_gate_knows_noise_from_complaints(tmp_path):
    """Odoo reports a bad view as a warning only."""
    log = tmp_path / "install.log"
    bad = "2026-01-01 00:00:00,000 1 WARNING db odoo.addons.base: bad view"
    noise = "2026-01-01 00:00:00,000 1 WARNING db odoo.db: no pg_trgm"
    fine = "2026-01-01 00:00:00,000 1 INFO db odoo: ERROR is only a word here"
    log.write_text(f"{bad}\n{noise}\n{fine}\n")
    assert install_log.complaints(log) == [bad]


def test_xml_layout_is_checked_and_corrected(tmp_path):
    """Attributes and text move with the tag they belong to."""
    path = tmp_path / "a.xml"
    path.write_text(
        '<odoo>\n  <record id="a"\n    model="b" /> \n\t<p>x\n</p>\n</odoo>'
    )
    problems = [text.split(":", 1)[1] for text in xml_format.check_file(path, "a")]
    assert "2: indented 2, not 4" in problems
    assert "3: trailing blanks" in problems
    assert "4: tab" in problems
    xml_format.fix_file(path)
    assert not xml_format.check_file(path, "a")
    assert path.read_text() == (
        '<odoo>\n    <record id="a"\n      model="b" />\n    <p>x\n    </p>\n</odoo>\n'
    )


def test_broken_xml_is_named_and_left_alone(tmp_path):
    """A file that cannot be read cannot be corrected."""
    path = tmp_path / "a.xml"
    path.write_text("<odoo>\n<record>\n</odoo>\n")
    assert "not well formed" in xml_format.check_file(path, "a")[0]
    xml_format.fix_file(path)
    assert path.read_text() == "<odoo>\n<record>\n</odoo>\n"


def test_translations_are_merged_and_checked(tmp_path):
    """Known words stay, vanished ones go, lost placeholders are told."""
    path = tmp_path / "zh_CN.po"
    old = polib.POFile()
    old.append(polib.POEntry(msgid="Hello %(name)s", msgstr="你好"))
    old.append(polib.POEntry(msgid="Gone", msgstr="没了"))
    old.save(str(path))
    template = polib.POFile()
    template.append(polib.POEntry(msgid="Hello %(name)s"))
    template.append(polib.POEntry(msgid="New"))
    merged = translations.merge(template, path)
    assert [entry.msgid for entry in merged] == ["Hello %(name)s", "New"]
    problems = translations.check(merged, "zh_CN.po")
    assert ["placeholders differ" in problems[0], "untranslated" in problems[1]] == [
        True,
        True,
    ]


def test_placeholders_and_tags_are_counted():
    """A percent sign in a sentence is none."""
    assert translations.placeholders("<b>%s</b> of {total}") == {
        "<b": 1,
        "%s": 1,
        "</b": 1,
        "{total}": 1,
    }


def test_output_of_a_command_is_logged(tmp_path):
    """The log is what a failure message points to."""
    log = tmp_path / "logs" / "a.log"
    assert run_logged(["sh", "-c", "echo out; echo err >&2; exit 3"], log) == 3
    assert Path(log).read_text().split() == ["out", "err"]


def test_labels_from_a_mixin_are_translated_where_the_model_is():
    """The addon of the mixin is there first, when the label does not exist yet."""

    def template(module, *entries):
        made = polib.POFile()
        for msgid, *places in entries:
            occurrences = [(place, "") for place in places]
            made.append(
                polib.POEntry(
                    msgid=msgid, comment=f"module: {module}", occurrences=occurrences
                )
            )
        return made

    label = "model:ir.model.fields.selection,name:base_part.selection__{}__state__on"
    templates = {
        "base_part": template(
            "base_part",
            ("Mixin", "model:ir.model,name:base_part.model_a_mixin"),
            ("On", label.format("a_mixin"), label.format("a_thing")),
        ),
        "middle": template(
            "middle", ("A Thing", "model:ir.model,name:middle.model_a_thing")
        ),
        "top": template("top", ("A Thing", "model:ir.model,name:top.model_a_thing")),
    }
    needed = {
        "base_part": set(),
        "middle": {"base_part"},
        "top": {"base_part", "middle"},
    }
    for _again in range(2):
        translations.bring_home(templates, needed)
        assert templates["base_part"].find("On").occurrences == [
            (label.format("a_mixin"), "")
        ]
        assert templates["middle"].find("On").occurrences == [
            (label.format("a_thing"), "")
        ]
        assert not templates["top"].find("On")


def _pictures_shown() -> set[str]:
    """Return the files of ``docs/images`` that documents show."""
    pages = [paths.ROOT / "README.md", *(paths.ROOT / "docs").rglob("*.md")]
    link = re.compile(r"!\[[^\]]*\]\((?:docs/)?images/([^)]+)\)")
    return {name for page in pages for name in link.findall(page.read_text("utf-8"))}


def test_pictures_of_documents_are_taken_by_the_script():
    """One that is not could never be made again; one that nobody shows is waste."""
    taken = [screen.file for screen in SCREENS]
    assert len(set(taken)) == len(taken)
    assert set(taken) == _pictures_shown()
    assert {path.name for path in paths.PICTURES.iterdir()} == set(taken)


def test_pictures_of_documents_are_small():
    """They are read on the way, too."""
    sizes = {path.name: path.stat().st_size for path in paths.PICTURES.iterdir()}
    assert not [name for name, size in sizes.items() if size > screenshots.MAX_BYTES]


def test_screens_are_looked_at_by_people_of_the_demo():
    """A login that is not there would stop the script after minutes."""
    logins = {user.login for user in DEMO_USERS}
    assert {screen.login for screen in SCREENS} <= logins
    assert all(("{id}" in screen.path) == bool(screen.record) for screen in SCREENS)


def test_pictures_get_fewer_colours_and_stay_readable():
    """Not at the price of other sizes, and never larger than they were."""
    image = pytest.importorskip("PIL.Image")
    noise = random.Random(1).randbytes(320 * 200 * 3)
    picture = image.frombytes("RGB", (320, 200), noise)
    full = io.BytesIO()
    picture.save(full, "PNG")
    few = screenshots.small(full.getvalue())
    assert len(few) < len(full.getvalue())
    with image.open(io.BytesIO(few)) as made:
        assert made.size == picture.size
        assert len(made.convert("RGB").getcolors(1 << 16)) <= screenshots.COLOURS
    assert len(screenshots.small(few)) <= len(few)


class _Visitor:
    """Somebody whose calls are written down instead of sent."""

    def __init__(self, answers):
        self.context = self.request = self
        self.answers, self.sent = answers, []

    def post(self, path, data):
        """Take the place of a request of the browser."""
        self.sent.append((path, data["params"]))
        self.answer = self.answers.pop(0)
        return self

    def json(self):
        """Return the next answer."""
        return self.answer


def test_address_of_a_picture_names_the_record_that_is_found():
    """The database decides on ids; the table of pictures says what is looked for."""
    screen = Screen(
        "a", "agent", "/odoo/things/{id}", record=("thing", [["x", "=", 1]], "id")
    )
    visitor = _Visitor([{"result": [7]}, {"result": []}])
    assert screenshots.address(visitor, screen) == "/odoo/things/7"
    [(path, params)] = visitor.sent
    assert path == "/web/dataset/call_kw/thing/search"
    assert params["args"] == [[["x", "=", 1]]]
    with pytest.raises(DevError, match="no thing"):
        screenshots.address(visitor, screen)


def test_refused_call_becomes_a_sentence():
    """Not a traceback in the middle of a run."""
    error = {"message": "Odoo Server Error", "data": {"message": "You may not."}}
    with pytest.raises(DevError, match="You may not"):
        screenshots.call(_Visitor([{"error": error}]), "thing", "search", [[]])


def test_somebody_speaks_their_own_language_afterwards():
    """The demo is left as it was, also when a picture could not be taken."""
    visitor = _Visitor(
        [
            {"result": {"uid": 5}},
            {"result": [{"id": 5, "lang": "zh_CN"}]},
            {"result": True},
            {"result": True},
        ]
    )
    with pytest.raises(DevError), screenshots.speaking(visitor, "en_US"):
        raise DevError("no picture")
    spoken = [params["args"][1]["lang"] for _path, params in visitor.sent[2:]]
    assert spoken == ["en_US", "zh_CN"]
