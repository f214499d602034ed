"""A stand-in for Gmail: its REST API, its consent page and tokens, its pushes, and people who write and read mail.

It shares no code with the product and is spoken to by the real `google-api-python-client`. What it knows is in a
journal, the ground truth of what was really received and done. Everything that can go wrong is a switch.
"""
