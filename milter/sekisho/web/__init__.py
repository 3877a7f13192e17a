"""HTTP: metrics and health. The only place that imports the web framework."""
