"""What the three scripts call: arguments in, exit status out."""
