"""The only place that speaks to the MTA through pymilter: collect a message, carry out its plan, listen."""
