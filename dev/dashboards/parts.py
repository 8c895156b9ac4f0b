"""What dashboards are described with."""

from dataclasses import dataclass, field, replace

NUMBER = "#,##0"
DECIMAL = "#,##0.0"
STARS = "0.00"
PERCENT = "0.0%"
# What tells that a record has a value to average.
_HAS_VALUE = {
    "elapsed_hours": ("finished_count", "=", 1),
    "met_rate": ("finished_count", "=", 1),
    "resolution_hours": ("resolved_at", "!=", False),
    "success_rate": ("ended_count", "=", 1),
}


@dataclass(frozen=True)
class Source:
    """Records that figures are made of, and how the filters at the top apply to them.

    :param filters: ``{filter: field}``, e.g. ``{"period": "opened_at"}``
    :param period_type: whether the field of the period is a date or a datetime
    """

    model: str
    filters: dict = field(default_factory=dict)
    domain: tuple = ()
    period_type: str = "datetime"

    def where(self, *leaves) -> "Source":
        """Return those of these records that meet conditions, too."""
        return replace(self, domain=self.domain + leaves)

    def always(self) -> "Source":
        """Return these records as of now: the filter by period leaves them alone."""
        kept = {key: name for key, name in self.filters.items() if key != "period"}
        return replace(self, filters=kept)

    def by(self, name: str) -> "Source":
        """Return these records with the period applied to another date."""
        return replace(self, filters={**self.filters, "period": name})


@dataclass(frozen=True)
class Score:
    """One big figure.

    :param good: whether ``up`` or ``down`` is good; compares with the period before
    :param alarm: a figure of what should not be: red
    :param share: the measure counts to 100 and is shown as a percentage
    :param parts: a measure to divide by: the figure is a share of it
    """

    title: str
    source: Source
    measure: str = "__count"
    menu: str = ""
    shape: str = NUMBER
    good: str = ""
    alarm: bool = False
    share: bool = False
    parts: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart of one measure by one or two things.

    :param fill: of a line, whether the area below it means something
    """

    kind: str
    title: str
    source: Source
    by: tuple
    measure: str = "__count"
    menu: str = ""
    order: str | None = None
    stacked: bool = False
    legend: str = "none"
    fill: bool = False

    @property
    def domain(self) -> tuple:
        """Return which records are drawn: an average of nothing would be drawn as 0."""
        known = _HAS_VALUE.get(self.measure)
        return (self.source.where(known) if known else self.source).domain


@dataclass(frozen=True)
class Column:
    """A column of figures in a ranking."""

    title: str
    measure: str
    shape: str = NUMBER
    share: bool = False


@dataclass(frozen=True)
class Ranking:
    """Who or what leads a figure; the first column decides.

    :param keep: what to keep of names that are paths: their ``end``, or the ``last``
        step alone; of departments it is the last
    """

    title: str
    heading: str
    source: Source
    by: str
    columns: tuple
    menu: str = ""
    limit: int = 8
    keep: str = ""


@dataclass(frozen=True)
class Listing:
    """The first records of a list: ``columns`` are ``(field, width)``.

    Where the field's own words or form do not fit, its title and shape follow.
    The widths are in units of the grid, of which a board is 44 wide.
    """

    title: str
    source: Source
    columns: tuple
    order: tuple
    menu: str = ""
    limit: int = 8
