"""The project as a whole: packaging, scripts, frameworks, shape of the code."""
