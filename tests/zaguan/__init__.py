"""The client of Zaguan CoreX, over real sockets."""
