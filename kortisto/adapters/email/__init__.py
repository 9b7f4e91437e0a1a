"""Mail by SMTP, or into a folder where a demo shows it. Start at ``service.py``."""
