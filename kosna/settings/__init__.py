"""Read from the environment, strict: a missing or senseless value stops the start.

Safe unless told otherwise: ``KOSNA_ENV`` is ``production`` by default, and nothing here weakens
production by a flag. ``.env.example`` documents every variable. One file for each idea.
"""

from kosna.settings.accounts import *
from kosna.settings.association import *
from kosna.settings.database import *
from kosna.settings.environment import *
from kosna.settings.files import *
from kosna.settings.house import *
from kosna.settings.logs import *
from kosna.settings.mail import *
from kosna.settings.payments import *
from kosna.settings.proofs import *
from kosna.settings.security import *
