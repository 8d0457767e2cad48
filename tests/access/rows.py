"""A row of the matrix of access: one address, and what each member of the cast is answered."""

from dataclasses import dataclass, field

from tests.access.offices import OFFICES
from tests.conftest import PEOPLE

# Nobody is signed in as ``guest``: a browser in which the link of a guest was opened. ``account``
# has opened the link of another guest, who had their address.
SIGNED_IN = {*PEOPLE, *OFFICES}
EVERYBODY = {"visitor", "guest", *SIGNED_IN}
HEAD_OFFICE = {"head_office"}
RUN_BRANCHES = {"head_office", "system_admin"}
READ_RECORD = {"auditor", "privacy_officer", "system_admin"}
SEE_DESTRUCTION = {"auditor", "privacy_officer", "system_admin", "head_office"}
PROPOSE_DESTRUCTION = {"privacy_officer", "system_admin", "head_office"}
PRIVACY = {"privacy_officer"}
STAFF = {
    "officer",
    "other_officer",
    "reviewer",
    "treasurer",
    "editor",
    "doorkeeper",
    "auditor",
    "head_office",
    *OFFICES,
}
SEE_MEMBERS = {"officer", "other_officer", "president", "reviewer", "auditor", "head_office"}
SEE_MONEY = {"officer", "other_officer", "president", "treasurer", "auditor", "head_office"}
ASK_FOR_BUYERS = {"officer", "other_officer", "treasurer", "head_office"}
APPROVE = {"treasurer", "head_office"}
APPROVE_STATEMENTS = {"president", "treasurer", "head_office"}
SEE_BOOKS = {"president", "treasurer", "auditor", "head_office"}
SEE_PROVIDER = {"treasurer", "auditor"}
SEE_EVENTS = {"officer", "other_officer", "president", "auditor", "head_office"}
HOLD_EVENTS = {"officer", "other_officer", "head_office"}
IMPORT = {"officer", "other_officer", "head_office"}
REVIEW = {"officer", "other_officer", "president", "reviewer", "head_office"}
DECIDE = {"reviewer", "head_office"}
APPROVE_MEMBERS = {"president", "reviewer", "head_office"}
RUN_MEMBERS = {"officer", "president", "other_officer", "head_office"}
SEE_PAPERS = {"officer", "other_officer", "president", "treasurer", "auditor", "head_office"}
RUN_COMPANIES = {"officer", "other_officer", "president", "head_office"}
SEE_REPORTS = {"editor", "auditor", "head_office"}
READ_REPORTS = {"editor", "head_office"}
SEE_DUES = {"officer", "other_officer", "president", "treasurer", "auditor", "head_office"}
BILL = {"officer", "other_officer", "treasurer", "head_office"}
PROPOSE = {"officer", "other_officer", "president", "reviewer", "head_office"}
SEE_REGISTER = {"officer", "other_officer", "president", "auditor", "head_office"}
SEE_MEETINGS = {"auditor", "head_office"}
DOOR = {"doorkeeper", "head_office"}
SELL = {"officer", "other_officer", "doorkeeper", "head_office"}
WRITE_NOTICE = {"officer", "other_officer", "president", "head_office"}
SEE_DIRECTORY = {"officer", "other_officer", "president", "auditor", "head_office"}
RUN_DIRECTORY = {"officer", "other_officer", "president", "head_office"}
# Whose standing and tier grant it; associates of the tests have no such right.
READ_DIRECTORY = {"regular", "company_rep", "company_seat"}
WRITE_PARTNER = {"officer", "other_officer", "president", "head_office"}
SEE_CONSULTING = {"officer", "other_officer", "president", "auditor", "head_office"}
RUN_CONSULTING = {"officer", "other_officer", "president", "head_office"}
# Who may read a call: those on the roll, and other members, who learn why they are not.
CALLED = {"regular", "associate", "lapsed", "company_rep", "company_seat"}
OTHER = {"other_officer"}


@dataclass(frozen=True)
class Row:
    """One address. ``args`` are keys of the world; ``ok`` is what ``open_to`` get."""

    name: str
    open_to: set[str]
    args: dict[str, str] = field(default_factory=dict)
    hidden_from: set[str] = field(default_factory=set)
    method: str = "get"
    ok: int = 200
    # Status for those signed in who are neither: staff pages refuse, personal rows do not exist.
    others: int = 403
    instead: dict[str, int] = field(default_factory=dict)

    def expected(self, who: str) -> int:
        if who in self.instead:
            return self.instead[who]
        if who in self.open_to:
            return self.ok
        if who in ("visitor", "guest"):
            return 302
        if who in self.hidden_from:
            return 404
        return self.others


def public(name: str, ok: int = 200, method: str = "get", **args: str) -> Row:
    return Row(name, EVERYBODY, args, ok=ok, method=method)


def signed_in(name: str, ok: int = 200, **args: str) -> Row:
    return Row(name, SIGNED_IN, args, ok=ok)


def own(name: str, owner: str, ok: int = 200, method: str = "get", **args: str) -> Row:
    """A row of one person: for everybody else it does not exist."""
    return Row(name, {owner}, args, ok=ok, method=method, others=404)


def bought(name: str, ok: int = 200, method: str = "get", **args: str) -> Row:
    """The same of a buyer, whose page answers guests too: for them what is another's does not exist
    either, where other pages ask them to sign in."""
    return Row(name, {"regular"}, args, ok=ok, method=method, others=404, instead={"guest": 404})


def desk(name: str, open_to: set[str], ok: int = 200, method: str = "get", **args: str) -> Row:
    """A staff page. With ``args`` it speaks of a row in Busan, which Daegu cannot see."""
    if not args:
        return Row(name, open_to, ok=ok, method=method)
    return Row(name, open_to - OTHER, args, open_to & OTHER, method, ok)


def hall(name: str, open_to: set[str], ok: int = 200, method: str = "get", **args: str) -> Row:
    """A staff page about a meeting or a request at the head office, which no branch decides."""
    return Row(name, open_to, args, ok=ok, method=method)


def own_batch(name: str, ok: int = 200, method: str = "get") -> Row:
    """Long work of Busan's officer: to other staff it does not exist, others have no desk."""
    return Row(name, {"officer"}, {"uuid": "batch"}, STAFF - {"officer"}, method, ok)


def own_company(name: str, ok: int = 200, method: str = "get", **args: str) -> Row:
    return own(name, "company_rep", ok, method, pk="company", **args)


def run_company(name: str, ok: int, **args: str) -> Row:
    return desk(name, RUN_COMPANIES, ok, "post", pk="busan_company", **args)
