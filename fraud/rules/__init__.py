"""Rules of control and exchanges: guards, delays, penalties, designations, matching. Pure: facts, figures and days in."""
