import logging

from psycopg2 import errors

from odoo import api, models
from odoo.tools import SQL, format_list

from ..tools import quorum
from .itsm_approval import UNDER_WAY
from .itsm_approval_resolution import Ask

_logger = logging.getLogger(__name__)


class ItsmApproval(models.Model):
    """Approvers who left, or may no longer decide, are replaced."""

    _inherit = "itsm.approval"

    @api.model
    def _on_leavers(self, partners):
        """Replace those of some people who have left, wherever they are waited for."""
        gone = self._gone(partners)
        if not gone:
            return
        votes = self._as_engine().vote_ids.search(
            [
                ("partner_id", "in", list(gone)),
                ("state", "=", "waiting"),
                ("approval_id.state", "in", UNDER_WAY),
                ("line_id.step_id.state", "=", "open"),
            ]
        )
        votes.approval_id._replace_leavers()

    def _replace_leavers(self):
        """Replace who has left in these approvals, and see what follows."""
        if self:
            self._hold()
            self._replace_unfit(self.current_step_id)
            self._settle(self._now())

    @api.model
    def _sweep_leavers(self):
        """Replace everybody who has left without anybody telling."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT v.approval_id
                  FROM itsm_approval_vote v
                  JOIN itsm_approval_line l ON l.id = v.line_id
                  JOIN itsm_approval_step s ON s.id = l.step_id
                  JOIN res_partner p ON p.id = v.partner_id
                 WHERE v.state = 'waiting' AND s.state = 'open' AND %s
                """,
                self._gone_sql(),
            )
        )
        for approval in self._as_engine().browse(id_ for (id_,) in rows):
            try:
                with self.env.cr.savepoint():
                    approval._replace_leavers()
            except errors.SerializationFailure:
                raise
            except Exception:
                _logger.exception("Who left approval %s cannot be replaced", approval)

    def _replace_unfit(self, steps, tell=True):
        """Replace voices in open steps of people who left or must not decide now.

        Where nobody can be found the voice stays, so that the next sweep tries
        again; nothing is refused to whoever caused it.

        :param tell: note it on the records, and mail those who are asked
        """
        waiting = steps._waiting_votes()
        gone = self._gone(waiting.partner_id)
        barred = self._with_other_contacts(steps.approval_id._barred())
        unfit = waiting.filtered(
            lambda vote: (
                vote.partner_id.id in gone
                or vote.partner_id.id in barred[vote.approval_id.id]
            )
        )
        if not unfit:
            return
        lines = unfit.line_id
        asks = [
            line._replacement_ask(unfit, barred[line.approval_id.id]) for line in lines
        ]
        wanted = [ask for ask in asks if ask]
        answers = iter(self._find_people(wanted))
        for line, ask in zip(lines, asks, strict=True):
            answer = next(answers) if ask else None
            line._replace(unfit & line.vote_ids, answer, ask)
            if tell and answer:
                line._tell_replaced(answer)


class ItsmApprovalLine(models.Model):
    """Filling up a line whose people left."""

    _inherit = "itsm.approval.line"

    def _replacement_ask(self, unfit, barred):
        """Return the ask for whom the line lacks; None if enough people are left."""
        self.ensure_one()
        live = self._voices()
        need = quorum.people_needed(self.rule, self.minimum, present=len(live))
        missing = need - len(live - unfit)
        approval = self.approval_id
        record = self.env[approval.res_model].sudo().browse(approval.res_id)
        if missing <= 0 or not record.exists():
            return None
        return Ask(
            record,
            self.source,
            missing,
            barred | set(self.vote_ids.partner_id.ids),
            tuple(approval.fallback_ids.ids),
            limit=missing,
        )

    def _replace(self, unfit, answer, ask):
        """Take voices away, and give the line those that were found for them."""
        self.ensure_one()
        people = [*answer.people, *answer.instead] if answer else []
        if ask and len(people) < ask.need:
            # Those who cannot be replaced stay, so that the sweep tries again.
            kept = len(unfit) - len(people)
            unfit = unfit[kept:] if kept > 0 else unfit
        names = format_list(self.env, unfit.partner_id.mapped("name"))
        if unfit:
            unfit.write(
                {"state": "cancelled", "link_nonce": False, "is_replaced": True}
            )
        if not people:
            return
        Vote = self.env["itsm.approval.vote"]
        voices = Vote.create(
            [
                {
                    "line_id": self.id,
                    "partner_id": id_,
                    "link_nonce": Vote._new_nonce(),
                }
                for id_ in people
            ]
        )
        # Whoever was asked for the silent one speaks for the successor now.
        self.vote_ids.filtered(
            lambda vote: vote.state == "waiting" and vote.stands_for_id in unfit
        ).stands_for_id = voices[0]
        self.note = self.env._(
            "%(gone)s can no longer decide; sent to %(names)s.",
            gone=names,
            names=self.env["itsm.approval"]._names(people),
        )

    def _tell_replaced(self, answer):
        """Note who was asked instead, and mail them."""
        people = {*answer.people, *answer.instead}
        if people:
            approval = self.approval_id
            approval._note_replaced(self.note)
            asked = self.vote_ids.filtered(lambda vote: vote.partner_id.id in people)
            approval._queue_mail("asked", asked)
