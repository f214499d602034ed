"""The life of a message in four verbs: receive, reply, deliver, watch.

Who does something over time is here and in `courier`; what one transaction does is in `steps`.
"""
