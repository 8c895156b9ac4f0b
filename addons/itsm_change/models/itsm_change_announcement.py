from odoo import fields, models
from odoo.tools import plaintext2html

from ..tools import notices, states


class ItsmChange(models.Model):
    """The news on the portal that goes with a change: shown, moved, ended with it."""

    _inherit = "itsm.change"

    announcement_id = fields.Many2one(
        "itsm.announcement", readonly=True, copy=False, index="btree_not_null"
    )

    def _system_fields(self):
        return super()._system_fields() | {"announcement_id"}

    def _keep_announcement(self, phase=None):
        """Make the news say what the change says now.

        :param phase: what people were told just now
        """
        self.ensure_one()
        change = self.sudo()  # sudo: people who work on changes write no news
        news = change.announcement_id
        if phase in notices.LAST_PHASES or not change.announce_on_portal:
            change._end_announcement()
            return
        is_open = change.state in (states.SCHEDULED, states.IMPLEMENT)
        if not is_open or not change.planned_end:
            change._end_announcement()
        elif news:
            change._update_announcement()
        elif phase:
            change._make_announcement()

    def _end_announcement(self):
        """Show the news no more, if it is shown."""
        news = self.announcement_id
        if news and news.active and news.state != "over":
            news.action_end()

    def _make_announcement(self):
        desks = self._announcement_desks()
        if not desks:
            return
        now = fields.Datetime.now()
        self._write_system(
            {
                "announcement_id": self.env["itsm.announcement"]
                .create(
                    {
                        "kind": "planned",
                        "desk_ids": [fields.Command.set(desks.ids)],
                        "date_from": now,
                        **self._announcement_vals(now),
                    }
                )
                .id
            }
        )
        # Those affected get the mails of the change; the news only stands there.
        self.announcement_id._show()
        self._word_announcement()

    def _update_announcement(self):
        """Write what is different, and nothing where nothing is."""
        news = self.announcement_id.with_context(active_test=False)
        vals = self._announcement_vals(news.date_from)
        different = {name: value for name, value in vals.items() if news[name] != value}
        if different:
            news.write(different)
            self._word_announcement()

    def _announcement_desks(self):
        """Return the desks whose news it is: of the team, else those of the company."""
        Desk = self.env["itsm.desk"]
        return self.team_id.desk_id or Desk.search(
            [
                ("company_id", "=", self.company_id.id),
                ("portal_published", "=", True),
            ]
        )

    def _announcement_vals(self, shown_from):
        """Return what the news says, in the language of the environment."""
        now = fields.Datetime.now()
        # Late work has no end that anybody could be told.
        is_late = self.planned_end <= max(now, shown_from)
        return {
            "name": self._public_title(),
            "body": self._announcement_body(),
            "date_to": False if is_late else self.planned_end,
            "active": True,
        }

    def _announcement_body(self):
        zone = self.team_id.desk_id.resource_calendar_id.tz or self.env.user.tz or "UTC"
        change = self.with_context(tz=zone)
        lines = [
            self.env._("When: %(when)s", when=change._portal_span(*self._work_window()))
        ]
        outage = self._outage_window()
        if all(outage):
            lines.append(
                self.env._("Out of order: %(when)s", when=change._portal_span(*outage))
            )
        if self.public_note:
            lines.append(self.public_note)
        return plaintext2html("\n".join(lines))

    def _work_window(self):
        return (self.actual_start or self.planned_start, self.planned_end)

    def _word_announcement(self):
        """Write the news in the other languages that people read."""
        for code, _name in self.env["res.lang"].get_installed():
            change = self.with_context(lang=code)
            change.announcement_id._words_together().write(
                {
                    "name": change._public_title(),
                    "body": change._announcement_body(),
                }
            )
