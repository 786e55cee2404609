//! Requests by their expected bodies, replies and events by what they say.
