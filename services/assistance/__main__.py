"""Run assistance alone: `python -m services.assistance serve|worker|all|migrate`."""

from services.assistance.app import ASSISTANCE
from shared.runtime import house_main

if __name__ == "__main__":
    house_main(ASSISTANCE)
