# pylint: disable=prefer-env-translation
from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import groupby, human_size

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools import lifecycle

_LIST_DEFAULTS = {
    "filterby": "open",
    "sortby": "update",
    "groupby": "none",
    "search_in": "all",
    "scope": "mine",
}
PAGE_SIZE = 20
# Tickets that “previous” and “next” on a ticket's page lead through.
HISTORY_SIZE = 100
_MAX_ID = 2**31 - 1


class ItsmPortal(CustomerPortal):
    """The requester's pages: home tile, list, ticket, and what they may do there."""

    # ------------------------------------------------------------------
    # Home
    # ------------------------------------------------------------------

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        Ticket = request.env["itsm.ticket"]
        domains = {
            "itsm_ticket_count": lambda: (
                Ticket._portal_mine_domain() & Ticket._portal_open_domain()
            ),
            "itsm_ticket_waiting_count": Ticket._portal_waiting_domain,
        }
        for name, domain in domains.items():
            if name in counters:
                allowed = Ticket.has_access("read")
                values[name] = Ticket.search_count(domain()) if allowed else 0
        return values

    # ------------------------------------------------------------------
    # List
    # ------------------------------------------------------------------

    def _itsm_filters(self):
        """Return the filters of the list by name: label and domain."""
        _, Ticket = request.env._, request.env["itsm.ticket"]
        return {
            "open": (_("Open"), Ticket._portal_open_domain()),
            "waiting": (_("Waiting for me"), Ticket._portal_waiting_domain()),
            "resolved": (_("Solved"), Domain("state", "=", "resolved")),
            "closed": (_("Closed"), Domain("state", "in", lifecycle.ENDED_STATES)),
            "all": (_("All"), Domain.TRUE),
        }

    def _itsm_sortings(self):
        _ = request.env._
        return {
            "update": {
                "label": _("Last update"),
                "order": "requester_update_at desc, id desc",
            },
            "date": {"label": _("Newest"), "order": "opened_at desc, id desc"},
            "priority": {"label": _("Priority"), "order": "priority, opened_at, id"},
            "status": {
                "label": _("Status"),
                "order": "stage_id, requester_update_at desc, id desc",
            },
        }

    def _itsm_groupings(self):
        _ = request.env._
        return {
            "none": {"label": _("None")},
            "status": {"label": _("Status"), "order": "stage_id"},
            "desk": {"label": _("Desk"), "order": "desk_id"},
        }

    def _itsm_search_inputs(self):
        _ = request.env._
        return {
            "all": {"input": "all", "label": _("Search in all")},
            "number": {"input": "number", "label": _("Search in number")},
            "subject": {"input": "subject", "label": _("Search in subject")},
        }

    def _itsm_search_domain(self, search_in, search):
        """Return the domain of what was typed into the search box."""
        names = {"number": ["number"], "subject": ["name"]}
        return Domain.OR(
            Domain(name, "ilike", search)
            for name in names.get(search_in, ["number", "name", "description"])
        )

    def _itsm_scopes(self, domain):
        """Return “mine” and “my department's” where the user sees such tickets."""
        _, Ticket = request.env._, request.env["itsm.ticket"]
        mine = Ticket._portal_mine_domain()
        if not Ticket.search_count(domain & ~mine, limit=1):
            return {}
        return {
            "mine": (_("Mine"), mine),
            "department": (_("My department's"), ~mine),
            "both": (_("Mine and my department's"), Domain.TRUE),
        }

    @http.route(
        ["/my/tickets", "/my/tickets/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_itsm_tickets(self, page=1, **asked):
        """The list of the tickets the user sees as a requester."""
        Ticket = request.env["itsm.ticket"]
        if not Ticket.has_access("read"):
            return request.redirect("/my")
        base = Ticket._portal_domain()
        offer = {
            "filterby": self._itsm_filters(),
            "sortby": self._itsm_sortings(),
            "groupby": self._itsm_groupings(),
            "search_in": self._itsm_search_inputs(),
            "scope": self._itsm_scopes(base),
        }
        chosen = self._itsm_chosen(offer, asked)
        domain = self._itsm_list_domain(base, offer, chosen)
        filters = offer["filterby"]
        counts = {
            name: Ticket.search_count(domain & filters[name][1])
            for name in ("open", "waiting")
        }
        domain &= filters[chosen["filterby"]][1]
        total = Ticket.search_count(domain)
        pager = portal_pager(
            url="/my/tickets",
            url_args=chosen,
            total=total,
            page=page,
            step=PAGE_SIZE,
        )
        order = offer["sortby"][chosen["sortby"]]["order"]
        group_order = offer["groupby"][chosen["groupby"]].get("order")
        if group_order:
            order = f"{group_order}, {order}"
        tickets = Ticket.search(
            domain, order=order, limit=PAGE_SIZE, offset=max(pager["offset"], 0)
        )
        history = Ticket.search(domain, order=order, limit=HISTORY_SIZE).ids
        request.session["my_itsm_tickets_history"] = history
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "itsm_tickets",
            "default_url": "/my/tickets",
            "groups": self._itsm_groups(tickets, chosen["groupby"]),
            "filters": {name: label for name, (label, _domain) in filters.items()},
            "counts": counts,
            "scopes": {name: label for name, (label, _d) in offer["scope"].items()},
            "pager": pager,
            "pager_total": total,
            "now": fields.Datetime.now(),
            "searchbar_sortings": offer["sortby"],
            "searchbar_groupby": offer["groupby"],
            "searchbar_inputs": offer["search_in"],
            **chosen,
        }
        return request.render("itsm_helpdesk.portal_my_tickets", values)

    def _itsm_chosen(self, offer, asked):
        """Return what the list shows: what was asked for, where it is offered.

        What is not offered falls back to the default: links get old.
        """
        chosen = {
            name: asked.get(name) if asked.get(name) in offer[name] else default
            for name, default in _LIST_DEFAULTS.items()
        }
        # PostgreSQL takes no zero character.
        search = (asked.get("search") or "").replace("\0", " ")
        chosen["search"] = " ".join(search.split())[:100]
        return chosen

    def _itsm_list_domain(self, base, offer, chosen):
        """Return the domain of the list but for its filter."""
        scopes = offer["scope"]
        domain = base & (scopes[chosen["scope"]][1] if scopes else Domain.TRUE)
        if chosen["search"]:
            domain &= self._itsm_search_domain(chosen["search_in"], chosen["search"])
        return domain

    def _itsm_groups(self, tickets, name):
        """Return the rows of the page under their headings."""
        rows = tickets._portal_rows()
        if name == "none" or not rows:
            return [(None, rows)] if rows else []
        keys = {
            "status": lambda row: row["status"]["label"],
            "desk": lambda row: row["desk"],
        }
        return list(groupby(rows, keys[name]))

    # ------------------------------------------------------------------
    # Ticket
    # ------------------------------------------------------------------

    def _itsm_find(self, ticket_id, access_token=None):
        """Return the ticket, and whether only the link opens it.

        The ticket has the user's rights, or those of the system for whoever holds
        its link; in the second case pages show less.

        :raise MissingError, AccessError: alike for the caller, so that nobody
            learns which numbers exist
        """
        if not 0 < ticket_id <= _MAX_ID:
            raise MissingError(request.env._("This ticket does not exist."))
        if not (access_token or "").isascii():
            # No token is; comparing one that is not fails loudly.
            access_token = None
        self._document_check_access("itsm.ticket", ticket_id, access_token)
        ticket = request.env["itsm.ticket"].browse(ticket_id)
        if ticket.has_access("read"):
            return ticket, False
        # sudo: the token was compared above, in constant time.
        return ticket.sudo(), True

    @http.route("/my/tickets/<int:ticket_id>", type="http", auth="public", website=True)
    def portal_my_itsm_ticket(self, ticket_id, access_token=None, done=None, **kw):
        """One ticket, for its requester or for whoever got its link."""
        try:
            ticket, by_token = self._itsm_find(ticket_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        # What the chatter needs to know who came by a mail's link.
        sender = {name: kw[name] for name in ("pid", "hash") if kw.get(name)}
        notice = self._itsm_notice(done, ticket)
        return self._itsm_render_ticket(
            ticket, by_token, access_token, sender, notice=notice
        )

    def _itsm_render_ticket(
        self, ticket, by_token, access_token=None, sender=None, **messages
    ):
        """Show the ticket's page.

        :param sender: ``pid`` and ``hash`` of a mail's link
        :param messages: ``notice``, what was done; ``problem``, the verb that was
            refused and why; ``reason``, what was typed with it
        """
        if not request.env.user.tz and not request.env.context.get("tz"):
            # Visitors who hold the link read times in the zone of the desk.
            request.update_context(tz=ticket._portal_zone(request.env.user.partner_id))
            ticket = ticket.with_context(tz=request.env.context["tz"])
        is_mine = ticket._is_requester(request.env.user.partner_id)
        values = {
            "page_name": "itsm_ticket",
            "ticket": {
                "id": ticket.id,
                "url": ticket.access_url,
                "number": ticket.number,
                "subject": ticket.name,
                "description": ticket.description,
                "resolution": ticket.state in ("resolved", "closed")
                and ticket.resolution,
                "is_mine": is_mine,
                "status": ticket.sudo()._portal_status(is_mine),
                "steps": ticket._portal_steps(),
                "next_step": ticket._next_step_text(),
                "promises": ticket._sla_promises_with_bars(),
                "facts": ticket._portal_facts(),
                "relatives": [] if by_token else ticket._portal_relatives(),
                "files": self._itsm_files(ticket, by_token),
                **ticket._portal_request(by_token),
                **{
                    name: not by_token and ticket[name]
                    for name in ("can_confirm", "can_reopen", "can_cancel")
                },
            },
            "by_token": by_token,
            "notice": messages.get("notice"),
            "problem": messages.get("problem"),
            "reason": messages.get("reason"),
        }
        # The pager of Odoo puts the token of each neighbour into its link. Here
        # the user's own rights open them, so no history is handed to it.
        values = self._get_page_view_values(
            ticket, access_token, values, "", False, **(sender or {})
        )
        if not by_token:
            values.update(self._itsm_neighbours(ticket))
        return request.render("itsm_helpdesk.portal_my_ticket", values)

    def _itsm_files(self, ticket, by_token):
        """Return the ticket's files with links that open them.

        The tokens are Odoo's: they hold for one file and for some weeks.
        """
        return [
            {
                "name": file.name,
                "size": human_size(file.file_size),
                "url": f"/web/content/{file.id}?download=1"
                f"&access_token={file._get_raw_access_token()}",
            }
            for file in ticket._portal_files(by_token)
        ]

    def _itsm_neighbours(self, ticket):
        """Return the links to the tickets before and after in the list last seen."""
        history = request.session.get("my_itsm_tickets_history", [])
        if ticket.id not in history:
            return {}
        place = history.index(ticket.id)
        previous, following = history[:place][-1:], history[place + 1 :][:1]
        return {
            "prev_record": previous and f"/my/tickets/{previous[0]}",
            "next_record": following and f"/my/tickets/{following[0]}",
        }

    def _itsm_notice(self, done, ticket):
        """Return the sentence that says what the user just did.

        A link that says so of a ticket in another state is old, or made up.
        """
        _ = request.env._
        notices = {
            "confirm": ("closed", _("Thank you for confirming. It is closed now.")),
            "reopen": ("in_progress", _("It is open again. Thank you for telling us.")),
            "cancel": ("cancelled", _("It is cancelled.")),
            "again": (
                ticket.state,
                _(
                    "You sent this form already; this is its ticket. To add something, "
                    "write it below."
                ),
            ),
            "sent": (
                ticket.state,
                _(
                    "Thank you. We have received it under the number %(number)s.",
                    number=ticket.number,
                ),
            ),
        }
        state, sentence = notices.get(done, (None, None))
        return sentence if state == ticket.state else None

    # ------------------------------------------------------------------
    # What a requester may do
    # ------------------------------------------------------------------

    @http.route(
        [
            "/my/tickets/<int:ticket_id>/<any(confirm, reopen, cancel):verb>",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_itsm_ticket_act(self, ticket_id, verb, reason="", **kw):
        """Confirm, reopen or cancel a ticket as its requester."""
        try:
            ticket, by_token = self._itsm_find(ticket_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                self._itsm_act(ticket, verb, reason)
        except (UserError, AccessError) as error:
            request.env.invalidate_all()
            return self._itsm_render_ticket(
                ticket, by_token, problem=(verb, str(error)), reason=reason
            )
        return request.redirect(f"{ticket.access_url}?done={verb}")

    def _itsm_act(self, ticket, verb, reason):
        """Use a verb of the ticket, for its requester only.

        An agent who reads the ticket has the back office for that.
        """
        if not ticket[f"can_{verb}"]:
            raise UserError(
                request.env._(
                    "This is not possible any more, or not for you. The ticket as it "
                    "stands now is shown here."
                )
            )
        if verb == "confirm":
            return ticket.close()
        return getattr(ticket, verb)(reason[:2000])
