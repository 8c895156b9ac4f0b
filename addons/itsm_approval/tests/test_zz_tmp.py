import re
from collections import Counter
from unittest.mock import patch
from odoo.sql_db import Cursor
from odoo.tests import tagged
from . import test_batch
Base = test_batch.TestBatch

@tagged("post_install", "-at_install")
class TestZz(Base):
    def test_profile(self):
        for n in ("asked", "decided"):
            self.env.ref(f"itsm_approval.mail_template_{n}").unlink()
        policy = self._policy_of_two_steps()
        self._deciding(2, policy)
        approvals = self._things(40)._approval_request(policy)
        self.env.cr.precommit.run(); self.env.flush_all(); self.env.invalidate_all()
        mine = self.env["itsm.approval"].with_user(self.ann).browse(approvals.ids)
        seen = Counter(); orig = Cursor.execute
        import traceback
        where = {}
        def ex(s, query, *a, **k):
            code = query if isinstance(query, str) else getattr(query, "code", None) or query.as_string(s._cnx)
            key = re.sub(r"\s+", " ", code)[:110]
            seen[key] += 1
            if seen[key] == 5:
                where[key] = "".join(traceback.format_stack()[-14:-1])
            return orig(s, query, *a, **k)
        with patch.object(Cursor, "execute", ex):
            n = self._queries(lambda: mine.vote("approve", "x"))
        print("TOTAL", n)
        for k, c in seen.most_common(12): print(c, k)
        for k, w in where.items():
            if seen[k] > 10: print("=====", k); print(re.sub(r'File "[^"]*/(odoo|main)/', 'F "', w))

del Base
