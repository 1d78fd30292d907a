"""Django settings, addresses and server entry points: the composition root, above the floors.

``environment`` is the one table of what a deployment says; ``settings`` makes Django's of it.
"""
