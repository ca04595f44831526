"""A photo studio that books its photographer together with an assistant."""
