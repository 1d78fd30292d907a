"""Django settings, addresses and server entry points: the composition root, above the floors.

Will hold what wires the apps together; no floor imports it. Empty today.
"""
