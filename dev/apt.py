"""Debian packages through a private apt state: no root, no change to the system."""

import os
import shutil
import subprocess
from pathlib import Path

from .console import DevError, run_or_fail
from .paths import DEV, LOGS

KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)


def os_release() -> dict[str, str]:
    """Return the machine's /etc/os-release as a mapping."""
    path = Path("/etc/os-release")
    if not path.is_file():
        return {}
    pairs = (
        line.partition("=") for line in path.read_text(encoding="utf-8").splitlines()
    )
    return {key: value.strip('"') for key, _, value in pairs}


def codename() -> str:
    """Return the code name of the machine's own Debian suite."""
    return os_release().get("VERSION_CODENAME", "")


def is_available() -> bool:
    """Tell whether this is a Debian with its package tools."""
    return (
        os_release().get("ID") == "debian"
        and bool(codename())
        and all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb"))
    )


def mirror() -> str:
    """Return the mirror that the machine's own apt sources name."""
    # Without release information it also answers where no list was fetched yet.
    by_name = ["--no-release-info", "--format", "$(SITE) $(RELEASE)"]
    by_release = ["--format", "$(SITE) $(CODENAME)"]
    for arguments in (by_name, by_release):
        listing = subprocess.run(
            ["apt-get", "indextargets", *arguments, "Created-By: Packages"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for line in listing.splitlines():
            site, _, suite = line.partition(" ")
            if suite == codename():
                return site
    raise DevError(
        "apt's sources do not name a mirror of this Debian's own suite. Add one, or "
        "set ODOO_HOME to a source checkout of Odoo 19.0."
    )


class PrivateApt:
    """An apt state of its own, with the machine's mirror and Debian's keys."""

    def __init__(self, suites: tuple[str, ...], folder: Path = DEV / "apt"):
        self.suites = suites
        self.folder = folder

    def _options(self) -> list[str]:
        values = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Debug::NoLocking": 1,
            "Acquire::Languages": "none",
            "Acquire::Retries": 3,
        }
        if os.geteuid() == 0:
            # apt's own unprivileged user could not write into this folder.
            values["APT::Sandbox::User"] = "root"
        return [
            part for key, value in values.items() for part in ("-o", f"{key}={value}")
        ]

    def update(self) -> None:
        """Fetch and verify the package lists of the suites."""
        for name in ("lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        keyring = next((path for path in KEYRINGS if path.exists()), None)
        signed = f"[signed-by={keyring}] " if keyring else ""
        site = mirror()
        (self.folder / "sources.list").write_text(
            "".join(f"deb {signed}{site} {suite} main\n" for suite in self.suites),
            encoding="utf-8",
        )
        run_or_fail(
            ["apt-get", *self._options(), "update"],
            LOGS / "apt-update.log",
            "Fetching Debian's package lists failed. Check the machine's apt mirror, "
            "or set ODOO_HOME to a source checkout of Odoo 19.0.",
        )

    def download(self, packages: list[str], target: Path) -> list[Path]:
        """Download packages (``name`` or ``name/suite``) and verify them."""
        target.mkdir(parents=True, exist_ok=True)
        # apt-get download writes into the working directory.
        run_or_fail(
            ["env", "-C", target, "apt-get", *self._options(), "download", *packages],
            LOGS / "apt-download.log",
            f"Downloading {', '.join(packages)} failed.",
        )
        return sorted(target.glob("*.deb"))


def unpack(package: Path, target: Path, excludes: tuple[str, ...] = ()) -> None:
    """Unpack a Debian package into a folder, without some of its files."""
    target.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE
    ) as source:
        unpacked = subprocess.run(
            ["tar", "-x", "-C", str(target), "--no-same-owner"]
            + [f"--exclude={pattern}" for pattern in excludes],
            stdin=source.stdout,
            check=False,
        )
    if source.returncode or unpacked.returncode:
        raise DevError(f"Unpacking {package.name} failed. Is the disk full?")
