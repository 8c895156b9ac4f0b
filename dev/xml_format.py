"""The form of XML files: four spaces a level, no tabs, no trailing blanks.

Only a tag that begins its line is measured, so text and attributes may be laid out
freely. Correcting moves a line and those that belong to it together.
"""

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

INDENT = 4


@dataclass
class Layout:
    """The columns at which the tags that begin a line should stand."""

    lines: list[str]
    wanted: dict[int, int] = field(default_factory=dict)
    depth: int = 0
    opened: list[tuple[int, int]] = field(default_factory=list)

    def note(self, line: int, column: int) -> None:
        """Note the wanted column of a tag, if nothing stands before it."""
        if not self.lines[line - 1].encode()[:column].strip():
            self.wanted.setdefault(line, self.depth * INDENT)


def measure(text: str) -> Layout:
    """Parse a document; raise ``expat.ExpatError`` when it is not well formed."""
    layout = Layout(text.split("\n"))
    parser = expat.ParserCreate()

    def start(_name, _attributes):
        position = (parser.CurrentLineNumber, parser.CurrentColumnNumber)
        layout.note(*position)
        layout.opened.append(position)
        layout.depth += 1

    def end(_name):
        layout.depth -= 1
        position = (parser.CurrentLineNumber, parser.CurrentColumnNumber)
        # An empty element's end is reported where it started.
        if layout.opened.pop() != position:
            layout.note(*position)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(text, True)
    return layout


def check_file(path: Path, name: str) -> list[str]:
    """Return the problems of a file as ``name:line: what``."""
    text = path.read_text(encoding="utf-8")
    try:
        layout = measure(text)
    except expat.ExpatError as error:
        return [f"{name}:{error.lineno}: not well formed: {error}"]
    problems = []
    for number, line in enumerate(layout.lines, 1):
        blanks = line[: len(line) - len(line.lstrip())]
        if line != line.rstrip():
            problems.append(f"{name}:{number}: trailing blanks")
        if "\t" in blanks:
            problems.append(f"{name}:{number}: tab")
        wanted = layout.wanted.get(number, len(blanks))
        if wanted != len(blanks):
            problems.append(f"{name}:{number}: indented {len(blanks)}, not {wanted}")
    if not text.endswith("\n") or text.endswith("\n\n"):
        problems.append(f"{name}:{len(layout.lines)}: must end with one newline")
    return problems


def fix_file(path: Path) -> None:
    """Correct the form of a well-formed file; leave any other as it is."""
    text = path.read_text(encoding="utf-8").expandtabs(INDENT)
    try:
        layout = measure(text)
    except expat.ExpatError:
        return
    moved, shift = [], 0
    for number, line in enumerate(layout.lines, 1):
        content = line.lstrip()
        column = len(line) - len(content)
        if number in layout.wanted:
            shift = layout.wanted[number] - column
        moved.append(" " * max(column + shift, 0) + content.rstrip() if content else "")
    corrected = "\n".join(moved).rstrip("\n") + "\n"
    if corrected != path.read_text(encoding="utf-8"):
        path.write_text(corrected, encoding="utf-8")
