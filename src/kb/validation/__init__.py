"""Validation: what is said is well formed, and says all that it must; see ``shapes/README.md`` for the rules."""

from __future__ import annotations

from kb.validation.report import Finding, Report, Severity
from kb.validation.validator import Validator, validate

__all__ = ["Finding", "Report", "Severity", "Validator", "validate"]
