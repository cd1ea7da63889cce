"""What only the HTML report draws, and what makes it ready for print."""
