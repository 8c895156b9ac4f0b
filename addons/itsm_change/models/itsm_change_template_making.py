from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_list, html2plaintext

from ..tools import states
from .itsm_change_plans import PLANS
from .itsm_change_review import REVIEW

_COPIED = (
    "category_id",
    "description",
    "has_outage",
    "impact",
    "implementer_id",
    "reason",
    "team_id",
    "urgency",
    *PLANS,
)
# What of a standard change was approved with its template.
_SETTLED = ("has_outage", *PLANS)


class ItsmChangeTemplate(models.Model):
    """Changes that are made from templates."""

    _inherit = "itsm.change.template"

    def _make_change(self, vals=None):
        """Return a new change of the template, as a draft.

        :param vals: values of the change that differ, or that the template does not
            have: ``planned_start``, ``ci_ids`` as a recordset of items …
        """
        self.ensure_one()
        self._refuse_unusable()
        vals = dict(vals or {})
        items = vals.pop("ci_ids", None)
        items = self.ci_ids if items is None else items
        values = {**self._change_values(items), **vals}
        values |= self._window_values(values.get("planned_start"))
        # The right to say which template a change is from, and no other.
        Change = self.env["itsm.change"]
        change = Change._as_system().create(values).with_env(self.env)
        self._make_steps(change)
        self._make_deltas(change)
        self._make_answers(change)
        return change

    def make_change(self, vals=None):
        """Make a change from the template, for scripts; return its id.

        :param vals: plain values of the change; ``ci_ids`` as a list of ids
        """
        # Nothing came of it yet.
        vals = {key: vals[key] for key in vals or () if key not in REVIEW}
        self.env["itsm.change"]._refuse_system_fields(vals)
        if "ci_ids" in vals:
            vals["ci_ids"] = self.env["itsm.ci"].browse(vals["ci_ids"])
        return self._make_change(vals).id

    def _refuse_unusable(self):
        """Refuse to make standard changes from what nobody approved."""
        self.ensure_one()
        self.check_access("read")
        if not self._is_usable():
            raise UserError(
                self.env._(
                    "“%(template)s” is not approved at the moment, so no standard "
                    "change is made from it. %(why)s",
                    template=self.name,
                    why=self.withdrawal_reason or "",
                ).strip()
            )

    def _is_usable(self):
        """Tell whether changes may be made from the template."""
        self.ensure_one()
        approved = self.change_type != states.STANDARD or self.state == "approved"
        return self.active and approved

    def _change_values(self, items):
        values = {name: self[name] for name in _COPIED}
        return {
            **{
                name: value.id if isinstance(value, models.BaseModel) else value
                for name, value in values.items()
            },
            "name": self.subject or self.name,
            "type": self.change_type,
            "template_id": self.id,
            "company_id": (self.company_id or self.env.company).id,
            "ci_link_ids": [Command.create({"ci_id": item.id}) for item in items],
        }

    def _window_values(self, start):
        """Return the window of a change that begins then, and its outage."""
        start = fields.Datetime.to_datetime(start)
        if not start:
            return {}
        end = start + timedelta(minutes=self.duration)
        values = {"planned_start": start, "planned_end": end}
        if self.has_outage:
            begin = start + timedelta(minutes=self.outage_offset)
            length = timedelta(minutes=self.outage_duration)
            values |= {
                "outage_start": begin,
                "outage_end": begin + length if length else end,
            }
        return values

    def _make_steps(self, change):
        """Give a change its steps; whoever may make it gets all of them."""
        tasks = change._plan_tasks()
        tasks.create([step._task_values(change) for step in self.step_ids])
        if change.planned_start:
            change.sudo().step_ids._lay_out(change.planned_start)  # sudo: as above

    def _make_deltas(self, change):
        """Write into a change what will be different on its items."""
        if not self.delta_ids:
            return
        # sudo: what differs was approved with the template.
        items = change.sudo().ci_ids
        self.env["itsm.change.delta"].sudo().create(
            [
                delta._delta_values(change, item)
                for item in items
                for delta in self.sudo().delta_ids
            ]
        )

    def _make_answers(self, change):
        """Answer the questions about a change as the template does."""
        options = {row.question_id: row.option_id for row in self.answer_ids}
        # sudo: what was answered was approved with the template.
        for answer in change.sudo().answer_ids:
            if answer.question_id in options:
                answer.option_id = options[answer.question_id]

    def action_use(self):
        """Open the form that makes a change from the template."""
        self.ensure_one()
        self._refuse_unusable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Change: %(template)s", template=self.name),
            "res_model": "itsm.change.from.template",
            "view_mode": "form",
            "target": "new",
            "context": {"default_template_id": self.id},
        }


