"""Mentions to identities."""
