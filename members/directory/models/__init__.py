"""Entries of the directory, the consents that they rest on, and what members ask of each other."""

from members.directory.models.abuse import AbuseReport, AbuseReportQuerySet
from members.directory.models.introductions import Block, Introduction, IntroductionQuerySet
from members.directory.models.profiles import Audience, Consent, Profile, ProfileQuerySet

__all__ = [
    "AbuseReport",
    "AbuseReportQuerySet",
    "Audience",
    "Block",
    "Consent",
    "Introduction",
    "IntroductionQuerySet",
    "Profile",
    "ProfileQuerySet",
]
