"""The public API under hostile conditions, over real sockets, on asyncio, uvloop, trio and through the sync shim."""
