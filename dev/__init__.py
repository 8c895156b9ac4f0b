"""Developer commands of ITSM for Odoo: what the Makefile calls.

``python3 -m dev help`` lists them. Only the standard library is used until the
project's own virtual environment exists (see ``bootstrap``).
"""
