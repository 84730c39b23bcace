"""Run consumption alone: `python -m services.consumption serve|worker|all|migrate`."""

from services.consumption.app import CONSUMPTION
from shared.runtime import house_main

if __name__ == "__main__":
    house_main(CONSUMPTION)
