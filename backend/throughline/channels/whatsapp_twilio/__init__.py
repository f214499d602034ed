"""WhatsApp by way of Twilio: signed forms in, a POST for each message out, callbacks that tell what became of it."""
