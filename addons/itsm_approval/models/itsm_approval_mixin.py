from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.fingerprint import fingerprint
from .itsm_approval import _ENGINE, APPROVAL_STATES, UNDER_WAY

# Fields that only the engine writes.
_OWN = frozenset({"approval_ids", "approval_id", "approval_state"})


class ItsmApprovalMixin(models.AbstractModel):
    """Lets the records of a model be approved.

    A model must say what is to be approved (:meth:`_approval_subject`) and may follow
    the decision (:meth:`_approval_granted`, :meth:`_approval_refused`); it calls
    :meth:`_approval_request` when the moment has come. Everything else has a default.
    """

    _name = "itsm.approval.mixin"
    _description = "Approval Mixin"

    approval_ids = fields.One2many(
        "itsm.approval",
        "res_id",
        string="Approvals",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
    )
    approval_id = fields.Many2one(
        "itsm.approval",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The latest one.",
    )
    approval_state = fields.Selection(
        APPROVAL_STATES, readonly=True, copy=False, index="btree_not_null"
    )

    # A write on one of these compares the subject with what was asked.
    _approval_subject_fields = frozenset()

    # A write on one of these may make an approver one who must not decide.
    _approval_people_fields = frozenset()

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def _approval_request(self, policy=None):
        """Ask for approval, of records that are not being decided on already.

        :param policy: for all of them; default: the one that is for each record
        :return: the approvals; records without a policy or step for them get none
        """
        records = self.filtered(lambda record: record.approval_state not in UNDER_WAY)
        if policy:
            policies = dict.fromkeys(records.ids, policy)
        else:
            policies = records._approval_policies()
        records = records.filtered(lambda record: policies.get(record.id))
        if not records:
            return self.env["itsm.approval"]
        previous = {
            record.id: record.approval_id
            for record in records.sudo()
            if record.approval_state == "void"
        }
        Approval = self.env["itsm.approval"]
        policies = {record.id: policies[record.id] for record in records}
        approvals = Approval._request(records, policies, previous, bool(policy))
        return approvals.with_env(self.env)

    def _approval_withdraw(self, reason):
        """Take back what is being decided on, since the record needs it no more."""
        waiting = self.filtered(lambda record: record.approval_state in UNDER_WAY)
        # sudo: the record's own verb has checked who asks.
        approvals = waiting.sudo().approval_id
        if approvals:
            approvals._take_back(reason)

    def _approval_recheck(self):
        """Compare the subject with what was asked; where it differs, ask again.

        For models whose subject changes otherwise than by a write on the record. What
        became void, and needed no approval then, is looked at anew: else it could be
        changed to something harmless and back.
        """
        decided = (*UNDER_WAY, "granted", "void")
        records = self.filtered(lambda record: record.approval_state in decided)
        if not records:
            return
        # sudo: whoever changes the record need not see its approval.
        approvals = records.sudo().approval_id
        void = approvals.filtered(lambda approval: approval.state == "void")
        void |= (approvals - void)._void_if_changed()
        # A policy that somebody chose is not found again by its conditions.
        for policy, mine in void.grouped(
            lambda one: one.policy_id if one.is_chosen else None
        ).items():
            self.browse(mine.mapped("res_id"))._approval_request(policy)

    def _approval_replace(self):
        """Replace those who got the work, or asked for it, and so must not decide."""
        waiting = self.filtered(lambda record: record.approval_state in UNDER_WAY)
        # sudo: whoever gives the work away need not see the approval.
        waiting.sudo().approval_id._as_engine()._replace_leavers()

    # ------------------------------------------------------------------
    # Hooks: what follows; called with all rights
    # ------------------------------------------------------------------

    def _approval_granted(self):
        """The records were approved."""

    def _approval_refused(self, reason):
        """The records were rejected."""

    def _approval_withdrawn(self, reason):
        """The request for approval was taken back."""

    def _approval_voided(self):
        """What was asked for has changed; it is asked again after this."""

    def _approval_asked(self, question):
        """An approver asked the requester something."""

    # ------------------------------------------------------------------
    # Hooks: what a record is
    # ------------------------------------------------------------------

    def _approval_policies(self):
        """Return ``{record id: policy}`` of the policy for each record."""
        return self.env["itsm.approval.policy"]._matching(self)

    def _approval_requesters(self):
        """Return who asked for it, as contacts; the first one gets the mails."""
        # sudo: who made the record is compared, nothing is shown.
        return self.sudo().create_uid.partner_id

    def _approval_implementers(self):
        """Return who will carry it out, as contacts."""
        return self.env["res.partner"]

    def _approval_employee(self):
        """Return the employee who needs it: manager chains start there."""
        self.ensure_one()
        Employee = self.env["hr.employee.public"].sudo()
        # sudo: the organisation is the policy's business, not the requester's. Not by
        # a search: these fields are read for many records at once.
        for partner in self._approval_requesters().sudo():
            employees = partner.user_ids.employee_ids | partner.employee_ids
            return Employee.browse(employees[:1].id)
        return Employee

    @api.model
    def _approval_roles(self):
        """Return ``[(key, label)]`` of the roles that lines may name."""
        return []

    def _approval_people(self, role):
        """Return the contacts who have a role for the record."""
        return self.env["res.partner"]

    def _approval_company(self):
        """Return the record's company; empty: any."""
        self.ensure_one()
        company = "company_id" in self._fields and self.sudo().company_id
        return company or self.env["res.company"]

    def _approval_title(self):
        """Return what the approval is called."""
        self.ensure_one()
        return self.display_name

    def _approval_subject(self):
        """Return what is approved: ``[{"key", "label", "value", "text"}]``.

        Keys and values make the fingerprint, so they must not depend on a language;
        labels and texts are what people read.
        """
        self.ensure_one()
        return [
            self._approval_subject_row(name)
            for name in sorted(self._approval_subject_fields)
        ]

    def _approval_subject_row(self, name):
        """Return a field as a row of the subject."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if getattr(field, "translate", False):
            value = self.with_context(lang=None)[name]
        text = value
        if field.relational:
            text = ", ".join(value.mapped("display_name"))
            value = sorted(value.ids)
        elif field.type == "selection":
            text = dict(field._description_selection(self.env)).get(value)
        elif field.type in ("date", "datetime"):
            value = text = value and str(value)
        elif field.type == "boolean":
            text = self.env._("Yes") if value else self.env._("No")
        return {
            "key": name,
            "label": field._description_string(self.env),
            "value": value or (0 if field.type in ("integer", "float") else False),
            "text": str(text or ""),
        }

    # ------------------------------------------------------------------
    # Create, write, unlink
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if any(vals.get(name) for name in _OWN):
                self._approval_refuse_strangers()
        if any(self.env.context.get(f"default_{name}") for name in _OWN):
            self._approval_refuse_strangers()
        return super().create(vals_list)

    def write(self, vals):
        if not _OWN.isdisjoint(vals):
            self._approval_refuse_strangers()
        result = super().write(vals)
        if not self._approval_subject_fields.isdisjoint(vals):
            self._approval_recheck()
        if not self._approval_people_fields.isdisjoint(vals):
            self._approval_replace()
        return result

    def unlink(self):
        # sudo: decisions go with what they were about.
        approvals = self.env["itsm.approval"].sudo()
        approvals = approvals.search(approvals._of_records(self))
        result = super().unlink()
        approvals.with_context(itsm_approval_engine=_ENGINE).unlink()
        return result

    @api.model
    def _approval_refuse_strangers(self):
        if self.env.context.get("itsm_approval_engine") is not _ENGINE:
            raise AccessError(
                self.env._(
                    "Whether something is approved follows from the votes; nobody can "
                    "write it."
                )
            )

    def _approval_show(self, latest):
        """Show how the latest approvals stand; one write for all that are alike.

        :param latest: ``{record id: approval}``
        """
        # sudo: whoever decides need not have the right to write the record.
        records = self.sudo().with_context(itsm_approval_engine=_ENGINE)
        for record in records.filtered(
            lambda record: record.approval_id != latest[record.id]
        ):
            record.approval_id = latest[record.id]
        for state, mine in records.grouped(lambda one: latest[one.id].state).items():
            mine.filtered(
                lambda record, state=state: record.approval_state != state
            ).write({"approval_state": state})

    def _approval_fingerprint(self):
        """Return the sign of the record's subject as it is now."""
        self.ensure_one()
        return fingerprint(self._approval_subject())
