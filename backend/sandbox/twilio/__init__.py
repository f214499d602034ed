"""Twilio's messaging: a stand-in that keeps its published rules, for WhatsApp and for SMS."""
