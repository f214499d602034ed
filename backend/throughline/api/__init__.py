"""The door: HTTP and WebSocket in, JSON out. The only room with Starlette."""
