"""SMS by way of Twilio: plain words, counted in the segments that they cost."""
