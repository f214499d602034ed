"""The life of a message in four verbs: receive, reply, deliver, watch."""
