"""The demo city: Huế with its departments, communes and wards, invented people, and a week of meetings around today."""
