"""WhatsApp by Meta's own Cloud API: messages, statuses, buttons, media, and the 24 hours in which we may write."""
