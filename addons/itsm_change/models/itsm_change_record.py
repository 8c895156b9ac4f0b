from odoo import fields, models
from odoo.tools import format_list


class ItsmChange(models.Model):
    """The record of implementation: what is printed and kept as the archive."""

    _inherit = "itsm.change"

    def action_print_record(self):
        """Print the record of implementation."""
        self.check_access("read")
        report = self.env.ref("itsm_change.action_report_itsm_change_record")
        return report.report_action(self)

    def _record_facts(self):
        """Return the facts at the head: ``[(label, text)]``, without empty ones."""
        self.ensure_one()
        names = (
            "type",
            "state",
            "close_code",
            "category_id",
            "impact",
            "urgency",
            "risk",
            "origin",
            "origin_reference",
            "ticket_ids",
            "template_id",
        )
        return self._record_rows(names)

    def _record_people(self):
        """Return who had which part in it, and when: ``[(label, text)]``."""
        self.ensure_one()
        names = (
            "requester_id",
            "submitted_by_id",
            "coordinator_id",
            "accepted_by_id",
            "implementer_id",
            "started_by_id",
            "finished_by_id",
            "team_id",
            "closed_by_id",
        )
        return self._record_rows(names)

    def _record_times(self):
        """Return planned and actual times: ``[(label, text)]``."""
        self.ensure_one()
        names = (
            "planned_start",
            "planned_end",
            "outage_start",
            "outage_end",
            "actual_start",
            "actual_end",
            "closed_at",
        )
        return self._record_rows(names)

    def _record_rows(self, names):
        rows = []
        for name in names:
            field, value = self._fields[name], self[name]
            if not value:
                continue
            if field.relational:
                value = self._record_names(value)
            elif field.type == "selection":
                value = dict(field._description_selection(self.env))[value]
            elif field.type == "datetime":
                value = self._record_time(value)
            rows.append((field._description_string(self.env), value))
        return rows

    def _record_names(self, records):
        """Return names as one lists them in the reader's language."""
        return format_list(self.env, records.mapped("display_name"))

    def _record_time(self, value):
        """Return a moment in the reader's zone, with the zone's name."""
        if not value:
            return ""
        local = fields.Datetime.context_timestamp(self, value)
        return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"

    def _record_approvals(self):
        """Return what was decided: one row for each approval, with its votes.

        Whoever reads a change may know who decided on it.
        """
        self.ensure_one()
        rows = []
        # sudo: the approvals themselves are seen only by those who take part.
        for approval in self.sudo().approval_ids.sorted("id"):
            labels = dict(approval._fields["state"]._description_selection(self.env))
            votes = approval.vote_ids.filtered(lambda vote: vote.state == "cast")
            rows.append(
                {
                    "name": approval.policy_id.name or approval.name,
                    "state": labels[approval.state],
                    "asked": self._record_time(approval.requested_at),
                    "decided": self._record_time(approval.decided_at),
                    "reason": approval.reason,
                    "votes": [
                        self._record_vote(vote) for vote in votes.sorted("decided_at")
                    ],
                }
            )
        return rows

    def _record_vote(self, vote):
        decisions = dict(vote._fields["decision"]._description_selection(self.env))
        decider = vote.decided_by_id
        stands_in = decider and decider != vote.partner_id
        return {
            "step": vote.line_id.step_id.name,
            "person": vote.partner_id.name,
            "by": decider.name if stands_in else "",
            "decision": decisions.get(vote.decision, ""),
            "when": self._record_time(vote.decided_at),
            "comment": vote.comment or "",
        }
