from odoo.addons.itsm_helpdesk.tests.common import GROUP, ItsmCase


class NonitCase(ItsmCase):
    """The actors of a service desk, and packs that are installed on demand.

    ================== ===================================================
    user               role
    ================== ===================================================
    facilities_agent   agent of no desk until a test gives one
    logistics_agent    agent of no desk until a test gives one
    shared_agent       agent of no desk until a test gives several
    ================== ===================================================
    """

    @classmethod
    def _actors(cls):
        agent = GROUP % "agent"
        return super()._actors() | {
            "facilities_agent": ("facilities", "Fay Facilities", agent),
            "logistics_agent": ("logistics", "Luis Logistics", agent),
            "shared_agent": ("shared", "Sam Shared", agent),
        }

    @classmethod
    def install_pack(cls, key, *members):
        """Install a pack that is shipped, as the administrator.

        :param members: users who join its first team, besides the administrator
        :return: the pack, as the system sees it
        """
        pack = cls.env["itsm.desk.pack"].search([("key", "=", key)])
        pack.with_user(cls.admin).install()
        team = pack.desk_id.default_team_id
        for member in members:
            team.member_ids |= member
        cls.env.flush_all()
        return pack

    @classmethod
    def service(cls, code):
        """Return the service with a code."""
        return cls.env["itsm.service"].search([("code", "=", code)])

    @classmethod
    def pack_team(cls, pack, name):
        """Return a team of a pack by its English name."""
        teams = pack.desk_id.team_ids.with_context(lang="en_US")
        return teams.filtered(lambda team: team.name == name)

    def order(self, code, user=None, files=None, **answers):
        """Send the form of a service as somebody; return the ticket.

        :param user: the requester with a portal login unless told otherwise
        """
        env = self._as(user or self.portal)
        service = env["itsm.service"].browse(self.service(code).id)
        ticket = env["itsm.ticket"]._request_submit(service, answers, files)
        return self.env["itsm.ticket"].browse(ticket.id)
