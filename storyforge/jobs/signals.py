"""The one signal by which jobs speak to the layers above."""

from __future__ import annotations

from django.dispatch import Signal

#: `job`, just written, in the transaction that makes it: a receiver may refuse it by raising.
job_created = Signal()
#: `job`, just paused or resumed, in that transaction.
job_held = Signal()
#: `job`, just ended: completed, failed or canceled. Sent in the transaction that ends it, so what a
#: receiver writes stands or falls with the end; a receiver must not wait for anybody. Units that end
#: with their canceled run are not told one by one.
job_finished = Signal()
