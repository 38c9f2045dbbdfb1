"""How a reader fills the shared cache: numbers and script that decisions and code samples have in common."""

LEASE_SECONDS = 5
"""Longer than a read of one row or page takes: when it ends first, an answer is used and not stored."""
NOTHING_SECONDS = 60
"""Strangers can ask for keys without end that are not there; those leave the memory soon."""
FILL = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])"
    " redis.call('DEL', KEYS[1]) return 1 end return 0"
)
"""Stores an answer only while its reader holds the lease, which a write deletes: as the coherence proof does it."""
