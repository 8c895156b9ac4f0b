import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmDesk(models.Model):
    """When a desk asks what people think, how often, and what a low answer means."""

    _name = "itsm.desk"
    _inherit = ["itsm.desk", "itsm.labelled.mixin"]

    _label_path = "/itsm/rate/desk/"

    token = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_system",
        export_string_translation=False,
    )
    rating_ask = fields.Selection(
        [
            ("never", "Nobody"),
            ("resolved", "When a ticket is resolved"),
            ("closed", "When a ticket is closed"),
        ],
        "Ask by Mail",
        required=True,
        default="resolved",
    )
    rating_delay_hours = fields.Integer(
        "Wait (hours)",
        default=24,
        help="Who rates on the portal in this time is not asked by mail.",
    )
    rating_share = fields.Integer(
        "Share Asked (%)",
        default=100,
        help="Of 100 finished tickets, for how many somebody is asked.",
    )
    rating_sample_ids = fields.One2many(
        "itsm.rating.sample", "desk_id", "Other Shares", copy=True
    )
    rating_pause_days = fields.Integer(
        "Leave in Peace (days)",
        default=14,
        help="Who was asked by any desk is not asked again for this number of days.",
    )
    rating_reminder_days = fields.Integer(
        "Remind After (days)",
        default=5,
        help="Who does not answer is reminded after this number of days.",
    )
    rating_reminders = fields.Integer(
        "Reminders", default=1, help="How often, at most. 0: never."
    )
    rating_link_days = fields.Integer(
        "Links Are Good For (days)", default=30, help="In mails and on work sheets."
    )
    rating_low = fields.Selection(
        [
            ("0", "Never"),
            ("1", "One star"),
            ("2", "Two stars and less"),
            ("3", "Three stars and less"),
        ],
        "Follow Up",
        required=True,
        default="2",
        help="The team leader hears who was not content, makes it good and answers.",
    )
    rating_followup_hours = fields.Integer(
        "Answer Within (working hours)",
        default=16,
        help="Of the desk's working hours, from the rating to the answer. Then the "
        "desk managers are told.",
    )

    _rating_share_range = models.Constraint(
        "CHECK (rating_share BETWEEN 0 AND 100)",
        "The share of those who are asked lies between 0 and 100 %.",
    )
    _rating_numbers = models.Constraint(
        "CHECK (rating_delay_hours >= 0 AND rating_pause_days >= 0"
        " AND rating_reminder_days > 0 AND rating_reminders BETWEEN 0 AND 5)",
        "Ratings: hours and days cannot be negative, reminders come after one day or"
        " more, and at most five times.",
    )
    _rating_links = models.Constraint(
        "CHECK (rating_link_days BETWEEN 1 AND 365 AND rating_followup_hours > 0)",
        "Ratings: links are good for 1 to 365 days, and an answer to somebody who was"
        " not content takes one hour or more.",
    )

    def _label_facts(self):
        self.ensure_one()
        return {
            "code": self.name,
            "name": self.env._("How did we do? Scan and tell us."),
            "lines": [],
        }

    def action_print_rating_stickers(self):
        """Choose the sheet and print stickers with the codes of these desks."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print Stickers and Badges"),
            "res_model": "itsm.rating.label.print",
            "view_mode": "form",
            "target": "new",
            "context": {"default_desk_ids": self.ids},
        }

    def action_renew_rating_code(self):
        """Give the desk another code: stickers printed before are of no use then."""
        self.check_access("write")
        # sudo: who runs a desk may end its code without ever seeing it.
        for desk in self.sudo():
            desk.token = secrets.token_urlsafe(16)


class ItsmRatingSample(models.Model):
    """Another share of those who are asked, for tickets of a type or priority."""

    _name = "itsm.rating.sample"
    _description = "Share of Tickets to Ask About"
    _order = "desk_id, sequence, id"

    desk_id = fields.Many2one(
        "itsm.desk", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    type = fields.Selection(
        selection=lambda self: self.env["itsm.ticket"]._fields["type"].selection,
        help="Empty: of all types.",
    )
    priority = fields.Selection(
        selection=lambda self: self.env["itsm.ticket"]._fields["priority"].selection,
        help="Empty: of all priorities.",
    )
    share = fields.Integer("Share Asked (%)", default=100, required=True)

    @api.constrains("share")
    def _check_share(self):
        if any(not 0 <= sample.share <= 100 for sample in self):
            raise ValidationError(
                self.env._("The share of those who are asked lies between 0 and 100 %.")
            )

    def _share_for(self, ticket):
        """Return the share of the first line that fits a ticket, else the desk's."""
        for sample in self:
            if sample.type in (False, ticket.type) and sample.priority in (
                False,
                ticket.priority,
            ):
                return sample.share
        return ticket.desk_id.rating_share
