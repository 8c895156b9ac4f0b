from .common import CmdbCase

ROLES = ("portal", "requester", "agent", "auditor", "keeper", "cmdb_manager")
# Rights on the models as such (r read, w write, c create, d delete); which records
# they cover is tested with each feature.
MODELS = {
    #                 portal user agent auditor engineer manager
    "itsm.ci": ("", "", "r", "r", "rwc", "rwcd"),
    "itsm.ci.attribute": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.attribute.option": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.baseline": ("", "", "r", "r", "rwc", "rwcd"),
    "itsm.ci.class": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.contract": ("", "", "r", "r", "rwc", "rwcd"),
    "itsm.ci.event": ("", "", "r", "r", "rwcd", "rwcd"),
    "itsm.ci.event.change": ("", "", "r", "r", "rwcd", "rwcd"),
    "itsm.ci.event.line": ("", "", "r", "r", "rwcd", "rwcd"),
    "itsm.ci.expiry": ("", "", "r", "r", "r", "r"),
    "itsm.ci.expiry.notice": ("", "", "", "", "", "r"),
    "itsm.ci.label.print": ("", "", "rwcd", "", "rwcd", "rwcd"),
    "itsm.ci.comparison": ("", "", "rwcd", "rwcd", "rwcd", "rwcd"),
    "itsm.ci.comparison.line": ("", "", "rwcd", "rwcd", "rwcd", "rwcd"),
    "itsm.ci.dependency.group": ("", "", "r", "r", "rwcd", "rwcd"),
    "itsm.ci.history": ("", "", "r", "r", "r", "r"),
    "itsm.ci.import": ("", "", "", "", "", "rwcd"),
    "itsm.ci.import.column": ("", "", "", "", "", "rwcd"),
    "itsm.ci.import.sheet": ("", "", "", "", "", "rwcd"),
    "itsm.ci.import.value": ("", "", "", "", "", "rwcd"),
    "itsm.ci.lifecycle": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.model": ("", "", "r", "r", "rwc", "rwcd"),
    "itsm.ci.relation": ("", "", "r", "r", "rwcd", "rwcd"),
    "itsm.ci.relation.rule": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.relation.type": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.revision": ("", "", "r", "r", "r", "r"),
    "itsm.ci.source": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.stage": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.impact.analysis": ("", "", "rwcd", "rwcd", "rwcd", "rwcd"),
    "itsm.ci.impact.line": ("", "", "rwcd", "rwcd", "rwcd", "rwcd"),
    "itsm.ci.interface": ("", "", "r", "r", "rwcd", "rwcd"),
    "itsm.ip.address": ("", "", "r", "r", "rwcd", "rwcd"),
    "itsm.ip.assign": ("", "", "", "", "rwcd", "rwcd"),
    "itsm.ip.conflict": ("", "", "r", "r", "r", "r"),
    "itsm.ip.network": ("", "", "r", "r", "rwc", "rwcd"),
    "itsm.ip.range": ("", "", "r", "r", "rwcd", "rwcd"),
    "itsm.ip.space": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.workbook": ("", "", "", "", "rwcd", "rwcd"),
    "itsm.ci.attestation": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.attestation.line": ("", "rw", "rw", "rw", "rw", "rw"),
    "itsm.ci.attestation.person": ("", "", "", "r", "r", "r"),
    "itsm.ci.audit.field": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.audit.rule": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.event.extension": ("", "", "", "", "rwcd", "rwcd"),
    "itsm.ci.finding": ("", "r", "r", "r", "rw", "rw"),
    "itsm.ci.finding.acceptance": ("", "", "", "", "", "rwcd"),
    "itsm.ci.score": ("", "", "r", "r", "r", "r"),
    "itsm.ci.stocktake": ("", "", "r", "r", "rwc", "rwcd"),
    "itsm.ci.stocktake.line": ("", "", "r", "r", "rw", "rw"),
    "itsm.ci.batch": ("", "", "", "r", "r", "rwcd"),
    "itsm.ci.batch.row": ("", "", "", "r", "r", "r"),
    "itsm.ci.distinct": ("", "", "", "r", "r", "rwcd"),
    "itsm.ci.duplicate": ("", "", "", "r", "r", "r"),
    "itsm.ci.identifier": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.identity": ("", "", "", "r", "r", "r"),
    "itsm.ci.junk.value": ("", "", "", "r", "r", "rwcd"),
    "itsm.ci.merge": ("", "", "", "", "", "rwcd"),
    "itsm.ci.merge.choice": ("", "", "", "", "", "rwcd"),
    "itsm.ci.merge.line": ("", "", "", "", "", "rwcd"),
    "itsm.ci.sighting": ("", "", "r", "r", "r", "r"),
    "itsm.ci.source.rule": ("", "", "r", "r", "r", "rwcd"),
    "itsm.ci.statement": ("", "", "r", "r", "r", "r"),
    "itsm.ticket.ci": ("", "", "rwcd", "r", "r", "r"),
}


class TestCmdbModelRights(CmdbCase):
    """Role × model × operation."""

    def test_models(self):
        self._check_model_rights(MODELS, ROLES)

    def test_table_is_complete(self):
        """A new model of the addon needs a row here."""
        self._check_table_complete(MODELS, "itsm_cmdb")

    def test_public_visitor(self):
        self._check_hidden_from_public(MODELS)
