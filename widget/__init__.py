"""The help widget: ES modules for the browser, and the few lines that put them into one file."""
