"""Recorded provider traffic against the library, over real sockets, judged by an independent reading."""
