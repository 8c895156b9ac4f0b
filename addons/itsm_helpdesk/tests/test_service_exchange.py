from odoo.tests import tagged

from odoo.addons.itsm_helpdesk.tools import service_file

from .service_exchange_common import ExchangeCase, png


@tagged("post_install", "-at_install")
class TestServiceExchange(ExchangeCase):
    """Services go out and come back as they were."""

    def test_a_full_service_comes_back(self):
        service = self._full()
        services = service | service.order_ids.child_service_id
        content = self._file_of(services)
        sla = self.env["itsm.sla.policy"].search([("name", "=", "Exchange Workplaces")])
        sla.service_ids = [(4, self._bare(name="Other").id)]
        self._forget(services)
        outcome = self._imported(self._read(content))
        self.assertEqual(outcome.created, ["x-badge", "x-workplace"])
        self.assertFalse(outcome.missing)
        self.assertFalse(outcome.left_out)
        found = self.Service.search([("code", "in", ["x-badge", "x-workplace"])])
        self.assertEqual(set(found.mapped("state")), {"draft"})
        self.maxDiff = None
        self.assertEqual(self._read(self._file_of(found)), self._read(content))
        self.assertEqual(self._file_of(found), content)

    def test_the_file_holds_everything(self):
        """No part of the full service is empty in the file: all are compared above."""
        service = self._full()
        entry = self._read(self._file_of(service))["services"][0]
        self.assertEqual(
            set(entry), set(service_file.DOCUMENT.kinds["services"].kind.kinds)
        )
        task = entry["plan"][0]
        self.assertEqual(task["failure"], ["t2"])
        self.assertEqual(entry["plan"][2]["after"], ["t1"])
        self.assertEqual(entry["plan"][1]["team"]["desk"], "Exchange Facilities")
        rule = entry["questions"][3]["shown_if"]["rules"][0]
        self.assertEqual(rule["value"], {"record": "Exchange Ward"})
        self.assertEqual(entry["questions"][2]["default"]["record"], "Exchange Ward")

    def test_twice_is_unchanged(self):
        service = self._full()
        content = self._file_of(service)
        self.env.cr.execute(
            "UPDATE itsm_service SET write_date = '2020-01-01' WHERE id = %s",
            [service.id],
        )
        outcome = self._imported(self._read(content))
        self.assertEqual(outcome.unchanged, ["x-workplace"])
        service.invalidate_recordset()
        self.assertEqual(service.write_date.year, 2020)

    def test_what_cannot_be_kept_does_not_make_a_change(self):
        data = self._document({"team": "Nobody's", "owner": {"login": "gone"}})
        outcome = self._imported(data)
        self.assertEqual(outcome.created, ["x-printer"])
        self.assertEqual(
            {remark.path for remark in outcome.missing},
            {"services[x-printer].team", "services[x-printer].owner"},
        )
        service = self.Service.search([("code", "=", "x-printer")])
        self.env.cr.execute(
            "UPDATE itsm_service SET write_date = '2020-01-01' WHERE id = %s",
            [service.id],
        )
        self.assertEqual(self._imported(data).unchanged, ["x-printer"])
        service.invalidate_recordset()
        self.assertEqual(service.write_date.year, 2020)

    def test_a_changed_service_keeps_its_questions(self):
        service = self._full()
        questions = {q.key: q.id for q in service.question_ids}
        tasks = {t.name: t.id for t in service.plan_task_ids}
        data = self._read(self._file_of(service))
        entry = data["services"][0]
        entry["name"]["en_US"] = "Place to work"
        first, *_rest = entry["questions"]
        first["label"] = {"en_US": "Machine", "zh_CN": "机器"}
        first["options"] = [
            {"key": "tablet", "label": {"en_US": "Tablet"}},
            first["options"][0],
        ]
        entry["questions"] = [
            q for q in entry["questions"] if q["key"] not in ("last", "papers")
        ]
        entry["questions"].append(
            {"key": "new", "type": "boolean", "label": {"en_US": "New?"}}
        )
        entry["plan"] = entry["plan"][::2]
        entry["plan"][0] |= {"failure": [], "on_failure": "stop", "checks": []}
        outcome = self._imported(data)
        self.assertEqual(outcome.updated, ["x-workplace"])
        self.maxDiff = None
        [line] = outcome.services
        self.assertEqual(len(line.changes), 3)
        now = {q.key: q.id for q in service.question_ids}
        self.assertEqual(now["device"], questions["device"])
        self.assertEqual(set(questions) - set(now), {"last", "papers"})
        self.assertEqual(set(now) - set(questions), {"new"})
        device = service.question_ids.filtered(lambda q: q.key == "device")
        self.assertEqual(device.with_context(lang="zh_CN").name, "机器")
        self.assertEqual(device.option_ids.sorted().mapped("key"), ["tablet", "laptop"])
        self.assertEqual(
            {t.name: t.id for t in service.plan_task_ids},
            {name: tasks[name] for name in ("Order", "Hand over")},
        )
        self.assertEqual(self._read(self._file_of(service)), service_file.normal(data))

    def test_a_language_of_its_own_can_be_taken_away(self):
        service = self._full()
        data = self._read(self._file_of(service))
        entry = data["services"][0]
        for name in ("name", "details"):
            self.assertIn("zh_CN", entry[name])
            del entry[name]["zh_CN"]
        self._imported(data)
        chinese = service.with_context(lang="zh_CN")
        self.assertEqual(chinese.name, "Workplace")
        self.assertEqual(chinese.details, service.details)

    def test_texts_are_imported_in_whatever_language_one_works(self):
        data = self._document(
            {
                "name": {"en_US": "Printer", "zh_CN": "打印机"},
                "details": {"en_US": "<p>Fast</p>", "zh_CN": "<p>快</p>"},
                "questions": [
                    {
                        "key": "size",
                        "type": "char",
                        "label": {"en_US": "Size", "zh_CN": "尺寸"},
                    }
                ],
            }
        )
        self._imported(data, self.env(context={"lang": "zh_CN"}))
        service = self.Service.search([("code", "=", "x-printer")])
        self.assertEqual(service.with_context(lang="en_US").name, "Printer")
        self.assertEqual(service.with_context(lang="zh_CN").name, "打印机")
        self.assertIn("Fast", service.with_context(lang="en_US").details)
        self.assertIn("快", service.with_context(lang="zh_CN").details)
        question = service.question_ids
        self.assertEqual(question.with_context(lang="en_US").name, "Size")
        self.assertEqual(question.with_context(lang="zh_CN").name, "尺寸")

    def test_languages_that_are_not_installed_are_left(self):
        data = self._document({"name": {"en_US": "Printer", "fr_FR": "Imprimante"}})
        self._imported(data)
        self.assertEqual(self._imported(data).unchanged, ["x-printer"])

    def test_a_trial_leaves_nothing(self):
        before = self._rows()
        service = self._full()
        content = self._file_of(service)
        self._forget(service | service.order_ids.child_service_id)
        self.env["itsm.sla.policy"].search(
            [("name", "=", "Exchange Workplaces")]
        ).unlink()
        outcome = self._imported(self._read(content), dry_run=True)
        self.assertEqual(outcome.created, ["x-workplace"])
        self.assertEqual(
            {remark.path for remark in outcome.missing},
            {
                "services[x-workplace].orders[1].service",
                "services[x-workplace].sla_policies",
            },
        )
        self.assertEqual(self._rows(), before)

    def test_parts_may_stand_anywhere_in_the_file(self):
        data = self._document(
            {"code": "a", "orders": [{"service": "b"}]},
            {"code": "b", "orders": [{"service": "c"}]},
            {"code": "c"},
        )
        self.assertFalse(self._imported(data).missing)
        first = self.Service.search([("code", "=", "a")])
        self.assertEqual(first.order_ids.child_service_id.code, "b")

    def test_a_published_service_stays_as_requesters_see_it(self):
        service = self._bare()
        self.env["itsm.question"].create({"service_id": service.id, "name": "Which?"})
        service.action_publish()
        version = service.version_id
        data = self._read(self._file_of(service))
        data["services"][0]["questions"][0]["label"]["en_US"] = "Machine"
        self._imported(data)
        self.assertEqual(service.question_ids.name, "Machine")
        self.assertEqual(
            version._definition("en_US")["questions"][0]["label"], "Which?"
        )
        self.assertEqual(service.state, "published")
        self.assertEqual(service.version_id, version)

    def test_question_sets_that_are_here(self):
        """Other services use them too, so they change only where that is wanted."""
        service = self._full()
        data = self._read(self._file_of(service))
        [questions] = [each["questions"] for each in data["question_sets"]]
        questions[0]["label"]["en_US"] = "Mobile"
        phone = service.question_ids.included_set_id.question_ids
        outcome = self._imported(data)
        self.assertEqual(phone.name, "Telephone")
        self.assertEqual(len(outcome.shared), 1)
        self._imported(data, update_shared=True)
        self.assertEqual(phone.name, "Mobile")

    def test_policies_that_are_here_stay(self):
        service = self._full()
        data = self._read(self._file_of(service))
        data["approval_policies"][0]["allow_requester"] = False
        outcome = self._imported(data)
        self.assertEqual(len(outcome.shared), 1)
        self.assertTrue(service.approval_policy_id.allow_requester)
        service.approval_policy_id = self._policy(name="Another")
        self._imported(data)
        self.assertEqual(service.approval_policy_id.name, "Exchange: manager, then IT")

    def test_policies_name_nobody_by_number(self):
        policy = self._policy(domain=f"[('desk_id', '=', {self.desk.id})]")
        service = self._bare(code="phone", approval_policy_id=policy.id)
        data = self._read(self._file_of(service))
        service.unlink()
        policy.unlink()
        outcome = self._imported(data)
        self.assertEqual(
            [remark.path for remark in outcome.missing],
            ["approval_policies[Exchange: manager, then IT]"],
        )

    def test_a_policy_whose_people_are_gone(self):
        service = self._full()
        data = self._read(self._file_of(service))
        for step in data["approval_policies"][0]["steps"]:
            for line in step["lines"]:
                for person in line.get("users", ()):
                    person |= {"login": "gone", "email": "gone", "name": "Gone"}
        self._forget(service)
        outcome = self._imported(data)
        service = self.Service.search([("code", "=", "x-workplace")])
        self.assertFalse(service.approval_policy_id)
        self.assertIn(
            "services[x-workplace].approval_policy",
            {remark.path for remark in outcome.missing},
        )

    def test_a_service_level_policy_for_all_services_is_not_narrowed(self):
        policy = self.env["itsm.sla.policy"].create(
            {"name": "Exchange All", "res_model": "itsm.ticket"}
        )
        self._imported(self._document({"sla_policies": ["Exchange All"]}))
        self.assertFalse(policy.service_ids)

    def test_a_condition_on_somebody_who_is_not_here_never_holds(self):
        data = self._document(
            {
                "questions": [
                    {"key": "dep", "type": "department", "label": {"en_US": "Where"}},
                    {
                        "key": "why",
                        "type": "char",
                        "label": {"en_US": "Why"},
                        "shown_if": {
                            "rules": [
                                {
                                    "question": "dep",
                                    "op": "equals",
                                    "value": {"record": "On the Moon"},
                                }
                            ]
                        },
                    },
                ]
            }
        )
        outcome = self._imported(data)
        self.assertEqual(
            [remark.path for remark in outcome.missing],
            ["services[x-printer].questions[why].shown_if"],
        )
        why = self.Service.search([("code", "=", "x-printer")]).question_ids[1]
        self.assertEqual(why.shown_if["rules"][0]["value"], 0)

    def test_the_desk_is_chosen_where_it_is_not_known(self):
        data = self._document({"desk": "Moon Base"})
        self.assertEqual(list(self._refused(data)), ["services[x-printer].desk"])
        outcome = self._imported(data, desk=self.desk_other)
        service = self.Service.search([("code", "=", "x-printer")])
        self.assertEqual(service.desk_id, self.desk_other)
        self.assertEqual(outcome.missing[0].path, "services[x-printer].desk")
        # The next time it stays where it is.
        self.assertEqual(self._imported(data, desk=self.desk).unchanged, ["x-printer"])

    def test_the_picture_can_be_changed_and_taken_away(self):
        picture = png("red")
        self._imported(self._document({"picture": picture}))
        service = self.Service.search([("code", "=", "x-printer")])
        self.assertEqual(service.image_1920.decode(), picture)
        self._imported(self._document({}))
        self.assertFalse(service.image_1920)
