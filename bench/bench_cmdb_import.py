"""A ledger of 50 000 rows, .xls, into the configuration database.

Measured whole: opening, looking for columns, reading, identifying, the dry run of each
row, and writing. Then the same file once more, which changes nothing; and Odoo's own
``base_import`` of rows that were made plain for it. All in one transaction, taken back.
"""

import base64
import threading
import time

from cmdb_ledger import plain_rows, workbook

ROWS, FEW, BASE = 50_000, 5_000, 2_000


class Memory:
    """The highest use of memory while something runs, in MiB above its start."""

    def __enter__(self):
        self.start = self.peak = self.now()
        self.running = True
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.running = False
        self.thread.join()

    @staticmethod
    def now():
        """Return the resident memory."""
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * 4096 / 2**20

    def watch(self):
        """Look every 20 ms."""
        while self.running:
            self.peak = max(self.peak, self.now())
            time.sleep(0.02)

    @property
    def growth(self):
        """Return the growth in MiB."""
        return round(self.peak - self.start)


def run(content):
    """Import a ledger; return its job, seconds of each step, and memory of each."""
    seconds, memory = {}, {}

    def step(name, action):
        with Memory() as used:
            start = time.perf_counter()
            found = action()
            env.flush_all()
            seconds[name] = time.perf_counter() - start
        memory[name] = used.growth
        return found

    job = env["itsm.ci.import"].create(
        {"filename": "ledger.xls", "content": base64.b64encode(content)}
    )
    step("look", job.action_read)
    step("dry_run", job.action_plan)
    step("apply", job.batch_id.apply)
    return job, seconds, memory


def measure(prefix, content, rows):
    """Import and keep the figures."""
    job, seconds, memory = run(content)
    whole = sum(seconds.values())
    for name, value in seconds.items():
        results[f"{prefix}_{name}_s"] = round(value, 1)
        results[f"{prefix}_{name}_memory_mib"] = memory[name]
    results[f"{prefix}_rows_a_second"] = round(rows / whole)
    found = job._result()
    assert not found.refused, found.errors[:3]
    return found


content = workbook(ROWS)
results["rows"] = ROWS
measure("few", workbook(FEW), FEW)
env.cr.rollback()
env.invalidate_all()
first = measure("first", content, ROWS)
assert first.created == ROWS
again = measure("again", content, ROWS)
assert again.unchanged == ROWS
env.invalidate_all()

desktop = env["itsm.ci.class"]._by_code("desktop")
names, text = plain_rows(BASE)
wizard = env["base_import.import"].create(
    {
        "res_model": "itsm.ci",
        "file": text.replace("{class_id}", str(desktop.id)).encode(),
        "file_name": "plain.csv",
        "file_type": "text/csv",
    }
)
start = time.perf_counter()
answer = wizard.execute_import(
    names,
    names,
    {
        "has_headers": True,
        "quoting": '"',
        "separator": ",",
        "encoding": "utf-8",
        "date_format": "%Y-%m-%d",
        "float_thousand_separator": ",",
        "float_decimal_separator": ".",
        "limit": BASE + 1,
    },
)
env.flush_all()
assert len(answer["ids"] or ()) == BASE, answer["messages"][:3]
base = time.perf_counter() - start
results["base_import_rows"] = BASE
results["base_import_rows_a_second"] = round(BASE / base)
results["times_faster_than_base_import"] = round(
    results["first_rows_a_second"] / results["base_import_rows_a_second"], 2
)
results["memory_large_to_few"] = round(
    max(results[f"first_{name}_memory_mib"] for name in ("dry_run", "apply"))
    / max(1, max(results[f"few_{name}_memory_mib"] for name in ("dry_run", "apply"))),
    2,
)
env.cr.rollback()
