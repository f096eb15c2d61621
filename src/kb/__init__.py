"""The medical-missions knowledge base: who says what about Cuba's medical missions, where, and on what evidence."""

__version__ = "0.1.0"
