from odoo.fields import Command

from .request_common import RequestCase


class CatalogueCase(RequestCase):
    """Services that are made, published and looked for."""

    @classmethod
    def _catalogue(cls, count, **vals):
        """Return many published services, made quickly: without versions."""
        quiet = cls.Service.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        return quiet.create(
            [
                {
                    "name": f"Service {number}",
                    "desk_id": cls.desk.id,
                    "state": "published",
                    **vals,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def _set(cls, name, *commands):
        """Return a question set made of ``question`` commands."""
        return cls.env["itsm.question.set"].create(
            {
                "name": name,
                "question_ids": [
                    Command.create({"sequence": number, **command[2]})
                    for number, command in enumerate(commands, 1)
                ],
            }
        )

    def _offered(self, user, services):
        """Return which of the services are offered to ``user``."""
        found = self._as(user)["itsm.service"].search(
            [("id", "in", services.ids), ("available_to_me", "=", True)]
        )
        return self.env["itsm.service"].browse(found.ids)
