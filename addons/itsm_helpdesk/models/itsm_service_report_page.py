import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_list
from odoo.tools.image import image_data_uri
from odoo.tools.misc import format_date, formatLang

from ..tools import chart_svg

_DAY = 24
_WIDTH = 760
_STARS = range(5, 0, -1)
_GREEN_FROM, _YELLOW_FROM = 90, 80


class ItsmServiceReport(models.Model):
    """A service report as a page: figures in words and pictures of a language."""

    _inherit = "itsm.service.report"

    @api.depends(
        "date_from",
        "date_to",
        "department_ids",
        "desk_ids",
        "improved",
        "kept_figures",
        "name",
        "planned",
        "summary",
    )
    @api.depends_context("lang", "uid")
    def _compute_content(self):
        for report in self:
            report.content = False
            if report.ids and report.desk_ids and report.date_from and report.date_to:
                report.content = self.env["ir.qweb"]._render(
                    "itsm_helpdesk.service_report_page", report._page_values()
                )

    def _page_values(self):
        """Return what the page shows. Templates of other addons find theirs here."""
        self.ensure_one()
        figures = self.kept_figures or self._figures()
        return {
            "report": self,
            "figures": figures,
            "image_data_uri": image_data_uri,
            **self._page_charts(figures),
        }

    def _page_charts(self, figures):
        """Return the pictures of the page."""
        return {
            "trend_chart": self._trend_chart(figures["trend"]),
            "kind_chart": self._ring(figures["kinds"]),
            "star_chart": self._star_chart(figures["satisfaction"]),
            "department_chart": self._rows_chart(figures["departments"]),
            "cause_chart": self._rows_chart(figures["causes"], chart_svg.COLORS[1]),
        }

    def _trend_chart(self, trend):
        labels = [
            format_date(self.env, row["month"], date_format="MMM") for row in trend
        ]
        series = [
            chart_svg.Series(
                self.env._("Tickets Opened"), [row["opened"] for row in trend]
            ),
            chart_svg.Series(
                self.env._("Tickets Resolved"),
                [row["resolved"] for row in trend],
                chart_svg.COLORS[2],
            ),
        ]
        return _picture(chart_svg.columns(labels, series, width=_WIDTH))

    def _ring(self, rows):
        return _picture(
            chart_svg.ring(
                [self._text(row["label"]) for row in rows],
                [row["count"] for row in rows],
                middle=self._count(sum(row["count"] for row in rows)),
            )
        )

    def _star_chart(self, satisfaction):
        return _picture(
            chart_svg.rows(
                ["★" * star for star in _STARS],
                [satisfaction["stars"][str(star)] for star in _STARS],
                color=chart_svg.COLORS[5],
                width=420,
            )
        )

    def _rows_chart(self, rows, color=chart_svg.COLORS[0]):
        return _picture(
            chart_svg.rows(
                [self._text(row["label"]) for row in rows],
                [row["count"] for row in rows],
                texts=[self._count(row["count"]) for row in rows],
                color=color,
                width=_WIDTH,
            )
        )

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def _text(self, label):
        """Return a kept text in the reader's language, or what there is of it."""
        label = label or {}
        language = self.env.lang or "en_US"
        return (
            label.get(language)
            or label.get("en_US")
            or next(filter(None, label.values()), "")
        )

    def _issued_words(self):
        """Return when and by whom the report was issued."""
        return self.env._(
            "Issued on %(day)s by %(person)s",
            day=self._moment(self.issued_at),
            # sudo: the name of who stands below it
            person=self.issued_by_id.sudo().name,
        )

    def _names(self, records):
        """Return the names of records, joined as the reader's language joins them."""
        # sudo: names of departments, of which agents know only the public side
        return format_list(self.env, records.sudo().mapped("name"))

    def _count(self, number):
        return formatLang(self.env, number or 0, digits=0)

    def _decimal(self, number, digits=1):
        """Return a number, a dash for what is not known."""
        return "–" if number is None else formatLang(self.env, number, digits=digits)

    def _percent(self, number):
        """Return a percentage, a dash for what is not known."""
        if number is None:
            return "–"
        return self.env._("%(number)s %%", number=self._decimal(number))

    def _hours(self, hours):
        """Return a time that people waited, in hours or days."""
        if hours is None:
            return "–"
        if hours < 2 * _DAY:
            return self.env._("%(hours)s h", hours=self._decimal(hours))
        return self.env._("%(days)s days", days=self._decimal(hours / _DAY))

    def _change(self, now, before):
        """Return by how much a number grew or fell, in words."""
        if now is None or before is None:
            return ""
        if not before:
            return ""
        percent = round(100 * (now - before) / before)
        if not percent:
            return self.env._("as before")
        return self.env._(
            "%(sign)s%(percent)s %% on the period before",
            sign="+" if percent > 0 else "−",
            percent=abs(percent),
        )

    def _difference(self, now, before):
        """Return by how many points a share or a grade differs, in words."""
        if now is None or before is None:
            return ""
        difference = round(now - before, 1)
        if not difference:
            return self.env._("as before")
        return self.env._(
            "%(sign)s%(points)s points",
            sign="+" if difference > 0 else "−",
            points=self._decimal(abs(difference)),
        )

    def _tone(self, percent):
        """Return the colour of a share: kept, in danger, broken."""
        if percent is None:
            return ""
        if percent >= _GREEN_FROM:
            return "o_good"
        return "o_middling" if percent >= _YELLOW_FROM else "o_bad"

    def _moment(self, text):
        moment = fields.Datetime.context_timestamp(
            self, fields.Datetime.to_datetime(text)
        )
        return format_date(self.env, moment.date())


def _picture(svg):
    """Return a chart that is as wide as its place, also where print engines are old."""
    _left, _top, width, height = re.search(r'viewBox="([^"]+)"', svg)[1].split()
    high = 100 * float(height) / float(width)
    return Markup('<div class="o_chart" style="padding-bottom: %.2f%%;">%s</div>') % (
        high,
        Markup(svg),
    )
