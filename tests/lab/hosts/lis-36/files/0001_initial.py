"""Initial schema of the order entry (migration of the code, not of patients)."""

operations = ["create table orders", "create table results"]
