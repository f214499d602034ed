"""The web: the channel that is built in; its wire is the WebSocket protocol of docs/protocol.md."""
