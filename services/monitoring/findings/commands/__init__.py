"""What is done about findings: checked, by whatever changes and every night, and exempted by people."""
