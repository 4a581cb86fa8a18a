"""Drives a whole study: train, export, deploy, run, collect, answer; each step may be taken up."""
