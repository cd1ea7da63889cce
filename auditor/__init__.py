"""Agentless auditor of medical-laboratory servers: collect, evaluate, report."""

__version__ = "0.1.0"
