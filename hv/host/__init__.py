"""What this machine can do: seen by trying, where a look alone could deceive."""
