"""What a message says: bytes in, facts out. Pure: no database, no clock, no network.

`message.parse` is the way in. Nothing here raises on bad mail; what cannot be understood is kept as it came and said
in `remarks`.
"""
