"""Requests to Twilio for SMS: the same API, the same answers, over a pool of its own."""

from throughline.channels.whatsapp_twilio.client import Client, login

__all__ = ["Client", "login"]
