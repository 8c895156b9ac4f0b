from odoo.tests import tagged

from .common import NonitCase

ROLES = (
    "portal",
    "requester",
    "agent",
    "leader",
    "manager",
    "auditor",
    "admin",
)
READ = ("", "", "r", "r", "r", "r", "r")
# Rights on the models as such (r read, w write, c create, d delete); which records
# they cover is tested with each feature.
MODELS = {
    # portal user agent leader manager auditor admin
    "itsm.bookable": ("", "", "r", "rwc", "rwcd", "r", "rwcd"),
    "itsm.booking": ("", "", "rwc", "rwc", "rwc", "r", "rwc"),
    "itsm.booking.handover": ("", "", "rwc", "rwc", "rwc", "", "rwc"),
    "itsm.desk.pack": ("", "", "r", "r", "r", "r", "rw"),
    "itsm.desk.pack.item": READ,
    "itsm.goods.issue": ("", "", "rwcd", "rwcd", "rwcd", "r", "rwcd"),
    "itsm.goods.issue.line": ("", "", "rwcd", "rwcd", "rwcd", "r", "rwcd"),
    "itsm.goods.limit": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.goods.line": ("", "", "rwc", "rwc", "rwc", "r", "rwc"),
    "itsm.improvement.rule": ("", "", "r", "r", "r", "r", "rw"),
    "itsm.service.improvement": ("", "", "r", "rwc", "rwcd", "r", "rwcd"),
    "itsm.team.assessment": ("", "", "r", "rwc", "rwcd", "r", "rwcd"),
    "itsm.team.assessment.line": ("", "", "r", "rw", "rw", "r", "rw"),
    "itsm.team.target": ("", "", "r", "r", "rwcd", "r", "rwcd"),
    "itsm.label.print": ("", "", "rwc", "rwc", "rwc", "", "rwc"),
    "itsm.scan.kind": ("", "", "r", "r", "rw", "r", "rw"),
    "itsm.visit": ("", "", "rwc", "rwc", "rwcd", "r", "rwcd"),
    "itsm.visit.correction": ("", "", "rwc", "rwc", "rwc", "", "rwc"),
    "itsm.visit.correction.line": ("", "", "rwcd", "rwcd", "rwcd", "", "rwcd"),
    "itsm.visit.part": READ,
    "itsm.visit.photo": READ,
    "itsm.visit.spell": READ,
    "itsm.visit.step": READ,
}


@tagged("post_install", "-at_install")
class TestNonitModelRights(NonitCase):
    """Role × model × operation."""

    def test_models(self):
        self._check_model_rights(MODELS, ROLES)

    def test_table_is_complete(self):
        """A new model of the addon needs a row here."""
        self._check_table_complete(MODELS, "itsm_nonit")

    def test_public_visitor(self):
        self._check_hidden_from_public(MODELS)
