from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..tools import impact

# Of so many of the nearest items it is said why they are hit.
EXPLAINED = 1_000


class ItsmCiLinked(models.AbstractModel):
    """Something that is about items, and touches those that depend on them.

    Models add ``ci_link_ids``, a list of an ``itsm.ci.link``, and may say otherwise
    in what state an item is assumed to be (:meth:`_assumed_state`).
    """

    _name = "itsm.ci.linked"
    _description = "Is About Items"

    # So many of the nearest items are kept; all are counted. None: all are kept.
    _kept_items = None

    ci_ids = fields.Many2many(
        "itsm.ci",
        string="Items",
        compute="_compute_ci_ids",
        inverse="_inverse_ci_ids",
        search="_search_ci_ids",
    )
    touched_ci_ids = fields.Many2many(
        "itsm.ci",
        string="Touched Items",
        compute="_compute_ci_ids",
        search="_search_touched_ci_ids",
    )
    impact_item_count = fields.Integer("Items Hit", readonly=True, copy=False)
    impact_service_count = fields.Integer("Services Hit", readonly=True, copy=False)
    impact_people_count = fields.Integer("People Hit", readonly=True, copy=False)
    hidden_item_count = fields.Integer(
        "Items You May Not See",
        compute="_compute_hidden_item_count",
        compute_sudo=False,
    )

    @api.model
    def _item_links(self):
        """Return the model of the links, empty."""
        return self.env[self._fields["ci_link_ids"].comodel_name]

    @api.model
    def _item_link_owner(self):
        """Return the name of the field by which a link belongs to something."""
        return self._fields["ci_link_ids"].inverse_name

    # ------------------------------------------------------------------
    # As lists of items
    # ------------------------------------------------------------------

    @api.depends("ci_link_ids.ci_id", "ci_link_ids.role", "ci_link_ids.excluded")
    def _compute_ci_ids(self):
        for record in self:
            links = record.ci_link_ids.filtered(lambda link: not link.excluded)
            chosen = links.filtered(lambda link: link._is_chosen())
            record.ci_ids = chosen.ci_id
            record.touched_ci_ids = (links - chosen).ci_id

    def _inverse_ci_ids(self):
        """Keep how an item stands to the record; new ones are affected."""
        for record in self:
            wanted, links = record.ci_ids._origin, record.ci_link_ids
            of_item = {link.ci_id: link for link in links}
            gone = links.filtered(
                lambda link, wanted=wanted: (
                    link._is_chosen() and link.ci_id not in wanted
                )
            )
            commands = [Command.delete(link.id) for link in gone]
            for item in wanted:
                link = of_item.get(item)
                if not link:
                    commands.append(Command.create({"ci_id": item.id}))
                elif not link._is_chosen():
                    commands.append(
                        Command.update(link.id, {"role": "affected", "excluded": False})
                    )
            if commands:
                record.ci_link_ids = commands

    def _search_ci_ids(self, operator, value):
        roles = self._item_links()._chosen_roles
        return self._search_items(Domain("role", "in", roles), operator, value)

    def _search_touched_ci_ids(self, operator, value):
        role = self._item_links()._found_role
        return self._search_items(Domain("role", "=", role), operator, value)

    @api.model
    def _search_items(self, links, operator, value):
        if operator not in ("in", "any"):
            return NotImplemented
        links &= Domain("excluded", "=", False)
        if operator == "in" and False in value:
            none = Domain("ci_link_ids", "not any", links)
            rest = [each for each in value if each]
            return (
                none | Domain("ci_link_ids", "any", links & Domain("ci_id", "in", rest))
                if rest
                else none
            )
        return Domain("ci_link_ids", "any", links & Domain("ci_id", operator, value))

    @api.depends("ci_link_ids")
    @api.depends_context("uid")
    def _compute_hidden_item_count(self):
        Link, owner = self._item_links(), self._item_link_owner()
        domain = [(owner, "in", self.ids)]
        # sudo: how many there are is told to whoever works on it, not which.
        every = dict(Link.sudo()._read_group(domain, [owner], ["__count"]))
        shown = dict(Link._read_group(domain, [owner], ["__count"]))
        every = {record.id: count for record, count in every.items()}
        shown = {record.id: count for record, count in shown.items()}
        for record in self:
            record_id = record._origin.id
            record.hidden_item_count = every.get(record_id, 0) - shown.get(record_id, 0)

    # ------------------------------------------------------------------
    # Analysis
    # ------------------------------------------------------------------

    def _assumed_state(self, link):
        """Hook: return the state that an item it is about is assumed to be in."""
        return link.state or "down"

    def _assumed_failures(self):
        """Return ``{id: state}`` of what it is about, and the ids of what works."""
        self.ensure_one()
        links = self.ci_link_ids
        failing = {
            link.ci_id.id: impact.STATES.index(self._assumed_state(link))
            for link in links
            if link._is_chosen()
        }
        return failing, frozenset(links.filtered("excluded").ci_id.ids)

    def _keep_analysis(self, analysis):
        """Keep what an analysis found, and return the figures.

        :return: the figures, and whether other items are touched than before
        """
        hit = analysis.hit()
        touched = [ci_id for ci_id in hit if ci_id not in analysis.asked]
        is_other = self._keep_touched(touched[: self._kept_items], analysis)
        Ci = self.env["itsm.ci"]
        _departments, people = Ci._impact_departments(hit)
        return {
            "impact_item_count": len(hit),
            "impact_service_count": len(Ci._impact_services(analysis.outcome, hit)),
            "impact_people_count": people,
        }, is_other

    def _keep_touched(self, hit, analysis):
        """Let the found items be those that are hit; tell whether they were others."""
        Link = self._item_links()._as_analysis()
        owner = self._item_link_owner()
        links = {link.ci_id.id: link._as_analysis() for link in self.ci_link_ids}
        found = self._found_values(hit, analysis)
        new = [
            {
                owner: self.id,
                "ci_id": ci_id,
                "role": Link._found_role,
                "origin": "computed",
                **vals,
            }
            for ci_id, vals in found.items()
            if ci_id not in links
        ]
        Link.create(new)
        gone, is_other = Link.browse(), bool(new)
        for ci_id, link in links.items():
            if link.role in Link._chosen_roles or link.excluded:
                continue
            if ci_id in found:
                vals = {
                    key: value
                    for key, value in found[ci_id].items()
                    if link[key] != value
                }
                if vals:
                    link.write(vals)
                    is_other |= "state" in vals
            elif link.origin == "computed":
                gone |= link
        gone.unlink()
        return is_other or bool(gone)

    @api.model
    def _found_values(self, hit, analysis):
        """Return ``{id: values of a link}`` of what is hit."""
        # Why an item is hit is read by all who work on the record.
        Ci = self.env["itsm.ci"].with_context(itsm_impact_readers=self.company_id.id)
        near = Ci._impact_nodes(analysis, hit[:EXPLAINED], {})
        why = {node["id"]: node["why"] for node in near}
        outcome = analysis.outcome
        return {
            ci_id: {
                "state": impact.STATES[outcome.state[ci_id]],
                "distance": outcome.distance(ci_id),
                "why": why.get(ci_id, False),
            }
            for ci_id in hit
        }

    def _impact_picture(self, name, **options):
        """Draw what the items hit, as the analysis counts it."""
        self.ensure_one()
        chosen = self.ci_link_ids.filtered(lambda link: link._is_chosen())
        degraded = chosen.filtered(lambda link: self._assumed_state(link) == "degraded")
        return self.ci_ids._graph_action(
            name,
            degraded_ids=degraded.ci_id.ids,
            working_ids=self.ci_link_ids.filtered("excluded").ci_id.ids,
            **options,
        )
