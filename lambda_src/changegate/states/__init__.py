"""The task states of the state machine, one module each."""
