"""The departmental operational anti-fraud committee: who may attend, what is decided, who reads its papers."""
