from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import quorum
from ..tools.fingerprint import fingerprint
from .itsm_approval_resolution import Ask


class ItsmApproval(models.Model):
    """Asking: from a policy to an approval with its steps, lines and voices.

    All steps are made at once, so that everybody sees from the beginning who will
    decide, and a line that finds nobody is told to whoever asks.
    """

    _inherit = "itsm.approval"

    @api.model
    def _request(self, records, policies, previous, is_chosen=False):
        """Ask for the approval of records of one model.

        :param policies: ``{record id: policy}``
        :param previous: ``{record id: approval that became void}``
        :param is_chosen: somebody chose the policy; no condition found it
        :return: the approvals; none for records for which no step is needed
        """
        plans = self._plans(records, policies)
        self._find_voices(plans, previous)
        now = self._now()
        approvals = self._as_engine().create(
            [
                {
                    **self._approval_values(record, policy, steps),
                    "requested_at": now,
                    "previous_id": previous.get(record.id, self.browse()).id,
                    "is_chosen": is_chosen,
                }
                for record, policy, steps in plans
            ]
        )
        approvals._show()
        approvals._open_next(now)
        return approvals

    @api.model
    def _plans(self, records, policies):
        """Return ``[(record, policy, steps)]`` of the records that need a decision.

        Steps are dicts of values; those whose condition does not hold are kept, so
        that one sees that they were not needed.
        """
        # sudo: everybody's records may need approval, nobody needs to read policies.
        records = records.sudo()
        plans = {}
        for policy_id in dict.fromkeys(policy.id for policy in policies.values()):
            policy = self.env["itsm.approval.policy"].sudo().browse(policy_id)
            mine = records.filtered(
                lambda record, id_=policy_id: (
                    record.id in policies and policies[record.id].id == id_
                )
            )
            steps = policy.step_ids.filtered("line_ids").sorted()
            needed = {
                step.id: set(policy._where(mine, policy._parsed(step.condition)).ids)
                for step in steps
            }
            for record in mine:
                if any(record.id in ids for ids in needed.values()):
                    plans[record.id] = [
                        self._step_values(step, record.id in needed[step.id])
                        for step in steps
                    ]
        return [
            (record, policies[record.id].sudo(), plans[record.id])
            for record in records
            if record.id in plans
        ]

    @api.model
    def _step_values(self, step, needed):
        return {
            "sequence": step.sequence,
            "name": step.name,
            "state": "planned" if needed else "skipped",
            "remind_after": step.remind_after,
            "timeout_after": step.timeout_after,
            "timeout_action": step.timeout_action,
            "escalate_to_ids": [Command.set(step.escalate_to_ids.partner_id.ids)],
            "resource_calendar_id": step.policy_id.resource_calendar_id.id,
            "lines": [self._line_values(line) for line in step.line_ids.sorted()]
            if needed
            else [],
        }

    @api.model
    def _line_values(self, line):
        return {
            "sequence": line.sequence,
            "name": line._title(),
            "rule": line.rule,
            "minimum": line.minimum,
            "percent": line.percent,
            "source": line._source(),
        }

    @api.model
    def _find_voices(self, plans, previous):
        """Give each line of the plans its people."""
        asks, lines = [], []
        barred = self._with_other_contacts(
            {
                record.id: self._barred_by(
                    record, policy, previous.get(record.id, self.browse())
                )
                for record, policy, _steps in plans
            }
        )
        for record, policy, steps in plans:
            fallback = tuple(policy.fallback_user_ids.partner_id.ids)
            for step in steps:
                for line in step["lines"]:
                    need = quorum.people_needed(line["rule"], line["minimum"])
                    asks.append(
                        Ask(record, line["source"], need, barred[record.id], fallback)
                    )
                    lines.append((policy, step, line, need))
        for answer, row in zip(self._find_people(asks), lines, strict=True):
            policy, step, line, need = row
            people = [*answer.people, *answer.instead]
            if len(people) < need:
                raise UserError(
                    self._nobody_sentence(policy, step, line, need, len(people))
                )
            line["people"] = people
            line["note"] = self._instead_note(line["name"], answer.instead)

    @api.model
    def _nobody_sentence(self, policy, step, line, need, found):
        """Say which line finds too few people, and what to do."""
        return self.env._(
            "“%(line)s” (step “%(step)s” of approval policy “%(policy)s”) needs "
            "%(need)s people who may decide and finds %(found)s: those who ask or will "
            "carry it out do not count. Name more approvers in the policy, or people "
            "under “Instead of Nobody”.",
            line=line["name"],
            step=step["name"],
            policy=policy.name,
            need=need,
            found=found,
        )

    @api.model
    def _instead_note(self, line_name, people):
        """Say who was asked because a line did not find enough people."""
        if not people:
            return False
        return self.env._(
            "“%(line)s” has too few people who may decide; sent to %(names)s.",
            line=line_name,
            names=self._names(people),
        )

    @api.model
    def _approval_values(self, record, policy, steps):
        subject = record._approval_subject()
        return {
            "name": record._approval_title(),
            "res_model": record._name,
            "res_id": record.id,
            "policy_id": policy.id,
            "partner_id": record._approval_requesters()[:1].id,
            "company_id": record._approval_company().id,
            "subject": subject,
            "fingerprint": fingerprint(subject),
            "allow_requester": policy.allow_requester,
            "allow_implementer": policy.allow_implementer,
            "fallback_ids": [Command.set(policy.fallback_user_ids.partner_id.ids)],
            "step_ids": [
                Command.create(
                    {
                        **{key: value for key, value in step.items() if key != "lines"},
                        "line_ids": [
                            Command.create(self._voiced(line)) for line in step["lines"]
                        ],
                    }
                )
                for step in steps
            ],
        }

    @api.model
    def _voiced(self, line):
        """Return the values of a line with its voices."""
        values = {key: value for key, value in line.items() if key != "people"}
        values["vote_ids"] = [
            Command.create({"partner_id": id_}) for id_ in line["people"]
        ]
        return values

    def _show(self):
        """Show on the records how their latest approval stands."""
        for approvals, records in self._by_model():
            latest = {approval.res_id: approval for approval in approvals.sorted("id")}
            records._approval_show(latest)
