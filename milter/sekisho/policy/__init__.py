"""The policy language: its words as models, compiled to conditions and actions, evaluated and explained."""
