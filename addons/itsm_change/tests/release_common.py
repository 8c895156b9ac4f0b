from odoo.fields import Command

from .people_common import PeopleCase


class ReleaseCase(PeopleCase):
    """Versions of an application that runs on two hosts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._only_gates("release")
        cls.class_application = cls._class(
            "test_application", attributes={"version": "char"}
        )
        cls.his = cls._ci("HIS", cls.class_application)
        cls.host1, cls.host2 = cls._ci("Host 1"), cls._ci("Host 2")
        cls.instance = cls._ci("HIS in the lab", cls.class_application)
        (cls.his | cls.instance).attributes = {"version": "5.1"}
        cls.Deployment = cls.env["itsm.release.deployment"]

    def _release(self, version="5.2", **vals):
        return self.env["itsm.release"].create(
            {
                "application_id": self.his.id,
                "version": version,
                "company_id": self.company.id,
                "manager_id": self.coordinator.id,
                "builder_id": self.implementer.id,
                "tester_id": self.implementer2.id,
                "build_reference": f"build-{version}",
                **vals,
            }
        )

    def _bundle(self, release, *items, **vals):
        """Return a change of a release that puts it on items."""
        return self._change(
            **{
                "name": "Put it there",
                "release_id": release.id,
                "deploy_ci_ids": [Command.set([item.id for item in items])],
                **vals,
            }
        )

    def _test(self, release):
        """Build a release, and let another person sign off its test."""
        release.with_user(self.implementer).start_building()
        release.with_user(self.implementer).hand_to_test()
        release.test_file_ids = self._file("report.txt")
        release.with_user(self.implementer2).sign_off("All cases passed.")
        return release

    def _make(self, change, code="successful"):
        """Make a change, as if it was scheduled."""
        change._write_system({"state": "scheduled"})
        change.with_user(self.implementer).start()
        change.with_user(self.implementer).finish()
        change.with_user(self.coordinator).close(code, "As it went.")

    def _used(self, version="5.1", *items):
        """Return a release that is in use."""
        release = self._release(version)
        change = self._bundle(release, *(items or (self.host1,)))
        self._test(release)
        self._make(change)
        self.assertEqual(release.state, "deployed")
        return release

    def _running(self, *items):
        rows = self.Deployment.search(
            [("ci_id", "in", [item.id for item in items]), ("until", "=", False)]
        )
        return {row.ci_id: row.release_id for row in rows}
