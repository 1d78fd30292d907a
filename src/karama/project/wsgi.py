"""What a web server of the WSGI kind calls; unsafe settings are refused here too, whoever starts it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from karama.project import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karama.project.settings")
environment.refuse_unsafe(environment.read())
application = get_wsgi_application()
if pages := environment.read().pages:
    application = WhiteNoise(application, root=pages, prefix="demo/", index_file=True)
