"""The courier: takes what is owed to a binding there, row by row, under a lease, and writes down what became of it."""
