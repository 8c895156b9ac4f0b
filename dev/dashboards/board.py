"""The JSON of a dashboard, laid out block under block."""

import json

from .grid import COLUMNS, HALF, PITCH, WIDTH, Sheet, cell, column_name
from .parts import NUMBER, Chart, Listing, Ranking, Score, Source

# The first version of the format whose charts have ids.
VERSION = "18.5.10"
FILTERS = {
    "desk": ("Desk", "itsm.desk"),
    "department": ("Department", "hr.department"),
    "team": ("Team", "itsm.team"),
}
GAP = 10
SCORE_HEIGHT = 104
CHART_ROWS = 14
COLORS = {
    "calm": "#EFF6FF",
    "alarm": "#FEF2F2",
    "good": "#00A04A",
    "bad": "#DC6965",
}
# Bars behind the names of a ranking, one colour after the other.
BARS = (16775149, 15726335, 15531509, 16708338)


class Board:
    """A dashboard in the making."""

    def __init__(self, addon, name, period="last_90_days", filters=("desk",)):
        self.path = f"{addon}/data/files/{name}_dashboard.json"
        self.name = name
        self.period = period
        self.filters = filters
        self.sheet = Sheet("dashboard", "Dashboard")
        self.sheet.space()
        self.data = Sheet("data", "Data")
        self.data.write("A1", "Figure", text=True)
        self.data.write("B1", "Current", text=True)
        self.data.write("C1", "Previous", text=True)
        self.data_row = 1
        self.pivots = {}
        self.figure_pivots = {}
        self.lists = {}
        self.menus = {}
        self.figures = 0

    # ------------------------------------------------------------------
    # Blocks
    # ------------------------------------------------------------------

    def scores(self, *scores: Score):
        """Add a row of big figures."""
        width = (WIDTH - GAP * (len(scores) - 1)) // len(scores)
        row = self.sheet.tall_row(SCORE_HEIGHT + GAP)
        for index, score in enumerate(scores):
            self._score(score, row, index * (width + GAP), width)

    def charts(self, *charts: Chart):
        """Add charts beside each other."""
        left = self._halves(charts)
        heading = self.sheet.heading_row()
        row = self.sheet.rows_of_chart(CHART_ROWS)
        for chart, (start, width) in zip(charts, left, strict=True):
            self.sheet.heading(heading, start, width, chart.title, chart.menu)
            self._chart(chart, row, start * PITCH, width * PITCH)
        self.sheet.space()

    def rankings(self, *rankings: Ranking):
        """Add tables of figures beside each other."""
        heading = self.sheet.heading_row()
        titles = self.sheet.title_row()
        limit = max(ranking.limit for ranking in rankings)
        first = self.sheet.table_rows(limit)
        for ranking, (start, width) in zip(
            rankings, self._halves(rankings), strict=True
        ):
            self.sheet.heading(heading, start, width, ranking.title, ranking.menu)
            self._ranking(ranking, titles, first, start, width)
        self.sheet.space()

    def listing(self, listing: Listing):
        """Add a list over the whole width."""
        heading = self.sheet.heading_row()
        titles = self.sheet.title_row()
        first = self.sheet.table_rows(listing.limit)
        self.sheet.heading(heading, 0, COLUMNS, listing.title, listing.menu)
        self._listing(listing, titles, first)
        self.sheet.space()

    def _halves(self, parts):
        """Return where each of some parts begins on the grid, and how wide it is."""
        return (
            [(0, COLUMNS)] if len(parts) == 1 else [(0, HALF), (COLUMNS - HALF, HALF)]
        )

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _score(self, score, row, left, width):
        self.data_row += 1
        self.data.write(f"A{self.data_row}", score.title, text=True)
        current = self._value(score, 0)
        self.data.write(f"B{self.data_row}", current)
        self.data.format(f"B{self.data_row}:C{self.data_row}", score.shape)
        up, down = COLORS["good"], COLORS["bad"]
        definition = {
            "type": "scorecard",
            "title": {
                "text": score.title,
                "bold": True,
                "color": "#434343",
                # Six stand in a row: larger words would be cut.
                "fontSize": 12,
            },
            "background": COLORS["alarm" if score.alarm else "calm"],
            "keyValue": f"Data!B{self.data_row}",
            # Values in millions would be cut, too; figures below 100 000 stay whole.
            "humanize": score.shape == NUMBER,
            "baselineMode": "difference" if score.shape != NUMBER else "percentage",
            "baselineColorUp": down if score.good == "down" else up,
            "baselineColorDown": up if score.good == "down" else down,
        }
        if score.good:
            self.data.write(f"C{self.data_row}", self._value(score, -1))
            definition["baseline"] = f"Data!C{self.data_row}"
            definition["baselineDescr"] = {"text": "vs. before"}
        self._figure(definition, score.menu, row, left, width, SCORE_HEIGHT)

    def _value(self, score, offset):
        measures = [each for each in (score.measure, score.parts) if each]
        pivot = self._figure_pivot(score.source, offset, measures)
        value = shown = f'PIVOT.VALUE({pivot},"{score.measure}")'
        if score.parts:
            shown = f'{value}/PIVOT.VALUE({pivot},"{score.parts}")'
        elif score.share:
            shown = f"{value}/100"
        # A sum of nothing is 0; an average of nothing is nothing.
        nothing = 0 if score.shape == NUMBER else '"–"'
        return f'=IF({value}="",{nothing},IFERROR({shown},{nothing}))'

    def _chart(self, chart, row, left, width):
        search = {
            "comparison": None,
            "context": {},
            "domain": list(chart.domain),
            "groupBy": list(chart.by),
            "orderBy": [],
        }
        definition = {
            "type": f"odoo_{chart.kind}",
            "title": {"text": ""},
            "background": "#FFFFFF",
            "legendPosition": chart.legend,
            "dataSets": [],
            "stacked": chart.stacked,
            "metaData": {
                "resModel": chart.source.model,
                "groupBy": list(chart.by),
                "measure": chart.measure,
                "mode": chart.kind,
                "order": chart.order,
                "cumulatedStart": False,
            },
            "searchParams": search,
            "fieldMatching": self._matching(chart.source),
        }
        if chart.kind != "pie":
            definition["verticalAxisPosition"] = "left"
        if chart.kind == "line":
            definition["fillArea"] = chart.fill
        self._figure(
            definition, chart.menu, row, left, width, CHART_ROWS * self.sheet.row_height
        )

    def _figure(self, definition, menu, row, left, width, height):
        self.figures += 1
        name = f"{self.name}-{self.figures}"
        self.sheet.figures.append(
            {
                "id": name,
                "tag": "chart",
                "col": 0,
                "row": row,
                "offset": {"x": left, "y": 0},
                "width": width,
                "height": height,
                "data": {**definition, "chartId": name},
            }
        )
        if menu:
            self.menus[name] = menu

    # ------------------------------------------------------------------
    # Tables
    # ------------------------------------------------------------------

    def _ranking(self, ranking, titles, first, start, width):
        pivot = self._pivot(
            ranking.source,
            ranking.title,
            [column.measure for column in ranking.columns],
            rows=[ranking.by],
        )
        figure = 4
        keep = ranking.keep or ("last" if "department" in ranking.by else "whole")
        name_width = width - figure * len(ranking.columns)
        self.sheet.title(titles, start, name_width, f'=_t("{ranking.heading}")')
        for place in range(ranking.limit):
            key = f'"#{ranking.by}",{place + 1}'
            name = _NAMES[keep].format(f"PIVOT.HEADER({pivot},{key})")
            self.sheet.value(first + place, start, name_width, f"={name}")
        for index, column in enumerate(ranking.columns):
            left = start + name_width + index * figure
            self.sheet.title(titles, left, figure, f'=_t("{column.title}")', right=True)
            for place in range(ranking.limit):
                key = f'"#{ranking.by}",{place + 1}'
                name = cell(start, first + place)
                value = f'PIVOT.VALUE({pivot},"{column.measure}",{key})'
                # An average of nothing is nothing, and no share either.
                shown = f'IF({value}="","",{value}/100)' if column.share else value
                self.sheet.value(
                    first + place,
                    left,
                    figure,
                    f'=IF({name}="","",IFERROR({shown},""))',
                    right=True,
                    shape=column.shape,
                )
        last = first + ranking.limit
        names, figures = column_name(start), column_name(start + name_width)
        self.sheet.bars(
            f"{names}{first + 1}:{names}{last}",
            f"{figures}{first + 1}:{figures}{last}",
            BARS[len(self.sheet.rules) % len(BARS)],
        )

    def _listing(self, listing, titles, first):
        number = str(len(self.lists) + 1)
        names = [column[0] for column in listing.columns]
        self.lists[number] = {
            "id": number,
            "name": listing.title,
            "model": listing.source.model,
            "columns": names,
            "domain": list(listing.source.domain),
            "context": {},
            "orderBy": [
                {"name": each.split()[0], "asc": not each.endswith(" desc")}
                for each in listing.order
            ],
            "fieldMatching": self._matching(listing.source),
        }
        start = 0
        for name, width, *look in listing.columns:
            title, shape = look or ("", "")
            header = f'=ODOO.LIST.HEADER({number},"{name}")'
            header = f'=_t("{title}")' if title else header
            self.sheet.title(titles, start, width, header)
            for place in range(listing.limit):
                value = f'=ODOO.LIST({number},{place + 1},"{name}")'
                self.sheet.value(first + place, start, width, value, shape=shape)
            start += width
        self.sheet.stripes(first, listing.limit)

    # ------------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------------

    def _figure_pivot(self, source: Source, offset, measures):
        """Return the pivot of big figures: one for all of a source."""
        key = json.dumps([source.model, source.filters, source.domain, offset])
        if key not in self.figure_pivots:
            name = "Before" if offset else "Now"
            self.figure_pivots[key] = self._pivot(source, name, [], offset=offset)
        number = self.figure_pivots[key]
        there = self.pivots[number]["measures"]
        for measure in measures:
            if measure not in [each["id"] for each in there]:
                there.append({"id": measure, "fieldName": measure})
        return number

    def _pivot(self, source, name, measures, rows=(), offset=0):
        number = str(len(self.pivots) + 1)
        self.pivots[number] = {
            "type": "ODOO",
            "id": number,
            "formulaId": number,
            "name": name,
            "model": source.model,
            "domain": list(source.domain),
            "context": {},
            "measures": [{"id": each, "fieldName": each} for each in measures],
            "columns": [],
            "rows": [{"fieldName": each} for each in rows],
            "sortedColumn": {"measure": measures[0], "order": "desc", "domain": []}
            if rows
            else None,
            "fieldMatching": self._matching(source, offset),
        }
        return number

    def _matching(self, source, offset=0):
        found = {}
        for key, name in source.filters.items():
            if key == "period" and self.period:
                found[key] = {
                    "chain": name,
                    "type": source.period_type,
                    "offset": offset,
                }
            elif key in self.filters:
                found[key] = {"chain": name, "type": "many2one"}
        return found

    def _global_filters(self):
        period = {"id": "period", "type": "date", "label": "Period"}
        found = [{**period, "defaultValue": self.period}] if self.period else []
        for key in self.filters:
            label, model = FILTERS[key]
            found.append(
                {
                    "id": key,
                    "type": "relation",
                    "label": label,
                    "modelName": model,
                    "defaultValueDisplayNames": [],
                }
            )
        return found

    # ------------------------------------------------------------------
    # The file
    # ------------------------------------------------------------------

    def text(self) -> str:
        """Return the file's text."""
        styles, formats, borders = {}, {}, {}
        document = {
            "version": VERSION,
            "sheets": [
                sheet.as_json(styles, formats, borders)
                for sheet in (self.sheet, self.data)
            ],
            "styles": {str(number): style for style, number in _read(styles)},
            "formats": {str(number): shape for shape, number in formats.items()},
            "borders": {str(number): border for border, number in _read(borders)},
            "customTableStyles": {},
            "revisionId": "START_REVISION",
            "uniqueFigureIds": True,
            "settings": {"locale": _LOCALE},
            "pivots": self.pivots,
            "pivotNextId": len(self.pivots) + 1,
            "lists": self.lists,
            "listNextId": len(self.lists) + 1,
            "globalFilters": self._global_filters(),
            "chartOdooMenusReferences": self.menus,
        }
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


# How to shorten the names of a ranking: no more letters than there is room for, in
# Chinese, too; or what follows the last stroke.
_NAMES = {
    "whole": "{0}",
    "end": 'IF(LEN({0})>22,"… "&RIGHT({0},22),{0})',
    "last": f'TRIM(RIGHT(SUBSTITUTE({{0}},"/","{" " * 80}"),80))',
}


def _read(numbers):
    return [(json.loads(text), number) for text, number in numbers.items()]


# Odoo puts the reader's own in its place.
_LOCALE = {
    "name": "English (US)",
    "code": "en_US",
    "thousandsSeparator": ",",
    "decimalSeparator": ".",
    "dateFormat": "mm/dd/yyyy",
    "timeFormat": "hh:mm:ss",
    "formulaArgSeparator": ",",
    "weekStart": 7,
}
