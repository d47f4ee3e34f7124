"""What orders the work and talks to people: steps, reports and the command line."""
