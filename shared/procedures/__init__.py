"""What is taken further step by step 程序: the steps as data, how one is taken, and where all that were taken stand."""
