"""Tests of `rollbook.client`."""
