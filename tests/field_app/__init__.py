"""What the tests of the technicians' app share."""
