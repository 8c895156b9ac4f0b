"""A hospital with 900 beds and two years of its service desk, for the demo.

What happens there is planned by plain functions from a seed (:mod:`.organisation`,
:mod:`.demand`, :mod:`.equipment`): the same day gives the same hospital. What is
planned is written into an Odoo database by :mod:`.build`.
"""
