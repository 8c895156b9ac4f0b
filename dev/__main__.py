"""``python3 -m dev COMMAND``: make the environment, then run the command in it."""

import argparse
import importlib
import os
import sys

# Without this an older Python would only show a syntax error of a later import.
if sys.version_info < (3, 10):  # noqa: UP036
    sys.exit("This project needs Python 3.10 or newer: make PYTHON=python3.11 ...")

from . import bootstrap
from .console import DevError, progress_to_stderr, say

# command: (module, function, what it does)
COMMANDS = {
    "setup": ("setup", "setup", "prepare Python, Odoo 19.0 and PostgreSQL"),
    "demo": ("demo", "demo", "run the demo; prints the address and the logins"),
    "demo-check": ("demo", "demo_check", "sign in as each demo user in a browser"),
    "screenshots": ("screenshots", "screenshots", "take the pictures of the documents"),
    "test": ("testing", "test", 'run the whole suite (ARGS="-k word path" narrows)'),
    "lint": ("lint", "lint", "check Python and XML (FIX=1 corrects what it can)"),
    "bench": ("benchmarks", "bench", "run the benchmarks (ARGS=names, FRESH=1)"),
    "i18n": ("translations", "i18n", "export and check the translations"),
    "wheels": ("wheels", "wheels", "build each addon as a wheel into .dev/dist"),
    "dashboards": ("dashboards", "dashboards", "write the dashboards' files"),
    "shell": ("shell", "shell", "an Odoo shell: make shell DB=name [< script.py]"),
    "clean": ("setup", "clean", "stop PostgreSQL and remove what was made"),
}
WITH_ARGUMENTS = ("bench", "shell", "test")


def print_help() -> int:
    """List the commands."""
    say("make COMMAND, where COMMAND is one of:\n")
    for name, (_module, _function, text) in COMMANDS.items():
        say(f"  {name:<12} {text}")
    return 0


def main(arguments: list[str]) -> int:
    """Run one command; expected failures become one message and exit code 1."""
    parser = argparse.ArgumentParser(prog="python3 -m dev")
    parser.add_argument("command", choices=[*COMMANDS, "help"])
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if options.command == "help":
        return print_help()
    if options.command == "shell":
        progress_to_stderr()
    try:
        if options.command == "clean" and not bootstrap.VENV_PYTHON.exists():
            from .cleaning import remove_dev_folder

            return remove_dev_folder()
        if not bootstrap.in_venv():
            bootstrap.run_in_venv(arguments)
        bootstrap.ensure_venv()
        module_name, function_name, _text = COMMANDS[options.command]
        module = importlib.import_module(f".{module_name}", __package__)
        function = getattr(module, function_name)
        if options.rest and options.command not in WITH_ARGUMENTS:
            raise DevError(f"{options.command} takes no arguments.")
        return function(*options.rest)
    except DevError as error:
        print(f"\nERROR: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
