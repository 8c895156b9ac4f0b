from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_helpdesk.models.itsm_ticket import WORKERS
from odoo.addons.itsm_helpdesk.models.itsm_ticket_portal_form import PortalFormError

from ..tools import limits
from .itsm_goods_line import amount_of


class ItsmTicket(models.Model):
    """Monthly limits: what a ticket's department has used up, and what is too much."""

    _inherit = "itsm.ticket"

    goods_usage_html = fields.Html(
        "Monthly Limits",
        compute="_compute_goods_usage_html",
        sanitize=False,
        groups=WORKERS,
    )

    @api.depends("goods_line_ids.quantity_counted", "department_id")
    @api.depends_context("lang", "uid")
    def _compute_goods_usage_html(self):
        """Render what the month's limits allow and what of it is used up."""
        for ticket in self:
            rows = ticket._goods_usage()
            ticket.goods_usage_html = bool(rows) and self.env["ir.qweb"]._render(
                "itsm_nonit.goods_usage", {"rows": rows}
            )

    def _goods_usage(self):
        """Return how the limits stand that the goods of one ticket count for."""
        # sudo: sums over all desks; the reader sees the ticket.
        ticket = self.sudo()
        rules = self.env["itsm.goods.limit"]._of_company(ticket.company_id)
        Limit = self.env["itsm.goods.limit"]
        Department = self.env["hr.department"].sudo()  # sudo: names
        beyond = dict(Limit._fields["beyond"]._description_selection(self.env))
        return [
            {
                "thing": Limit.browse(use.pool.limit.id)._thing_name(),
                "department": Department.browse(use.pool.department or ()).name or "",
                "allowed": Limit._number(use.pool.limit.quantity),
                "used": Limit._number(use.total),
                "own": Limit._number(use.own),
                "is_beyond": use.is_beyond,
                "beyond": beyond.get(use.pool.limit.beyond),
            }
            for use in ticket._goods_uses(rules)
        ]

    def _goods_check_limits(self):
        """Refuse, or mark, tickets that ask for more than a month's limit leaves.

        Requests that are counted in the same limit come one after the other: see
        ``itsm.goods.limit._take_turn``.

        :raise PortalFormError: with what is left
        """
        Limit = self.env["itsm.goods.limit"].sudo()  # sudo: see _of_company
        for ticket in self:
            rules = Limit._of_company(ticket.company_id)
            governing = limits.pools(rules._as_data(), ticket._goods_amounts())
            Limit.browse(sorted({pool.limit.id for pool in governing}))._take_turn()
            beyond = [use for use in ticket._goods_uses(rules) if use.is_beyond]
            ticket._goods_refuse(beyond)
            ticket._goods_mark([use.pool.limit for use in beyond])

    def _goods_refuse(self, beyond):
        """Refuse what a limit without exceptions does not allow."""
        sentences = [
            self.env["itsm.goods.limit"].browse(use.pool.limit.id)._sentence(use)
            for use in beyond
            if use.pool.limit.beyond == "refuse"
        ]
        if sentences:
            keys = self.service_version_id._goods_keys()
            raise PortalFormError({keys[0] if keys else "": " ".join(sentences)})

    def _goods_mark(self, exceeded):
        """Note on lines and ticket what went beyond a limit."""
        marked = self.goods_line_ids.filtered(
            lambda line: (
                line.quantity_counted and limits.governing(exceeded, line._amount())
            )
        )
        (marked - marked.filtered("is_beyond"))._write_system({"is_beyond": True})
        unmarked = (self.goods_line_ids - marked).filtered("is_beyond")
        unmarked._write_system({"is_beyond": False})
        if self.is_beyond_limit != bool(marked):
            self._write_system({"is_beyond_limit": bool(marked)})

    # ------------------------------------------------------------------
    # What is counted
    # ------------------------------------------------------------------

    def _goods_amounts(self):
        """Return what the goods of one ticket use up."""
        return [line._amount() for line in self.goods_line_ids if line.quantity_counted]

    def _goods_uses(self, rules):
        """Return how the limits stand that the goods of one ticket count for.

        :param rules: limits of the ticket's company
        :return: list of ``tools.limits.Use``
        """
        self.ensure_one()
        data, own = rules._as_data(), self._goods_amounts()
        pools = limits.pools(data, own)
        if not pools:
            return []
        rules = rules.browse(pool.limit.id for pool in pools)
        return limits.uses(data, own, self._goods_month_amounts(rules))

    def _goods_month_amounts(self, rules):
        """Return all that was asked in the ticket's month of what limits are about."""
        groups = self.env["itsm.goods.line"]._read_group(
            Domain("month", "=", self._goods_month())
            & Domain("company_id", "=", self.company_id.id)
            & Domain("quantity_counted", ">", 0)
            & (
                Domain("product_id", "in", rules.product_id.ids)
                | Domain("product_id.categ_id", "child_of", rules.category_id.ids)
            ),
            ["product_id", "department_id"],
            ["quantity_counted:sum"],
        )
        return [amount_of(*group) for group in groups]
