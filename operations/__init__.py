"""What the command line does besides asking and serving: print, back up, restore."""
