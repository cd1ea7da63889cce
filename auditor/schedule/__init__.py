"""What the system's own scheduler needs: units of systemd, or a file of cron."""
