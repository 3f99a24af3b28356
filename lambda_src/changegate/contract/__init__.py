"""The input and output of every task state: taskParams, its fields and how they are checked."""
