"""What came of an import of services."""

from dataclasses import dataclass, field


class Refused(Exception):
    """A part of the file cannot be imported; nothing of the file is."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        super().__init__(f"{path}: {text}")


@dataclass(frozen=True)
class Remark:
    """Something to know about one place in the file.

    :param path: as ``services[laptop].team``; empty for the file as a whole
    :param text: a sentence in the language of the user
    """

    path: str
    text: str


@dataclass(frozen=True)
class ServiceOutcome:
    """What happened to one service.

    :param outcome: ``created``, ``updated`` or ``unchanged``
    :param changes: names of the parts that changed, in the language of the user
    """

    code: str
    name: str
    outcome: str
    changes: tuple = ()
    service_id: int = 0


@dataclass
class Outcome:
    """What an import did, or what it would do.

    :param services: ``ServiceOutcome`` of each service of the file
    :param shared: sentences about what was made beside: categories, question sets …
    :param missing: remarks on what the file names and nobody here has
    :param left_out: remarks on what the user may not import
    :param problems: remarks on why nothing was imported
    """

    services: list = field(default_factory=list)
    shared: list = field(default_factory=list)
    missing: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    problems: list = field(default_factory=list)

    def codes(self, outcome):
        """Return the codes of the services with an outcome."""
        return [each.code for each in self.services if each.outcome == outcome]

    @property
    def created(self):
        """Codes of the services that were created."""
        return self.codes("created")

    @property
    def updated(self):
        """Codes of the services that were changed."""
        return self.codes("updated")

    @property
    def unchanged(self):
        """Codes of the services that were like the file already."""
        return self.codes("unchanged")

    def text(self):
        """Return the problems as lines."""
        return "\n".join(
            f"{each.path}: {each.text}" if each.path else each.text
            for each in self.problems
        )
