"""Tests of the server: its kernels, its pages, its limits."""
