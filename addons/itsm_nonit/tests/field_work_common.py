import base64
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

from freezegun import freeze_time
from PIL import Image

from odoo import fields

from .common import NonitCase

DAWN = "2026-03-02 06:00:00"
NOON = "2026-03-02 12:00:00"


def picture(kind="PNG"):
    """Return a small picture in base64, as a phone sends it."""
    content = BytesIO()
    Image.new("RGB", (4, 4), "navy").save(content, kind)
    return base64.b64encode(content.getvalue()).decode()


class FieldWorkCase(NonitCase):
    """A leaking pipe of the facilities desk, whose technician is ``stranger``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.technician = cls.stranger
        cls.mate = cls._make_user("mate", "Mo Mate", "itsm_helpdesk.group_itsm_agent")
        cls.team_other.member_ids |= cls.mate
        cls.team_other.hourly_cost = 60
        cls.place = cls.env["itsm.location"].create(
            {"name": "Kitchen", "note": "Key at the porter's."}
        )
        cls.washer = cls.env["product.product"].create(
            {"name": "Zirconia washer", "type": "consu", "standard_price": 2.5}
        )
        with freeze_time(DAWN):
            cls.leak = cls._leak()
        cls.env.flush_all()

    @classmethod
    def _leak(cls, **vals):
        return cls._create_ticket(
            **{
                "name": "Pipe leaks",
                "desk_id": cls.desk_other.id,
                "team_id": cls.team_other.id,
                "location_id": cls.place.id,
                "phone": "+49 30 1234",
                **vals,
            }
        )

    def _task(self, ticket=None, **vals):
        """Return a new task of the technician's team."""
        return self.env["itsm.task"].create(
            {
                "name": "Close the valve",
                "ticket_id": (ticket or self.leak).id,
                "team_id": self.team_other.id,
                **vals,
            }
        )

    def _entry(self, job, verb, at=None, **vals):
        """Return an entry as a phone sends it, made at a time."""
        name = "task_id" if job._name == "itsm.task" else "ticket_id"
        age = fields.Datetime.now() - fields.Datetime.to_datetime(at) if at else None
        return {
            "key": uuid4().hex,
            "verb": verb,
            name: job.id,
            "age": age.total_seconds() if age else 0,
            **vals,
        }

    def _do(self, job, verb, at=None, user=None, values=None, **vals):
        """Send an entry as the technician; return the server's answer."""
        entry = self._entry(job, verb, at, values=values or {}, **vals)
        env = self._as(user or self.technician)
        answer = env["itsm.visit"].field_do(entry)
        self.env.invalidate_all()
        return answer

    def _visits(self, job=None):
        job = job or self.leak
        name = "task_id" if job._name == "itsm.task" else "ticket_id"
        return self.env["itsm.visit"].search([(name, "=", job.id)], order="id")

    def _day(self, user=None):
        """Return the tasks and tickets on a phone, by their titles."""
        day = self._as(user or self.technician)["itsm.visit"].field_day()
        return {job["title"]: job for job in day["jobs"]}

    @staticmethod
    def _later(moment, **delta):
        return fields.Datetime.to_datetime(moment) + timedelta(**delta)