class ItsmChange(models.Model):
    """A standard change is what was approved as a template, and nothing else."""

    _inherit = "itsm.change"

    def _gate_facts(self):
        problem = self._template_problem()
        return super()._gate_facts() | {"template": (not problem, problem or "")}

    def _template_problem(self):
        """Return why the template does not cover the change, as a sentence."""
        self.ensure_one()
        template = self.template_id
        if not template:
            return self.env._(
                "Make the standard change from an approved template, or make it a "
                "normal change."
            )
        if template.change_type != states.STANDARD:
            return self.env._(
                "The template “%(template)s” was not approved for standard changes. "
                "Make it a normal change.",
                template=template.name,
            )
        if not template._is_usable() or template.state != "approved":
            return self.env._(
                "The template “%(template)s” is not approved any more. Make it a "
                "normal change, or ask for the template's approval.",
                template=template.name,
            )
        return (
            self._beyond_template()
            or self._items_beyond_template()
            or self._evidence_for_template()
        )

    def _beyond_template(self):
        """Return a sentence on what was altered since, False for nothing."""
        template = self.template_id
        changed = [
            self._fields[name]._description_string(self.env)
            for name in _SETTLED
            if self._plain(self[name]) != self._plain(template[name])
        ]
        if self._step_contents(self.step_ids) != self._step_contents(template.step_ids):
            changed.append(self._fields["step_ids"]._description_string(self.env))
        changed += self._times_beyond_template()
        if self._differs_beyond_template():
            changed.append(self.env._("What Will Be Different"))
        if not changed:
            return False
        return self.env._(
            "This was altered, so it is not what was approved as “%(template)s”: "
            "%(fields)s. Restore it, or make it a normal change.",
            template=template.name,
            fields=format_list(self.env, changed),
        )

    def _times_beyond_template(self):
        """Return the labels of times that are longer than what was approved."""
        template = self.template_id
        outage = template.outage_duration or template.duration - template.outage_offset
        longer = []
        for first, last, minutes in (
            ("planned_start", "planned_end", template.duration),
            ("outage_start", "outage_end", outage),
        ):
            begin, end = self[first], self[last]
            if begin and end and end - begin > timedelta(minutes=minutes):
                longer.append(self._fields[last]._description_string(self.env))
        return longer

    def _differs_beyond_template(self):
        """Tell whether other differences are planned than the template has."""
        Delta = self.env["itsm.change.delta"]
        rows = self.sudo().delta_ids.filtered(lambda row: not row.is_unplanned)
        wanted = {
            (item.id, *_delta_key(delta)): delta._kept_value(item.class_id)
            for delta in self.template_id.delta_ids
            for item in self.ci_ids
        }
        planned = {(row.ci_id.id, *_delta_key(row)): row.new for row in rows}
        return wanted.keys() != planned.keys() or any(
            not Delta._is_same(planned[key], value) for key, value in wanted.items()
        )

    @api.model
    def _step_contents(self, steps):
        """Return what steps say, in their order."""
        steps = steps.sorted(lambda step: (step.sequence, step.id))
        return [step._as_content() for step in steps]

    @api.model
    def _plain(self, value):
        """Return a value without its make-up, for comparison."""
        return html2plaintext(value).split() if isinstance(value, str) else value

    def _items_beyond_template(self):
        links = self.ci_link_ids.filtered(
            lambda link: link.role == "affected" and not link.excluded
        )
        outside = self.template_id._items_outside(links.ci_id)
        if not outside:
            return False
        # Not what the user may not see.
        names = outside.sudo(False)._filtered_access("read").mapped("display_name")
        return self.env._(
            "The template is not for these items: %(items)s.",
            items=format_list(self.env, names)
            or self.env._("items that you do not see"),
        )

    def _evidence_for_template(self):
        """Return which evidence the template asks for before the work begins."""
        if self.state != states.SCHEDULED:
            return False
        for field, kind in (
            ("needs_backup", "backup"),
            ("needs_restore", "restore"),
            ("needs_test", "test"),
        ):
            if self.template_id[field] and not self.evidence_ids._proves(kind):
                kinds = self.evidence_ids._fields["kind"]
                return self.env._(
                    "The template asks for evidence with files: “%(kind)s”.",
                    kind=dict(kinds._description_selection(self.env))[kind],
                )
        return False


def _delta_key(row):
    """Return what a difference is about; its item and its value aside."""
    return (
        row.kind,
        row.key or False,
        row.relation_type_id.id,
        row.other_ci_id.id,
    )
