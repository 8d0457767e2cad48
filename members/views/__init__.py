"""Membership as the public, applicants and members see it."""
