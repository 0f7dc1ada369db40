"""`python -m waymeet`."""

import sys

from waymeet.cli import main

sys.exit(main())
