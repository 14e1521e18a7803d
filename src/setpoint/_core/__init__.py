"""The pure heart: config, values, keys and changes. No files, no clock, no environment, no threads."""
