"""What is done with risks: judged, moved with their household, shown with their task's verdict."""
