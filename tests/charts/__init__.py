"""Tests of the charts: what they say, hold and draw."""
