"""Find Odoo 19.0 Community, or get Debian's own package of it."""

import os
import re
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .bootstrap import FOUND_ODOO
from .console import DevError, lock, say, step
from .paths import DEV

SERIES = "19.0"
UNPACKED = DEV / "odoo"
DIST_PACKAGES = Path("usr/lib/python3/dist-packages")
# Odoo's tree links its fonts and scripts to these packages by relative links.
LINKED_PACKAGES = (
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
# Two thirds of the package are translations; only one of them is used here.
UNUSED_TRANSLATIONS = (
    "*/i18n*/*.pot",
    "*/i18n*/[!z]*.po",
    "*/i18n*/z[!h]*.po",
    "*/i18n*/zh_[!C]*.po",
)
SELFIE = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooTree:
    """An Odoo that can be imported from ``home``."""

    home: Path
    version: str
    origin: str

    @property
    def extra_addons(self) -> list[Path]:
        """Return the addons folder that only a source checkout has."""
        folder = self.home / "addons"
        return [folder] if (folder / "web").is_dir() else []

    def addon(self, name: str) -> Path:
        """Return the folder of one of Odoo's own addons."""
        folders = [self.home / "odoo" / "addons", *self.extra_addons]
        return next(path / name for path in folders if (path / name).is_dir())

    @property
    def misses_selfie_script(self) -> bool:
        """Tell whether Debian left out a script that ``mail`` lists."""
        addon, _, path = SELFIE.partition("/")
        return not (self.addon(addon) / path).exists()


def ensure_odoo() -> OdooTree:
    """Return an Odoo 19.0 and make it importable in this environment."""
    tree = _from_setting() or _from_environment() or _from_debian()
    _make_importable(tree.home)
    return tree


def series_of(home: Path) -> str | None:
    """Return the series ("19.0") of the Odoo importable from ``home``."""
    release = home / "odoo" / "release.py"
    if not release.is_file():
        return None
    match = re.search(
        r"^version_info\s*=\s*\(\s*'?([\w~]+)'?\s*,\s*(\d+)",
        release.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return f"{match[1]}.{match[2]}" if match else None


def _from_setting() -> OdooTree | None:
    setting = os.environ.get("ODOO_HOME")
    if not setting:
        return None
    base = Path(setting).expanduser().absolute()
    for home in (base, base.parent, base / DIST_PACKAGES):
        series = series_of(home)
        if series == SERIES:
            return OdooTree(home, series, "ODOO_HOME")
        if series:
            raise DevError(
                f"ODOO_HOME holds Odoo {series}, but these addons are for {SERIES}. "
                f"Point it to Odoo {SERIES}, or unset it."
            )
    raise DevError(
        f"ODOO_HOME={setting} holds no Odoo (there is no odoo/release.py in it). "
        f"Point it to a source checkout or an installed tree of Odoo {SERIES}."
    )


def _from_environment() -> OdooTree | None:
    found = os.environ.get(FOUND_ODOO)
    series = series_of(Path(found)) if found else None
    if series == SERIES:
        return OdooTree(Path(found), series, "the calling Python environment")
    if series:
        say(f"   Odoo {series} of the calling environment is not used: not {SERIES}.")
    return None


def _from_debian() -> OdooTree:
    record = UNPACKED / "PACKAGE"
    if not record.is_file():
        with lock("odoo"):
            if not record.is_file():
                _download()
    home = UNPACKED / DIST_PACKAGES
    series = series_of(home)
    if series != SERIES:
        raise DevError(
            f"Debian's package holds Odoo {series}, but these addons are for {SERIES}. "
            f"Set ODOO_HOME to a source checkout of Odoo {SERIES}."
        )
    return OdooTree(
        home, record.read_text(encoding="utf-8").strip(), "Debian's package"
    )


def _download() -> None:
    """Download and unpack beside the final folder, then rename in one step."""
    if not apt.is_available():
        raise DevError(
            f"No Odoo {SERIES} was found and it can only be downloaded on Debian. Set "
            f"ODOO_HOME to a source checkout of Odoo {SERIES} Community "
            "and try again."
        )
    own = apt.codename()
    suites = tuple(dict.fromkeys(("sid", own)))
    source = apt.PrivateApt(suites)
    with step("Fetching Debian's package lists"):
        source.update()
    partial = DEV / "odoo.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with step("Downloading Odoo 19 (about 130 MB)"):
        packages = source.download(
            ["odoo-19/sid", f"fonts-font-awesome/{own}"]
            + [f"{name}/sid" for name in LINKED_PACKAGES],
            partial / "deb",
        )
    with step("Unpacking Odoo 19"):
        for package in packages:
            apt.unpack(package, partial / "tree", UNUSED_TRANSLATIONS)
    name = next(path.name for path in packages if path.name.startswith("odoo-19_"))
    (partial / "tree" / "PACKAGE").write_text(name.split("_")[1] + "\n", "utf-8")
    shutil.rmtree(UNPACKED, ignore_errors=True)
    (partial / "tree").rename(UNPACKED)
    shutil.rmtree(partial, ignore_errors=True)


def _make_importable(home: Path) -> None:
    """Write the ``.pth`` file that puts Odoo on this environment's path."""
    pth = Path(sysconfig.get_paths()["purelib"]) / "itsm-odoo.pth"
    line = f"{home}\n"
    if not pth.is_file() or pth.read_text(encoding="utf-8") != line:
        pth.write_text(line, encoding="utf-8")
