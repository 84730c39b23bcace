"""What employment does, one file for each register it keeps."""
