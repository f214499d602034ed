"""WhatsApp's Cloud API: a stand-in that keeps Meta's published rules."""
