from collections import Counter

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools import catalogue_search, lifecycle, wrong_desk
from ..tools.wrong_desk import SERVICE, TEAM

_MAX_PROPOSALS = 6
# Tickets that are asked about at once; a list of more is of several matters.
_MAX_ASKED = 20
# What the hint on the form names.
_MAX_HINTS = 2


class ItsmTicket(models.Model):
    """Which desk a ticket may belong to: from its words, its service, the past."""

    _inherit = "itsm.ticket"

    def desk_proposals(self):
        """Return where these tickets may belong, the likeliest first.

        :return: list of ``{"service_id", "team_id", "desk", "name", "reasons"}``
        """
        self.check_access("read")
        return self._shown_proposals(self._rank_desks()[0])

    def wrong_desk_hint(self):
        """Return the proposals for a ticket that seems to be at the wrong desk.

        Nothing for what is done, or was corrected already, or is not the user's.
        """
        self.check_access("read")
        ticket = self[:1]
        if (
            ticket.state not in lifecycle.OPEN_STATES
            or not ticket.has_access("write")
            or ticket.wrong_desk_count
        ):
            return []
        proposals, seems_wrong = ticket._rank_desks()
        if not seems_wrong:
            return []
        telling = [one for one in proposals if one.reasons != [wrong_desk.DESK]]
        return self._shown_proposals(telling[:_MAX_HINTS])

    def _rank_desks(self):
        """Return the proposals for these tickets, and whether they are needed."""
        tickets = self[:_MAX_ASKED]
        offered = self._offered_services(tickets)
        own = offered.filtered(lambda service: service.desk_id in tickets.desk_id)
        others = offered - own
        words = self._services_by_words(tickets, offered)
        history = self._desk_history(tickets, others)
        alike = others.filtered(
            lambda service: (
                service.category_id
                and service.category_id in tickets.service_id.category_id
            )
        )
        proposals = wrong_desk.rank(
            [id_ for id_ in words if id_ in set(others.ids)],
            history,
            alike.ids,
            self._desk_places(tickets),
            _MAX_PROPOSALS,
        )
        moved = sum(history.values())
        return proposals, wrong_desk.seems_wrong(words, own.ids, moved)

    @api.model
    def _offered_services(self, tickets):
        """Return the services that the tickets' companies offer the user."""
        companies = [False, *tickets.company_id.ids]
        return self.env["itsm.service"].search(
            Domain("state", "=", "published")
            & Domain("available_to_me", "=", True)
            & Domain("company_id", "in", companies)
        )

    @api.model
    def _services_by_words(self, tickets, offered):
        """Return the ids of the services that the tickets' words mean, best first."""
        Service, found = self.env["itsm.service"], Counter()
        for ticket in tickets:
            words = f"{ticket.name} {html2plaintext(ticket.description or '')}"
            lang = ticket.partner_id.lang or self.env.lang or "en_US"
            ids = catalogue_search.search(
                Service._catalogue_index(lang), words, frozenset(offered.ids)
            )
            found.update({id_: 1 / (1 + position) for position, id_ in enumerate(ids)})
        return [id_ for id_, _score in found.most_common(_MAX_PROPOSALS)]

    @api.model
    def _desk_history(self, tickets, others):
        """Count where went what had come to the same desk for the same service."""
        came = Domain.OR(
            Domain("wrong_desk_id", "=", desk.id)
            & Domain("wrong_service_id", "=", service.id)
            for desk, service in {(t.desk_id, t.service_id) for t in tickets}
        )
        # sudo: counts of other desks' tickets; only where they went leaves here.
        groups = self.sudo()._read_group(
            came & Domain("desk_id", "not in", tickets.desk_id.ids),
            ["service_id", "team_id"],
            ["__count"],
        )
        history, teams = Counter(), self._desk_teams(tickets)
        for service, team, count in groups:
            if service.id in others.ids:
                history[SERVICE, service.id] += count
            elif not service and team.id in teams.ids:
                history[TEAM, team.id] += count
        return history

    @api.model
    def _desk_teams(self, tickets):
        """Return the teams of the other desks that the user may send tickets to."""
        companies = [False, *tickets.company_id.ids]
        return self.env["itsm.team"].search(
            Domain("desk_id", "not in", tickets.desk_id.ids)
            & Domain("desk_id.active", "=", True)
            & Domain("company_id", "in", companies)
        )

    @api.model
    def _desk_places(self, tickets):
        """Return one team for each other desk: the one that gets what is new."""
        teams = self._desk_teams(tickets)
        first = {}
        for team in teams.sorted(
            lambda team: (team.desk_id.sequence, team.desk_id.name, team.line)
        ):
            default = team.desk_id.default_team_id
            if default in teams:
                team = default
            first.setdefault(team.desk_id, team)
        return [(TEAM, team.id) for team in first.values()]

    @api.model
    def _shown_proposals(self, proposals):
        """Return proposals as screens show them."""
        words = {
            wrong_desk.WORDS: self.env._("the words fit"),
            wrong_desk.HISTORY: self.env._("others like it went there"),
            wrong_desk.ALIKE: self.env._("the same kind of service"),
            wrong_desk.DESK: self.env._("as the desk decides"),
        }
        ids = {kind: [] for kind in (SERVICE, TEAM)}
        for proposal in proposals:
            kind, id_ = proposal.place
            ids[kind].append(id_)
        records = {
            (SERVICE, one.id): one
            for one in self.env["itsm.service"].browse(ids[SERVICE])
        } | {(TEAM, one.id): one for one in self.env["itsm.team"].browse(ids[TEAM])}
        return [
            {
                "service_id": proposal.place[1] if proposal.place[0] == SERVICE else 0,
                "team_id": proposal.place[1] if proposal.place[0] == TEAM else 0,
                "desk": records[proposal.place].desk_id.name,
                "name": records[proposal.place].name,
                "reasons": ", ".join(words[reason] for reason in proposal.reasons),
            }
            for proposal in proposals
        ]
