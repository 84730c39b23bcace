"""What is done with patrols: recorded, corrected, withdrawn, counted from visits of tasks."""
