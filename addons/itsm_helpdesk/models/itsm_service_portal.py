from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list, formatLang

MAX_SEARCH = 100
# Results of a search on one page; who gets more types another word.
MAX_FOUND = 60
_MAX_SUGGESTED = 6
_MAX_OFTEN = 6
_OFTEN_DAYS = 365
# Services that are looked at for “often used”: some may not be offered any more.
_OFTEN_CANDIDATES = 30
_DEFAULT_ICON = "fa-cube"
_FOLDER_ICON = "fa-folder-open-o"


class ItsmService(models.Model):
    """The catalogue as staff see it on the portal.

    Pages are rendered from the plain values that these methods return. Whoever
    works at the desk sees here what any member of the staff would see.
    """

    _inherit = "itsm.service"

    # ------------------------------------------------------------------
    # Which services
    # ------------------------------------------------------------------

    @api.model
    def _portal_domain(self):
        """Return the domain of the services that are offered to the user."""
        return (
            Domain("state", "=", "published")
            & Domain("available_to_me", "=", True)
            & Domain("company_id", "in", [False, self.env.user.company_id.id])
        )

    @api.model
    def _portal_find(self, service_id, trying=False):
        """Return the service of a page, or none: alike when hidden and unknown.

        :param trying: the working copy is to be tried, by who may change it
        """
        domain = Domain("id", "=", service_id)
        if not trying:
            return self.search(domain & self._portal_domain())
        service = self.search(domain)
        return service if service.has_access("write") else self.browse()

    @api.model
    def _portal_found(self, term):
        """Return the services that a search finds, the best first."""
        found = self._search_catalogue(term, MAX_FOUND)
        return found & self.search(
            self._portal_domain() & Domain("id", "in", found.ids)
        )

    @api.model
    def _portal_category_domain(self, category_id):
        """Return the domain of the services of a category and of those below it."""
        return Domain("category_id", "child_of", category_id)

    @api.model
    def _portal_favourites(self):
        """Return the services that the user marked with a star."""
        marked = self.env["itsm.service.favourite"].search(
            [("user_id", "=", self.env.uid)]
        )
        if not marked:
            return self.browse()
        domain = Domain("id", "in", marked.service_id.ids)
        return self.search(domain & self._portal_domain())

    def _portal_mark(self, is_favourite):
        """Mark the service with the user's star, or take it away."""
        self.ensure_one()
        Favourite = self.env["itsm.service.favourite"]
        mine = Favourite.search(
            [("user_id", "=", self.env.uid), ("service_id", "=", self.id)]
        )
        if not is_favourite:
            mine.unlink()
        elif not mine:
            # sudo: the service is on the user's page; through RPC its name would be
            # told for any id.
            Favourite.sudo().create({"user_id": self.env.uid, "service_id": self.id})

    @api.model
    def _portal_often(self, besides):
        """Return what the user and their department ask for most, own ones first.

        :param besides: services that are shown elsewhere
        """
        ids = [
            service_id
            for service_id in self._portal_often_ids()
            if service_id not in besides.ids
        ]
        offered = self.search(self._portal_domain() & Domain("id", "in", ids))
        return offered.sorted(lambda service: ids.index(service.id))[:_MAX_OFTEN]

    @api.model
    def _portal_often_ids(self):
        """Count the requests of a year in one query; only ids of services leave it."""
        Ticket = self.env["itsm.ticket"]
        Ticket.flush_model(
            [
                *("service_id", "partner_id", "requested_for_id", "department_id"),
                *("opened_at", "is_part"),
            ]
        )
        partner_id = self.env.user.partner_id.id
        departments, _managed = Ticket._departments_of(self.env.user)
        own = SQL("(partner_id = %(id)s OR requested_for_id = %(id)s)", id=partner_id)
        rows = self.env.execute_query(
            SQL(
                "SELECT service_id FROM itsm_ticket"
                " WHERE service_id IS NOT NULL AND opened_at >= %(since)s"
                # Nobody chose a part of a request.
                " AND is_part IS NOT TRUE"
                " AND (%(own)s OR department_id = ANY(%(departments)s))"
                " GROUP BY service_id"
                " ORDER BY count(*) FILTER (WHERE %(own)s) DESC, count(*) DESC,"
                " service_id LIMIT %(limit)s",
                since=fields.Datetime.now() - timedelta(days=_OFTEN_DAYS),
                own=own,
                departments=departments,
                limit=_OFTEN_CANDIDATES,
            )
        )
        return [service_id for (service_id,) in rows]

    # ------------------------------------------------------------------
    # Categories
    # ------------------------------------------------------------------

    @api.model
    def _portal_categories(self, current_id=None):
        """Return the tree of categories that hold something for the user.

        :return: list of dicts in the order of the tree, each with its ``depth``,
            the number of services in it and below (``count``), whether it is
            ``current``, and whether it is ``open``: current or above the current
        """
        groups = self._read_group(self._portal_domain(), ["category_id"], ["__count"])
        totals = Counter()
        for category, count in groups:
            # sudo: the tree is the same for all; an archived folder still counts
            # for those above it.
            totals.update(dict.fromkeys(category.sudo()._portal_path_ids(), count))
        Category = self.env["itsm.service.category"]
        categories = Category.search([("id", "in", list(totals))])
        current = categories.filtered(lambda category: category.id == current_id)
        path = set(current._portal_path_ids()) if current else set()
        with_image = categories.with_context(bin_size=True)
        return [
            {
                "id": category.id,
                "name": category.name,
                "icon": category.icon or _FOLDER_ICON,
                "image_url": category._portal_image_url(),
                "count": totals[category.id],
                "depth": depth,
                "parent_id": category.parent_id.id,
                "url": f"/my/services?category={category.id}",
                "current": category == current,
                "open": category.id in path,
            }
            for category, depth in with_image._portal_in_tree_order()
        ]

    # ------------------------------------------------------------------
    # What the pages show
    # ------------------------------------------------------------------

    def _portal_cards(self, favourites=None):
        """Return what a list shows of each service, in order.

        :param favourites: the user's favourites, where the caller has them
        """
        if favourites is None:
            favourites = self._portal_favourites()
        return [
            {
                "id": service.id,
                "url": f"/my/services/{service.id}",
                "name": service.name,
                "text": service.description or "",
                "icon": service.icon or service.category_id.icon or _DEFAULT_ICON,
                "image_url": service._portal_image_url("image_128"),
                "category": service.category_id.name or "",
                "is_favourite": service in favourites,
            }
            for service in self.with_context(bin_size=True)
        ]

    def _portal_image_url(self, name):
        self.ensure_one()
        if not self[name]:
            return ""
        moment = int(self.write_date.timestamp()) if self.write_date else 0
        return f"/web/image/itsm.service/{self.id}/{name}?unique={moment}"

    def _portal_page(self):
        """Return what the page of one service shows."""
        self.ensure_one()
        last = self.env["itsm.ticket"]._portal_last_request(self)
        return {
            **self._portal_cards()[0],
            "image_url": self.with_context(bin_size=True)._portal_image_url(
                "image_512"
            ),
            "details": self.details,
            "included": self.included,
            "excluded": self.excluded,
            "cost": self._portal_cost(),
            "cost_note": self.cost_note,
            "promises": self._promises(self.env.user.partner_id),
            "approvers": self._portal_approvers(),
            "request_url": f"/my/services/{self.id}/request",
            "last": last,
            "may_try": self.has_access("write"),
        }

    def _portal_cost(self):
        """Return the price as text, empty where there is none."""
        if not self.cost:
            return ""
        currency = self.currency_id or self.env.company.currency_id
        return formatLang(self.env, self.cost, currency_obj=currency)

    def _portal_approvers(self):
        """Say in plain words who has to approve, one sentence for each step."""
        self.ensure_one()
        # sudo: requesters have no right on policies; they read who is asked.
        policy = self.sudo().version_id.approval_policy_id
        sentences = []
        for step in policy.step_ids if policy.active else ():
            names = filter(None, map(self._portal_approver, step.line_ids))
            people = format_list(self.env, names)
            if step.condition and step.condition.strip() not in ("", "[]"):
                people = self.env._("%(people)s (in some cases)", people=people)
            if sentences:
                people = self.env._("then: %(people)s", people=people)
            sentences.append(people)
        return sentences

    @api.model
    def _portal_approver(self, line):
        """Say who decides by a line of a policy, as the requester would call them."""
        if line.name:
            return line.name
        words = {
            "requester_manager": self.env._("your manager"),
            "department_manager": self.env._("the manager of your department"),
        }
        return words.get(line.approver_type) or line._title()

    # ------------------------------------------------------------------
    # Search box
    # ------------------------------------------------------------------

    @api.model
    def _portal_term(self, text):
        """Return what somebody typed, as a search takes it; empty when too short.

        One Chinese character is a word already.
        """
        # PostgreSQL takes no zero character, which a client may send all the same.
        text = text.replace("\0", " ") if isinstance(text, str) else ""
        term = " ".join(text.split())[:MAX_SEARCH]
        return term if len(term) > 1 or not term.isascii() else ""

    @api.model
    def _portal_suggestions(self, term):
        """Return what fits while somebody types, in groups; other addons add theirs.

        :return: list of ``{"key", "title", "items": [{"label", "detail", "icon",
            "url"}]}``, without empty groups
        """
        groups = [
            {
                "key": "services",
                "title": self.env._("Services"),
                "items": self._portal_suggested_services(term),
            },
            {
                "key": "tickets",
                "title": self.env._("Your tickets"),
                "items": self.env["itsm.ticket"]._portal_suggested(term),
            },
        ]
        return [group for group in groups if group["items"]]

    @api.model
    def _portal_suggested_services(self, term):
        found = self._portal_found(term)[:_MAX_SUGGESTED]
        return [
            {
                "label": card["name"],
                "detail": card["category"],
                "icon": card["icon"],
                "url": card["url"],
            }
            for card in found._portal_cards(favourites=self.browse())
        ]
