import re
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .itsm_priority_rule import LEVELS
from .itsm_ticket import TICKET_TYPES, WORKERS

_ICON = re.compile(r"fa-[a-z0-9-]{1,60}")
# What was published stands with the versions.
_WORKING_COPY = [("version_id", "=", False)]


class ItsmService(models.Model):
    """A service as its users know it (ITIL 4, service catalogue management).

    This file holds what a service *is*. Who gets it stands in
    ``itsm_service_availability``, its form in ``itsm_service_form``, drafts and
    versions in ``itsm_service_publishing``, promises in ``itsm_service_promises``.
    """

    _name = "itsm.service"
    _description = "Service"
    _inherit = ["mail.thread", "image.mixin", "itsm.cache.source"]
    _order = "desk_id, sequence, name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="Stable key for scripts, files and links between services.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    category_id = fields.Many2one(
        "itsm.service.category",
        "Catalogue Category",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    icon = fields.Char(
        help="Name of a Font Awesome icon, such as fa-laptop. A picture goes before it."
    )
    description = fields.Text(
        translate=True, help="What it is, in the users' words, in a line or two."
    )
    details = fields.Html(
        translate=True, help="All that somebody wants to know before they ask for it."
    )
    included = fields.Text(translate=True, help="What one gets; a line for each thing.")
    excluded = fields.Text(
        "Not Included",
        translate=True,
        help="What one might expect and does not get; a line for each thing.",
    )
    keywords = fields.Char(
        translate=True,
        help="Other words that people search for, separated by commas or spaces.",
    )
    cost = fields.Monetary(help="0: nothing is charged.")
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    cost_note = fields.Char(translate=True, help="Such as “per month” or who pays.")
    confirmation = fields.Text(
        translate=True, help="What a person reads after they sent the request."
    )

    desk_id = fields.Many2one(
        "itsm.desk", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="desk_id.company_id",
        store=True,
        index=True,
        precompute=True,
    )
    owner_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        tracking=True,
        groups=WORKERS,
        help="Who answers for the service; an approval step can ask them.",
    )
    service_class_id = fields.Many2one(
        "itsm.service.class",
        tracking=True,
        groups="base.group_user",
        help="For requesters who have none by themselves or their department.",
    )

    # What a request becomes
    team_id = fields.Many2one(
        "itsm.team",
        domain="[('desk_id', '=', desk_id)]",
        tracking=True,
        groups=WORKERS,
        help="Gets the requests. Empty: as the desk decides for every ticket.",
    )
    ticket_type = fields.Selection(TICKET_TYPES, required=True, default="request")
    ticket_category_id = fields.Many2one(
        "itsm.category",
        domain="['|', ('desk_ids', '=', False), ('desk_ids', 'in', desk_id)]",
        ondelete="restrict",
    )
    impact = fields.Selection(LEVELS, required=True, default="2")
    urgency = fields.Selection(LEVELS, required=True, default="2")
    subject_pattern = fields.Char(
        translate=True,
        help="Subject of the requests, such as “{service}: {device}”; words in braces "
        "are keys of questions. Empty: the name of the service.",
    )
    for_others = fields.Boolean(
        "On Behalf of Others",
        default=True,
        help="People may ask for it for somebody else.",
    )
    auto_resolve = fields.Boolean(
        "Resolves by Itself",
        default=True,
        groups=WORKERS,
        help="A request is resolved when all of its required work is done.",
    )
    plan_task_ids = fields.One2many(
        "itsm.plan.task",
        "service_id",
        "Plan",
        domain=_WORKING_COPY,
        copy=False,
        groups=WORKERS,
    )
    order_ids = fields.One2many(
        "itsm.service.order",
        "service_id",
        "Parts",
        domain=_WORKING_COPY,
        copy=False,
        groups=WORKERS,
    )

    _code_unique = models.UniqueIndex("(code)", "Another service has this code.")

    @api.depends("name")
    def _compute_code(self):
        """Give services without a code one that is made of their name."""
        without = self.filtered(lambda service: not service.code)
        bases = {
            service: _slug(service.with_context(lang="en_US").name)
            for service in without
        }
        taken = self._codes_like(bases.values())
        for service in self - without:
            service.code = service.code
        for service, base in bases.items():
            code, number = base, 1
            while code in taken:
                number += 1
                code = f"{base}-{number}"
            taken.add(code)
            service.code = code

    @api.model
    def _codes_like(self, bases):
        """Return the codes in use that begin with one of ``bases``."""
        if not bases:
            return set()
        domain = Domain.OR(Domain("code", "=like", f"{base}%") for base in set(bases))
        # sudo: a code is taken by whatever service of whatever desk has it.
        services = self.sudo().with_context(active_test=False)
        return set(services.search_fetch(domain, ["code"]).mapped("code"))

    @api.depends("company_id")
    def _compute_currency_id(self):
        for service in self:
            company = service.company_id or self.env.company
            service.currency_id = service.currency_id or company.currency_id

    @api.constrains("code")
    def _check_code(self):
        for service in self:
            if not service.code or service.code != service.code.strip():
                raise ValidationError(
                    self.env._(
                        "Give “%(service)s” a code, without spaces around it.",
                        service=service.name,
                    )
                )

    @api.constrains("icon")
    def _check_icon(self):
        for service in self:
            if service.icon and not _ICON.fullmatch(service.icon):
                raise ValidationError(
                    self.env._(
                        "“%(icon)s” is no icon. Give the name of a Font Awesome icon, "
                        "such as fa-laptop.",
                        icon=service.icon,
                    )
                )

    @api.constrains("team_id", "desk_id")
    def _check_team(self):
        for service in self:
            if service.team_id and service.team_id.desk_id != service.desk_id:
                raise ValidationError(
                    self.env._(
                        "Team “%(team)s” belongs to another desk than the service "
                        "“%(service)s”. Choose a team of “%(desk)s”, or none.",
                        team=service.team_id.name,
                        service=service.name,
                        desk=service.desk_id.name,
                    )
                )


def _slug(name):
    """Return a name as a code: small letters, digits and hyphens.

    >>> _slug("Büro-PC (neu)")
    'buro-pc-neu'
    """
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "service"
