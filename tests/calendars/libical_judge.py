"""Runs under the system's Python (which has libical's bindings): prints one line for each file that libical finds fault with."""

import sys

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402

for name in sys.argv[1:]:
    with open(name, encoding="utf-8", newline="") as file:
        component = ICalGLib.Component.new_from_string(file.read())
    errors = component.count_errors() if component else -1
    if errors or not ICalGLib.restriction_check(component):
        print(name, "parse errors" if errors else "restriction_check", component.as_ical_string() if component else "")
