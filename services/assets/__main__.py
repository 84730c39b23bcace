"""Run assets alone: `python -m services.assets serve|worker|all|migrate`."""

from services.assets.app import ASSETS
from shared.runtime import house_main

if __name__ == "__main__":
    house_main(ASSETS)
