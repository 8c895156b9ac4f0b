from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list
from odoo.tools.misc import clean_context

APPROVAL_STATES = [
    ("waiting", "Waiting"),
    ("question", "Question Asked"),
    ("granted", "Approved"),
    ("refused", "Rejected"),
    ("withdrawn", "Withdrawn"),
    ("void", "Void"),
]
# Still to be decided on.
UNDER_WAY = ("waiting", "question")
# Passed in the context by this module's own code. An identity cannot be sent
# through RPC, so no client can claim to be the engine.
_ENGINE = object()


class ItsmApproval(models.Model):
    """The decision on one record: who was asked what, and what they said.

    Nobody has the right to write these rows. Everything goes through the verbs
    (:meth:`vote`, :meth:`ask`, :meth:`answer`, :meth:`withdraw`), which check who
    asks and then write with the system's rights.
    """

    _name = "itsm.approval"
    _description = "Approval"
    _order = "requested_at desc, id desc"

    name = fields.Char(required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True, index=False
    )
    policy_id = fields.Many2one(
        "itsm.approval.policy",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Requester",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    state = fields.Selection(
        APPROVAL_STATES, default="waiting", required=True, readonly=True, index=True
    )
    step_ids = fields.One2many("itsm.approval.step", "approval_id", "Steps")
    current_step_id = fields.Many2one(
        "itsm.approval.step", readonly=True, index="btree_not_null"
    )
    vote_ids = fields.One2many("itsm.approval.vote", "approval_id", "Votes")
    question_ids = fields.One2many("itsm.approval.question", "approval_id", "Questions")
    requested_at = fields.Datetime("Asked on", readonly=True, required=True)
    decided_at = fields.Datetime("Decided on", readonly=True)
    reason = fields.Text(
        readonly=True, help="Why it was rejected, withdrawn or became void."
    )
    subject = fields.Json(readonly=True, help="What is approved, as it was asked.")
    fingerprint = fields.Char(
        readonly=True, help="A sign of the subject: it differs when the subject does."
    )
    previous_id = fields.Many2one(
        "itsm.approval",
        "Asked Again After",
        readonly=True,
        index="btree_not_null",
        help="The approval that became void when its subject changed.",
    )
    is_chosen = fields.Boolean(
        readonly=True,
        help="Somebody chose the policy. If the subject changes, it is asked again.",
    )
    # Copied from the policy: a policy edited later changes nothing under way.
    allow_requester = fields.Boolean(readonly=True)
    allow_implementer = fields.Boolean(readonly=True)
    fallback_ids = fields.Many2many(
        "res.partner",
        "itsm_approval_fallback_rel",
        "approval_id",
        "partner_id",
        "Instead of Nobody",
        readonly=True,
    )
    # Each move writes here, so that of two who move the same approval at the same
    # moment the database lets only one through.
    revision = fields.Integer(readonly=True, default=0)

    _record_idx = models.Index("(res_model, res_id, id)")
    # Lists show the latest first; without it every list sorts all that one may see.
    _latest_idx = models.Index("(requested_at DESC, id DESC)")

    @api.depends("name")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = approval.name

    def _as_engine(self):
        """Return these approvals with the right to write them.

        Without the ``default_*`` keys of a request, which would fill in what the
        engine leaves to its own defaults.
        """
        # pylint: disable-next=context-overridden
        return self.sudo().with_context(clean_context(self.env.context))

    # ------------------------------------------------------------------
    # The record
    # ------------------------------------------------------------------

    def _by_model(self):
        """Yield ``(approvals, their records)`` for each model; with all rights.

        Approvals whose record is gone, or whose addon is, are left out.
        """
        for model, approvals in self.grouped("res_model").items():
            if model not in self.env:
                continue
            # sudo: who decides need not see the record beyond what they decide on.
            records = self.env[model].sudo().browse(approvals.mapped("res_id")).exists()
            here = set(records.ids)
            approvals = approvals.filtered(lambda one, here=here: one.res_id in here)
            if approvals:
                yield approvals, records

    def _record(self):
        """Return the record with the rights of whoever asks; empty if it is gone."""
        self.ensure_one()
        approval = self.sudo()  # where it is; what is there is the user's to ask for
        if approval.res_model not in self.env:
            return None
        return self.env[approval.res_model].browse(approval.res_id).exists()

    def action_open_record(self):
        """Open what is approved."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
            "target": "current",
        }

    # ------------------------------------------------------------------
    # Two at the same moment
    # ------------------------------------------------------------------

    def _hold(self):
        """Hold these approvals until the end of the transaction.

        Waits for whoever holds them. If they moved one meanwhile, the database ends
        this transaction here; Odoo repeats it, and then it meets the guards with
        what was decided. That is no error to be logged.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE itsm_approval SET revision = revision + 1
                  FROM (SELECT id FROM itsm_approval WHERE id = ANY(%s)
                         ORDER BY id FOR NO KEY UPDATE) held
                 WHERE itsm_approval.id = held.id
                """,
                self.ids,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["revision"])

    # ------------------------------------------------------------------
    # Guards
    # ------------------------------------------------------------------

    def _refuse_unless_under_way(self):
        """Refuse to go on with approvals that are over, saying how they ended."""
        over = self.filtered(lambda approval: approval.state not in UNDER_WAY)
        if not over:
            return
        raise UserError("\n".join(approval._ended_sentence() for approval in over[:10]))

    def _ended_sentence(self):
        """Say how the approval ended, and by whom."""
        self.ensure_one()
        names = self._deciders()
        if self.state == "granted":
            return self.env._(
                "“%(approval)s” was approved already, by %(names)s.",
                approval=self.name,
                names=names,
            )
        if self.state == "refused":
            return self.env._(
                "“%(approval)s” was rejected already, by %(names)s.",
                approval=self.name,
                names=names,
            )
        if self.state == "withdrawn":
            return self.env._(
                "“%(approval)s” was withdrawn, so there is nothing to decide.",
                approval=self.name,
            )
        return self.env._(
            "“%(approval)s” changed after it was asked, so this approval is void. If "
            "it still needs one, it was asked again.",
            approval=self.name,
        )

    def _deciders(self):
        """Return the names of those who decided, in order."""
        votes = self.vote_ids.filtered(lambda vote: vote.state == "cast")
        people = votes.sorted("decided_at").mapped(
            lambda vote: vote.decided_by_id.name or self.env._("time-out")
        )
        return format_list(self.env, dict.fromkeys(people)) or self.env._("nobody")

    def _is_manager(self):
        return self.env.su or self.env.user.has_group(
            "itsm_approval.group_approval_manager"
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_record(self):
        """Refuse to delete decisions; they go with their record only."""
        if self.env.context.get("itsm_approval_engine") is not _ENGINE:
            raise AccessError(
                self.env._(
                    "Approvals are kept as evidence. Withdraw them instead of deleting."
                )
            )

    @api.model
    def _of_records(self, records):
        """Return the domain of the approvals of some records."""
        return Domain("res_model", "=", records._name) & Domain(
            "res_id", "in", records.ids
        )
