"""Every address of the portal with the permission it needs, read from the running URLconf."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# What an address with a parameter speaks of, by the word before its last parameter.
OBJECTS = {
    "<slug:slug>/proposals": "events.Proposal",
    "about": "",  # a page of text, no row
    "address": "members.Member",
    "adjustments": "payments.Adjustment",
    "api-keys": "api.Token",
    "applications": "members.Application",
    "apply": "members.Application",
    "appointments": "branches.Appointment",
    "ask": "members.CompanyDomain",
    "asked": "members.SeatRequest",
    "assessments": "members.Assessment",
    "attachments": "community.Attachment",
    "audit": "audit.Entry",
    "batches": "core.Batch",
    "blocks": "directory.Block",
    "booth-bookings": "events.BoothBooking",
    "booths": "events.Booth",
    "booths/any": "events.BoothType",
    "branches": "branches.Branch",
    "calendars": "members.DuesCalendar",
    "changes": "members.CompanyChange",
    "checkin": "events.Event",
    "claim": "members.Claim",
    "claims": "members.Claim",
    "closed-accounts": "retention.ClosedAccount",
    "comments": "community.Comment",
    "community": "community.Post",
    "community/<slug:board>": "community.Post",
    "community/new": "community.Post",
    "community/reports": "community.AbuseReport",
    "company": "members.Member",
    "consultants": "programmes.Consultant",
    "consulting": "programmes.ConsultingRequest",
    "consulting/assigned": "programmes.ConsultingRequest",
    "consulting/rounds": "programmes.ConsultingRound",
    "contributors": "community.Contributor",
    "deposits": "payments.Order",
    "deposits/accounts": "payments.BankAccount",
    "deposits/files": "payments.BankFile",
    "deposits/lines": "payments.Deposit",
    "deposits/matches": "payments.Match",
    "deposits/outgoing": "payments.BankLine",
    "deposits/noted": "payments.NotedDeposit",
    "deposits/typed": "payments.Payment",
    "destruction": "retention.Destruction",
    "devices": "events.DoorDevice",
    "directory": "directory.Profile",
    "directory/reports": "directory.AbuseReport",
    "documents": "documents.Document",
    "domains": "members.CompanyDomain",
    "dues": "members.Member",
    "editions": "research.Edition",
    "events": "events.Event",
    "exchange": "community.Post",
    "exemptions": "members.Exemption",
    "exhibitors": "events.Exhibitor",
    "extras": "events.Extra",
    "files": "members.ApplicationFile",
    "holidays": "core.Holiday",
    "imports": "members.Import",
    "instructors": "events.Instructor",
    "invitations": "members.Invitation",
    "items": "members.AgendaItem",
    "keys": "mfa.Authenticator",
    "leave": "members.Member",
    "introductions": "directory.Introduction",
    "mail": "mail.Message",
    "materials": "events.Material",
    "me/booths": "payments.Order",
    "meetings": "members.Meeting",
    "members": "members.Member",
    "money-tasks": "payments.Task",
    "notices": "branches.BranchNotice",
    "orders": "payments.Order",
    "orders/guest": "payments.Order",
    "cover": "research.Report",
    "cite": "research.Report",
    "preview": "research.Report",
    "pages": "research.Report",
    "authors": "research.Author",
    "outgoing/matches": "payments.OutgoingMatch",
    "partners": "programmes.Partner",
    "payments": "payments.Payment",
    "people": "events.Registration",
    "permits": "research.Permit",
    "programme": "events.Session",
    "programme/sessions": "events.DraftSession",
    "programme/changes": "events.ProgrammeVersion",
    "events/registrations": "events.Registration",
    "projects": "programmes.Project",
    "me/projects": "programmes.ProjectApplication",
    "projects/applications": "programmes.ProjectApplication",
    "projects/figures": "programmes.ProjectFigure",
    "proofs": "payments.Proof",
    "proposals": "branches.Proposal",
    "provider-events": "payments.ProviderEvent",
    "proxies": "members.Proxy",
    "rates": "members.DuesRate",
    "refunds": "payments.Refund",
    "refunds/transfers": "payments.TransferFile",
    "register": "members.Inspection",
    "register/requests": "members.Inspection",
    "registrations": "events.Registration",
    "removals": "members.Removal",
    "reports": "research.Report",
    "events/requests": "events.PlaceRequest",
    "requests": "members.SeatRequest",
    "research": "research.Report",
    "reviews": "events.Proposal",
    "rows": "members.ImportRow",
    "sales": "events.DoorSale",
    "saved": "research.SavedSearch",
    "saved/stop": "research.SavedSearch",
    "seats": "members.Seat",
    "sessions": "events.Session",
    "series": "events.ClassSeries",
    "settlements": "payments.Statement",
    "shares": "members.ShareRule",
    "speakers": "events.Speaker",
    "teaching": "events.Event",
    "terms": "branches.Term",
    "statistics": "research.Series",
    "statistics/imports": "research.SeriesImport",
    "tickets": "events.Registration",
    "tickets/requests": "events.PlaceRequest",
    "tills": "payments.Till",
    "tiers": "members.Tier",
    "tier": "members.TierChange",
    "tier-changes": "members.TierChange",
    "transfer": "members.Transfer",
    "transfers": "members.Transfer",
    "verify": "documents.Document",
    "vouchers": "events.Voucher",
    "waiting": "events.WaitlistEntry",
    "weekly/stop": "community.WeeklyMail",
    "work": "core.Batch",
}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    methods: list[str]
    # "public", "login", "login | guest", the staff verbs that open it, or "key: …" and the scopes
    access: str
    object: str  # the model whose row the address names, if it names one
    view: str

    def as_dict(self) -> dict[str, Any]:
        told = asdict(self)
        return {("permission" if key == "access" else key): told[key] for key in told}


def routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = entry.namespace or ""
            space = ":".join(part for part in (namespace, inner) if part)
            yield from _walk(entry.url_patterns, path, space)
        elif isinstance(entry, URLPattern):
            yield _route(entry, path, namespace)


def _route(entry: URLPattern, path: str, namespace: str) -> Route:
    view = entry.callback
    verbs, scopes = getattr(view, "verbs", None), getattr(view, "scopes", None)
    if namespace == "admin" or path.startswith("admin/"):
        access = "superuser"
    elif verbs:
        access = " | ".join(verbs)
    elif scopes:
        access = "key: " + " | ".join(scopes)
    elif getattr(view, "login_required", True) is False:
        access = "public"
    else:
        access = "login | guest" if getattr(view, "open_to_guests", False) else "login"
    name = ":".join(part for part in (namespace, entry.name or "") if part)
    return Route(name, "/" + path, _methods(view), access, _object(path), entry.lookup_str)


def _methods(view: Any) -> list[str]:
    """As ``kosna.core.methods`` or a class of views says; a plain view answers both."""
    if page := getattr(view, "view_class", None):
        return [verb.upper() for verb in ("get", "post") if hasattr(page, verb)]
    return getattr(view, "allowed_methods", ["GET", "POST"])


def _object(path: str) -> str:
    before, has_parameter, _rest = path.rpartition("<")
    if not has_parameter:
        return ""
    words = before.rstrip("/").split("/")
    if words[0] == "admin":
        return ".".join(words[1:3])
    return OBJECTS.get("/".join(words[-2:])) or OBJECTS.get(words[-1], "")
