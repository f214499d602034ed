"""Gmail: one mail per turn, in threads, over Google's API."""
