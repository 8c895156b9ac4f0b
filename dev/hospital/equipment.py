"""What the hospital runs on: 3 000 configuration items and their relations.

Around the heart that the addons' demo data has – hosts, databases, HIS, LIS, PACS –
stand the networks of the houses, the machines of the departments and the smaller
systems. Items are named; relations name the items that they join.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from .organisation import Organisation

# The heart, as the demo data of itsm_cmdb names it.
CORES = ("sw-core-1", "sw-core-2")
HOSTS = ("srv-host-1", "srv-host-2", "srv-host-3", "srv-host-4")
CLUSTER = "Virtualisation Cluster"
BACKUP = "srv-backup"
_MODELS = {
    "Desktop": ("OptiTower 7010", "ThinkStation M70", "ProDesk 600"),
    "Laptop": ("LatiBook 5440", "ThinkNote T14"),
    "Printer": ("LaserLine M404", "LabelJet 420", "PageWorks 8100"),
    "Switch": ("NetEdge 2960", "NetEdge 5735"),
    "Access Point": ("AirBase 6760",),
}
_PRICES = {
    "Desktop": 5200,
    "Laptop": 7400,
    "Printer": 2600,
    "Switch": 12800,
    "Access Point": 2300,
    "Server": 68000,
    "UPS": 42000,
    "Air Conditioner": 36000,
    "Mobile Device": 2900,
    "Storage": 210000,
}
# The smaller systems: name, importance, and what it is for in both languages.
_SYSTEMS = (
    ("EMR", "1", "Medical Records"),
    ("RIS", "2", "Imaging"),
    ("Ultrasound Workstations", "3", "Imaging"),
    ("ECG Network", "2", "Medical Records"),
    ("Anaesthesia Records", "1", "Medical Records"),
    ("ICU Records", "1", "Medical Records"),
    ("Blood Bank System", "1", "Laboratory Results"),
    ("Pathology System", "3", "Laboratory Results"),
    ("Antibiotics Review", "3", "Medical Records"),
    ("Pharmacy Robot Control", "2", "Medical Records"),
    ("Queue and Call System", "2", "Patient Registration"),
    ("Self-Service Kiosks", "3", "Patient Registration"),
    ("Appointment Platform", "2", "Patient Registration"),
    ("Insurance Gateway", "1", "Patient Registration"),
    ("Infection Surveillance", "3", "Medical Records"),
    ("Quality Indicators", "4", "Medical Records"),
    ("Library Access", "4", "Office Work and Mail"),
    ("E-Learning", "4", "Office Work and Mail"),
    ("Time and Attendance", "3", "Accounts and Purchasing"),
    ("Warehouse of Supplies", "3", "Accounts and Purchasing"),
    ("Medical Equipment Register", "3", "Accounts and Purchasing"),
    ("Video Surveillance", "3", "Network Access"),
    ("Door Control", "2", "Network Access"),
    ("Telephone Exchange", "2", "Office Work and Mail"),
)
_VIRTUAL_MACHINES_A_SYSTEM = 8
_MACHINES_A_SOCKET = 24
# Somebody of IT looks after these.
_KEPT = ("Server", "Virtual Machine", "Database", "Application", "Switch")
# Of one item in so many the records have a gap.
_GAP = 31


@dataclass(frozen=True)
class Item:
    """A configuration item.

    :param kind: English name of its class
    :param department: English name; empty for what the IT department runs
    :param place: ``(house, floor)``; None for the data room
    :param holder: login of who has it on their desk
    :param keeper: login of who looks after it
    """

    name: str
    kind: str
    criticality: str = "3"
    department: str = ""
    place: tuple[str, int] | None = None
    holder: str = ""
    keeper: str = ""
    model: str = ""
    serial_number: str = ""
    bought: date | None = None
    price: float = 0
    attributes: Mapping = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """One item depends on, runs on, connects to … another."""

    source: str
    kind: str
    target: str


@dataclass(frozen=True)
class Equipment:
    """All items and what joins them."""

    items: Sequence[Item]
    relations: Sequence[Relation]


def equipment(organisation: Organisation, until: date, seed: int = 3000) -> Equipment:
    """Return the items and relations; the same seed and day give the same ones."""
    maker = _Maker(random.Random(seed), until, _keepers(organisation))
    switches = _networks(maker, organisation)
    _machines(maker, organisation, switches)
    _systems(maker)
    _data_room(maker)
    return Equipment(maker.items, maker.relations)


def _keepers(organisation) -> list[str]:
    return [
        each.login
        for each in organisation.specialists
        if each.desk == "IT Service Desk" and each.line > 1
    ]


class _Maker:
    """Collects what is made."""

    def __init__(self, rng, until, keepers):
        self.rng, self.until, self.keepers = rng, until, keepers
        self.items: list[Item] = []
        self.relations: list[Relation] = []

    def item(self, name, kind, **facts) -> str:
        """Add an item, with what a purchase leaves behind if it is hardware."""
        if kind in _PRICES:
            age = self.rng.triangular(0, 7 * 365, 3 * 365)
            facts = {
                "bought": self.until - timedelta(days=round(age)),
                "price": round(_PRICES[kind] * self.rng.uniform(0.85, 1.3), -1),
                "model": self.rng.choice(_MODELS.get(kind, ("",))),
                "serial_number": f"SN{self.rng.randrange(16**8):08X}",
                **facts,
            }
        if kind in _KEPT and self._is_known():
            facts["keeper"] = self.keepers[len(self.items) % len(self.keepers)]
        self.items.append(Item(name=name, kind=kind, **facts))
        return name

    def held_by(self, people: Sequence[str], number: int) -> str:
        """Return who has the machine of a number; of a few nobody knows it."""
        return people[number % len(people)] if self._is_known() else ""

    def _is_known(self) -> bool:
        """Tell whether the records are complete here; audits find where not."""
        return len(self.items) % _GAP != 0

    def join(self, source, kind, target) -> None:
        """Add a relation."""
        self.relations.append(Relation(source, kind, target))


def _networks(maker, organisation) -> dict[tuple[str, int], list[str]]:
    """Give each house two distribution switches and each floor its access switches.

    :return: access switches of each floor
    """
    found = {}
    for house in organisation.houses:
        key = house["key"].lower()
        distribution = [
            maker.item(f"sw-dist-{key}-{n}", "Switch", criticality="1",
                       place=(house["key"], 1), attributes={"ports": 48})
            for n in (1, 2)
        ]  # fmt: skip
        for number, (name, core) in enumerate(zip(distribution, CORES, strict=True), 1):
            fibre = maker.item(f"Fibre {house['key']} {number}", "Circuit",
                               criticality="2", place=(house["key"], 1),
                               attributes=_fibre(house, number))  # fmt: skip
            maker.join(name, "connects_to", core)
            maker.join(name, "connects_to", fibre)
        for floor in range(1, house["floors"] + 1):
            place = (house["key"], floor)
            power = maker.item(f"UPS {house['key']}{floor}", "UPS", criticality="2",
                               place=place, attributes={"capacity": 6.0})  # fmt: skip
            found[place] = _floor(maker, place, distribution, power)
    return found


def _fibre(house, number) -> dict[str, object]:
    return {
        "circuit_number": f"F-{house['key']}{number}",
        "circuit_kind": "fibre",
        "bandwidth": 10000,
    }


def _floor(maker, place, distribution, power) -> list[str]:
    """Put the switches of a floor into the rack of its room; return them."""
    name, rack = f"{place[0].lower()}{place[1]}", _rack(maker, place, power)
    switches = []
    for number in range(1, 4):
        switch = maker.item(f"sw-acc-{name}-{number}", "Switch", criticality="2",
                            place=place, attributes={"ports": 48})  # fmt: skip
        maker.join(switch, "depends_on", distribution[number % 2])
        maker.join(power, "powers", switch)
        maker.join(rack, "contains", switch)
        switches.append(switch)
    for number in range(1, 9):
        point = maker.item(f"ap-{name}-{number}", "Access Point", place=place)
        maker.join(point, "depends_on", switches[number % len(switches)])
    return switches


def _rack(maker, place, power) -> str:
    """Give a floor the room of its network, with a rack; return the rack."""
    name = f"{place[0]}{place[1]}"
    closet = {"floor_area": 6, "access_control": "key"}
    room = maker.item(f"Network Room {name}", "Room", place=place, attributes=closet)
    frame = {"height_units": 24, "power_feeds": 1}
    rack = maker.item(f"Rack {name}", "Rack", place=place, attributes=frame)
    maker.join(room, "contains", rack)
    maker.join(power, "powers", rack)
    return rack


def _machines(maker, organisation, switches) -> None:
    """Give departments their computers, printers and scanners."""
    everybody = [*organisation.people, *organisation.specialists]
    for department in organisation.departments:
        if not department.staff:
            continue
        code = "".join(word[0] for word in department.name["en_US"].split())[:3].upper()
        code += f"{organisation.departments.index(department):02}"
        place = (department.house, department.floor)
        name = department.name["en_US"]
        facts = {"department": name, "place": place}
        staff = [each.login for each in everybody if each.department == name]
        counts = {
            "Desktop": round(department.staff * 0.95),
            "Laptop": round(department.staff * 0.14) or 1,
            "Printer": round(department.staff * 0.17) or 1,
            "Mobile Device": round(department.staff * 0.12),
        }
        for kind, count in counts.items():
            for number in range(1, count + 1):
                name = f"{_SHORT[kind]}-{code}-{number:03}"
                holder = "" if kind == "Printer" else maker.held_by(staff, number)
                maker.item(name, kind, criticality="4", holder=holder, **facts)
                if kind in ("Desktop", "Printer"):
                    socket = (number - 1) // _MACHINES_A_SOCKET
                    on_floor = switches[place]
                    maker.join(name, "connects_to", on_floor[socket % len(on_floor)])


_SHORT = {"Desktop": "PC", "Laptop": "NB", "Printer": "PR", "Mobile Device": "PDA"}


def _systems(maker) -> None:
    """Add the smaller systems: an application, its database, its virtual machines."""
    for system, criticality, service in _SYSTEMS:
        short = "".join(word[0] for word in system.replace("-", " ").split()).lower()
        short = f"{short}{[row[0] for row in _SYSTEMS].index(system):02}"
        application = maker.item(system, "Application", criticality=criticality)
        maker.join(service, "depends_on", application)
        machines = [
            maker.item(f"vm-{short}-{n}", "Virtual Machine", criticality=criticality,
                       attributes={"cpu_cores": 4, "memory": 16})
            for n in range(1, _VIRTUAL_MACHINES_A_SYSTEM + 1)
        ]  # fmt: skip
        for machine in machines:
            maker.join(machine, "hosted_on", CLUSTER)
        for machine in machines[:2]:
            maker.join(application, "runs_on", machine)
        base = maker.item(f"{system} Database", "Database", criticality=criticality)
        maker.join(application, "depends_on", base)
        maker.join(base, "runs_on", machines[-1])
        maker.join(BACKUP, "backs_up", base)
        for kind in ("Licence", "Certificate"):
            maker.item(f"{system}: {kind}", kind, criticality="4",
                       attributes=dict(_papers(maker, kind, short)))  # fmt: skip


def _papers(maker, kind, short) -> Iterator[tuple[str, object]]:
    end = maker.until + timedelta(days=maker.rng.randrange(-40, 700))
    if kind == "Licence":
        yield "seats", maker.rng.choice((10, 50, 100, 200))
        yield "licence_end", end.isoformat()
    else:
        yield "common_name", f"{short}.hospital.example"
        yield "valid_until", end.isoformat()


def _data_room(maker) -> None:
    for number in range(1, 9):
        server = maker.item(f"srv-app-{number}", "Server", criticality="2",
                            attributes={"cpu_cores": 32, "memory": 256})  # fmt: skip
        maker.join(server, "depends_on", CORES[number % 2])
    for number in range(1, 7):
        maker.item(f"AC {number}", "Air Conditioner", criticality="2")
