from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import draw


class ItsmPrize(models.Model):
    """Something to win."""

    _name = "itsm.prize"
    _description = "Prize"
    _order = "draw_id, sequence, id"

    draw_id = fields.Many2one(
        "itsm.prize.draw", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Prize", required=True, translate=True)
    quantity = fields.Integer(required=True, default=1)

    _quantity_range = models.Constraint(
        "CHECK (quantity BETWEEN 1 AND 1000)", "Give a number of 1 to 1000 prizes."
    )

    @api.model_create_multi
    def create(self, vals_list):
        prizes = super().create(vals_list)
        prizes.draw_id._refuse_new_terms()
        return prizes

    def write(self, vals):
        self.draw_id._refuse_new_terms()
        result = super().write(vals)
        self.draw_id._refuse_new_terms()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_announced(self):
        self.draw_id._refuse_new_terms()


class ItsmPrizeEntry(models.Model):
    """An entry of a draw with its lot, and what it won: the record of the draw.

    It says who took part and how often they rated, not what they thought.
    """

    _name = "itsm.prize.entry"
    _description = "Entry of a Prize Draw"
    _inherit = ["itsm.guarded.mixin"]
    _order = "draw_id, place, id"
    _rec_name = "key"

    draw_id = fields.Many2one(
        "itsm.prize.draw", required=True, index=True, ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", "Person", required=True, ondelete="restrict", readonly=True
    )
    key = fields.Char(required=True, readonly=True)
    digest = fields.Char("Lot", required=True, readonly=True)
    place = fields.Integer(readonly=True, help="In the order of the lots.")
    prize_id = fields.Many2one("itsm.prize", ondelete="restrict", readonly=True)
    told_at = fields.Datetime("Told On", readonly=True)
    handed_over_at = fields.Date("Handed Over On")

    _key_unique = models.UniqueIndex("(draw_id, key)", "Each entry is there once.")
    _winner_idx = models.Index("(partner_id, draw_id) WHERE prize_id IS NOT NULL")

    @api.model
    def _system_fields(self):
        return super()._system_fields() | {
            "digest",
            "draw_id",
            "key",
            "partner_id",
            "place",
            "prize_id",
            "told_at",
        }

    @api.model
    def _keep(self, record, ordered):
        """Keep all lots of a draw, with the prizes of those that win."""
        prizes = [
            prize for prize in record.prize_ids.sorted() for _n in range(prize.quantity)
        ]
        won = dict(
            zip(
                (lot.key for lot in draw.winners(ordered, len(prizes))),
                prizes,
                strict=False,
            )
        )
        # sudo: only the draw makes entries; who draws was checked.
        entries = self.sudo()._as_system()
        return entries.create(
            [
                {
                    "draw_id": record.id,
                    "partner_id": lot.person,
                    "key": lot.key,
                    "digest": lot.digest,
                    "place": place,
                    "prize_id": won[lot.key].id if lot.key in won else False,
                }
                for place, lot in enumerate(ordered, start=1)
            ]
        )

    def _send_good_news(self):
        """Write to the winners who have not been told."""
        waiting = self.filtered(lambda entry: not entry.told_at)
        template = self.env.ref("itsm_helpdesk.mail_template_prize_winner")
        # sudo: managers may not read templates, nor every contact.
        template.sudo().send_mail_batch(
            waiting.ids, email_layout_xmlid="itsm_helpdesk.mail_layout"
        )
        waiting._write_system({"told_at": fields.Datetime.now()})


class ItsmPrizeDraw(models.Model):
    """Who takes part in a draw."""

    _inherit = "itsm.prize.draw"

    def _ratings_domain(self):
        """Return the domain of the ratings that take part."""
        self.ensure_one()
        start, end = self._moments()
        domain = (
            Domain("res_model", "=", "itsm.ticket")
            & Domain("consumed", "=", True)
            & Domain("partner_id.active", "=", True)
            & Domain("rated_on", ">=", start)
            & Domain("rated_on", "<", end)
            & Domain("itsm_ticket_id.company_id", "in", [self.company_id.id, False])
        )
        if self.desk_ids:
            domain &= Domain("itsm_desk_id", "in", self.desk_ids.ids)
        return domain

    def _count_entries(self):
        """Return ``{id of the person: number of entries}``, in no order."""
        self.ensure_one()
        # sudo: who draws need not read each rating, and learns only how many.
        record = self.sudo()
        rated = record.env["rating.rating"]._read_group(
            record._ratings_domain(), ["partner_id"], ["__count"]
        )
        allowed = record._eligible(
            record.env["res.partner"].union(*(person for person, _count in rated))
        )
        most = record.max_entries if record.entry_mode == "rating" else 1
        return {
            person.id: min(count, most) for person, count in rated if person in allowed
        }

    def _eligible(self, people):
        """Return who of these people takes part by the rules of the draw."""
        people -= self.excluded_ids
        if not self.allow_desk_team:
            desks = self.desk_ids or self.env["itsm.desk"].with_context(
                active_test=False
            ).search([("company_id", "in", [self.company_id.id, False])])
            people -= desks.agent_ids.partner_id
        if self.department_ids:
            employees = self.env["hr.employee"].search(
                Domain("department_id", "child_of", self.department_ids.ids)
                & (
                    Domain("work_contact_id", "in", people.ids)
                    | Domain("user_id.partner_id", "in", people.ids)
                )
            )
            people &= employees.work_contact_id | employees.user_id.partner_id
        return people

    def _rule_sentences(self):
        """Return the rules that follow from the settings, for people to read."""
        self.ensure_one()
        # pylint: disable=prefer-env-translation
        _ = self.env._
        desks = ", ".join(self.desk_ids.mapped("name"))
        return [
            (
                _(
                    "Who rates a ticket of %(desks)s in this time takes part.",
                    desks=desks,
                )
                if desks
                else _("Who rates a ticket in this time takes part.")
            ),
            (
                _("Each person has one entry, however often they rate.")
                if self.entry_mode == "person"
                else _(
                    "Each rating is an entry, at most %(count)s for each person.",
                    count=self.max_entries,
                )
            ),
            (
                _("Those who work for the desk take part too.")
                if self.allow_desk_team
                else _("Those who work for the desk do not take part.")
            ),
            *(
                [
                    _(
                        "Only people of these departments take part: %(departments)s.",
                        departments=", ".join(self.department_ids.mapped("name")),
                    )
                ]
                if self.department_ids
                else []
            ),
            _("What you rate makes no difference. Each person wins once at most."),
        ]
