"""Run employment alone: `python -m services.employment serve|worker|all|migrate`."""

from services.employment.app import EMPLOYMENT
from shared.runtime import house_main

if __name__ == "__main__":
    house_main(EMPLOYMENT)
