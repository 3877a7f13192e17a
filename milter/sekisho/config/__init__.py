"""Configuration: YAML read with places, checked by typed models, made into what the rest of the daemon runs on."""
