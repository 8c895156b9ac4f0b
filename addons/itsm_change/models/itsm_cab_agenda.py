from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from odoo.addons.itsm_approval.models.itsm_approval import UNDER_WAY

from .itsm_cab_meeting import HELD, PLANNED

OUTCOMES = [
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("deferred", "Moved to the Next Meeting"),
    ("noted", "Talked About"),
]
# What votes decide, and the decision that they must have led to.
_VOTED = {"approved": "granted", "rejected": "refused"}
_RISKS = {"high": 0, False: 0, "medium": 1, "low": 2}


class ItsmCabAgenda(models.Model):
    """A change on the agenda of a meeting: what was said, and what came of it.

    Who is on the board votes through the approval, here or elsewhere. An outcome does
    not replace their votes: “approved” is what they have approved.
    """

    _name = "itsm.cab.agenda"
    _description = "Change on an Agenda"
    _inherit = ["itsm.guarded.mixin"]
    _order = "meeting_id, sequence, id"
    _rec_name = "change_id"

    meeting_id = fields.Many2one(
        "itsm.cab.meeting", required=True, ondelete="cascade", index=True
    )
    change_id = fields.Many2one(
        "itsm.change", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=1000)
    meeting_state = fields.Selection(related="meeting_id.state", string="Meeting Is")
    start = fields.Datetime(related="meeting_id.start", string="Meeting on")
    type = fields.Selection(related="change_id.type")
    risk = fields.Selection(related="change_id.risk")
    category_id = fields.Many2one(related="change_id.category_id")
    planned_start = fields.Datetime(related="change_id.planned_start")
    implementer_id = fields.Many2one(related="change_id.implementer_id")
    outcome = fields.Selection(OUTCOMES)
    note = fields.Text("What Was Said", help="What was said, and on which conditions.")
    approval_state = fields.Selection(related="change_id.approval_state")
    votes = fields.Json(
        "Votes at the End",
        readonly=True,
        copy=False,
        help="As they were when the meeting closed.",
    )
    vote_text = fields.Char("Votes", compute="_compute_votes")
    my_turn = fields.Boolean(compute="_compute_votes")
    moved_to_id = fields.Many2one(
        "itsm.cab.meeting", readonly=True, index="btree_not_null", ondelete="set null"
    )
    moved_from_id = fields.Many2one(
        "itsm.cab.meeting", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _once = models.UniqueIndex(
        "(meeting_id, change_id)", "This change is on the agenda already."
    )

    @api.model
    def _system_fields(self):
        return frozenset({"moved_from_id", "moved_to_id", "votes"})

    @api.depends(
        "votes",
        "meeting_id.state",
        "change_id.approval_id.state",
        "change_id.approval_id.vote_ids.state",
    )
    @api.depends_context("lang", "uid")
    def _compute_votes(self):
        for row in self:
            is_over = row.meeting_state == HELD
            votes = row.votes if is_over else row._current_votes()
            row.vote_text = row._votes_in_words(votes)
            # sudo: whether it is the user's turn is all that is shown.
            row.my_turn = row.meeting_state == PLANNED and bool(
                row.change_id.sudo().approval_id.my_turn
            )

    def _current_votes(self):
        """Return who has voted how, and whose vote is waited for, as plain values."""
        self.ensure_one()
        # sudo: who is on an agenda has its votes read out in the meeting.
        votes = self.change_id.sudo().approval_id.vote_ids
        return [
            {
                "name": vote.partner_id.name,
                "by": vote.decided_by_id.name
                if vote.decided_by_id != vote.partner_id
                else False,
                "decision": vote.decision or False,
                "comment": vote.comment or False,
            }
            for vote in votes
            if vote.state == "cast" or (vote.state == "waiting" and vote._is_open())
        ]

    @api.model
    def _votes_in_words(self, votes):
        """Return votes as one line."""
        named = {True: [], False: [], None: []}
        for vote in votes or ():
            decision = vote["decision"]
            name = vote["name"]
            if vote["by"]:
                name = f"{name} ({vote['by']})"
            named[decision == "approve" if decision else None].append(name)
        parts = []
        if named[True]:
            parts.append(
                self.env._("For: %(names)s", names=format_list(self.env, named[True]))
            )
        if named[False]:
            parts.append(
                self.env._(
                    "Against: %(names)s",
                    names=format_list(self.env, named[False]),
                )
            )
        if named[None]:
            parts.append(
                self.env._(
                    "Waiting for: %(names)s",
                    names=format_list(self.env, named[None]),
                )
            )
        return " · ".join(parts)

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        if not self._is_system():
            rows.meeting_id._refuse_over()
        rows._check_outcome()
        return rows

    def write(self, vals):
        if not self._is_system():
            self.meeting_id._refuse_over()
        result = super().write(vals)
        if "meeting_id" in vals and not self._is_system():
            self.meeting_id._refuse_over()
        if "outcome" in vals or "change_id" in vals:
            self._check_outcome()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_over(self):
        self.meeting_id._refuse_over()

    def _check_outcome(self):
        """Refuse an outcome that the votes do not bear out."""
        for row in self:
            decision = _VOTED.get(row.outcome)
            if decision and row.change_id.approval_state != decision:
                labels = dict(self._fields["outcome"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(change)s cannot be noted as “%(outcome)s”: the votes say so "
                        "first. %(votes)s",
                        change=row.change_id.display_name,
                        outcome=labels[row.outcome],
                        votes=row._votes_in_words(row._current_votes()),
                    )
                )

    # ------------------------------------------------------------------
    # Votes in the meeting: everybody's own
    # ------------------------------------------------------------------

    def _open_vote(self, kind):
        """Open the dialog in which the user votes; the engine checks who may."""
        self.ensure_one()
        self.check_access("read")
        # sudo: who may not vote is told so by the dialog's verb.
        return self.change_id.sudo().approval_id.sudo(False).action_decide(kind)

    def action_vote_approve(self):
        """Approve, in one's own name."""
        return self._open_vote("approve")

    def action_vote_reject(self):
        """Reject, in one's own name."""
        return self._open_vote("reject")

    def action_vote_ask(self):
        """Ask the requester something before voting."""
        return self._open_vote("ask")

    def action_open_change(self):
        """Open the change."""
        self.ensure_one()
        return self.change_id._get_records_action()


class ItsmCabMeeting(models.Model):
    """The agenda, made from what waits for the board."""

    _inherit = "itsm.cab.meeting"

    def fill_agenda(self):
        """Put what waits for the board's votes on the agenda, the riskiest first."""
        self.check_access("write")
        self._refuse_over()
        for meeting in self:
            changes = meeting._waiting_changes()
            last = max(meeting.agenda_ids.mapped("sequence"), default=0)
            self.env["itsm.cab.agenda"].create(
                [
                    {
                        "meeting_id": meeting.id,
                        "change_id": change.id,
                        "sequence": last + 10 * place,
                    }
                    for place, change in enumerate(changes, 1)
                ]
            )
            if not meeting.agenda_ids:
                raise UserError(
                    self.env._(
                        "No change waits for the votes of “%(cab)s” now.",
                        cab=meeting.cab_id.name,
                    )
                )
        return True

    def _waiting_changes(self):
        """Return the changes that wait for the board and are on no agenda of it."""
        self.ensure_one()
        # sudo: what waits for the board does not depend on who makes the agenda.
        lines = self.env["itsm.approval.line"].sudo()
        lines = lines.search(
            Domain("approval_id.res_model", "=", "itsm.change")
            & Domain("approval_id.state", "in", UNDER_WAY)
            & Domain("step_id.state", "in", ("planned", "open"))
            & Domain("state", "=", "open")
        )
        kind, people = self.cab_id.kind, self.cab_id.sudo()._all_people()
        lines = lines.filtered(
            lambda line: (
                (line.source or {}).get("role") == kind
                and (line.vote_ids.partner_id & people or not people)
            )
        )
        listed = self.env["itsm.cab.agenda"].search(
            Domain("meeting_id.cab_id", "=", self.cab_id.id)
            & Domain("meeting_id.state", "=", PLANNED)
        )
        ids = set(lines.approval_id.mapped("res_id")) - set(listed.change_id.ids)
        changes = self.env["itsm.change"].search([("id", "in", list(ids))])
        if self.company_id:
            changes = changes.filtered(
                lambda change: change.company_id == self.company_id
            )
        return changes.sorted(
            lambda change: (
                _RISKS[change.risk],
                change.planned_start or fields.Datetime.now(),
                change.id,
            )
        )

    def action_fill_agenda(self):
        """Make the agenda, from a button."""
        return self.fill_agenda()

    def action_sort_agenda(self):
        """Bring the agenda back into the order of risk."""
        self.check_access("write")
        self._refuse_over()
        for meeting in self:
            rows = meeting.agenda_ids.sorted(
                lambda row: (
                    _RISKS[row.risk],
                    row.planned_start or fields.Datetime.now(),
                    row.id,
                )
            )
            for place, row in enumerate(rows, 1):
                row.sequence = 10 * place
        return True


class ItsmApprovalVote(models.Model):
    """Voices that are waited for now."""

    _inherit = "itsm.approval.vote"

    def _is_open(self):
        """Tell whether the step of the voice is being decided."""
        self.ensure_one()
        return self.line_id.step_id.state == "open"


class ItsmChange(models.Model):
    """The agendas that a change is on."""

    _inherit = "itsm.change"

    agenda_ids = fields.One2many(
        "itsm.cab.agenda", "change_id", "On Agendas", readonly=True, copy=False
    )
