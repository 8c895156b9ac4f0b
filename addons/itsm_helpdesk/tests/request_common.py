from odoo.fields import Command

from .common import ItsmCase


def question(key, kind="char", name=None, **vals):
    """Return the command that makes a question.

    ``options`` and ``columns`` are given as ``{key: label}`` and list of questions.
    """
    options = vals.pop("options", {})
    columns = vals.pop("columns", ())
    return Command.create(
        {
            "key": key,
            "type": kind,
            "name": name or key.replace("_", " ").capitalize(),
            "option_ids": [
                Command.create({"key": option, "name": label, "sequence": number})
                for number, (option, label) in enumerate(options.items(), 1)
            ],
            "column_ids": list(columns),
            **vals,
        }
    )


def when(key, op, value=None, match="all"):
    """Return a condition with one rule."""
    return {"match": match, "rules": [{"question": key, "op": op, "value": value}]}


class RequestCase(ItsmCase):
    """Published services with forms, plans and approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Service = cls.env["itsm.service"]

    @classmethod
    def _service(cls, name="Laptop", questions=(), publish=True, **vals):
        """Return a service of the IT desk, published unless told otherwise."""
        numbered = [
            Command.create({"sequence": number, **command[2]})
            for number, command in enumerate(questions, 1)
        ]
        service = cls.Service.create(
            {
                "name": name,
                "desk_id": cls.desk.id,
                "question_ids": numbered,
                **vals,
            }
        )
        if publish:
            service.action_publish()
        return service

    @classmethod
    def _plan(cls, service, *steps, publish=True):
        """Give a service a plan.

        :param steps: dicts of a plan task's values; ``after`` names earlier ones
        :return: ``{name: plan task}``
        """
        made = {}
        for number, step in enumerate(steps, 1):
            step = dict(step)
            after = [made[name].id for name in step.pop("after", ())]
            checks = step.pop("checks", ())
            made[step["name"]] = cls.env["itsm.plan.task"].create(
                {
                    "service_id": service.id,
                    "sequence": number,
                    "predecessor_ids": [Command.set(after)],
                    "check_ids": [Command.create({"name": name}) for name in checks],
                    **step,
                }
            )
        if publish:
            service.action_publish()
        return made

    def _submit(self, service, user=None, files=None, **answers):
        """Send the form as ``user`` (the portal requester) and return the ticket."""
        env = self._as(user or self.portal)
        ticket = env["itsm.ticket"]._request_submit(
            env["itsm.service"].browse(service.id), answers, files
        )
        return self.env["itsm.ticket"].browse(ticket.id)

    def _vote(self, ticket, user, decision="approve", comment=None):
        """Vote on the ticket's approval as ``user``."""
        approval_id = ticket.sudo().approval_id.id
        self._as(user)["itsm.approval"].browse(approval_id).vote(decision, comment)
        self.env.invalidate_all()
